import type { RelationEntry } from "../catalog/model.ts";
import { BigQueryError } from "../errors.ts";
import { type Footprint, limitsPartitions, partitionColumn } from "../footprint/index.ts";
import { relationPath } from "./environment.ts";

/** Refuses to scan a table that was made with require_partition_filter without a condition to leave partitions out by. */
export function checkPartitionFilters(
  { reads }: Footprint,
  relations: readonly RelationEntry[],
  projectId: string,
): void {
  for (const { path, predicate } of reads) {
    const name = path.join(".");
    const table = relations.find((relation) => relationPath(relation).join(".") === name);
    if (table?.kind !== "TABLE" || !table.requirePartitionFilter) continue;
    const column = partitionColumn(table);
    if (column === undefined || limitsPartitions(predicate, column)) continue;
    throw new BigQueryError(
      "invalidQuery",
      `Cannot query over table '${projectId}.${name}' without a filter over column(s) '${column}' that can be used for partition elimination`,
    );
  }
}

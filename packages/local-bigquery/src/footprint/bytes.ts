import type { TableEntry } from "../catalog/model.ts";
import { quoteIdentifier } from "../catalog/names.ts";
import type { Column } from "../types/types.ts";
import type { Footprint, TableRead } from "./model.ts";
import type { Path } from "./needs.ts";
import { type IsKnown, partitionColumn, partlyDeletedRows, scannedRows } from "./pruning.ts";
import { summedBytes } from "./size.ts";

export interface BytesQuery {
  readonly table: TableEntry;
  /** Answers one number. */
  readonly sql: string;
}

/**
 * Queries whose answers add up to the bytes a statement processes, as BigQuery counts ("On-demand query size
 * calculation"): each column of each scanned partition once, however often the statement names the table, and for
 * UPDATE, DELETE and MERGE all columns of the partitions they change once more. Tables that `find` does not know,
 * because only the script itself would make them, count nothing.
 */
export function bytesQueries(
  footprint: Footprint,
  find: (path: readonly string[]) => TableEntry | undefined,
  known: IsKnown,
): BytesQuery[] {
  const { reads, rewrites } = footprint;
  const byTable = new Map<TableEntry, TableRead[]>();
  for (const read of reads) {
    const table = find(read.path);
    if (table) byTable.set(table, [...(byTable.get(table) ?? []), read]);
  }
  const target = rewrites && find(rewrites.path);
  const free = rewrites?.wholePartitionsFree === true && target && partitionColumn(target) !== undefined;
  const queries = [...byTable].map(([table, uses]): BytesQuery => {
    const isTarget = free === true && table === target;
    const rows = isTarget ? partlyDeletedRows : scannedRows;
    return { table, sql: sumSql(table, uses, (use) => rows(table, use.predicate, known)) };
  });
  if (rewrites && target) {
    const rows = free ? partlyDeletedRows : scannedRows;
    const condition = rows(target, rewrites.predicate, known);
    queries.push({ table: target, sql: sumOf(target, target.columns, () => [[]], condition) });
  }
  return queries.filter(({ sql }) => sql !== "");
}

/** Columns read under the same conditions are summed in one pass over the rows that fulfil any of them. */
function sumSql(
  table: TableEntry,
  uses: readonly TableRead[],
  condition: (use: TableRead) => string,
): string {
  const groups = new Map<string, Column[]>();
  const paths = new Map<string, readonly Path[]>();
  for (const column of table.columns) {
    const readers = uses.filter(({ columns }) => columns.has(column.name));
    if (readers.length === 0) continue;
    paths.set(
      column.name,
      readers.flatMap(({ columns }) => columns.get(column.name) ?? []),
    );
    const conditions = [...new Set(readers.map(condition))];
    const any = conditions.includes("TRUE") ? "TRUE" : conditions.join(" OR ");
    groups.set(any, [...(groups.get(any) ?? []), column]);
  }
  const sums = [...groups].map(([where, columns]) =>
    sumOf(table, columns, ({ name }) => paths.get(name) ?? [], where),
  );
  return sums.length > 1 ? `SELECT ${sums.map((sql) => `(${sql})`).join(" + ")}` : (sums[0] ?? "");
}

function sumOf(
  table: TableEntry,
  columns: readonly Column[],
  paths: (column: Column) => readonly Path[],
  where: string,
): string {
  const sums = columns.map((column) => summedBytes(quoteIdentifier(column.name), column.type, paths(column)));
  const filter = where === "TRUE" ? "" : ` WHERE ${where}`;
  return `SELECT CAST(${sums.join(" + ")} AS BIGINT) FROM ${table.sql}${filter}`;
}

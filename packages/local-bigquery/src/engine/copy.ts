import type { TableEntry } from "../catalog/model.ts";
import type { CatalogSnapshot } from "../catalog/snapshot.ts";
import { BigQueryError } from "../errors.ts";
import type { Administration } from "./administration.ts";
import { emptyTableSql } from "./administration.ts";
import { placeForTable, wrongKind } from "./ddl/tables.ts";

export interface TableName {
  readonly dataset: string;
  readonly id: string;
}

/** A copy job's configuration. */
export interface CopyRequest {
  readonly sources: readonly TableName[];
  readonly destination: TableName;
  readonly write: "WRITE_TRUNCATE" | "WRITE_APPEND" | "WRITE_EMPTY";
  readonly create: boolean;
}

/** Copies whole tables of one schema into another, in one transaction. */
export async function copyTables(
  administration: Administration,
  request: CopyRequest,
  projectId: string,
): Promise<void> {
  await administration.write(async (catalog, change, connection) => {
    const tables = request.sources.map((source) => tableAt(catalog, source, projectId));
    const [first] = tables;
    if (!first) throw new BigQueryError("required", "Required parameter is missing: sourceTables");
    const { destination, write } = request;
    administration.dataset(destination.dataset);
    const existing = catalog.relation(destination.dataset, destination.id);
    if (existing && existing.kind !== "TABLE") throw wrongKind(existing, projectId);
    if (!existing && !request.create) throw missing(destination, projectId);
    const keeps = existing && write !== "WRITE_TRUNCATE" ? existing : undefined;
    for (const table of [...tables, ...(keeps ? [keeps] : [])]) {
      if (shape(table) !== shape(first))
        throw new BigQueryError(
          "invalid",
          "Provided Schema does not match: copied tables must have the same columns.",
        );
    }
    const now = Date.now();
    if (keeps) {
      if (write === "WRITE_EMPTY") {
        const rows = await (await connection.run(`SELECT 1 FROM ${keeps.sql} LIMIT 1`)).getRows();
        if (rows.length > 0)
          throw new BigQueryError(
            "duplicate",
            `Already Exists: Table ${projectId}:${keeps.dataset}.${keeps.id}`,
          );
      }
      for (const { sql } of tables) await connection.run(`INSERT INTO ${keeps.sql} SELECT * FROM ${sql}`);
      return change({ put: "relation", entry: { ...keeps, modified: now } });
    }
    const sql = placeForTable(catalog, destination, "OR_REPLACE", projectId) as string;
    const entry: TableEntry = { ...first, ...destination, sql, created: now, modified: now };
    // The destination may be a source: its rows are set aside before it is replaced.
    const staged = tables.map((table) => `SELECT * FROM ${table.sql}`).join(" UNION ALL ");
    await connection.run(`CREATE OR REPLACE TEMP TABLE "__bq_copy" AS ${staged}`);
    if (existing) await connection.run(`DROP TABLE ${existing.sql}`);
    await connection.run(emptyTableSql(withoutDefaults(entry)));
    await connection.run(`INSERT INTO ${sql} SELECT * FROM temp.main."__bq_copy"`);
    await connection.run('DROP TABLE temp.main."__bq_copy"');
    change({ put: "relation", entry: withoutDefaults(entry) });
  });
}

/** A copy job does not copy default values. */
function withoutDefaults(entry: TableEntry): TableEntry {
  return {
    ...entry,
    fields: entry.fields.map(
      ({ defaultValueExpression: _, ...field }) => field as (typeof entry.fields)[number],
    ),
  };
}

function tableAt(catalog: CatalogSnapshot, name: TableName, projectId: string): TableEntry {
  const entry = catalog.relation(name.dataset, name.id);
  if (!entry) throw missing(name, projectId);
  if (entry.kind !== "TABLE") throw wrongKind(entry, projectId);
  return entry;
}

function missing({ dataset, id }: TableName, projectId: string): BigQueryError {
  return new BigQueryError("notFound", `Not found: Table ${projectId}:${dataset}.${id}`);
}

function shape(entry: TableEntry): string {
  return JSON.stringify(entry.columns.map(({ name, type }) => [name.toLowerCase(), type]));
}

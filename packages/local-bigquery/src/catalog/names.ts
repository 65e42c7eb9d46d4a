import { BigQueryError } from "../errors.ts";
import type { CatalogSnapshot } from "./snapshot.ts";

/** The name under which the database file is attached. */
export const DATABASE = "bq";

/** DuckDB schemas that exist already or that this package keeps for itself. */
const RESERVED_SCHEMAS = new Set(["main", "temp", "pg_catalog", "information_schema", "__bq", "system"]);

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** BigQuery's rule for dataset ids: letters, digits and underscores, at most 1,024. */
export function checkDatasetId(id: string): void {
  if (!/^[A-Za-z0-9_]{1,1024}$/.test(id)) {
    throw new BigQueryError(
      "invalid",
      `Invalid dataset ID "${id}". Dataset IDs must be alphanumeric (plus underscores) and must be at most 1024 characters long.`,
    );
  }
}

/** BigQuery's rule for table ids: letters, marks, numbers, connectors, dashes and spaces, at most 1,024 bytes. */
export function checkTableId(id: string): void {
  if (!/^[\p{L}\p{M}\p{N}\p{Pc}\p{Pd}\p{Zs}]+$/u.test(id) || Buffer.byteLength(id) > 1024) {
    throw new BigQueryError(
      "invalid",
      `Invalid table ID "${id}". Table IDs must be letters, marks, numbers, connectors, dashes or spaces, at most 1024 bytes.`,
    );
  }
}

/** A dataset's DuckDB schema in SQL. */
export function schemaSql(schema: string): string {
  return `${DATABASE}.${quoteIdentifier(schema)}`;
}

/** The DuckDB schema of a new dataset. DuckDB ignores case in names, BigQuery does not. */
export function schemaFor(catalog: CatalogSnapshot, datasetId: string): string {
  const taken = new Set(catalog.datasets().map((entry) => entry.schema.toLowerCase()));
  return freeName(datasetId, (name) => taken.has(name) || RESERVED_SCHEMAS.has(name));
}

/** The quoted DuckDB table of a new (or replaced) table. */
export function tableSqlFor(catalog: CatalogSnapshot, datasetId: string, tableId: string): string {
  const dataset = catalog.dataset(datasetId);
  if (!dataset) throw new BigQueryError("notFound", `Not found: Dataset ${datasetId}`);
  const existing = catalog.relation(datasetId, tableId);
  if (existing?.kind === "TABLE") return existing.sql;
  const prefix = `${schemaSql(dataset.schema)}.`;
  const taken = new Set(
    catalog
      .relations(datasetId)
      .flatMap((entry) => (entry.kind === "TABLE" ? [entry.sql.toLowerCase()] : [])),
  );
  const name = freeName(tableId, (candidate) =>
    taken.has((prefix + quoteIdentifier(candidate)).toLowerCase()),
  );
  return prefix + quoteIdentifier(name);
}

function freeName(wanted: string, isTaken: (lowerCase: string) => boolean): string {
  let name = wanted;
  for (let attempt = 2; isTaken(name.toLowerCase()); attempt += 1) name = `${wanted}~${attempt}`;
  return name;
}

import type { RelationEntry, TableEntry } from "../../catalog/model.ts";
import { checkTableId, quoteIdentifier, quoteString, tableSqlFor } from "../../catalog/names.ts";
import type { CatalogSnapshot } from "../../catalog/snapshot.ts";
import { BigQueryError } from "../../errors.ts";
import type { ColumnSpec, Translated } from "../../translator/translated.ts";
import { duckdbType } from "../../types/duckdb.ts";
import { fieldColumn } from "../../types/schema.ts";
import type { Column, SqlType } from "../../types/types.ts";
import { sqlLiteral } from "../../types/value.ts";
import { nowToken } from "../tokens.ts";
import { describe, fieldsOf, partitioning } from "./options.ts";

export type CreateTable = Extract<Translated, { kind: "createTable" | "createTableAs" }>;

/** The catalog's entry of a table about to be created. */
export function tableEntry(
  create: CreateTable,
  name: { dataset: string; id: string; sql: string },
): TableEntry {
  const {
    partitionExpirationMs,
    location: _,
    defaultTableExpirationMs: __,
    ...described
  } = describe(create.options);
  const now = Date.now();
  return {
    kind: "TABLE",
    ...name,
    fields: fieldsOf(create.columns),
    columns: create.columns.map(({ name, type }) => ({ name, type })),
    ...partitioning(create.partitionBy, partitionExpirationMs),
    ...(create.clusterBy.length > 0 && { clustering: create.clusterBy }),
    ...described,
    created: now,
    modified: now,
  };
}

/** DuckDB's statements that make a table, and fill it if the statement says with what. */
export function createTableSql(create: CreateTable, table: string): string[] {
  const head = `CREATE ${create.mode === "OR_REPLACE" ? "OR REPLACE " : ""}${create.temp ? "TEMP " : ""}TABLE ${table}`;
  if (create.kind === "createTable") return [`${head} (${create.columns.map(columnSql).join(", ")})`];
  // In one statement, because the query may read the table that it replaces; what CREATE ... AS cannot say follows.
  const statements = [`${head} AS ${storedRows(create.sql, create.columns)}`];
  for (const column of create.columns) {
    const alter = `ALTER TABLE ${table} ALTER COLUMN ${quoteIdentifier(column.name)} SET`;
    const fallback = defaultOf(column);
    if (fallback) statements.push(`${alter} DEFAULT ${fallback}`);
    if (column.notNull) statements.push(`${alter} NOT NULL`);
  }
  return statements;
}

export function columnSql(column: ColumnSpec): string {
  const fallback = defaultOf(column);
  const rest = `${fallback ? ` DEFAULT ${fallback}` : ""}${column.notNull ? " NOT NULL" : ""}`;
  return `${quoteIdentifier(column.name)} ${duckdbType(column.type)}${rest}`;
}

/** Adds a column, NULL in the rows that are there and an array empty. (DuckDB fails to add a list with its default.) */
export function addColumnSql(table: string, column: Column): string[] {
  const name = quoteIdentifier(column.name);
  const statements = [`ALTER TABLE ${table} ADD COLUMN ${name} ${duckdbType(column.type)}`];
  if (column.type.kind !== "ARRAY") return statements;
  const empty = sqlLiteral([], column.type);
  return [
    ...statements,
    `UPDATE ${table} SET ${name} = ${empty}`,
    `ALTER TABLE ${table} ALTER COLUMN ${name} SET DEFAULT (${empty})`,
  ];
}

/** A column without a value: its default, an array's being the empty one. */
function defaultOf({ type, default: written }: ColumnSpec): string | undefined {
  if (written) return `(${defaultSql(written.sql)})`;
  return type.kind === "ARRAY" ? `(${sqlLiteral([], type)})` : undefined;
}

/** A default is evaluated when a row comes, so the clock in it must not stand still. */
export function defaultSql(sql: string): string {
  return sql.replaceAll(nowToken, "get_current_timestamp()");
}

/** A query's rows as a table stores them: exactly the columns' types, and no NULL arrays. */
export function storedRows(sql: string, columns: readonly Column[]): string {
  const items = columns.map(({ name, type }) => {
    const quoted = quoteIdentifier(name);
    const value = type.kind === "ARRAY" ? storedArray(`q.${quoted}`, name, type) : `q.${quoted}`;
    return `CAST(${value} AS ${duckdbType(type)}) AS ${quoted}`;
  });
  return `SELECT ${items.join(", ")} FROM (${sql}) AS q`;
}

function storedArray(value: string, name: string, type: SqlType): string {
  const fault = quoteString(`Array cannot have a null element; error in writing field ${name}`);
  return `CASE WHEN list_count(${value}) <> len(${value}) THEN error(${fault}) ELSE coalesce(${value}, ${sqlLiteral([], type)}) END`;
}

/** Where a table is to stand; refuses what BigQuery refuses. Undefined: IF NOT EXISTS and there it is. */
export function placeForTable(
  catalog: CatalogSnapshot,
  name: { dataset: string; id: string },
  mode: CreateTable["mode"],
  projectId: string,
): string | undefined {
  checkTableId(name.id);
  const existing = catalog.relation(name.dataset, name.id);
  if (existing && mode === "IF_NOT_EXISTS") return undefined;
  if (existing && mode === "DEFAULT") throw alreadyExists(existing, projectId);
  if (existing && existing.kind !== "TABLE") throw wrongKind(existing, projectId);
  return tableSqlFor(catalog, name.dataset, name.id);
}

export function alreadyExists(entry: RelationEntry, projectId: string): BigQueryError {
  return new BigQueryError("duplicate", `Already Exists: Table ${projectId}:${entry.dataset}.${entry.id}`);
}

export function wrongKind(entry: RelationEntry, projectId: string): BigQueryError {
  const is = entry.kind === "TABLE" ? "TABLE" : entry.materialized ? "MATERIALIZED_VIEW" : "VIEW";
  return new BigQueryError(
    "invalid",
    `${projectId}:${entry.dataset}.${entry.id} is not allowed for this operation because it is currently a ${is}.`,
  );
}

/** A table entry with other fields. */
export function withFields(entry: TableEntry, fields: TableEntry["fields"]): TableEntry {
  return { ...entry, fields, columns: fields.map(fieldColumn), modified: Date.now() };
}

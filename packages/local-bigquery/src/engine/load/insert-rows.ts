import type { DuckDBConnection } from "@duckdb/node-api";
import type { FieldSchema, TableEntry } from "../../catalog/model.ts";
import { quoteIdentifier, quoteString } from "../../catalog/names.ts";
import { fieldColumn } from "../../types/schema.ts";
import { fromDuckDB } from "../duckdb-errors.ts";
import { namedMembers, RowFault } from "./json-row.ts";
import { fromJson } from "./text.ts";

export interface NewRows {
  readonly rows: readonly unknown[];
  readonly ignoreUnknown: boolean;
  /** Insert the rows that are sound; otherwise one bad row keeps all out. */
  readonly skipInvalid: boolean;
}

/** A row that was not inserted: its place in the request; without a fault it was sound, and others kept it out. */
export interface RefusedRow {
  readonly index: number;
  readonly fault?: RowFault;
}

/**
 * Inserts rows as tabledata.insertAll brings them, in the connection's open transaction. `trial` is another connection:
 * what fails in a transaction would end it.
 */
export async function insertRows(
  connection: DuckDBConnection,
  trial: DuckDBConnection,
  entry: TableEntry,
  { rows, ignoreUnknown, skipInvalid }: NewRows,
): Promise<RefusedRow[]> {
  const refused: RefusedRow[] = [];
  const named: IndexedRow[] = [];
  for (const [index, written] of rows.entries()) {
    try {
      named.push({ index, row: namedMembers(written, entry.fields, { ignoreUnknown }) });
    } catch (error) {
      refused.push({ index, fault: asFault(error) });
    }
  }
  const read = await readable(trial, entry, named, refused);
  if (refused.length > 0 && !skipInvalid) return [...refused, ...read.map(({ index }) => ({ index }))];
  const given = read.map(({ row }) => row);
  for (const [fields, group] of byGivenFields(entry, given)) {
    const names = fields.map(({ name }) => quoteIdentifier(name)).join(", ");
    const texts = group.map((row) => JSON.stringify(row));
    await connection.run(
      `INSERT INTO ${entry.sql} (${names}) SELECT ${items(fields).join(", ")} FROM ${source(texts)}`,
    );
  }
  return refused;
}

interface IndexedRow {
  readonly index: number;
  readonly row: Row;
}

/** The rows whose values the columns take: all at once, or else one by one. */
async function readable(
  trial: DuckDBConnection,
  entry: TableEntry,
  rows: readonly IndexedRow[],
  refused: RefusedRow[],
): Promise<readonly IndexedRow[]> {
  const attempt = (some: readonly IndexedRow[]) =>
    trial.run(
      `SELECT ${items(entry.fields).join(", ")} FROM ${source(some.map(({ row }) => JSON.stringify(row)))}`,
    );
  const whole = await attempt(rows).then(
    () => true,
    () => false,
  );
  if (whole) return rows;
  const sound: IndexedRow[] = [];
  for (const row of rows) {
    try {
      await attempt([row]);
      sound.push(row);
    } catch (error) {
      refused.push({ index: row.index, fault: asFault(error) });
    }
  }
  return sound;
}

function source(texts: readonly string[]): string {
  return `(SELECT CAST(unnest([${texts.map(quoteString).join(", ")}]) AS JSON) AS json)`;
}

function items(fields: readonly FieldSchema[]): string[] {
  return fields.map((field) => {
    const { name, type } = fieldColumn(field);
    const path = quoteString(`$."${name.replaceAll('"', '\\"')}"`);
    return `${fromJson(`json_extract(json, ${path})`, type, name)} AS ${quoteIdentifier(name)}`;
  });
}

type Row = Readonly<Record<string, unknown>>;

/** Rows together that give the same columns with defaults a value: where a row gives none, the default stands. */
function byGivenFields(entry: TableEntry, rows: readonly Row[]): [FieldSchema[], Row[]][] {
  const groups = new Map<string, [FieldSchema[], Row[]]>();
  for (const row of rows) {
    const given = entry.fields.filter((field) => !field.defaultValueExpression || field.name in row);
    const key = given.map(({ name }) => name).join("\0");
    const group = groups.get(key);
    if (group) group[1].push(row);
    else groups.set(key, [given, [row]]);
  }
  return [...groups.values()];
}

function asFault(error: unknown): RowFault {
  if (error instanceof RowFault) return error;
  const { message } = fromDuckDB(error);
  const field = /(?:for field|^Field|in array field) ([\w.[\]]+)/.exec(message)?.[1] ?? "";
  return new RowFault(field, message);
}

import type { DuckDBConnection } from "@duckdb/node-api";

/** Values of small tables, written into SQL. */
export type Value = string | number | boolean | null;

export function literal(value: Value): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  return String(value);
}

type ColumnType = "INTEGER" | "BIGINT" | "DOUBLE" | "VARCHAR" | "BOOLEAN";

/** A small table from rows: appended, because DuckDB takes long to read many VALUES. */
export async function createTable(
  platform: { readonly connection: DuckDBConnection },
  name: string,
  columns: Readonly<Record<string, ColumnType>>,
  rows: readonly (readonly Value[])[],
): Promise<void> {
  const types = Object.values(columns);
  const definition = Object.entries(columns).map(([column, type]) => `${column} ${type}`);
  await platform.connection.run(`CREATE TABLE ${name} (${definition.join(", ")})`);
  const appender = await platform.connection.createAppender(name);
  for (const row of rows) {
    row.forEach((value, i) => {
      if (value === null) appender.appendNull();
      else if (types[i] === "INTEGER") appender.appendInteger(value as number);
      else if (types[i] === "BIGINT") appender.appendBigInt(BigInt(value as number));
      else if (types[i] === "DOUBLE") appender.appendDouble(value as number);
      else if (types[i] === "BOOLEAN") appender.appendBoolean(value as boolean);
      else appender.appendVarchar(value as string);
    });
    appender.endRow();
  }
  appender.closeSync();
}

/** An amount in currency units as cents. */
export const cents = (amount: number) => Math.round(amount * 100);

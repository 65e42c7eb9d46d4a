import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { type Contract, type TablePlan, typeText } from "@growth/contracts";

type ColumnType = Contract["columns"][number]["type"];

/**
 * The Parquet file that a load job takes for a table: the data's own where its columns are the contract's already, else
 * one written to `scratch` with them. A table without a file gets one without rows.
 */
export async function uploadFile(
  connection: DuckDBConnection,
  contract: Contract,
  plan: TablePlan | undefined,
  scratch: string,
): Promise<string> {
  if (plan?.format === "parquet" && (await isAsContract(connection, plan))) return plan.path;
  const file = join(scratch, `${contract.table}.parquet`);
  await connection.run(
    `COPY (${plan?.select ?? noRows(contract)}) TO ${quoted(file)} (FORMAT parquet, COMPRESSION snappy)`,
  );
  return file;
}

/** Whether the file has the contract's columns in their order, with types that differ in nothing but a decimal's size. */
async function isAsContract(connection: DuckDBConnection, plan: TablePlan): Promise<boolean> {
  const columns = async (query: string) => {
    const reader = await connection.runAndReadAll(`DESCRIBE ${query}`);
    const described = reader.getRowObjectsJS() as { column_name: string; column_type: string }[];
    return described.map((column) => [
      column.column_name,
      column.column_type.replace(/DECIMAL\([\d, ]+\)/g, "DECIMAL"),
    ]);
  };
  const own = await columns(`SELECT * FROM read_parquet(${quoted(plan.path)})`);
  return JSON.stringify(own) === JSON.stringify(await columns(plan.select));
}

function noRows(contract: Contract): string {
  const columns = contract.columns.map(({ name, type }) => `CAST(NULL AS ${duckdbType(type)}) AS "${name}"`);
  return `SELECT ${columns.join(", ")} LIMIT 0`;
}

const DUCKDB_TYPES: Record<string, string> = {
  INT64: "BIGINT",
  FLOAT64: "DOUBLE",
  NUMERIC: "DECIMAL(38, 9)",
  BOOL: "BOOLEAN",
  STRING: "VARCHAR",
  BYTES: "BLOB",
  DATE: "DATE",
  DATETIME: "TIMESTAMP",
  TIME: "TIME",
  TIMESTAMP: "TIMESTAMPTZ",
  JSON: "JSON",
};

function duckdbType(type: ColumnType): string {
  if (type.kind === "array") return `${duckdbType(type.element)}[]`;
  if (type.kind === "struct")
    return `STRUCT(${type.fields.map((field) => `"${field.name}" ${duckdbType(field.type)}`).join(", ")})`;
  const name = DUCKDB_TYPES[type.name];
  if (!name) throw new Error(`A source table cannot have a column of type ${typeText(type)}; use NUMERIC.`);
  return name;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

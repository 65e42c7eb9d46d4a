import type { Column, Contract } from "./contract.ts";
import { columnDescription, tableDescription } from "./includes/data.ts";
import type { ColumnType } from "./types.ts";

/** A field of BigQuery's REST TableSchema. */
export interface RestField {
  readonly name: string;
  readonly type: string;
  readonly mode: "NULLABLE" | "REQUIRED" | "REPEATED";
  readonly description?: string;
  readonly fields?: readonly RestField[];
}
export interface RestSchema {
  readonly fields: readonly RestField[];
}
/** A BigQuery REST table resource without its reference. */
export interface RestTable {
  readonly schema: RestSchema;
  readonly description: string;
  readonly timePartitioning?: { readonly type: "DAY"; readonly field: string };
  readonly clustering?: { readonly fields: readonly string[] };
}

/** The names REST answers with, which are those of BigQuery's older dialect. */
const restNames: Record<string, string> = { INT64: "INTEGER", FLOAT64: "FLOAT", BOOL: "BOOLEAN" };

function restType(type: ColumnType): string {
  if (type.kind === "array") return restType(type.element);
  return type.kind === "struct" ? "RECORD" : (restNames[type.name] ?? type.name);
}

function restField(column: Column): RestField {
  // A field of a struct may be described nowhere.
  const description = columnDescription(column);
  return {
    name: column.name,
    type: restType(column.type),
    mode: column.type.kind === "array" ? "REPEATED" : column.required ? "REQUIRED" : "NULLABLE",
    ...(description && { description }),
    ...(column.fields.length && { fields: column.fields.map(restField) }),
  };
}

/** The table's columns as a load job or a table takes them. */
export function restSchema(contract: Contract): RestSchema {
  return { fields: contract.columns.map(restField) };
}

/** The table as tables.insert takes it: schema, description, partitioning by day and clustering. */
export function restTable(contract: Contract): RestTable {
  return {
    schema: restSchema(contract),
    description: tableDescription(contract),
    ...(contract.partitionBy && { timePartitioning: { type: "DAY" as const, field: contract.partitionBy } }),
    ...(contract.clusterBy.length && { clustering: { fields: contract.clusterBy } }),
  };
}

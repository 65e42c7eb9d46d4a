import type { ColumnType } from "../types.ts";

/** DuckDB SQL that turns a file's value into its contract's type. */
export interface Conversion {
  /** The converted value; only to be used where no value is `bad`. */
  readonly value: string;
  /** TRUE where the value is there and is not of the type; "FALSE" when every value is. Never NULL. */
  readonly bad: string;
  /**
   * A value that compares like the converted one but costs less: a check reads every row, and DuckDB's 38-digit decimals
   * are slow. NULL or of any value where `bad`.
   */
  readonly probe: string;
}

/** An SQL string literal of DuckDB. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** An SQL identifier of DuckDB. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** What a converted value is in DuckDB: NUMERIC keeps BigQuery's nine decimals, TIMESTAMP is an instant. */
export function duckdbType(type: ColumnType): string {
  if (type.kind === "array") return `${duckdbType(type.element)}[]`;
  if (type.kind === "struct") {
    return `STRUCT(${type.fields.map((field) => `${sqlName(field.name)} ${duckdbType(field.type)}`).join(", ")})`;
  }
  switch (type.name) {
    case "INT64":
      return "BIGINT";
    case "FLOAT64":
      return "DOUBLE";
    case "NUMERIC":
      return "DECIMAL(38,9)";
    case "BOOL":
      return "BOOLEAN";
    case "STRING":
      return "VARCHAR";
    case "BYTES":
      return "BLOB";
    case "DATETIME":
      return "TIMESTAMP";
    case "TIMESTAMP":
      return "TIMESTAMPTZ";
    case "BIGNUMERIC":
      throw new Error("BIGNUMERIC columns cannot be loaded from files; use NUMERIC");
    default:
      return type.name;
  }
}

/** An OR of conditions that may be plain FALSE. */
export function anyOf(conditions: readonly string[]): string {
  const real = conditions.filter((condition) => condition !== "FALSE");
  return real.length === 0 ? "FALSE" : real.length === 1 ? (real[0] ?? "FALSE") : `(${real.join(" OR ")})`;
}

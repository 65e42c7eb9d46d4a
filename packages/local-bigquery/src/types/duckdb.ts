import { unsupported } from "../errors.ts";
import type { ScalarKind, SqlType } from "./types.ts";

const SCALARS: Partial<Record<ScalarKind, string>> = {
  INT64: "BIGINT",
  FLOAT64: "DOUBLE",
  NUMERIC: "DECIMAL(38,9)",
  // More digits than DuckDB has: bytes that compare as the numbers do (types/bignumeric.ts).
  BIGNUMERIC: "BLOB",
  BOOL: "BOOLEAN",
  STRING: "VARCHAR",
  BYTES: "BLOB",
  DATE: "DATE",
  DATETIME: "TIMESTAMP",
  TIME: "TIME",
  TIMESTAMP: "TIMESTAMPTZ",
  INTERVAL: "INTERVAL",
  JSON: "JSON",
};

/**
 * The DuckDB type that holds a GoogleSQL type. Struct fields are f0, f1, ... by place, because GoogleSQL lets
 * them be nameless or repeat; a range is a struct of its two bounds.
 */
export function duckdbType(type: SqlType): string {
  switch (type.kind) {
    case "ARRAY":
      return `${duckdbType(type.element)}[]`;
    case "STRUCT":
      // DuckDB has no struct without fields.
      if (type.fields.length === 0) return "STRUCT(f0 BOOLEAN)";
      return `STRUCT(${type.fields.map((field, place) => `f${place} ${duckdbType(field.type)}`).join(", ")})`;
    case "RANGE":
      return `STRUCT(f0 ${duckdbType(type.element)}, f1 ${duckdbType(type.element)})`;
    case "ENUM":
      return "VARCHAR";
    default: {
      const name = SCALARS[type.kind];
      if (!name) throw unsupported(`type ${type.kind}`);
      return name;
    }
  }
}

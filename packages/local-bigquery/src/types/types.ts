/** GoogleSQL's scalar type names as BigQuery writes them. */
export type ScalarKind =
  | "INT64"
  | "FLOAT64"
  | "NUMERIC"
  | "BIGNUMERIC"
  | "BOOL"
  | "STRING"
  | "BYTES"
  | "DATE"
  | "DATETIME"
  | "TIME"
  | "TIMESTAMP"
  | "INTERVAL"
  | "JSON"
  | "GEOGRAPHY";

export interface ScalarType {
  readonly kind: ScalarKind;
}
export interface ArrayType {
  readonly kind: "ARRAY";
  readonly element: SqlType;
}
/** Field names may be empty or repeat; fields are known by their place. */
export interface StructType {
  readonly kind: "STRUCT";
  readonly fields: readonly StructField[];
}
export interface StructField {
  readonly name: string;
  readonly type: SqlType;
}
export interface RangeType {
  readonly kind: "RANGE";
  readonly element: SqlType;
}
/** A type of the analyzer's own arguments, such as a date part: appears only on literals, never in data. */
export interface EnumType {
  readonly kind: "ENUM";
  /** The analyzer's full name, such as "zetasql.functions.DateTimestampPart". */
  readonly name: string;
}
/** A GoogleSQL type: what the analyzer binds and the catalog stores. */
export type SqlType = ScalarType | ArrayType | StructType | RangeType | EnumType;

/** A named, typed column as a statement returns it or a table holds it. */
export interface Column {
  readonly name: string;
  readonly type: SqlType;
}

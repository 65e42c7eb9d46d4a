import { BigQueryError } from "../errors.ts";
import type { Column, ScalarKind, SqlType, StructField } from "./types.ts";

/** A field of a REST schema (TableFieldSchema), the parts that carry a type. */
export interface TableFieldSchema {
  readonly name: string;
  readonly type: string;
  readonly mode?: string;
  readonly description?: string;
  readonly fields?: readonly TableFieldSchema[];
  readonly rangeElementType?: { readonly type: string };
}

/** The names BigQuery's API answers where they differ from GoogleSQL's. */
const REST_NAMES: Partial<Record<ScalarKind, string>> = {
  INT64: "INTEGER",
  FLOAT64: "FLOAT",
  BOOL: "BOOLEAN",
};

const SCALAR_NAMES: Record<string, ScalarKind> = {
  INT64: "INT64",
  INTEGER: "INT64",
  INT: "INT64",
  SMALLINT: "INT64",
  BIGINT: "INT64",
  TINYINT: "INT64",
  BYTEINT: "INT64",
  FLOAT64: "FLOAT64",
  FLOAT: "FLOAT64",
  NUMERIC: "NUMERIC",
  DECIMAL: "NUMERIC",
  BIGNUMERIC: "BIGNUMERIC",
  BIGDECIMAL: "BIGNUMERIC",
  BOOL: "BOOL",
  BOOLEAN: "BOOL",
  STRING: "STRING",
  BYTES: "BYTES",
  DATE: "DATE",
  DATETIME: "DATETIME",
  TIME: "TIME",
  TIMESTAMP: "TIMESTAMP",
  INTERVAL: "INTERVAL",
  JSON: "JSON",
  GEOGRAPHY: "GEOGRAPHY",
};

/** A column as the REST API's schema field. */
export function restField({ name, type }: Column): TableFieldSchema {
  if (type.kind === "ARRAY") return { ...restField({ name, type: type.element }), mode: "REPEATED" };
  if (type.kind === "STRUCT")
    return { name, type: "RECORD", mode: "NULLABLE", fields: type.fields.map(restField) };
  if (type.kind === "RANGE") {
    return { name, type: "RANGE", mode: "NULLABLE", rangeElementType: { type: type.element.kind } };
  }
  if (type.kind === "ENUM")
    throw new BigQueryError("invalidQuery", `Column ${name} has type ${type.name}, which no table can hold.`);
  return { name, type: REST_NAMES[type.kind] ?? type.kind, mode: "NULLABLE" };
}

/** The column of a REST schema field; the mode REQUIRED says nothing about the type. */
export function fieldColumn(field: TableFieldSchema): Column {
  const element = elementType(field);
  return {
    name: field.name,
    type: field.mode?.toUpperCase() === "REPEATED" ? { kind: "ARRAY", element } : element,
  };
}

function elementType(field: TableFieldSchema): SqlType {
  const name = field.type.toUpperCase();
  if (name === "RECORD" || name === "STRUCT") {
    return { kind: "STRUCT", fields: (field.fields ?? []).map(fieldColumn) };
  }
  if (name === "RANGE") {
    return {
      kind: "RANGE",
      element: { kind: SCALAR_NAMES[field.rangeElementType?.type ?? "DATE"] ?? "DATE" },
    };
  }
  const kind = SCALAR_NAMES[name];
  if (!kind) throw new BigQueryError("invalid", `Field ${field.name} has unknown type ${field.type}.`);
  return { kind };
}

/** "ARRAY<STRUCT<a INT64, b STRING>>". */
export function typeText(type: SqlType): string {
  switch (type.kind) {
    case "ARRAY":
      return `ARRAY<${typeText(type.element)}>`;
    case "STRUCT":
      return `STRUCT<${type.fields.map((field) => (field.name ? `${fieldName(field.name)} ${typeText(field.type)}` : typeText(field.type))).join(", ")}>`;
    case "RANGE":
      return `RANGE<${typeText(type.element)}>`;
    case "ENUM":
      return type.name;
    default:
      return type.kind;
  }
}

function fieldName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `\`${name}\``;
}

/** The inverse of typeText; also reads the aliases and the (precision, scale) that BigQuery accepts, dropping the latter. */
export function parseType(text: string): SqlType {
  const tokens = text.match(/`[^`]+`|[A-Za-z_]\w*|\([^)]*\)|[<>,]/g) ?? [];
  let place = 0;
  const fail = () => new BigQueryError("invalid", `Not a type: ${text}`);
  const expect = (token: string) => {
    if (tokens[place++] !== token) throw fail();
  };
  const type = (): SqlType => {
    const name = (tokens[place++] ?? "").toUpperCase();
    if (name === "ARRAY" || name === "RANGE") {
      expect("<");
      const element = type();
      expect(">");
      return { kind: name, element };
    }
    if (name === "STRUCT") {
      expect("<");
      const fields: StructField[] = [];
      while (tokens[place] !== ">") {
        if (fields.length > 0) expect(",");
        const next = tokens[place + 1];
        const named = next !== "<" && next !== "," && next !== ">" && !next?.startsWith("(");
        const field = named ? (tokens[place++] ?? "").replaceAll("`", "") : "";
        fields.push({ name: field, type: type() });
      }
      expect(">");
      return { kind: "STRUCT", fields };
    }
    const kind = SCALAR_NAMES[name];
    if (!kind) throw fail();
    if (tokens[place]?.startsWith("(")) place++;
    return { kind };
  };
  const parsed = type();
  if (place !== tokens.length) throw fail();
  return parsed;
}

export function sameType(a: SqlType, b: SqlType): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

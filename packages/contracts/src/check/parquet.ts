import type { DuckDBType } from "@duckdb/node-api";
import { type ColumnType, typeText } from "../types.ts";
import { anyOf, type Conversion, duckdbType, sqlName } from "./conversion.ts";
import { someElement } from "./text.ts";

const integers = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"];
const wideIntegers = ["UBIGINT", "HUGEINT", "UHUGEINT"];
const floats = ["FLOAT", "DOUBLE"];
const naiveTimes = ["TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS"];

/** The type's name without its arguments, such as DECIMAL of DECIMAL(18,2). */
function family(type: DuckDBType): string {
  return type.toString().replace(/\(.*$/, "");
}

/** Cast where every value of the source type is one of the target. */
function lossless(value: string, type: ColumnType): Conversion {
  const converted = `CAST(${value} AS ${duckdbType(type)})`;
  return { value: converted, bad: "FALSE", probe: isNumber(type) ? value : converted };
}

/** Cast where some values are not: those whose way there and back changes them are bad. */
function checked(value: string, type: ColumnType, source: DuckDBType): Conversion {
  const converted = `TRY_CAST(${value} AS ${duckdbType(type)})`;
  return {
    value: converted,
    bad: `(${value} IS NOT NULL AND COALESCE(TRY_CAST(${converted} AS ${source.toString()}) <> ${value}, TRUE))`,
    probe: isNumber(type) ? value : converted,
  };
}

/** A floating-point number that was meant as a decimal, such as 12.34, as exactly that. */
function fromFloat(value: string): Conversion {
  // Below a million a double has digits enough for nine decimals; above, its shortest text says what was meant.
  const small = `CAST(${value} AS DECIMAL(18,9))`;
  const large = `TRY_CAST(CAST(${value} AS VARCHAR) AS DECIMAL(38,9))`;
  const isSmall = `abs(${value}) < 1e6`;
  return {
    value: `CASE WHEN ${isSmall} THEN CAST(${small} AS DECIMAL(38,9)) ELSE ${large} END`,
    bad:
      `CASE WHEN ${value} IS NULL THEN FALSE WHEN ${isSmall} THEN CAST(${small} AS DOUBLE) <> ${value}` +
      ` ELSE COALESCE(CAST(${large} AS DOUBLE) <> ${value}, TRUE) END`,
    probe: value,
  };
}

function isNumber(type: ColumnType): boolean {
  return type.kind === "scalar" && ["INT64", "FLOAT64", "NUMERIC"].includes(type.name);
}

/** A Parquet column's value as a contract's type, or what speaks against it. */
export function fromParquet(
  type: ColumnType,
  source: DuckDBType,
  value: string,
  depth = 0,
): Conversion | string {
  const refusal = `is ${source.toString()} in the file, ${typeText(type)} in the contract`;
  const kind = family(source);
  if (kind === '"NULL"' || kind === "SQLNULL") return lossless(value, type);
  if (type.kind === "array") {
    if (!("valueType" in source)) return refusal;
    const element = `e${depth}`;
    const inner = fromParquet(type.element, source.valueType, element, depth + 1);
    if (typeof inner === "string") return `has elements whose type does not fit: ${inner}`;
    const wrong = anyOf([`${element} IS NULL`, inner.bad]);
    return {
      value: `list_transform(${value}, lambda ${element}: ${inner.value})`,
      bad: someElement(value, element, wrong),
      probe: `list_transform(${value}, lambda ${element}: ${inner.probe})`,
    };
  }
  if (type.kind === "struct") {
    if (!("entryNames" in source)) return refusal;
    const names = [...source.entryNames];
    const unknown = names.find((name) => !type.fields.some((field) => field.name === name));
    if (unknown !== undefined) return `has a field "${unknown}" that the contract does not have`;
    const parts: { name: string; conversion: Conversion }[] = [];
    for (const field of type.fields) {
      const entry = source.entryTypes[names.indexOf(field.name)];
      if (!entry) return `lacks the field "${field.name}"`;
      const inner = fromParquet(field.type, entry, `${value}.${sqlName(field.name)}`, depth);
      if (typeof inner === "string") return `has a field "${field.name}" that ${inner}`;
      parts.push({ name: field.name, conversion: inner });
    }
    const pack = (part: (conversion: Conversion) => string) => {
      const fields = parts
        .map(({ name, conversion }) => `${sqlName(name)} := ${part(conversion)}`)
        .join(", ");
      return `CASE WHEN ${value} IS NOT NULL THEN struct_pack(${fields}) END`;
    };
    return {
      value: pack((conversion) => conversion.value),
      bad: anyOf(parts.map(({ conversion }) => conversion.bad)),
      probe: pack((conversion) => conversion.probe),
    };
  }
  switch (type.name) {
    case "STRING":
      return kind === "VARCHAR" || kind === "UUID" || kind === "ENUM" ? lossless(value, type) : refusal;
    case "INT64":
      if (integers.includes(kind)) return lossless(value, type);
      return [...wideIntegers, ...floats, "DECIMAL"].includes(kind) ? checked(value, type, source) : refusal;
    case "FLOAT64":
      if (floats.includes(kind)) return lossless(value, type);
      return [...integers, ...wideIntegers, "DECIMAL"].includes(kind)
        ? checked(value, type, source)
        : refusal;
    case "NUMERIC":
      if (integers.includes(kind)) return lossless(value, type);
      if (kind === "DOUBLE") return fromFloat(value);
      if (kind === "FLOAT") return fromFloat(`CAST(${value} AS DOUBLE)`);
      if ("scale" in source && source.scale <= 9 && source.width - source.scale <= 29) {
        return lossless(value, type);
      }
      return [...wideIntegers, "DECIMAL"].includes(kind) ? checked(value, type, source) : refusal;
    case "BOOL":
      return kind === "BOOLEAN" ? lossless(value, type) : refusal;
    case "BYTES":
      return kind === "BLOB" ? lossless(value, type) : refusal;
    case "JSON":
      return kind === "JSON" ? lossless(value, type) : refusal;
    case "TIME":
      return kind === "TIME" ? lossless(value, type) : refusal;
    case "DATE":
      if (kind === "DATE") return lossless(value, type);
      return [...naiveTimes, "TIMESTAMP_NS"].includes(kind) ? checked(value, type, source) : refusal;
    case "DATETIME":
      if (naiveTimes.includes(kind)) return lossless(value, type);
      return kind === "TIMESTAMP_NS" ? checked(value, type, source) : refusal;
    case "TIMESTAMP":
      // A timestamp without a zone is UTC, as in CSV; the session's TimeZone is UTC.
      if (kind === "TIMESTAMP WITH TIME ZONE" || kind === "TIMESTAMPTZ") return lossless(value, type);
      if (naiveTimes.includes(kind) || kind === "TIMESTAMP_NS") {
        const micros = `CAST(${value} AS TIMESTAMP)`;
        const instant = `timezone('UTC', ${micros})`;
        const cut = `COALESCE(CAST(${micros} AS TIMESTAMP_NS) <> ${value}, FALSE)`;
        return { value: instant, bad: kind === "TIMESTAMP_NS" ? cut : "FALSE", probe: instant };
      }
      return refusal;
    default:
      return refusal;
  }
}

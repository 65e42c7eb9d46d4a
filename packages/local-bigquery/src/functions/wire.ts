import { unsupported } from "../errors.ts";
import { bignumericHex, bignumericText } from "../types/bignumeric.ts";
import { decimalScaled, decimalText } from "../types/decimal.ts";
import { duckdbType } from "../types/duckdb.ts";
import {
  datetimeMicros,
  datetimeText,
  intervalParts,
  intervalText,
  timeMicros,
  timestampMicros,
  timestampText,
  timeText,
} from "../types/time.ts";
import type { RangeType, SqlType, StructType } from "../types/types.ts";
import { bind } from "./sql.ts";

/**
 * Values as texts on their way between DuckDB and a function in JavaScript: numbers and dates in DuckDB's own text,
 * points in time as microseconds, bytes as hex, arrays and structs as JSON lists of such texts. NULL stays NULL.
 */
export function toWire(sql: string, type: SqlType): string {
  switch (type.kind) {
    case "STRING":
    case "ENUM":
      return sql;
    case "INT64":
    case "FLOAT64":
    case "NUMERIC":
    case "BOOL":
    case "DATE":
    case "TIME":
    case "JSON":
      return `CAST(${sql} AS VARCHAR)`;
    case "BYTES":
    case "BIGNUMERIC":
      return `hex(${sql})`;
    case "DATETIME":
    case "TIMESTAMP":
      return `CAST(epoch_us(${sql}) AS VARCHAR)`;
    case "INTERVAL":
      return bind(
        [sql],
        (x) =>
          `(CASE WHEN ${x} IS NOT NULL THEN concat(datepart('year', ${x}) * 12 + datepart('month', ${x}), ' ', datepart('day', ${x}), ' ', epoch_us(${x}) - epoch_us(to_months(CAST(datepart('year', ${x}) * 12 + datepart('month', ${x}) AS INTEGER))) - epoch_us(to_days(CAST(datepart('day', ${x}) AS INTEGER)))) END)`,
      );
    case "ARRAY":
      return `CAST(to_json(list_transform(${sql}, lambda ${variable(sql)}: ${toWire(variable(sql), type.element)})) AS VARCHAR)`;
    case "STRUCT":
      return bind([sql], (x) => {
        const fields = type.fields.map((field, i) => toWire(`struct_extract(${x}, 'f${i}')`, field.type));
        return `(CASE WHEN ${x} IS NOT NULL THEN CAST(to_json([${fields.join(", ")}]) AS VARCHAR) END)`;
      });
    case "RANGE":
      return toWire(sql, boundsOf(type));
    default:
      throw unsupported(`a value of type ${type.kind} in this function`);
  }
}

function variable(sql: string): string {
  const depths = [...sql.matchAll(/\b_[wv](\d+)\b/g)].map((match) => Number(match[1]));
  return `_w${Math.max(0, ...depths) + 1}`;
}

/** The inverse in SQL. */
export function fromWire(sql: string, type: SqlType): string {
  switch (type.kind) {
    case "STRING":
      return sql;
    case "BYTES":
    case "BIGNUMERIC":
      return `unhex(${sql})`;
    case "DATETIME":
      return `make_timestamp(CAST(${sql} AS BIGINT))`;
    case "TIMESTAMP":
      return `make_timestamptz(CAST(${sql} AS BIGINT))`;
    case "INTERVAL":
      return bind(
        [`string_split(${sql}, ' ')`],
        (x) =>
          `(to_months(CAST(${x}[1] AS INTEGER)) + to_days(CAST(${x}[2] AS INTEGER)) + to_microseconds(CAST(${x}[3] AS BIGINT)))`,
      );
    case "ARRAY": {
      const name = variable(sql);
      return `list_transform(CAST(CAST(${sql} AS JSON) AS VARCHAR[]), lambda ${name}: ${fromWire(name, type.element)})`;
    }
    case "STRUCT":
      return bind([`CAST(CAST(${sql} AS JSON) AS VARCHAR[])`], (x) => {
        const fields = type.fields.map((field, i) => `f${i} := ${fromWire(`${x}[${i + 1}]`, field.type)}`);
        return `(CASE WHEN ${x} IS NOT NULL THEN struct_pack(${fields.join(", ")}) END)`;
      });
    case "RANGE":
      return fromWire(sql, boundsOf(type));
    default:
      return `CAST(${sql} AS ${duckdbType(type)})`;
  }
}

/** A wire text as a canonical value (see types/value.ts). */
export function wireToValue(text: string | null, type: SqlType): unknown {
  if (text === null) return null;
  switch (type.kind) {
    case "INT64":
      return BigInt(text);
    case "FLOAT64":
      return text === "inf" ? Infinity : text === "-inf" ? -Infinity : Number(text);
    case "BOOL":
      return text === "true";
    case "NUMERIC":
      return decimalText(decimalScaled(text, 9), 9);
    case "BIGNUMERIC":
      return bignumericText(text);
    case "BYTES":
      return new Uint8Array(Buffer.from(text, "hex"));
    case "TIME":
      return timeText(timeMicros(text));
    case "DATETIME":
      return datetimeText(BigInt(text));
    case "TIMESTAMP":
      return timestampText(BigInt(text));
    case "INTERVAL": {
      const [months = "0", days = "0", micros = "0"] = text.split(" ");
      return intervalText(Number(months), Number(days), BigInt(micros));
    }
    case "ARRAY":
      return (JSON.parse(text) as (string | null)[]).map((element) => wireToValue(element, type.element));
    case "STRUCT":
      return (JSON.parse(text) as (string | null)[]).map((field, i) =>
        wireToValue(field, (type.fields[i] as { type: SqlType }).type),
      );
    case "RANGE":
      return wireToValue(text, boundsOf(type));
    default:
      return text;
  }
}

/** A canonical value as a wire text. */
export function valueToWire(value: unknown, type: SqlType): string | null {
  if (value === null || value === undefined) return null;
  switch (type.kind) {
    case "FLOAT64":
      return Number.isNaN(value)
        ? "nan"
        : value === Infinity
          ? "inf"
          : value === -Infinity
            ? "-inf"
            : Object.is(value, -0)
              ? "-0.0"
              : String(value);
    case "BIGNUMERIC":
      return bignumericHex(value as string);
    case "BYTES":
      return Buffer.from(value as Uint8Array).toString("hex");
    case "DATETIME":
      return String(datetimeMicros(value as string));
    case "TIMESTAMP":
      return String(timestampMicros(value as string));
    case "INTERVAL": {
      const { months, days, micros } = intervalParts(value as string);
      return `${months} ${days} ${micros}`;
    }
    case "ARRAY":
      return JSON.stringify((value as unknown[]).map((element) => valueToWire(element, type.element)));
    case "STRUCT":
      return JSON.stringify(
        (value as unknown[]).map((field, i) =>
          valueToWire(field, (type.fields[i] as { type: SqlType }).type),
        ),
      );
    case "RANGE":
      return valueToWire(value, boundsOf(type));
    default:
      return String(value);
  }
}

/** A range travels as the struct of its bounds that it is in DuckDB. */
function boundsOf({ element }: RangeType): StructType {
  const bound = { name: "", type: element };
  return { kind: "STRUCT", fields: [bound, bound] };
}

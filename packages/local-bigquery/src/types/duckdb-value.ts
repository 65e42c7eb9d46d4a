import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBValue,
} from "@duckdb/node-api";
import { unsupported } from "../errors.ts";
import { bignumericText } from "./bignumeric.ts";
import { decimalText } from "./decimal.ts";
import { dateText, datetimeText, intervalText, timestampText, timeText } from "./time.ts";
import type { SqlType } from "./types.ts";

/** A value as DuckDB answers it, in canonical form. A NULL array stays null: what it means depends on where it stands. */
export function fromDuckdb(value: DuckDBValue, type: SqlType): unknown {
  if (value === null) return null;
  switch (type.kind) {
    case "INT64":
      return BigInt(value as bigint);
    case "FLOAT64":
    case "BOOL":
    case "STRING":
    case "JSON":
      if (typeof value === "object") break;
      return value;
    case "NUMERIC":
      if (value instanceof DuckDBDecimalValue) return decimalText(value.value, value.scale);
      break;
    case "BYTES":
      if (value instanceof DuckDBBlobValue) return new Uint8Array(value.bytes);
      break;
    case "BIGNUMERIC":
      if (value instanceof DuckDBBlobValue) return bignumericText(Buffer.from(value.bytes).toString("hex"));
      break;
    case "DATE":
      if (value instanceof DuckDBDateValue) return dateText(value.days);
      break;
    case "DATETIME":
      if (value instanceof DuckDBTimestampValue) return datetimeText(value.micros);
      break;
    case "TIME":
      if (value instanceof DuckDBTimeValue) return timeText(value.micros);
      break;
    case "TIMESTAMP":
      if (value instanceof DuckDBTimestampTZValue) return timestampText(value.micros);
      break;
    case "INTERVAL":
      if (value instanceof DuckDBIntervalValue) return intervalText(value.months, value.days, value.micros);
      break;
    case "ARRAY":
      if (value instanceof DuckDBListValue) return value.items.map((item) => fromDuckdb(item, type.element));
      break;
    case "STRUCT":
      if (value instanceof DuckDBStructValue) {
        return type.fields.map((field, i) => fromDuckdb(value.entries[`f${i}`] ?? null, field.type));
      }
      break;
    case "RANGE":
      if (value instanceof DuckDBStructValue) {
        return ["f0", "f1"].map((bound) => fromDuckdb(value.entries[bound] ?? null, type.element));
      }
      break;
    default:
      throw unsupported(`a value of type ${type.kind}`);
  }
  throw new Error(
    `DuckDB answered ${Object.prototype.toString.call(value)} (${value}) for a ${type.kind}: the translation is wrong.`,
  );
}

import { timestampMicros } from "./time.ts";
import type { SqlType } from "./types.ts";

/** A cell of the REST API's rows: `v` is text, null, a nested row or a list of cells. */
export interface RestCell {
  readonly v: unknown;
}
export interface RestRow {
  readonly f: readonly RestCell[];
}
export interface RestFormat {
  /** formatOptions.useInt64Timestamp: microseconds as an integer's text instead of seconds as a float's. */
  readonly int64Timestamp: boolean;
}

/** One result row in the REST API's form. A NULL array is an empty one there. */
export function restRow(row: readonly unknown[], types: readonly SqlType[], format: RestFormat): RestRow {
  return { f: row.map((value, i) => ({ v: restValue(value, types[i] as SqlType, format) })) };
}

export function restValue(value: unknown, type: SqlType, format: RestFormat): unknown {
  if (type.kind === "ARRAY") {
    return ((value ?? []) as unknown[]).map((element) => ({ v: restValue(element, type.element, format) }));
  }
  if (value === null || value === undefined) return null;
  switch (type.kind) {
    case "STRUCT":
      return restRow(
        value as unknown[],
        type.fields.map((field) => field.type),
        format,
      );
    case "BYTES":
      return Buffer.from(value as Uint8Array).toString("base64");
    case "TIMESTAMP": {
      const micros = timestampMicros(value as string);
      return format.int64Timestamp ? String(micros) : secondsText(micros);
    }
    case "FLOAT64":
      return floatText(value as number);
    case "RANGE": {
      const [start, end] = value as [unknown, unknown];
      const bound = (v: unknown) => (v === null ? "UNBOUNDED" : String(restValue(v, type.element, format)));
      return `[${bound(start)}, ${bound(end)})`;
    }
    default:
      return String(value);
  }
}

/** Seconds as BigQuery prints them: "1.704067200123456E9". */
function secondsText(micros: bigint): string {
  const negative = micros < 0n;
  const digits = String(negative ? -micros : micros);
  const exponent = digits.length - 1 - 6;
  const mantissa = `${digits[0]}.${digits.slice(1).replace(/0+$/, "") || "0"}`;
  return micros === 0n ? "0.0" : `${negative ? "-" : ""}${mantissa}E${exponent}`;
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  if (Object.is(value, -0)) return "-0.0";
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}.0` : String(value);
}

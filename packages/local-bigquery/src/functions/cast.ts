import type { SourcePosition } from "../errors.ts";
import { duckdbType } from "../types/duckdb.ts";
import { typeText } from "../types/schema.ts";
import type { SqlType } from "../types/types.ts";
import type { TypedSql } from "./contract.ts";
import * as numeric from "./numeric.ts";
import { referenceCast } from "./reference.ts";
import { bind, bindAll, raise, tryNull } from "./sql.ts";
import { castText } from "./text.ts";
import { utcClock, utcInstant } from "./zone.ts";

export interface CastOptions {
  readonly safe: boolean;
  readonly parameters?: string;
  readonly format?: TypedSql;
  readonly timeZone?: TypedSql;
  readonly position?: SourcePosition;
}

/** CAST and SAFE_CAST between two GoogleSQL types. */
export function cast(value: TypedSql, to: SqlType, options: CastOptions): string {
  if (value.literal === null) return `CAST(NULL AS ${duckdbType(to)})`;
  if (options.format || options.parameters) return referenceCast(value, to, options);
  if (!options.safe) return plainCast(value, to, options);
  return safeCast(value, to, options);
}

function safeCast(value: TypedSql, to: SqlType, options: CastOptions): string {
  if (value.type.kind === "STRING") return fromString(value, to, options, true);
  if (cannotFail(value.type, to)) return plainCast(value, to, options);
  return tryNull([value.sql], (x) => plainCast({ ...value, sql: x }, to, options));
}

function cannotFail(from: SqlType, to: SqlType): boolean {
  if (from.kind === to.kind && from.kind !== "ARRAY" && from.kind !== "STRUCT") return true;
  if (to.kind === "STRING") return from.kind !== "BYTES";
  return from.kind === "INT64" || from.kind === "BOOL" || from.kind === "DATE";
}

function plainCast(value: TypedSql, to: SqlType, options: CastOptions): string {
  const { sql, type } = value;
  if (to.kind === "STRING" && type.kind === "TIMESTAMP" && options.timeZone)
    return referenceCast(value, to, options);
  if (to.kind === "STRING") {
    const text = castText(sql, type);
    if (text) return text;
  }
  if (type.kind === "STRING") return fromString(value, to, options, false);
  const native = FROM[type.kind]?.[to.kind]?.(sql);
  if (native) return native;
  if (type.kind === "ARRAY" && to.kind === "ARRAY")
    return castArray(value, type.element, to.element, options);
  if (type.kind === "STRUCT" && to.kind === "STRUCT") {
    const fields = to.fields.map((field, i) => {
      const from = type.fields[i]?.type ?? field.type;
      return (x: string) =>
        `f${i} := ${cast({ sql: `struct_extract(${x}, 'f${i}')`, type: from }, field.type, { ...options, safe: false })}`;
    });
    return bind(
      [sql],
      (x) =>
        `(CASE WHEN ${x} IS NOT NULL THEN struct_pack(${fields.map((field) => field(x)).join(", ")}) END)`,
    );
  }
  if (type.kind === to.kind && type.kind !== "RANGE") return sql;
  return referenceCast(value, to, options);
}

function castArray(value: TypedSql, from: SqlType, to: SqlType, options: CastOptions): string {
  if (duckdbType(from) === duckdbType(to) && typeText(from) === typeText(to)) return value.sql;
  return bindAll(
    [value.sql],
    (x) =>
      `list_transform(${x}, lambda _c${depth(x)}: ${cast({ sql: `_c${depth(x)}`, type: from }, to, { ...options, safe: false })})`,
  );
}

/** Casts of arrays in arrays nest lambdas; each needs its own name. */
function depth(sql: string): number {
  return 1 + Math.max(0, ...[...sql.matchAll(/\b_[cv](\d+)\b/g)].map((match) => Number(match[1])));
}

type Native = (sql: string) => string;

const FROM: Partial<Record<SqlType["kind"], Partial<Record<SqlType["kind"], Native>>>> = {
  INT64: {
    FLOAT64: (x) => `CAST(${x} AS DOUBLE)`,
    NUMERIC: numeric.fromInt64,
    BOOL: (x) => `(${x} <> 0)`,
  },
  BOOL: { INT64: (x) => `CAST(${x} AS BIGINT)` },
  FLOAT64: {
    INT64: floatToInt,
    NUMERIC: floatToNumeric,
  },
  NUMERIC: {
    INT64: numeric.toInt64,
    FLOAT64: (x) => `CAST(${x} AS DOUBLE)`,
  },
  DATE: {
    DATETIME: (x) => `CAST(${x} AS TIMESTAMP)`,
    TIMESTAMP: (x) => utcInstant(`CAST(${x} AS TIMESTAMP)`),
  },
  DATETIME: {
    DATE: (x) => `CAST(${x} AS DATE)`,
    TIME: (x) => `CAST(${x} AS TIME)`,
    TIMESTAMP: utcInstant,
  },
  TIMESTAMP: {
    DATE: (x) => `CAST(${utcClock(x)} AS DATE)`,
    TIME: (x) => `CAST(${utcClock(x)} AS TIME)`,
    DATETIME: utcClock,
  },
};

/** Half away from zero; DuckDB's own cast rounds half to even. */
function floatToInt(sql: string): string {
  return bind([sql], (x) => {
    const illegal = raise(
      "Illegal conversion of non-finite floating point number to an integer: ",
      `CAST(${x} AS VARCHAR)`,
    );
    const outside = raise("int64 out of range: ", `CAST(${x} AS VARCHAR)`);
    return (
      `(CASE WHEN NOT isfinite(${x}) THEN ${illegal} WHEN ${x} >= 9223372036854775807 OR ${x} < -9223372036854775808 THEN ${outside}` +
      ` ELSE CAST(round(${x}) AS BIGINT) END)`
    );
  });
}

/** x * 1e9 in DOUBLE is near enough unless its fraction is close to a half or has no bits left. */
function floatToNumeric(sql: string): string {
  return bind([sql], (x) => {
    const scaled = `(${x} * 1e9)`;
    const isClear = `abs(${scaled}) < 4e12 AND abs(abs(${scaled} - trunc(${scaled})) - 0.5) > 0.01`;
    return (
      `(CASE WHEN ${isClear} THEN CAST(${x} AS ${numeric.NUMERIC}) WHEN ${x} IS NULL THEN NULL` +
      ` ELSE CAST(__bq_float_to_numeric(CAST(${x} AS VARCHAR)) AS ${numeric.NUMERIC}) END)`
    );
  });
}

interface Reading {
  /** What the fast way reads; all other texts go to the reference implementation. */
  readonly pattern: string;
  readonly read: Native;
  readonly tryRead: Native;
}

const DATE_PATTERN = "(?:000[1-9]|00[1-9]\\d|0[1-9]\\d{2}|[1-9]\\d{3})-\\d{2}-\\d{2}";
const TIME_PATTERN = "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,6})?";

const READINGS: Partial<Record<SqlType["kind"], Reading>> = {
  INT64: {
    pattern: "[+-]?\\d+",
    read: (x) => `CAST(${x} AS BIGINT)`,
    tryRead: (x) => `TRY_CAST(${x} AS BIGINT)`,
  },
  FLOAT64: {
    pattern: "[+-]?(?:\\d{1,30}(?:\\.\\d{0,30})?|\\.\\d{1,30})(?:[eE][+-]?\\d{1,2})?",
    read: (x) => `CAST(${x} AS DOUBLE)`,
    tryRead: (x) => `TRY_CAST(${x} AS DOUBLE)`,
  },
  NUMERIC: {
    pattern: "[+-]?\\d{1,29}(?:\\.\\d{1,9})?",
    read: (x) => `CAST(${x} AS ${numeric.NUMERIC})`,
    tryRead: (x) => `TRY_CAST(${x} AS ${numeric.NUMERIC})`,
  },
  BOOL: {
    pattern: "(?i:true|false)",
    read: (x) => `CAST(${x} AS BOOLEAN)`,
    tryRead: (x) => `TRY_CAST(${x} AS BOOLEAN)`,
  },
  DATE: {
    pattern: DATE_PATTERN,
    read: (x) => `CAST(${x} AS DATE)`,
    tryRead: (x) => `TRY_CAST(${x} AS DATE)`,
  },
  TIME: {
    pattern: TIME_PATTERN,
    read: (x) => `CAST(${x} AS TIME)`,
    tryRead: (x) => `TRY_CAST(${x} AS TIME)`,
  },
  DATETIME: {
    pattern: `${DATE_PATTERN}(?:[ Tt]${TIME_PATTERN})?`,
    read: (x) => `CAST(${x} AS TIMESTAMP)`,
    tryRead: (x) => `TRY_CAST(${x} AS TIMESTAMP)`,
  },
  TIMESTAMP: {
    pattern: `${DATE_PATTERN}(?:[ Tt]${TIME_PATTERN})?(?:Z|\\+00(?::?00)?)?`,
    read: (x) => utcInstant(`CAST(regexp_replace(${x}, '(Z|\\+00(:?00)?)$', '') AS TIMESTAMP)`),
    tryRead: (x) => utcInstant(`TRY_CAST(regexp_replace(${x}, '(Z|\\+00(:?00)?)$', '') AS TIMESTAMP)`),
  },
};

function fromString(value: TypedSql, to: SqlType, options: CastOptions, safe: boolean): string {
  if (to.kind === "STRING") return value.sql;
  if (to.kind === "BYTES") return `encode(${value.sql})`;
  const reading = options.timeZone ? undefined : READINGS[to.kind];
  if (!reading) return referenceCast(value, to, { ...options, safe });
  return bind([value.sql], (x) => {
    const odd = referenceCast({ ...value, sql: x }, to, { ...options, safe });
    return `(CASE WHEN regexp_full_match(${x}, '${reading.pattern}') THEN ${safe ? reading.tryRead(x) : reading.read(x)} WHEN ${x} IS NOT NULL THEN ${odd} END)`;
  });
}

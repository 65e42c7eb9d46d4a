import type { ScalarCall } from "./contract.ts";
import { dateDifference, floorDivision, MICROS, MONTHS, modulo, partOf, truncatedDate } from "./parts.ts";
import { referenceCall } from "./reference.ts";
import { arg, bind, type Family, isKind, raise, refuse } from "./sql.ts";
import { datetimeText } from "./text.ts";
import { clock, instant, utcClock } from "./zone.ts";

// Microseconds of 0001-01-01 and of the last one of 9999-12-31.
const FIRST = "-62135596800000000";
const LAST = "253402300799999999";

/** The TIMESTAMP or DATETIME of so many microseconds, or an error where it leaves the years 1 to 9999. */
function checked(micros: string, kind: "TIMESTAMP" | "DATETIME", ...detail: string[]): string {
  const make = kind === "TIMESTAMP" ? "make_timestamptz" : "make_timestamp";
  return bind(
    [micros],
    (u) =>
      `(CASE WHEN ${u} BETWEEN ${FIRST} AND ${LAST} THEN ${make}(${u}) WHEN ${u} IS NOT NULL THEN ${raise("", ...detail)} END)`,
  );
}

function kindOf(call: ScalarCall): "TIMESTAMP" | "DATETIME" {
  const kind = arg(call, 0).type.kind;
  if (kind !== "TIMESTAMP" && kind !== "DATETIME") throw refuse(call);
  return kind;
}

/** TIMESTAMP_ADD, DATETIME_ADD and their opposites. */
export function moved(sign: 1 | -1): (call: ScalarCall) => string {
  return (call) => {
    const kind = kindOf(call);
    const part = partOf(call, 2);
    const minus = sign < 0 ? "-" : "";
    return bind([arg(call, 0).sql, arg(call, 1).sql], (t, n) => {
      const text =
        kind === "TIMESTAMP" ? `CAST(${utcClock(t)} AS VARCHAR) || '+00'` : `CAST(${t} AS VARCHAR)`;
      const detail = [
        "'Adding '",
        `CAST(${minus}${n} AS VARCHAR)`,
        `' ${part} to ${kind.toLowerCase()} '`,
        text,
        "' causes overflow'",
      ];
      const micros = MICROS[part] ?? (part === "WEEK" ? 604_800_000_000n : undefined);
      if (micros !== undefined && !(kind === "TIMESTAMP" && part === "WEEK")) {
        return checked(`(epoch_us(${t}) ${sign < 0 ? "-" : "+"} ${n} * ${micros})`, kind, ...detail);
      }
      const months = MONTHS[part];
      if (months === undefined || kind === "TIMESTAMP") throw refuse(call);
      return checked(
        `epoch_us(${t} + to_months(CAST(${minus}${n} * ${months} AS INTEGER)))`,
        kind,
        ...detail,
      );
    });
  };
}

/** TIMESTAMP_DIFF counts whole units of elapsed time; DATETIME_DIFF the boundaries between the wall clocks. */
export function difference(call: ScalarCall): string {
  const kind = kindOf(call);
  const part = partOf(call, 2);
  const [a, b] = [arg(call, 0).sql, arg(call, 1).sql];
  const micros = MICROS[part];
  if (kind === "TIMESTAMP") {
    if (micros === undefined) throw refuse(call);
    return `((epoch_us(${a}) - epoch_us(${b})) // ${micros})`;
  }
  if (micros !== undefined && part !== "DAY") {
    return `(${floorDivision(`epoch_us(${a})`, micros)} - ${floorDivision(`epoch_us(${b})`, micros)})`;
  }
  const days = dateDifference(`CAST(${a} AS DATE)`, `CAST(${b} AS DATE)`, part);
  if (!days) throw refuse(call);
  return days;
}

/** TIMESTAMP_TRUNC in a zone, DATETIME_TRUNC. */
export function truncated(call: ScalarCall): string {
  const kind = kindOf(call);
  const part = partOf(call, 1);
  const [value, zone] = [arg(call, 0), call.args[2]];
  const micros = part === "DAY" ? undefined : MICROS[part];
  if (micros !== undefined) {
    const make = kind === "TIMESTAMP" ? "make_timestamptz" : "make_timestamp";
    return bind([value.sql], (t) => {
      // An hour begins where the zone's clocks say so, which need not be UTC's.
      const wall = kind === "TIMESTAMP" && part === "HOUR" && zone ? clock(t, zone) : t;
      const cut = `${make}(epoch_us(${t}) - ${modulo(`epoch_us(${wall})`, micros)})`;
      // The zone must be one, even where it does not matter.
      return zone && part !== "HOUR" ? `(CASE WHEN ${clock(t, zone)} IS NOT NULL THEN ${cut} END)` : cut;
    });
  }
  const wall = kind === "TIMESTAMP" ? clock(value.sql, zone) : value.sql;
  const day = truncatedDate(`CAST(${wall} AS DATE)`, part);
  if (!day) throw refuse(call);
  const midnight = `CAST(${day} AS TIMESTAMP)`;
  return kind === "TIMESTAMP" ? instant(midnight, zone) : midnight;
}

/** TIMESTAMP(text | date | datetime [, zone]). */
function timestamp(call: ScalarCall): string {
  const [value, zone] = [arg(call, 0), call.args[1]];
  switch (value.type.kind) {
    case "TIMESTAMP":
      return value.sql;
    case "DATE":
      return instant(`CAST(${value.sql} AS TIMESTAMP)`, zone);
    case "DATETIME":
      return instant(value.sql, zone);
    default:
      return referenceCall(call);
  }
}

function datetime(call: ScalarCall): string {
  const [value, second] = [arg(call, 0), call.args[1]];
  switch (value.type.kind) {
    case "TIMESTAMP":
      return clock(value.sql, second);
    case "DATE":
      if (!second) return `CAST(${value.sql} AS TIMESTAMP)`;
      return `(${value.sql} + ${second.sql})`;
    case "DATETIME":
      return value.sql;
    default:
      return referenceCall(call);
  }
}

function time(call: ScalarCall): string {
  const [value, second] = [arg(call, 0), call.args[1]];
  switch (value.type.kind) {
    case "TIMESTAMP":
      return `CAST(${clock(value.sql, second)} AS TIME)`;
    case "DATETIME":
      return `CAST(${value.sql} AS TIME)`;
    case "TIME":
      return value.sql;
    default:
      return referenceCall(call);
  }
}

/** TIME_ADD goes round the clock. */
function movedTime(sign: 1 | -1): (call: ScalarCall) => string {
  return (call) => {
    const micros = MICROS[partOf(call, 2)];
    if (micros === undefined) throw refuse(call);
    const day = 86_400_000_000n;
    const amount = `(${arg(call, 1).sql} % ${day / micros}) * ${micros}`;
    const moved = modulo(`(epoch_us(${arg(call, 0).sql}) ${sign < 0 ? "-" : "+"} ${amount})`, day);
    return `CAST(make_timestamp(${moved}) AS TIME)`;
  };
}

function timeDifference(call: ScalarCall): string {
  const micros = MICROS[partOf(call, 2)];
  if (micros === undefined) throw refuse(call);
  return `(epoch_us(${arg(call, 0).sql}) // ${micros} - epoch_us(${arg(call, 1).sql}) // ${micros})`;
}

function truncatedTime(call: ScalarCall): string {
  const micros = MICROS[partOf(call, 1)];
  if (micros === undefined) throw refuse(call);
  return bind(
    [`epoch_us(${arg(call, 0).sql})`],
    (u) => `CAST(make_timestamp(${u} - ${u} % ${micros}) AS TIME)`,
  );
}

function fromUnix(unit: bigint): (call: ScalarCall) => string {
  return (call) => {
    const value = arg(call, 0);
    if (isKind(value.type, "TIMESTAMP")) return value.sql;
    return checked(
      unit === 1n ? value.sql : `(${value.sql} * ${unit})`,
      "TIMESTAMP",
      "'Timestamp is out of range'",
    );
  };
}

function toUnix(unit: bigint): (call: ScalarCall) => string {
  return (call) => floorDivision(`epoch_us(${arg(call, 0).sql})`, unit);
}

/** STRING(timestamp[, zone]) | STRING(date | datetime | time). */
function text(call: ScalarCall): string {
  const [value, zone] = [arg(call, 0), call.args[1]];
  if (isKind(value.type, "DATE")) return `CAST(${value.sql} AS VARCHAR)`;
  if (isKind(value.type, "DATETIME")) return bind([value.sql], (t) => `(${datetimeText(t, " ")})`);
  if (isKind(value.type, "TIMESTAMP") && !zone)
    return bind([utcClock(value.sql)], (t) => `(${datetimeText(t, " ")} || '+00')`);
  return referenceCall(call);
}

export const timestampFamily: Family = {
  timestamp,
  datetime,
  $extract_datetime: datetime,
  time,
  $extract_time: time,
  string: text,
  timestamp_add: moved(1),
  timestamp_sub: moved(-1),
  timestamp_diff: difference,
  timestamp_trunc: truncated,
  datetime_add: moved(1),
  datetime_sub: moved(-1),
  datetime_diff: difference,
  datetime_trunc: truncated,
  time_add: movedTime(1),
  time_sub: movedTime(-1),
  time_diff: timeDifference,
  time_trunc: truncatedTime,
  unix_seconds: toUnix(1_000_000n),
  unix_millis: toUnix(1_000n),
  unix_micros: toUnix(1n),
  timestamp_seconds: fromUnix(1_000_000n),
  timestamp_millis: fromUnix(1_000n),
  timestamp_micros: fromUnix(1n),
  timestamp_from_unix_seconds: fromUnix(1_000_000n),
  timestamp_from_unix_millis: fromUnix(1_000n),
  timestamp_from_unix_micros: fromUnix(1n),
};

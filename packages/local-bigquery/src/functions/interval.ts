import { operation } from "./arithmetic.ts";
import type { ScalarCall } from "./contract.ts";
import { addDays } from "./date.ts";
import { partOf } from "./parts.ts";
import { referenceCall } from "./reference.ts";
import { arg, bind, type Family, isKind, raiseAt, refuse } from "./sql.ts";
import { utcClock } from "./zone.ts";

const MAKERS: Readonly<Record<string, (n: string) => string>> = {
  YEAR: (n) => `to_months(CAST(${n} * 12 AS INTEGER))`,
  QUARTER: (n) => `to_months(CAST(${n} * 3 AS INTEGER))`,
  MONTH: (n) => `to_months(CAST(${n} AS INTEGER))`,
  WEEK: (n) => `to_days(CAST(${n} * 7 AS INTEGER))`,
  DAY: (n) => `to_days(CAST(${n} AS INTEGER))`,
  HOUR: (n) => `to_microseconds(${n} * 3600000000)`,
  MINUTE: (n) => `to_microseconds(${n} * 60000000)`,
  SECOND: (n) => `to_microseconds(${n} * 1000000)`,
  MILLISECOND: (n) => `to_microseconds(${n} * 1000)`,
  MICROSECOND: (n) => `to_microseconds(${n})`,
};

function make(call: ScalarCall): string {
  const maker = MAKERS[partOf(call, 1)];
  if (!maker) throw refuse(call);
  const amount = arg(call, 0);
  const limit = LIMITS[partOf(call, 1)] as bigint;
  if (typeof amount.literal === "bigint" && amount.literal <= limit && amount.literal >= -limit)
    return maker(amount.sql);
  return bind([amount.sql], (n) => {
    const outside = raiseAt(n, `Interval value is out of range`);
    return `(CASE WHEN ${n} BETWEEN -${limit} AND ${limit} THEN ${maker(n)} WHEN ${n} IS NOT NULL THEN ${outside} END)`;
  });
}

/** How many of a part make 10,000 years. */
const LIMITS: Readonly<Record<string, bigint>> = {
  YEAR: 10_000n,
  QUARTER: 40_000n,
  MONTH: 120_000n,
  WEEK: 522_857n,
  DAY: 3_660_000n,
  HOUR: 87_840_000n,
  MINUTE: 5_270_400_000n,
  SECOND: 316_224_000_000n,
  MILLISECOND: 316_224_000_000_000n,
  MICROSECOND: 316_224_000_000_000_000n,
};

/** + and - where a date, a point in time or an interval takes part; numbers are arithmetic's. */
function plus(name: "$add" | "$subtract"): (call: ScalarCall) => string {
  return (call) => {
    const numbers = operation(name, call);
    if (numbers) return numbers;
    const sign = name === "$add" ? 1 : -1;
    const [a, b] = [arg(call, 0), arg(call, 1)];
    if (!isKind(call.type, "DATE", "DATETIME", "TIMESTAMP", "INTERVAL")) throw refuse(call);
    if (isKind(call.type, "DATE")) return addDays(call, sign);
    if (isKind(call.type, "INTERVAL")) return difference(call);
    const [point, interval] = isKind(a.type, "INTERVAL") ? [b, a] : [a, b];
    return bind([point.sql, interval.sql], (p, i) => {
      const wall = isKind(point.type, "TIMESTAMP") ? utcClock(p) : `CAST(${p} AS TIMESTAMP)`;
      const moved = `(${wall} ${sign > 0 ? "+" : "-"} ${i})`;
      const range = raiseAt(p, "Adding an interval causes a value out of range");
      const inRange = `year(${moved}) BETWEEN 1 AND 9999`;
      if (!isKind(call.type, "TIMESTAMP"))
        return `(CASE WHEN ${inRange} THEN ${moved} WHEN ${moved} IS NOT NULL THEN ${range} END)`;
      const months = raiseAt(
        p,
        "TIMESTAMP +/- INTERVAL is not supported for intervals with non-zero MONTH or YEAR part.",
      );
      return `(CASE WHEN datepart('year', ${i}) <> 0 OR datepart('month', ${i}) <> 0 THEN ${months} WHEN ${inRange} THEN make_timestamptz(epoch_us(${moved})) WHEN ${moved} IS NOT NULL THEN ${range} END)`;
    });
  };
}

/** Between two points: days for DATEs, a time for the others; between two intervals: part by part. */
function difference(call: ScalarCall): string {
  const [a, b] = [arg(call, 0), arg(call, 1)];
  switch (a.type.kind) {
    case "DATE":
      return `to_days(CAST(${a.sql} - ${b.sql} AS INTEGER))`;
    case "TIMESTAMP":
    case "TIME":
      return `to_microseconds(epoch_us(${a.sql}) - epoch_us(${b.sql}))`;
    case "INTERVAL":
      return `(${a.sql} ${call.name === "$add" ? "+" : "-"} ${b.sql})`;
    default:
      return referenceCall(call);
  }
}

export const interval: Family = {
  $interval: make,
  $add: plus("$add"),
  $subtract: plus("$subtract"),
};

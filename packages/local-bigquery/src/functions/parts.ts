import type { ScalarCall } from "./contract.ts";
import { bind, raise, refuse } from "./sql.ts";

/** Date and time parts over DuckDB's DATE and TIMESTAMP (a wall clock). */

/** Microseconds of the parts with a fixed length. */
export const MICROS: Readonly<Record<string, bigint>> = {
  MICROSECOND: 1n,
  MILLISECOND: 1_000n,
  SECOND: 1_000_000n,
  MINUTE: 60_000_000n,
  HOUR: 3_600_000_000n,
  DAY: 86_400_000_000n,
};

export const MONTHS: Readonly<Record<string, bigint>> = { MONTH: 1n, QUARTER: 3n, YEAR: 12n };

/** Days to go forward so that the part's first day of the week falls on a Monday, DuckDB's. */
const WEEK_SHIFT: Readonly<Record<string, number>> = {
  ISOWEEK: 0,
  WEEK_MONDAY: 0,
  WEEK: 1,
  WEEK_SATURDAY: 2,
  WEEK_FRIDAY: 3,
  WEEK_THURSDAY: 4,
  WEEK_WEDNESDAY: 5,
  WEEK_TUESDAY: 6,
};

export function partOf(call: ScalarCall, place: number): string {
  const part = call.args[place]?.literal;
  if (typeof part !== "string") throw refuse(call);
  return part;
}

/** Days since the part's week began, 0 to 6. */
function weekday(date: string, shift: number): string {
  return shift === 0 ? `(isodow(${date}) - 1)` : `((isodow(${date}) + ${shift - 1}) % 7)`;
}

/** The first day of a date's week, also before year 1; undefined if the part is no kind of week. */
export function weekStart(date: string, part: string): string | undefined {
  const shift = WEEK_SHIFT[part];
  return shift === undefined
    ? undefined
    : bind([date], (d) => `(${d} - CAST(${weekday(d, shift)} AS INTEGER))`);
}

/** A DATE cut to a part; undefined if the part is no date part. */
export function truncatedDate(date: string, part: string): string | undefined {
  if (part === "DAY") return date;
  const shift = WEEK_SHIFT[part];
  if (shift !== undefined) {
    return bind([date], (d) => {
      const start = weekStart(d, part) as string;
      if (shift === 0) return start;
      // Only the first days of year 1 have a week that begins before it.
      const outside = raise("DATE_TRUNC result is out of range: ", `CAST(${d} AS VARCHAR)`);
      return `(CASE WHEN ${d} < DATE '0001-01-07' AND ${start} < DATE '0001-01-01' THEN ${outside} ELSE ${start} END)`;
    });
  }
  switch (part) {
    case "MONTH":
    case "QUARTER":
    case "YEAR":
    case "ISOYEAR":
      return `CAST(date_trunc('${part.toLowerCase()}', ${date}) AS DATE)`;
    default:
      return undefined;
  }
}

/** a - b in whole parts: the boundaries between them, for DATEs. */
export function dateDifference(a: string, b: string, part: string): string | undefined {
  if (part === "DAY") return `(${a} - ${b})`;
  const shift = WEEK_SHIFT[part];
  if (shift !== undefined) return `(${weekNumber(a, shift)} - ${weekNumber(b, shift)})`;
  switch (part) {
    case "MONTH":
    case "QUARTER":
    case "YEAR":
      return `date_diff('${part.toLowerCase()}', ${b}, ${a})`;
    case "ISOYEAR":
      return `(isoyear(${a}) - isoyear(${b}))`;
    default:
      return undefined;
  }
}

/** Weeks since some Monday before year 1; 1970-01-01 was a Thursday, and 719166 days are whole weeks. */
function weekNumber(date: string, shift: number): string {
  return `((${date} - DATE '1970-01-01') + ${719_169 + shift}) // 7`;
}

/** EXTRACT(part FROM a DATE, a wall clock or a TIME), as INT64; undefined for a part the value does not have. */
export function extracted(value: string, part: string): string | undefined {
  const shift = part.startsWith("WEEK") ? WEEK_SHIFT[part] : undefined;
  if (shift !== undefined) {
    return bind([value], (d) => `CAST((dayofyear(${d}) + 6 - ${weekday(d, shift)}) // 7 AS BIGINT)`);
  }
  switch (part) {
    case "YEAR":
    case "QUARTER":
    case "MONTH":
    case "DAY":
    case "DAYOFYEAR":
    case "ISOYEAR":
    case "HOUR":
    case "MINUTE":
    case "SECOND":
      return `CAST(${part.toLowerCase()}(${value}) AS BIGINT)`;
    case "ISOWEEK":
      return `CAST(weekofyear(${value}) AS BIGINT)`;
    case "DAYOFWEEK":
      return `CAST(dayofweek(${value}) + 1 AS BIGINT)`;
    case "MILLISECOND":
      return `CAST(millisecond(${value}) % 1000 AS BIGINT)`;
    case "MICROSECOND":
      return `CAST(microsecond(${value}) % 1000000 AS BIGINT)`;
    default:
      return undefined;
  }
}

/** x modulo a unit, never negative. */
export function modulo(x: string, unit: bigint): string {
  return unit === 1n ? "0" : `((${x} % ${unit} + ${unit}) % ${unit})`;
}

/** x in whole units, rounded down. */
export function floorDivision(x: string, unit: bigint): string {
  if (unit === 1n) return x;
  return bind([x], (v) => `((${v} - ${modulo(v, unit)}) // ${unit})`);
}

import type { TypedSql } from "./contract.ts";
import { bind, raise, raiseAt } from "./sql.ts";

/**
 * Between instants (TIMESTAMPTZ) and wall clocks (TIMESTAMP). DuckDB's own conversions go through ICU at some 200 ns
 * a row, also for UTC; plain arithmetic on microseconds costs a tenth. A zone whose offset has not changed for years
 * (Asia/Shanghai since 1991) is arithmetic after its last change and ICU before.
 */

const MICROS = 1_000_000n;

// 0001-01-01 and the last microsecond of 9999-12-31.
const FIRST = "make_timestamptz(-62135596800000000)";
const LAST = "make_timestamptz(253402300799999999)";

/** The wall clock in UTC. */
export function utcClock(timestamp: string): string {
  return `make_timestamp(epoch_us(${timestamp}))`;
}

/** The instant of a wall clock in UTC. */
export function utcInstant(clock: string): string {
  return `make_timestamptz(epoch_us(${clock}))`;
}

/** The wall clock of an instant in a zone; no zone is UTC. */
export function clock(timestamp: string, zone: TypedSql | undefined): string {
  if (!zone) return utcClock(timestamp);
  const fixed = fixedOffset(zone);
  if (fixed !== undefined) return shifted("make_timestamp", timestamp, fixed);
  const settled = typeof zone.literal === "string" ? settledOffset(zone.literal) : undefined;
  if (!settled) return byName(timestamp, zone, (ts, name) => `timezone(${name}, ${ts})`, "make_timestamp", 1);
  return bind(
    [timestamp],
    (ts) =>
      `(CASE WHEN ${ts} >= make_timestamptz(${settled.since * MICROS}) THEN ${shifted("make_timestamp", ts, settled.offset)} ELSE timezone(${zone.sql}, ${ts}) END)`,
  );
}

/** The instant of a wall clock in a zone; no zone is UTC. */
export function instant(wall: string, zone: TypedSql | undefined): string {
  if (!zone) return utcInstant(wall);
  return bind([uncheckedInstant(wall, zone)], (at) => {
    const outside = raise("Timestamp is out of range: ", `CAST(${at} AS VARCHAR)`);
    return `(CASE WHEN ${at} BETWEEN ${FIRST} AND ${LAST} THEN ${at} WHEN ${at} IS NOT NULL THEN ${outside} END)`;
  });
}

function uncheckedInstant(wall: string, zone: TypedSql): string {
  const fixed = fixedOffset(zone);
  if (fixed !== undefined) return shifted("make_timestamptz", wall, -fixed);
  const settled = typeof zone.literal === "string" ? settledOffset(zone.literal) : undefined;
  if (!settled) return byName(wall, zone, earlierInstant, "make_timestamptz", -1);
  // A day past the change no wall clock is skipped or doubled.
  const since = (settled.since + settled.offset + 86_400n) * MICROS;
  return bind(
    [wall],
    (ts) =>
      `(CASE WHEN ${ts} >= make_timestamp(${since}) THEN ${shifted("make_timestamptz", ts, -settled.offset)} ELSE ${earlierInstant(ts, zone.sql)} END)`,
  );
}

/**
 * Where clocks are set back a wall clock happens twice: GoogleSQL means the first time, ICU the second. The first is
 * the one with the offset of the day before, if that offset leads back to the same wall clock.
 */
function earlierInstant(wall: string, zone: string): string {
  return bind([wall], (w) =>
    bind([`timezone(${zone}, ${w})`], (later) => {
      const dayBefore = `make_timestamptz(epoch_us(${later}) - 86400000000)`;
      const offset = `(epoch_us(timezone(${zone}, ${dayBefore})) - epoch_us(${dayBefore}))`;
      return bind(
        [`make_timestamptz(epoch_us(${w}) - ${offset})`],
        (earlier) =>
          `(CASE WHEN ${earlier} < ${later} AND timezone(${zone}, ${earlier}) = ${w} THEN ${earlier} ELSE ${later} END)`,
      );
    }),
  );
}

function shifted(make: string, point: string, seconds: bigint): string {
  return seconds === 0n ? `${make}(epoch_us(${point}))` : `${make}(epoch_us(${point}) + ${seconds * MICROS})`;
}

/** A zone known at run time: a name goes to ICU, an offset such as +08:00 is arithmetic. */
function byName(
  point: string,
  zone: TypedSql,
  icu: (point: string, name: string) => string,
  make: string,
  sign: 1 | -1,
): string {
  if (typeof zone.literal === "string") {
    return isZone(zone.literal) ? icu(point, zone.sql) : raiseAt(point, `Invalid time zone: ${zone.literal}`);
  }
  return bind([point, `__bq_time_zone(${zone.sql})`], (ts, name) => {
    const part = (group: number) =>
      `coalesce(TRY_CAST(regexp_extract(${name}, '^[+-](\\d{1,2})(?::?(\\d{2}))?$', ${group}) AS BIGINT), 0)`;
    const seconds = `(CASE WHEN starts_with(${name}, '-') THEN -1 ELSE 1 END * (${part(1)} * 3600 + ${part(2)} * 60))`;
    return `(CASE WHEN regexp_matches(${name}, '^[+-]') THEN ${make}(epoch_us(${ts}) + ${sign} * ${seconds} * 1000000) ELSE ${icu(ts, name)} END)`;
  });
}

function isZone(name: string): boolean {
  return /^[+-]\d{1,2}(:?\d{2})?$/.test(name) || offsetReader(name) !== undefined;
}

/** The name itself, or GoogleSQL's error; ICU's own cannot be caught in SQL. */
export function checkedZone(name: string): string {
  if (!isZone(name)) throw new Error(`Invalid time zone: ${name}`);
  return name;
}

/** Seconds east of UTC of "UTC", "+8", "+08:00", "UTC-03:30". */
function fixedOffset(zone: TypedSql): bigint | undefined {
  if (typeof zone.literal !== "string") return undefined;
  if (/^(UTC|Etc\/UTC)$/i.test(zone.literal)) return 0n;
  const match = /^(?:UTC)?([+-])(\d{1,2})(?::(\d{2}))?$/.exec(zone.literal);
  if (!match) return undefined;
  const seconds = BigInt(match[2] as string) * 3600n + BigInt(match[3] ?? "0") * 60n;
  return match[1] === "-" ? -seconds : seconds;
}

const settledOffsets = new Map<string, { offset: bigint; since: bigint } | undefined>();

/** The offset of a zone (seconds) that has been the same `since` an instant (epoch seconds) and stays so as far as rules are known. */
function settledOffset(zone: string): { offset: bigint; since: bigint } | undefined {
  if (!settledOffsets.has(zone)) settledOffsets.set(zone, findSettledOffset(zone));
  return settledOffsets.get(zone);
}

function findSettledOffset(zone: string): { offset: bigint; since: bigint } | undefined {
  const offset = offsetReader(zone);
  if (!offset) return undefined;
  const week = 7 * 86_400;
  const far = Date.UTC(2060, 0, 1) / 1000;
  const last = offset(far);
  // Daylight saving shows within any year; a weekly step also sees short pauses of it.
  let different: number | undefined;
  for (let at = far; at > 0; at -= week) {
    if (offset(at) === last) continue;
    different = at;
    break;
  }
  if (different === undefined) return { offset: BigInt(last), since: 0n };
  if (different > Date.UTC(2020, 0, 1) / 1000) return undefined;
  let [before, after] = [different, different + week];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offset(middle) === last) after = middle;
    else before = middle;
  }
  return { offset: BigInt(last), since: BigInt(after) };
}

/** Reads a zone's offset in seconds at an instant in epoch seconds; undefined for a name the runtime does not know. */
function offsetReader(zone: string): ((at: number) => number) | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  } catch {
    return undefined;
  }
  return (at) => {
    const name =
      format.formatToParts(new Date(at * 1000)).find((part) => part.type === "timeZoneName")?.value ?? "";
    const [, sign, hours = "0", minutes = "0", seconds = "0"] =
      /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?/.exec(name) ?? [];
    const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    return sign === "-" ? -total : total;
  };
}

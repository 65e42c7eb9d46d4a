/** Microseconds; instants are microseconds since 1970 in UTC. Both are exact in a JavaScript number. */
export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The platform's business time zone. It has no summer time, so a local day is always DAY long. */
export const TIMEZONE = "Asia/Shanghai";
const OFFSET = 8 * HOUR;

/** The simulated days: instants of their bounds, and what lies between. */
export interface Period {
  readonly from: string;
  readonly to: string;
  readonly days: number;
  /** The first local midnight. */
  readonly start: number;
  /** The local midnight that ends the last day; nothing is known of what comes after. */
  readonly end: number;
  /** What happened before was handed over at this instant, as it then stood. */
  readonly bootstrapAt: number;
}

/** The days from..to, both inclusive, as YYYY-MM-DD. */
export function periodOf(from: string, to: string, bootstrapDays: number): Period {
  const start = midnight(from);
  const end = midnight(to) + DAY;
  const days = (end - start) / DAY;
  if (!Number.isInteger(days) || days < 1)
    throw new Error(`The period ${from} to ${to} has no day: give a last day that is not before the first.`);
  if (bootstrapDays >= days)
    throw new Error(
      `bootstrap_days is ${bootstrapDays}, but the period has ${days} days: leave at least one to come day by day.`,
    );
  return { from, to, days, start, end, bootstrapAt: start + bootstrapDays * DAY };
}

/** The local midnight that begins a day, as an instant. */
export function midnight(day: string): number {
  const time = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day)
    throw new Error(`${day} is no day: expected one such as 2025-06-18.`);
  return time * 1000 - OFFSET;
}

/** The local day of an instant, as YYYY-MM-DD. */
export function dayOf(instant: number): string {
  return new Date(Math.floor((instant + OFFSET) / 1000)).toISOString().slice(0, 10);
}

/** The instant at a share of the period, cut to a local midnight. */
export function dayAt(period: Period, share: number): number {
  return period.start + Math.min(period.days, Math.round(period.days * share)) * DAY;
}

/** An instant as ISO text in UTC. */
export function iso(instant: number): string {
  const whole = new Date(Math.floor(instant / 1000)).toISOString();
  const micros = String(((instant % 1000) + 1000) % 1000).padStart(3, "0");
  return micros === "000" ? whole : whole.replace("Z", `${micros}Z`);
}

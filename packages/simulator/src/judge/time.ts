/** An instant: microseconds since 1970 in UTC, exact in a JavaScript number. */
export type Instant = number;
/** A business day, YYYY-MM-DD. */
export type Day = string;

const MICROS_PER_MILLI = 1000;
const DAY_MILLIS = 86_400_000;
const QUARTER_MILLIS = 900_000;

/** Reads "2024-06-01T16:03:00.123456Z"; another offset may stand for the Z. */
export function instantOf(text: string): Instant {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)$/.exec(
    text,
  );
  const [, day, clock, fraction = "", offset = "Z"] = match ?? [];
  const zone =
    offset === "UTC" || offset === "Z"
      ? "Z"
      : `${offset.slice(0, 3)}:${offset.slice(3).replace(":", "") || "00"}`;
  const millis = Date.parse(`${day}T${clock}${zone}`);
  if (!match || Number.isNaN(millis))
    throw new Error(`"${text}" is no instant: write it as 2024-06-01T16:03:00Z.`);
  return millis * MICROS_PER_MILLI + Number(fraction.padEnd(6, "0"));
}

/** Writes an instant in UTC with as many digits of the second as it needs: none, three or six. */
export function instantText(instant: Instant): string {
  const whole = new Date(Math.floor(instant / MICROS_PER_MILLI)).toISOString().slice(0, 19);
  const micros = ((instant % 1_000_000) + 1_000_000) % 1_000_000;
  if (micros === 0) return `${whole}Z`;
  const fraction = String(micros).padStart(6, "0");
  return `${whole}.${fraction.endsWith("000") ? fraction.slice(0, 3) : fraction}Z`;
}

export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MILLIS).toISOString().slice(0, 10);
}

/** Whole days from one business day to another; negative when the second lies before the first. */
export function daysFrom(from: Day, to: Day): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MILLIS;
}

/** The business days of a time zone. */
export class BusinessDays {
  readonly #clock: Intl.DateTimeFormat;
  /** Offsets from UTC by quarter of an hour, at whose start alone a zone changes: the clock is slow to ask. */
  readonly #offsets = new Map<number, number>();

  constructor(timezone: string) {
    this.#clock = new Intl.DateTimeFormat("en-CA", {
      timeZone: timezone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    });
  }

  /** The business day on which an instant lies. */
  dayOf(instant: Instant): Day {
    const millis = Math.floor(instant / MICROS_PER_MILLI);
    return new Date(millis + this.#offsetMillis(millis)).toISOString().slice(0, 10);
  }

  /** The first instant after a business day. */
  endOf(day: Day): Instant {
    const wanted = Date.parse(`${addDays(day, 1)}T00:00:00Z`);
    // Twice, because the offset may change between the first guess and the midnight itself.
    let guess = wanted;
    for (let round = 0; round < 2; round++) guess = wanted - this.#offsetMillis(guess);
    return guess * MICROS_PER_MILLI;
  }

  #offsetMillis(millis: number): number {
    const quarter = Math.floor(millis / QUARTER_MILLIS);
    let offset = this.#offsets.get(quarter);
    if (offset === undefined) {
      offset = this.#clockMillis(quarter * QUARTER_MILLIS) - quarter * QUARTER_MILLIS;
      this.#offsets.set(quarter, offset);
    }
    return offset;
  }

  /** What the zone's clocks show, as if it were UTC. */
  #clockMillis(millis: number): number {
    const parts = Object.fromEntries(
      this.#clock.formatToParts(millis).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 1, day, hour, minute, second } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  }
}

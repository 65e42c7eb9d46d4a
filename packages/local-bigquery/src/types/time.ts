/** Text forms of points in time, from and to counts since 1970-01-01; years 1 to 9999. */

const MICROS_PER_DAY = 86_400_000_000n;

/** Days since the epoch as YYYY-MM-DD. */
export function dateText(days: number): string {
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}

export function dateDays(text: string): number {
  return Date.parse(`${text}T00:00:00Z`) / 86_400_000;
}

/** Microseconds since midnight as HH:MM:SS, with six digits of fraction when there is one. */
export function timeText(micros: bigint): string {
  const seconds = Number(micros / 1_000_000n);
  const two = (n: number) => String(n).padStart(2, "0");
  const whole = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const fraction = micros % 1_000_000n;
  return fraction === 0n ? whole : `${whole}.${String(fraction).padStart(6, "0")}`;
}

export function timeMicros(text: string): bigint {
  const [, hours, minutes, seconds, fraction = ""] = /^(\d+):(\d+):(\d+)(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  const whole = BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
  return whole * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
}

function split(micros: bigint): { days: number; rest: bigint } {
  const rest = ((micros % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY;
  return { days: Number((micros - rest) / MICROS_PER_DAY), rest };
}

/** Microseconds as YYYY-MM-DDTHH:MM:SS[.ffffff]. */
export function datetimeText(micros: bigint): string {
  const { days, rest } = split(micros);
  return `${dateText(days)}T${timeText(rest)}`;
}

export function datetimeMicros(text: string): bigint {
  const [date = "", time = "00:00:00"] = text.split(/[T ]/);
  return BigInt(dateDays(date)) * MICROS_PER_DAY + timeMicros(time);
}

/** Microseconds as YYYY-MM-DDTHH:MM:SS.ffffffZ. */
export function timestampText(micros: bigint): string {
  const { days, rest } = split(micros);
  return `${dateText(days)}T${timeText(rest).slice(0, 8)}.${String(rest % 1_000_000n).padStart(6, "0")}Z`;
}

export function timestampMicros(text: string): bigint {
  return datetimeMicros(text.replace(/Z$/, ""));
}

/** BigQuery's text of an interval: "years-months days hours:minutes:seconds[.fraction]", a sign on each of the three parts. */
export function intervalText(months: number, days: number, micros: bigint): string {
  const sign = (negative: boolean) => (negative ? "-" : "");
  const m = Math.abs(months);
  const u = micros < 0n ? -micros : micros;
  const fraction = u % 1_000_000n;
  const seconds = u / 1_000_000n;
  const tail = fraction === 0n ? "" : `.${fractionText(fraction)}`;
  return (
    `${sign(months < 0)}${Math.floor(m / 12)}-${m % 12} ${days} ` +
    `${sign(micros < 0n)}${seconds / 3600n}:${(seconds / 60n) % 60n}:${seconds % 60n}${tail}`
  );
}

/** Three digits where they are enough, else six, as BigQuery prints fractions of a second. */
export function fractionText(micros: bigint): string {
  const six = String(micros).padStart(6, "0");
  return six.endsWith("000") ? six.slice(0, 3) : six;
}

/** The inverse of intervalText. */
export function intervalParts(text: string): { months: number; days: number; micros: bigint } {
  const match = /^(-?)(\d+)-(\d+) (-?\d+) (-?)(\d+):(\d+):(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) throw new Error(`Not an interval: ${text}`);
  const [, ymSign, years, months, days, timeSign, hours, minutes, seconds, fraction = ""] = match;
  const m = Number(years) * 12 + Number(months);
  const u =
    BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1_000_000n +
    BigInt(fraction.padEnd(6, "0"));
  return { months: ymSign ? -m : m, days: Number(days), micros: timeSign ? -u : u };
}

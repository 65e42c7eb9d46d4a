import type { Calendar } from "../parameters/types.ts";
import { DAY, dayOf, HOUR, type Period } from "../period.ts";
import type { Platform } from "../platform.ts";
import { createTable } from "../sql.ts";

/** Cells of the clock per day of busy time. */
const CELLS = 48;

/**
 * Table `clock`: real time by busy time. Busy time runs by the calendar's intensity, one day of it a day on average, so a
 * process without seasons in busy time has the calendar's seasons, hours and sale days in real time.
 */
export async function createClock(platform: Platform): Promise<void> {
  const { period, parameters } = platform;
  const reached = busyTime(parameters.calendar, period);
  const cells: [number, number, number][] = [];
  let hour = 0;
  const realAt = (busy: number) => {
    while (hour < reached.length - 2 && (reached[hour + 1] as number) <= busy) hour++;
    const [low, high] = [reached[hour] as number, reached[hour + 1] as number];
    return period.start + Math.floor((hour + Math.min(1, (busy - low) / (high - low))) * HOUR);
  };
  let start = realAt(0);
  for (let cell = 0; cell < period.days * CELLS; cell++) {
    const end = Math.min(realAt((cell + 1) / CELLS), period.end - 1);
    cells.push([cell, start, end - start]);
    start = end;
  }
  await createTable(platform, "clock", { cell: "INTEGER", start_us: "BIGINT", length_us: "BIGINT" }, cells);
}

/** The join to the clock for a busy time (expression, DOUBLE days), and the real time that it gives. */
export const clockJoin = (busy: string) => `JOIN clock ON clock.cell = floor(${busy} * ${CELLS})::INTEGER`;
export const clockTime = (busy: string) =>
  `clock.start_us + floor((${busy} * ${CELLS} - floor(${busy} * ${CELLS})) * clock.length_us)::BIGINT`;

/** Days of busy time that have passed at the start of every hour, and at the end. */
function busyTime(calendar: Calendar, period: Period): number[] {
  const intensities: number[] = [];
  const hours = calendar.hour.reduce((sum, weight) => sum + weight, 0);
  for (let day = 0; day < period.days; day++) {
    const date = dayOf(period.start + day * DAY);
    const month = Number(date.slice(5, 7));
    const weekday = (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
    const sale = calendar.sales.filter((s) => s.from <= date.slice(5) && date.slice(5) <= s.to);
    const busy =
      (calendar.weekday[weekday] as number) *
      (calendar.month[month - 1] as number) *
      sale.reduce((product, s) => product * s.weight, 1);
    for (const weight of calendar.hour) intensities.push((busy * weight) / hours);
  }
  const total = intensities.reduce((sum, intensity) => sum + intensity, 0);
  const reached = [0];
  for (const intensity of intensities)
    reached.push((reached.at(-1) as number) + (intensity * period.days) / total);
  return reached;
}

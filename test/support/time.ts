/** A moment of a story in the business time zone: "06-02 00:03" (of 2024), "06-02 00:03:15" or "2025-06-02 00:03". */
export type Moment = string;
/** A business day of a story: "06-02" (of 2024) or "2025-06-02". */
export type Day = string;

/** The stories' business time zone, and its offset, which never changes. */
export const TIMEZONE = "Asia/Shanghai";
const OFFSET_HOURS = 8;
/** The same as text, as SQL and ISO write it. */
export const OFFSET = "+08:00";
const STORY_YEAR = "2024";

/** "06-02" -> "2024-06-02". */
export function fullDay(day: Day): string {
  return day.length === 5 ? `${STORY_YEAR}-${day}` : day;
}

/** "06-02 00:03" -> "2024-06-01T16:03:00.000Z". */
export function instant(moment: Moment): string {
  const [day, time] = moment.split(" ");
  if (!day || !time) throw new Error(`Not a moment: "${moment}"; write it as "06-02 00:03".`);
  const at = new Date(`${fullDay(day)}T${time.length === 5 ? `${time}:00` : time}${OFFSET}`);
  if (Number.isNaN(at.getTime())) throw new Error(`Not a moment: "${moment}"; write it as "06-02 00:03".`);
  return at.toISOString();
}

/** The moment a number of minutes after another, both in the business time zone. */
export function after(moment: Moment, minutes: number): Moment {
  return localMoment(new Date(new Date(instant(moment)).getTime() + minutes * 60_000));
}

/** The moment a number of days after another. */
export function daysAfter(moment: Moment, days: number): Moment {
  return after(moment, days * 24 * 60);
}

/** The days from one to another, both included, each as "2024-06-02". */
export function daysBetween(from: Day, to: Day): string[] {
  const days: string[] = [];
  const last = fullDay(to);
  for (let day = fullDay(from); day <= last; day = nextDay(day)) days.push(day);
  return days;
}

/** An instant as the business time zone's clock shows it: "2024-06-02 00:03:00". */
export function localMoment(at: Date): Moment {
  const shifted = new Date(at.getTime() + OFFSET_HOURS * 3_600_000).toISOString();
  return `${shifted.slice(0, 10)} ${shifted.slice(11, 19)}`;
}

/** Leaves out what every reader knows: the stories' year, and seconds when there are none. */
export function shorten(dayOrMoment: string): string {
  return dayOrMoment.replace(new RegExp(`^${STORY_YEAR}-`), "").replace(/(\d\d:\d\d):00$/, "$1");
}

function nextDay(day: string): string {
  return new Date(new Date(`${day}T00:00:00Z`).getTime() + 86_400_000).toISOString().slice(0, 10);
}

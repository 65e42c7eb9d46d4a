import type { Vars } from "../dataform/cli.ts";
import { wrongUse } from "../errors.ts";
import type { LoadRecord } from "../state/records.ts";

/** What a load says of its days. */
export type LoadDates = Pick<LoadRecord, "data" | "timezone" | "bootstrap_at" | "run_date">;

/** A date option's value, checked: YYYY-MM-DD and a day that exists. */
export function checkedDate(option: string, value: string): string {
  const parsed = new Date(`${value}T00:00:00Z`);
  if (
    !/^\d{4}-\d{2}-\d{2}$/.test(value) ||
    Number.isNaN(parsed.getTime()) ||
    parsed.toISOString().slice(0, 10) !== value
  ) {
    throw wrongUse(`${option} ${value} is not a date.`, "Write it as in 2024-06-18.");
  }
  return value;
}

/**
 * The variables of a run: what the load says about the data, and the day asked for. A day before the load's own beginning
 * is refused: what was known then went into the load already mixed with what came later.
 */
export function varsFor(load: LoadDates | undefined, date: string | undefined, option = "--date"): Vars {
  const vars: Record<string, string> = {};
  const day = date ?? load?.run_date;
  if (day) vars.run_date = day;
  if (!load) return vars;
  vars.timezone = load.timezone;
  if (load.bootstrap_at) {
    vars.bootstrap_at = load.bootstrap_at;
    const first = dayOf(load.bootstrap_at, load.timezone);
    if (day && day < first) {
      throw wrongUse(
        `${option} ${day} is before the data's first load: ${load.data} is known as of ${first} and later.`,
        `Choose ${first} or a later day.`,
      );
    }
  }
  return vars;
}

/** The business day of an instant (ISO 8601). */
export function dayOf(instant: string, timezone: string): string {
  // Swedish dates are ISO dates.
  return new Intl.DateTimeFormat("sv-SE", { timeZone: timezone }).format(new Date(instant));
}

/** The day so many days later, YYYY-MM-DD. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The days from one to another, both included; none where the last is before the first. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
}

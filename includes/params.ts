// The project's variables (dataform.json, --vars) as SQL, each by its name: no literal of them stands in a model.

function variable(name: string): string {
  const value = dataform.projectConfig.vars?.[name];
  if (value === undefined)
    throw new Error(`Variable "${name}" is missing: set it under "vars" in dataform.json.`);
  return value;
}

function matching(name: string, pattern: RegExp, example: string): string {
  const value = variable(name);
  if (!pattern.test(value)) {
    throw new Error(
      `Variable "${name}" is "${value}": expected a value such as ${example} (dataform.json or --vars).`,
    );
  }
  return value;
}

const datePattern = /^(\d{4}-\d{2}-\d{2})?$/;
const timestampPattern = /^(\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}(:?\d{2})?))?$/;

/** A whole number variable as written in SQL, such as `30`. */
export function integer(name: string): string {
  return matching(name, /^\d+$/, "30");
}

/** A variable that lists whole numbers, such as funnel_windows: ascending, each once. */
export function list(name: string): readonly number[] {
  const numbers = matching(name, /^\d+(\s*,\s*\d+)*$/, "0,1,3,7")
    .split(",")
    .map(Number);
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** A share between 0 and 1 as written in SQL, such as `0.1`. */
export function share(name: string): string {
  return matching(name, /^(0(\.\d+)?|1(\.0+)?)$/, "0.1");
}

/** The business time zone as a SQL string, such as `'Asia/Shanghai'`. */
export const timezone = `'${matching("timezone", /^[A-Za-z][A-Za-z0-9_+/-]*$/, "Asia/Shanghai")}'`;

const givenRunDate = matching("run_date", datePattern, "2024-06-09, or empty for yesterday");
const givenAsOf = matching(
  "as_of_at",
  timestampPattern,
  "2024-06-09 14:30:00+08, or empty for the end of run_date",
);
const givenBootstrap = matching("bootstrap_at", timestampPattern, "2024-01-01 00:00:00+08, or empty");

const beginning = "TIMESTAMP '0001-01-01 00:00:00+00'";

/** The last business day of the run, a DATE: variable run_date, by default yesterday. For views and assertions. */
export const runDateValue = givenRunDate
  ? `DATE '${givenRunDate}'`
  : `DATE_SUB(CURRENT_DATE(${timezone}), INTERVAL 1 DAY)`;

/** The instant the warehouse is built as of, a TIMESTAMP (exclusive): as_of_at, by default the end of run_date. Likewise. */
export const asOfValue = givenAsOf
  ? `TIMESTAMP '${givenAsOf}'`
  : givenRunDate
    ? `TIMESTAMP '${nextDay(givenRunDate)} 00:00:00 ${timezone.slice(1, -1)}'`
    : `TIMESTAMP(DATE_ADD(${runDateValue}, INTERVAL 1 DAY), ${timezone})`;

/**
 * The same two as the script variables that increment.before declares, for the tables. So the statements of a table are the
 * same text every day, and an engine that remembers a statement's plan need not work it out anew.
 */
export const runDate = "run_date";
export const asOf = "as_of_at";

/** Versions ingested up to this instant count as known on their event's day, a TIMESTAMP; no bootstrap: the year 1. */
export const bootstrapAt = givenBootstrap ? `TIMESTAMP '${givenBootstrap}'` : beginning;

/** True where the project has a bootstrap load. */
export const hasBootstrap = givenBootstrap !== "";

/** The year 1: what comes before every event, as "nothing was built yet" and "always known". */
export const beginningOfTime = beginning;

/** The last instant that a TIMESTAMP can tell. */
export const endOfTime = "TIMESTAMP '9999-12-31 23:59:59+00'";

/** The end of an open span of days, a DATE: the last day for which BigQuery has a partition. */
export const openEnd = "DATE '2159-12-31'";

/** The business day of a TIMESTAMP expression, a DATE. */
export function day(timestamp: string): string {
  return `DATE(${timestamp}, ${timezone})`;
}

/** The end (exclusive) of a business day, a TIMESTAMP. */
export function endOfDay(date: string): string {
  return `TIMESTAMP(DATE_ADD(${date}, INTERVAL 1 DAY), ${timezone})`;
}

/** The first day of a window of `days` days that ends with run_date, a DATE. */
export function windowStart(days: number, lastDay = runDate): string {
  return `DATE_SUB(${lastDay}, INTERVAL ${days - 1} DAY)`;
}

function nextDay(date: string): string {
  const next = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(next.getTime()) || next.toISOString().slice(0, 10) !== date) {
    throw new Error(
      `Variable "run_date" is "${date}", which is no date: expected a value such as 2024-06-09.`,
    );
  }
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}

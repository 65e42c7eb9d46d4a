import type { ScalarCall, TypedSql } from "./contract.ts";
import { dateDifference, extracted, MONTHS, partOf, truncatedDate, weekStart } from "./parts.ts";
import { referenceCall } from "./reference.ts";
import { arg, bind, type Family, isKind, raise, raiseAt, refuse } from "./sql.ts";
import * as wall from "./timestamp.ts";
import { clock } from "./zone.ts";

const FIRST = "DATE '0001-01-01'";
const LAST = "DATE '9999-12-31'";

/** The date, or BigQuery's error where it leaves the years 1 to 9999. */
export function checkedDate(sql: string, ...detail: string[]): string {
  return bind(
    [sql],
    (d) =>
      `(CASE WHEN ${d} BETWEEN ${FIRST} AND ${LAST} THEN ${d} WHEN ${d} IS NOT NULL THEN ${raise("", ...detail)} END)`,
  );
}

/** DATE_ADD and DATE_SUB, which also take DATETIMEs and TIMESTAMPs. */
function moved(sign: 1 | -1): (call: ScalarCall) => string {
  return (call) => {
    const [date, amount] = [arg(call, 0), arg(call, 1)];
    if (!isKind(date.type, "DATE")) return wall.moved(sign)(call);
    return addToDate(date, amount, partOf(call, 2), sign, call);
  };
}

export function addToDate(
  date: TypedSql,
  amount: TypedSql,
  part: string,
  sign: 1 | -1,
  call: ScalarCall,
): string {
  const minus = sign < 0 ? "-" : "";
  return bind([date.sql, amount.sql], (d, n) => {
    const result = (() => {
      if (part === "DAY") return `(${d} ${sign < 0 ? "-" : "+"} CAST(${n} AS INTEGER))`;
      if (part === "WEEK") return `(${d} ${sign < 0 ? "-" : "+"} CAST(${n} * 7 AS INTEGER))`;
      const months = MONTHS[part];
      if (months === undefined) throw refuse(call);
      return `CAST(${d} + to_months(CAST(${minus}${n} * ${months} AS INTEGER)) AS DATE)`;
    })();
    return checkedDate(
      result,
      "'Adding '",
      `CAST(${minus}${n} AS VARCHAR)`,
      `' ${part} to date '`,
      `CAST(${d} AS VARCHAR)`,
      "' causes overflow'",
    );
  });
}

/** DATE + INT64 and DATE - INT64; the other operands of + and - are intervals' (interval.ts). */
export function addDays(call: ScalarCall, sign: 1 | -1): string {
  const [a, b] = [arg(call, 0), arg(call, 1)];
  const [date, days] = isKind(a.type, "DATE") ? [a, b] : [b, a];
  return addToDate(date, days, "DAY", sign, call);
}

function difference(call: ScalarCall): string {
  const [a, b] = [arg(call, 0), arg(call, 1)];
  if (!isKind(a.type, "DATE")) return wall.difference(call);
  const sql = dateDifference(a.sql, b.sql, partOf(call, 2));
  if (!sql) throw refuse(call);
  return sql;
}

function truncated(call: ScalarCall): string {
  const date = arg(call, 0);
  if (!isKind(date.type, "DATE")) return wall.truncated(call);
  const sql = truncatedDate(date.sql, partOf(call, 1));
  if (!sql) throw refuse(call);
  return sql;
}

/** EXTRACT from every temporal type; a TIMESTAMP is read in UTC or the zone given. */
function extract(call: ScalarCall): string {
  const value = arg(call, 0);
  const part = partOf(call, 1);
  if (isKind(value.type, "INTERVAL")) return referenceCall(call);
  const sql = isKind(value.type, "TIMESTAMP") ? clock(value.sql, call.args[2]) : value.sql;
  const found = extracted(sql, part);
  if (!found) throw refuse(call);
  return found;
}

function construct(call: ScalarCall): string {
  const [first, second] = [arg(call, 0), call.args[1]];
  switch (first.type.kind) {
    case "INT64": {
      const [year, month, day] = call.args.map((item) => item.sql) as [string, string, string];
      return bind([year, month, day], (y, m, d) => {
        const valid = `${y} BETWEEN 1 AND 9999 AND ${m} BETWEEN 1 AND 12 AND ${d} BETWEEN 1 AND CAST(day(last_day(make_date(${y}, ${m}, 1))) AS BIGINT)`;
        const wrong = raise(
          "Input calculates to invalid date: ",
          `CAST(${y} AS VARCHAR)`,
          "'-'",
          `CAST(${m} AS VARCHAR)`,
          "'-'",
          `CAST(${d} AS VARCHAR)`,
        );
        return `(CASE WHEN ${y} IS NULL OR ${m} IS NULL OR ${d} IS NULL THEN NULL WHEN CASE WHEN ${y} BETWEEN 1 AND 9999 AND ${m} BETWEEN 1 AND 12 THEN ${valid} ELSE FALSE END THEN make_date(${y}, ${m}, ${d}) ELSE ${wrong} END)`;
      });
    }
    case "TIMESTAMP":
      return `CAST(${clock(first.sql, second)} AS DATE)`;
    case "DATETIME":
      return `CAST(${first.sql} AS DATE)`;
    case "DATE":
      return first.sql;
    default:
      return referenceCall(call);
  }
}

function lastDay(call: ScalarCall): string {
  const value = arg(call, 0);
  const date = isKind(value.type, "DATE") ? value.sql : `CAST(${value.sql} AS DATE)`;
  const part = call.args[1] ? partOf(call, 1) : "MONTH";
  if (part === "MONTH") return `last_day(${date})`;
  const start = truncatedDate(date, part);
  if (!start) throw refuse(call);
  if (part === "YEAR") return `make_date(year(${date}), 12, 31)`;
  if (part === "QUARTER") return `last_day(CAST(${start} + to_months(2) AS DATE))`;
  // A week-numbering year has 364 or 371 days, so the day 371 on is in the next one.
  if (part === "ISOYEAR")
    return checkedDate(`(${truncatedDate(`(${start} + 371)`, "ISOYEAR")} - 1)`, "'Date out of range'");
  return checkedDate(`(${weekStart(date, part)} + 6)`, "'Date out of range'");
}

/** Day and week steps are whole numbers of days; months go the long way, as each clamped day shows in the next. */
function generate(call: ScalarCall): string {
  const [start, end, step] = [arg(call, 0), arg(call, 1), call.args[2]];
  const part = call.args[3] ? partOf(call, 3) : "DAY";
  if (part !== "DAY" && part !== "WEEK") return referenceCall(call);
  const days = part === "WEEK" ? 7 : 1;
  return bind([start.sql, end.sql, step?.sql ?? "1"], (a, b, n) => {
    const series = `list_transform(generate_series(0, ${b} - ${a}, ${n} * ${days}), lambda _d: ${a} + CAST(_d AS INTEGER))`;
    return (
      `(CASE WHEN ${a} IS NULL OR ${b} IS NULL OR ${n} IS NULL THEN NULL WHEN ${n} = 0 THEN ${raiseAt(n, "Sequence step cannot be 0.")}` +
      ` WHEN (${n} > 0 AND ${a} > ${b}) OR (${n} < 0 AND ${a} < ${b}) THEN CAST([] AS DATE[]) ELSE ${series} END)`
    );
  });
}

export const date: Family = {
  date: construct,
  $extract_date: construct,
  date_add: moved(1),
  date_sub: moved(-1),
  date_diff: difference,
  date_trunc: truncated,
  $extract: extract,
  last_day: lastDay,
  date_from_unix_date: (call) =>
    checkedDate(`(DATE '1970-01-01' + CAST(${arg(call, 0).sql} AS INTEGER))`, "'Invalid date value'"),
  unix_date: (call) => `(${arg(call, 0).sql} - DATE '1970-01-01')`,
  generate_date_array: generate,
};

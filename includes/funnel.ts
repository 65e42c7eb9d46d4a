// SQL of a table of metrics (definitions/metrics.yaml, templates): every level, window and column from one plan.
//
// Nothing is counted once per window. Every row of the fact gets the first window that sees it (first_window); an entity
// that is counted once gets the first of its rows'. What a window holds is then a plain sum over the first windows up to
// it, and levels are rolled up before windows are opened. Entities of which each lies in one cell of the finest level
// (metrics.yaml: cells) are counted there and added up; the others are counted anew at every level.
import type { Formula, Metric } from "../packages/contracts/src/metrics/types.ts";
import { ratio, template } from "./metrics.ts";
import { asOf, day, integer, list, runDate } from "./params.ts";

type Plan = ReturnType<typeof template>;

/** Dimensions that are TRUE or FALSE: rolled up they read NULL, there being no third value. */
const flags = new Set(["is_new_buyer"]);

const isSummed = (m: Metric) => "count_rows" in m.formula || ("sum" in m.formula && !m.formula.once_per);
const isCounted = (m: Metric) => "count_distinct" in m.formula;
const isRatio = (m: Metric) => "numerator" in m.formula;

/** The windows of the variable funnel_windows, in days. */
export function windows(): readonly number[] {
  return list("funnel_windows");
}

/** A level's name, such as `strategy_id+strategy_version`; `all` of none. */
function levelName(included: readonly string[]): string {
  return included.length === 0 ? "all" : included.join("+");
}

/** SQL of the first window that sees an event: NULL after the last one. */
function firstWindow(plan: Plan): string {
  const { event, from } = plan.fact.window ?? { event: "ds", from: "ds" };
  const days = `DATE_DIFF(${event}, ${from}, DAY)`;
  return `CASE ${windows()
    .map((days_) => `WHEN ${days} <= ${days_} THEN ${days_}`)
    .join(" ")} END`;
}

/** TRUE of a cohort and window that ended before an instant. */
export function isMature(asOfSql: string = asOf): string {
  return `DATE_ADD(ds, INTERVAL window_days DAY) < ${day(asOfSql)}`;
}

/** TRUE of a cohort and window that late records no longer change. */
export function isFinal(runDateSql: string = runDate): string {
  return `${runDateSql} >= DATE_ADD(ds, INTERVAL window_days + ${integer("late_days")} DAY)`;
}

/** A query for `touched`: the cohort days of which a window closed, or became final, since the last build. */
export function closedSince(): string {
  const late = integer("late_days");
  return `SELECT ds
FROM UNNEST([${windows().join(", ")}]) AS window_days,
  UNNEST(ARRAY_CONCAT(
    GENERATE_DATE_ARRAY(
      DATE_SUB(GREATEST(${day("built_as_of_at")}, DATE '1970-01-01'), INTERVAL window_days DAY),
      DATE_SUB(${day(asOf)}, INTERVAL window_days + 1 DAY)),
    GENERATE_DATE_ARRAY(
      DATE_SUB(GREATEST(COALESCE(built_run_date, ${runDate}), DATE '1970-01-01'), INTERVAL window_days + ${late} DAY),
      DATE_SUB(${runDate}, INTERVAL window_days + ${late} DAY)))) AS ds`;
}

/**
 * The query of a table of metrics over `facts`: a query of the fact's rows with the table's dimensions as columns, none of
 * them NULL.
 */
export function query(table: string, facts: string): string {
  const plan = template(table);
  const { dimensions, metrics } = plan;
  const keys = ["ds", ...dimensions].join(", ");
  const measures = metrics.filter((m) => !isRatio(m));
  const finest: string[] = [];
  const leveled: string[] = [];
  const steps: string[] = [];

  const summed = measures.filter(isSummed);
  if (summed.length > 0) {
    const sums = summed.map((m) => `${sumOf(plan, m.formula)} AS ${m.code}`);
    steps.push(`cell_sum AS (
  SELECT ${keys}, first_window, ${sums.join(", ")}
  FROM fact
  GROUP BY ${keys}, first_window
)`);
    finest.push(increment(keys, measures, summed, "cell_sum"));
  }

  for (const [entity, counted] of byEntity(measures.filter(isCounted))) {
    const key = plan.keyOf(entity).filter((column) => !["ds", ...dimensions].includes(column));
    const firsts = counted.map(
      (m) => `MIN(IF(${plan.condition(m.formula) ?? "TRUE"}, first_window, NULL)) AS ${m.code}`,
    );
    const some = [...new Set(counted.map((m) => plan.condition(m.formula) ?? "TRUE"))];
    steps.push(`${entity}_cell AS (
  SELECT ${[keys, ...key].join(", ")}, ${firsts.join(", ")}
  FROM fact
  WHERE ${some.join(" OR ")}
  GROUP BY ${[keys, ...key].join(", ")}
)`);
    const one = plan.inOneCell(entity);
    if (!one)
      steps.push(`${entity}_level AS (
  SELECT cell.ds, level.level, ${masked(dimensions, "cell")}, ${key.map((k) => `cell.${k}`).join(", ")}, ${counted
    .map((m) => `MIN(cell.${m.code}) AS ${m.code}`)
    .join(", ")}
  FROM ${entity}_cell AS cell
  CROSS JOIN level
  GROUP BY ALL
)`);
    for (const m of counted) {
      const from = `(SELECT ${one ? keys : `ds, level, ${dimensions.join(", ")}`}, ${m.code} AS first_window, COUNT(*) AS ${m.code}
    FROM ${entity}_${one ? "cell" : "level"} WHERE ${m.code} IS NOT NULL GROUP BY ALL)`;
      if (one) finest.push(increment(keys, measures, [m], from));
      else leveled.push(increment(`ds, level, ${dimensions.join(", ")}`, measures, [m], from));
    }
  }

  const whole = measures.filter((m) => "sum" in m.formula && m.formula.once_per !== undefined);
  for (const [entity, once] of byEntity(whole)) {
    const key = [...plan.keyOf(entity), plan.fact.window?.event ?? "ds"];
    const columns = [...new Set(once.map((m) => ("sum" in m.formula ? m.formula.sum : "")))];
    steps.push(`${entity}_once AS (
  SELECT fact.ds, level.level, ${masked(dimensions, "fact")}, ${key.map((k) => `fact.${k}`).join(", ")}, fact.first_window,
    ${columns.map((c) => `ANY_VALUE(fact.${c}) AS ${c}`).join(", ")}
  FROM fact
  CROSS JOIN level
  WHERE fact.${key[0]} IS NOT NULL
  GROUP BY ALL
)`);
    const from = `(SELECT ds, level, ${dimensions.join(", ")}, first_window, ${once
      .map((m) => `SUM(${"sum" in m.formula ? m.formula.sum : ""}) AS ${m.code}`)
      .join(", ")}
    FROM ${entity}_once GROUP BY ALL)`;
    leveled.push(increment(`ds, level, ${dimensions.join(", ")}`, measures, once, from));
  }

  return `WITH source_fact AS (
${facts.trim()}
),

level AS (
  SELECT level.*
  FROM UNNEST([
${plan.levels.map((included) => `    ${levelStruct(dimensions, included)}`).join(",\n")}
  ]) AS level
),

fact AS (
  SELECT *
  FROM (SELECT *, ${firstWindow(plan)} AS first_window FROM source_fact)
  WHERE first_window IS NOT NULL
),

${steps.join(",\n\n")},

-- What each first window adds, in the finest cells and then in every level.
cell_increment AS (
${finest.join("\n  UNION ALL\n")}
),

level_increment AS (
  SELECT cell.ds, level.level, ${masked(dimensions, "cell")}, cell.first_window,
    ${measures.map((m) => `SUM(cell.${m.code}) AS ${m.code}`).join(", ")}
  FROM (
    SELECT ${keys}, first_window, ${measures.map((m) => `SUM(${m.code}) AS ${m.code}`).join(", ")}
    FROM cell_increment
    GROUP BY ${keys}, first_window
  ) AS cell
  CROSS JOIN level
  GROUP BY ALL${leveled.map((part) => `\n  UNION ALL\n${part}`).join("")}
),

measured AS (
  SELECT ds, window_days, level, ${dimensions.join(", ")},
    ${measures.map((m) => `SUM(IF(first_window <= window_days, ${m.code}, 0)) AS ${m.code}`).join(",\n    ")}
  FROM level_increment
  CROSS JOIN UNNEST([${windows().join(", ")}]) AS window_days
  GROUP BY ds, window_days, level, ${dimensions.join(", ")}
)

SELECT
  ds,
  window_days,
  level,
  ${dimensions.join(", ")},
  ${metrics.map((m) => (isRatio(m) ? `${ratio(m.code, m.grain)} AS ${m.code}` : m.code)).join(",\n  ")},
  ${isMature()} AS is_mature,
  ${isFinal()} AS is_final
FROM measured`;
}

function sumOf(plan: Plan, formula: Formula): string {
  const condition = plan.condition(formula);
  if ("count_rows" in formula) return `COUNTIF(${condition ?? "TRUE"})`;
  const column = "sum" in formula ? formula.sum : "";
  return `COALESCE(SUM(${condition === undefined ? column : `IF(${condition}, ${column}, NULL)`}), 0)`;
}

/** One part of a UNION ALL: the measures of `own` from a relation, 0 for all others. */
function increment(keys: string, measures: readonly Metric[], own: readonly Metric[], from: string): string {
  const columns = measures.map((m) => (own.includes(m) ? m.code : `0 AS ${m.code}`));
  return `  SELECT ${keys}, first_window, ${columns.join(", ")}\n  FROM ${from}`;
}

function byEntity(metrics: readonly Metric[]): [string, Metric[]][] {
  const groups = new Map<string, Metric[]>();
  for (const metric of metrics) {
    const { formula } = metric;
    const entity =
      "count_distinct" in formula
        ? formula.count_distinct
        : "once_per" in formula
          ? String(formula.once_per)
          : "";
    groups.set(entity, [...(groups.get(entity) ?? []), metric]);
  }
  return [...groups];
}

function levelStruct(dimensions: readonly string[], included: readonly string[]): string {
  const parts = dimensions.map((name) => `${included.includes(name) ? "TRUE" : "FALSE"} AS by_${name}`);
  return `STRUCT('${levelName(included)}' AS level, ${parts.join(", ")})`;
}

/** The dimensions as a level shows them. */
function masked(dimensions: readonly string[], from: string): string {
  return dimensions
    .map((name) => `IF(level.by_${name}, ${from}.${name}, ${flags.has(name) ? "NULL" : "'ALL'"}) AS ${name}`)
    .join(", ");
}

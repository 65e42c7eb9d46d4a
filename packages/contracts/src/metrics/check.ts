import type { Contract } from "../contract.ts";
import { didYouMean } from "../names.ts";
import type { Problem } from "../problems.ts";
import type { JsonPath, YamlFile } from "../read/document.ts";
import { typeText } from "../types.ts";
import {
  type Fact,
  type Formula,
  isRatio,
  type Metric,
  type MetricsFile,
  metricAt,
  partsOf,
  type ShownMetrics,
  type Template,
} from "./types.ts";

/** What a metric of each kind of formula is, and why its additivity is no choice. */
function additivityOf(formula: Formula): readonly Metric["additivity"][] {
  if (isRatio(formula)) return ["ratio"];
  if ("count_distinct" in formula) return ["distinct"];
  if ("sum" in formula && formula.once_per !== undefined) return ["distinct"];
  // It adds up over everything but days.
  if ("sum" in formula && formula.last_days !== undefined) return ["semi-additive"];
  return ["additive", "semi-additive"];
}

/** Everything that does not fit: names that mean nothing, and sums that would be wrong; each with place and remedy. */
export function metricProblems(
  file: MetricsFile,
  source: YamlFile,
  contracts: readonly Contract[],
): Problem[] {
  const problems: Problem[] = [];
  const tell = (path: JsonPath, message: string) => problems.push(source.problem("metric", path, message));
  const known = (path: JsonPath, kind: string, name: string, names: Iterable<string>): boolean => {
    const all = [...names];
    if (all.includes(name)) return true;
    tell(path, `there is no ${kind} "${name}".${didYouMean(name, all) || ` Known: ${all.join(", ")}.`}`);
    return false;
  };
  const contractOf = (fact: string | undefined) =>
    contracts.find(({ table }) => table === file.facts[fact ?? ""]?.table);
  const column = (path: JsonPath, contract: Contract | undefined, name: string) => {
    if (!contract) return undefined;
    const columns = contract.columns.map((entry) => entry.name);
    if (!columns.includes(name)) {
      tell(path, `${contract.table} has no column "${name}" (${contract.file}).${didYouMean(name, columns)}`);
    }
    return contract.columns.find((entry) => entry.name === name);
  };

  for (const [name, { within }] of Object.entries(file.entities)) {
    if (within !== undefined)
      known(["entities", name, "within"], "entity", within, Object.keys(file.entities));
  }
  for (const [name, fact] of Object.entries(file.facts)) {
    const path = ["facts", name];
    const tables = contracts.map(({ table }) => table);
    if (!known([...path, "table"], "table with a contract", fact.table, tables)) continue;
    for (const [entity, columns] of Object.entries(fact.whole ?? {})) {
      known([...path, "whole", entity], "entity", entity, Object.keys(file.entities));
      for (const [at, wanted] of columns.entries())
        column([...path, "whole", entity, at], contractOf(name), wanted);
    }
    if (fact.day !== undefined) column([...path, "day"], contractOf(name), fact.day);
    for (const part of ["event", "from"] as const)
      if (fact.window) column([...path, "window", part], contractOf(name), fact.window[part]);
  }

  const codes = file.metrics.map(({ code }) => code);
  for (const [at, metric] of file.metrics.entries()) {
    const path = ["metrics", at];
    if (metricAt(file, metric.code, metric.grain) !== metric)
      tell([...path, "code"], `metric "${metric.code}" is defined twice at grain ${metric.grain}; keep one`);
    known([...path, "grain"], "grain", metric.grain, Object.keys(file.grains));
    checkFormula(metric, path);
    const allowed = additivityOf(metric.formula);
    if (!allowed.includes(metric.additivity)) {
      tell(
        [...path, "additivity"],
        `a formula like this makes "${metric.code}" ${allowed.join(" or ")}, not ${metric.additivity}`,
      );
    }
  }
  for (const [at, template] of file.templates.entries()) checkTemplate(template, ["templates", at]);
  for (const [at, shown] of (file.tables ?? []).entries()) checkShown(shown, ["tables", at]);
  return problems;

  function checkFormula(metric: Metric, path: JsonPath): void {
    const { formula } = metric;
    const place = [...path, "formula"];
    const options = ["rows", "once_per", "last_days", "at_least", "per_day", "less"];
    const parts = Object.keys(formula).filter((part) => !options.includes(part));
    const kinds = ["count_distinct", "count_rows", "sum", "denominator numerator"];
    if (!kinds.includes(parts.toSorted().join(" "))) {
      tell(
        place,
        "a formula is one of { count_distinct, rows }, { count_rows }, { sum, rows, once_per } and { numerator, less, denominator }",
      );
      return;
    }
    if (isRatio(formula)) {
      for (const part of ["numerator", "less", "denominator"] as const)
        if (formula[part] !== undefined) checkPart(metric, [...place, part], formula[part]);
      return;
    }
    if ("less" in formula) tell([...place, "less"], "only a ratio's numerator can have something taken off");
    if (metric.fact === undefined) {
      tell(path, `metric "${metric.code}" says no fact: the table that its ${parts[0]} is taken from`);
      return;
    }
    if (!known([...path, "fact"], "fact", metric.fact, Object.keys(file.facts))) return;
    const fact = file.facts[metric.fact] as Fact;
    if ("last_days" in formula && fact.day === undefined)
      tell(
        [...place, "last_days"],
        `fact ${metric.fact} says no day: the column of which the last days are taken`,
      );
    if ("per_day" in formula && typeof formula.last_days !== "number")
      tell([...place, "per_day"], "a mean over days needs their number: say last_days");
    const rows = "count_rows" in formula ? formula.count_rows : formula.rows;
    if (rows !== undefined) {
      const part = "count_rows" in formula ? "count_rows" : "rows";
      known([...place, part], `rows of the fact ${metric.fact}`, rows, Object.keys(fact.rows ?? {}));
    }
    if ("count_distinct" in formula) {
      const entity = formula.count_distinct;
      if (known([...place, "count_distinct"], "entity", entity, Object.keys(file.entities)))
        for (const key of file.entities[entity]?.key ?? [])
          column([...place, "count_distinct"], contractOf(metric.fact), key);
    }
    if ("sum" in formula) checkSum(metric, fact, formula, place);
  }

  function checkPart(metric: Metric, path: JsonPath, code: string): void {
    if (!known(path, "metric", code, codes)) return;
    const part =
      metricAt(file, code, metric.grain) ?? (file.metrics.find((other) => other.code === code) as Metric);
    if (isRatio(part.formula)) {
      tell(
        path,
        `"${code}" is a ratio, and a ratio of ratios is no average of anything: name its ${part.formula.numerator} or ${part.formula.denominator}`,
      );
    }
    if (part.grain !== metric.grain) {
      tell(
        path,
        `"${code}" is computed at grain ${part.grain}, "${metric.code}" at ${metric.grain}: both parts of a ratio have its grain`,
      );
    }
  }

  function checkSum(
    metric: Metric,
    fact: Fact,
    formula: { readonly sum: string; readonly once_per?: string },
    path: JsonPath,
  ): void {
    const { sum, once_per: oncePer } = formula;
    const place = [...path, "sum"];
    const contract = contractOf(metric.fact);
    const found = contract?.columns.find(({ name }) => name === sum);
    const other = file.metrics.find(({ code }) => code === sum);
    if (!found && other && (other.additivity === "distinct" || other.additivity === "ratio")) {
      const what =
        "count_distinct" in other.formula
          ? `counts each ${other.formula.count_distinct} once, and one that is in two rows would count twice: use count_distinct`
          : `is ${other.additivity} and does not add up`;
      tell(place, `"${sum}" ${what}`);
      return;
    }
    if (!column(place, contract, sum) || !found) return;
    const [entity] = Object.entries(fact.whole ?? {}).find(([, columns]) => columns.includes(sum)) ?? [];
    if (oncePer !== undefined) known([...path, "once_per"], "entity", oncePer, Object.keys(file.entities));
    if (entity !== undefined && oncePer !== entity) {
      tell(
        place,
        `"${sum}" is the whole ${entity}'s and stands on each row that shares it: say once_per: ${entity}, or sum a column that is split over the rows`,
      );
    } else if (entity === undefined && oncePer !== undefined) {
      tell(
        [...path, "once_per"],
        `"${sum}" is not among the whole ${oncePer}'s columns of fact ${metric.fact} (whole: ${oncePer}); leave once_per out or list it there`,
      );
    } else if (entity === undefined && found.additivity === "not additive") {
      const whole = /_(uv)$/.test(sum) ? "is a distinct count" : "is not additive";
      tell(
        place,
        `"${sum}" ${whole} in ${contract?.file}: its sum means nothing; count or sum what it is made of`,
      );
    } else if (found.additivity === "ratio") {
      tell(place, `"${sum}" is a ratio: ratios are sums divided by sums; write numerator and denominator`);
    } else if (found.type.kind !== "scalar" || !["INT64", "NUMERIC", "FLOAT64"].includes(found.type.name)) {
      tell(place, `"${sum}" is ${typeText(found.type)}, which has no sum`);
    }
  }

  function checkTemplate(template: Template, path: JsonPath): void {
    known([...path, "fact"], "fact", template.fact, Object.keys(file.facts));
    const contract = contracts.find(({ table }) => table === template.table);
    known(
      [...path, "table"],
      "table with a contract",
      template.table,
      contracts.map(({ table }) => table),
    );
    for (const [at, entity] of template.cells.entries())
      known([...path, "cells", at], "entity", entity, Object.keys(file.entities));
    if (known([...path, "grain"], "grain", template.grain, Object.keys(file.grains)))
      for (const [at, name] of template.dimensions.entries()) {
        const dimensions = file.grains[template.grain]?.dimensions ?? [];
        known([...path, "dimensions", at], `dimension of grain ${template.grain}`, name, dimensions);
        column([...path, "dimensions", at], contract, name);
      }
    if (template.levels !== "all") {
      for (const [at, level] of template.levels.entries())
        for (const [place, name] of level.entries())
          known([...path, "levels", at, place], "dimension of the table", name, template.dimensions);
      if (template.levels[0]?.join() !== template.dimensions.join())
        tell([...path, "levels", 0], "the first level is the finest: all dimensions, in their order");
    }
    for (const [at, code] of template.metrics.entries()) {
      const place = [...path, "metrics", at];
      column(place, contract, code);
      const metric = shownMetric(place, code, template);
      if (!metric) continue;
      if (metric.fact !== undefined && metric.fact !== template.fact)
        tell(place, `"${code}" comes from fact ${metric.fact}; the table's is ${template.fact}`);
    }
  }

  /** The metric that a table shows, if it is one of the table's grain and its parts are shown, too. */
  function shownMetric(path: JsonPath, code: string, table: ShownMetrics): Metric | undefined {
    if (!known(path, "metric", code, codes)) return undefined;
    const metric = metricAt(file, code, table.grain);
    if (!metric) {
      const { grain } = file.metrics.find((other) => other.code === code) as Metric;
      tell(
        path,
        `"${code}" may be computed at grain ${grain}, not ${table.grain}: ${file.grains[grain]?.dimensions.join(", ")}`,
      );
      return undefined;
    }
    for (const part of partsOf(metric.formula))
      if (!table.metrics.includes(part))
        tell(path, `"${code}" needs "${part}", which the table does not have: add it to its metrics`);
    return metric;
  }

  function checkShown(shown: ShownMetrics, path: JsonPath): void {
    const tables = contracts.map(({ table }) => table);
    known([...path, "table"], "table with a contract", shown.table, tables);
    known([...path, "grain"], "grain", shown.grain, Object.keys(file.grains));
    const contract = contracts.find(({ table }) => table === shown.table);
    for (const [at, code] of shown.metrics.entries()) {
      column([...path, "metrics", at], contract, code);
      shownMetric([...path, "metrics", at], code, shown);
    }
  }
}

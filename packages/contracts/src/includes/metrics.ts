import {
  type Fact,
  type Formula,
  isRatio,
  type Metric,
  type MetricsFile,
  ratioSql,
  type Template,
} from "../metrics/types.ts";
import { didYouMean } from "../names.ts";

/** A table of metrics with all that its SQL is made from. */
export interface TemplatePlan {
  readonly table: string;
  readonly fact: Fact;
  readonly dimensions: readonly string[];
  readonly levels: readonly (readonly string[])[];
  readonly metrics: readonly Metric[];
  /** The entity's key columns. */
  keyOf(entity: string): readonly string[];
  /** Whether each of the entity lies in one cell of the finest level, so that counts of it add up over cells. */
  inOneCell(entity: string): boolean;
  /** The condition of a formula's rows; undefined: all rows. */
  condition(formula: Formula): string | undefined;
}

/** What `metrics` is in SQLX and JavaScript of the project. */
export interface MetricsModule {
  /** The metric of a code; of one that is defined at several grains the first, unless the grain is said. */
  metric(code: string, grain?: string): Metric;
  /** SQL of a ratio from the columns of its parts (of a relation `from`, where one is named): NULL where there is nothing to divide by. An amount stays exact, a rate is a FLOAT64. */
  ratio(code: string, grain?: string, from?: string): string;
  /** The codes of all metrics, in the order of the file. */
  codes(): string[];
  template(table: string): TemplatePlan;
}

/** The text of includes/metrics_data.js: what includes/metrics.js answers from. */
export function generateMetrics(file: MetricsFile): string {
  return `// Written by the build from definitions/metrics.yaml: change that.\nmodule.exports = ${JSON.stringify(file, null, 1)};\n`;
}

export function metricsModule(file: MetricsFile): MetricsModule {
  const where = "definitions/metrics.yaml";
  const metric = (code: string, grain?: string): Metric => {
    const found = file.metrics.find((entry) => entry.code === code && (grain ?? entry.grain) === entry.grain);
    if (found) return found;
    const hint = didYouMean(
      code,
      file.metrics.map((entry) => entry.code),
    );
    throw new Error(`There is no metric "${code}" in ${where}.${hint}`);
  };
  return {
    metric,
    ratio: (code, grain, from) => {
      const { formula } = metric(code, grain);
      if (!isRatio(formula)) throw new Error(`"${code}" is no ratio in ${where}: it is a column of its own.`);
      return ratioSql(code, formula, (part) => (from === undefined ? part : `${from}.${part}`));
    },
    codes: () => file.metrics.map(({ code }) => code),
    template: (table) => {
      const template = file.templates.find((entry) => entry.table === table);
      if (!template) {
        const hint = didYouMean(
          table,
          file.templates.map((entry) => entry.table),
        );
        throw new Error(`${where} has no template of "${table}": write one and run npm run build.${hint}`);
      }
      return plan(file, template, metric);
    },
  };
}

function plan(
  file: MetricsFile,
  template: Template,
  metric: (code: string, grain: string) => Metric,
): TemplatePlan {
  const fact = file.facts[template.fact] as Fact;
  const inOneCell = (entity: string): boolean => {
    if (template.cells.includes(entity)) return true;
    const within = file.entities[entity]?.within;
    return within !== undefined && inOneCell(within);
  };
  return {
    table: template.table,
    fact,
    dimensions: template.dimensions,
    levels: template.levels === "all" ? combinations(template.dimensions) : template.levels,
    metrics: template.metrics.map((code) => metric(code, template.grain)),
    keyOf: (entity) => file.entities[entity]?.key ?? [],
    inOneCell,
    condition: (formula) => {
      const rows =
        "count_rows" in formula ? formula.count_rows : "rows" in formula ? formula.rows : undefined;
      return rows === undefined ? undefined : fact.rows?.[rows];
    },
  };
}

/** Every subset of the names, the whole first, each in the names' order. */
function combinations(names: readonly string[]): string[][] {
  return Array.from({ length: 2 ** names.length }, (_, n) =>
    names.filter((_, at) => ((n >> (names.length - 1 - at)) & 1) === 0),
  );
}

/** definitions/metrics.yaml as it is read: see the package's README for what each part says. */

/** What is counted once: its key columns, and the entity in one of which each lies. */
export interface Entity {
  readonly zh: string;
  readonly en: string;
  readonly key: readonly string[];
  readonly within?: string;
}

/** A grain: the dimensions that rows of a metric may have. */
export interface Grain {
  readonly meaning: string;
  readonly dimensions: readonly string[];
}

/** A table that metrics are computed from. */
export interface Fact {
  /** `<dataset>.<table>`. */
  readonly table: string;
  /** Named conditions on its rows, GoogleSQL. */
  readonly rows?: Readonly<Record<string, string>>;
  /** Column with the day to which a row counts, where there is no window. */
  readonly day?: string;
  /** By entity: columns that repeat the entity's own amount on several rows. */
  readonly whole?: Readonly<Record<string, readonly string[]>>;
  /** Columns with the days of the event and of the cohort, and the variable that lists the windows. */
  readonly window?: { readonly event: string; readonly from: string; readonly days: string };
}

/** Of which days a row of day ds knows the fact's rows: the last so many that end with ds, or `all` up to it; else those of ds. */
export type LastDays = number | "all";

export type Formula =
  | {
      readonly count_distinct: string;
      readonly rows?: string;
      readonly last_days?: LastDays;
      /** Only entities with so many rows. */
      readonly at_least?: number;
    }
  | { readonly count_rows: string }
  | {
      readonly sum: string;
      readonly rows?: string;
      readonly once_per?: string;
      readonly last_days?: LastDays;
      /** Divided by last_days: a day's mean. */
      readonly per_day?: true;
    }
  | Ratio;

/** `less`: what is taken off the numerator first, which never leaves less than nothing. */
export interface Ratio {
  readonly numerator: string;
  readonly less?: string;
  readonly denominator: string;
}

export const additivities = ["additive", "semi-additive", "distinct", "ratio"] as const;
export const maturities = ["immediate", "day", "window", "run"] as const;

/** A metric; one code may be defined once at each grain. */
export interface Metric {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  readonly meaning: string;
  readonly formula: Formula;
  /** distinct: counted or taken once per entity, and so not to be added up. */
  readonly additivity: (typeof additivities)[number];
  readonly unit: string;
  readonly grain: string;
  /** Left out of ratios: theirs is that of their parts. */
  readonly fact?: string;
  /**
   * When it stops changing but for late records. immediate: at the event; day: when its day has ended; window: when
   * ds + window_days has ended; run: never, it is a figure as known at run_date.
   */
  readonly maturity: (typeof maturities)[number];
  readonly owner?: string;
  readonly pitfalls: string;
}

/** A table of metrics by dimensions, at several levels. */
export interface Template {
  readonly table: string;
  readonly fact: string;
  readonly grain: string;
  readonly dimensions: readonly string[];
  /** The dimensions that each level includes, the finest first; "all": every combination. */
  readonly levels: "all" | readonly (readonly string[])[];
  /** Entities of which each lies in one cell of the finest level. */
  readonly cells: readonly string[];
  readonly metrics: readonly string[];
}

/** A table whose SQL is written by hand and shows metrics as its columns; its ratios are made of their parts all the same. */
export interface ShownMetrics {
  readonly table: string;
  readonly grain: string;
  readonly metrics: readonly string[];
}

export interface MetricsFile {
  readonly version: 1;
  readonly owner: string;
  readonly entities: Readonly<Record<string, Entity>>;
  readonly grains: Readonly<Record<string, Grain>>;
  readonly facts: Readonly<Record<string, Fact>>;
  readonly metrics: readonly Metric[];
  readonly templates: readonly Template[];
  readonly tables?: readonly ShownMetrics[];
}

/** No metrics: a project without definitions/metrics.yaml. */
export const noMetrics: MetricsFile = {
  version: 1,
  owner: "",
  entities: {},
  grains: {},
  facts: {},
  metrics: [],
  templates: [],
};

/** The type of a metric's column, by its name as everywhere in the project. */
export function metricType(code: string): "INT64" | "NUMERIC" | "FLOAT64" {
  if (/(^|_)(uv|cnt|dab)(_|$)/.test(code) && !/_share$/.test(code)) return "INT64";
  return /_amt$/.test(code) ? "NUMERIC" : "FLOAT64";
}

/** The metric of a code at a grain. */
export function metricAt(file: MetricsFile, code: string, grain: string): Metric | undefined {
  return file.metrics.find((metric) => metric.code === code && metric.grain === grain);
}

export function isRatio(formula: Formula): formula is Ratio {
  return "numerator" in formula;
}

/** The codes of the metrics that a formula is made of. */
export function partsOf(formula: Formula): string[] {
  if (!isRatio(formula)) return [];
  return [formula.numerator, formula.less ?? [], formula.denominator].flat();
}

/** SQL of a ratio from that of its parts: NULL where there is nothing to divide by. An amount stays exact, a rate is a FLOAT64. */
export function ratioSql(code: string, formula: Ratio, part: (code: string) => string): string {
  const numerator =
    formula.less === undefined
      ? part(formula.numerator)
      : `GREATEST(${part(formula.numerator)} - ${part(formula.less)}, 0)`;
  const cast = (sql: string) => (metricType(code) === "NUMERIC" ? sql : `CAST(${sql} AS FLOAT64)`);
  return `SAFE_DIVIDE(${cast(numerator)}, ${cast(part(formula.denominator))})`;
}

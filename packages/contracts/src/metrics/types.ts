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
  /** By entity: columns that repeat the entity's own amount on several rows. */
  readonly whole?: Readonly<Record<string, readonly string[]>>;
  /** Columns with the days of the event and of the cohort, and the variable that lists the windows. */
  readonly window?: { readonly event: string; readonly from: string; readonly days: string };
}

export type Formula =
  | { readonly count_distinct: string; readonly rows?: string }
  | { readonly count_rows: string }
  | { readonly sum: string; readonly rows?: string; readonly once_per?: string }
  | { readonly numerator: string; readonly denominator: string };

export const additivities = ["additive", "semi-additive", "distinct", "ratio"] as const;
export const maturities = ["immediate", "day", "window", "run"] as const;

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

export interface MetricsFile {
  readonly version: 1;
  readonly owner: string;
  readonly entities: Readonly<Record<string, Entity>>;
  readonly grains: Readonly<Record<string, Grain>>;
  readonly facts: Readonly<Record<string, Fact>>;
  readonly metrics: readonly Metric[];
  readonly templates: readonly Template[];
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
  if (/_(uv|cnt)$|^dab$|_dab$/.test(code)) return "INT64";
  return /_amt$/.test(code) ? "NUMERIC" : "FLOAT64";
}

export function isRatio(formula: Formula): formula is Extract<Formula, { numerator: string }> {
  return "numerator" in formula;
}

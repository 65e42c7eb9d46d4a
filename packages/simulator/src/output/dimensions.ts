import { type Catalog, chance } from "../catalog/catalog.ts";
import type { Dirt, Parameters } from "../parameters/types.ts";
import { DAY, dayOf, HOUR, iso, MINUTE, type Period, SECOND } from "../period.ts";

/** A configuration table's versions: rows of values in the order of the table's columns, ingested_at last. */
export interface Dimension {
  readonly table: string;
  /** DuckDB type by column. */
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: readonly (readonly unknown[])[];
}

const money = (cents: number | null) => (cents === null ? null : (cents / 100).toFixed(2));
const at = (instant: number | null) => (instant === null ? null : iso(instant));

/** The configuration tables. Little of it changes, so it is made here and not in SQL. */
export function dimensions(
  parameters: Parameters,
  catalog: Catalog,
  period: Period,
  dirt: Dirt,
  seed: number,
): { readonly tables: readonly Dimension[]; readonly missing: Missing } {
  const missing = chooseMissing(catalog, dirt, seed);
  const tables = [
    strategies(parameters, catalog, period),
    scenes(parameters, period),
    couponTemplates(parameters, catalog, period, missing),
    allowanceTemplates(parameters, catalog, period, missing),
    promotions(catalog, period, missing),
    experiments(parameters, catalog, period),
  ];
  // What arrived before the bootstrap came with it, as it then stood; what comes after the end has not come.
  return {
    missing,
    tables: tables.map((table) => ({ ...table, rows: delivered(table, period) })),
  };
}

export interface Missing {
  readonly late_templates: readonly string[];
  readonly never_templates: readonly string[];
  readonly late_promotions: readonly string[];
  readonly never_promotions: readonly string[];
}

function chooseMissing(catalog: Catalog, dirt: Dirt, seed: number): Missing {
  const shuffled = (what: string, ids: string[]) =>
    ids.sort((a, b) => chance(seed, what, a) - chance(seed, what, b));
  const templates = shuffled(
    "template",
    catalog.templates.filter((t) => t.isCoupon).map((t) => t.id),
  );
  const promotions = shuffled(
    "promotion",
    catalog.promotions.filter((p) => p.of.id !== "GIFT").map((p) => p.id),
  );
  return {
    never_templates: templates.slice(0, dirt.templates_never),
    late_templates: templates.slice(dirt.templates_never, dirt.templates_never + dirt.templates_late),
    never_promotions: promotions.slice(0, dirt.promotions_never),
    late_promotions: promotions.slice(dirt.promotions_never, dirt.promotions_never + dirt.promotions_late),
  };
}

function strategies(parameters: Parameters, catalog: Catalog, period: Period): Dimension {
  const rows: unknown[][] = [];
  for (const v of catalog.versions) {
    const strategy = parameters.strategies.find((s) => s.id === v.strategy);
    const row = (end: number | null, status: string, known: number) =>
      rows.push([
        v.strategy,
        v.version,
        strategy?.name,
        v.crowd,
        v.scenes,
        money(v.budget),
        iso(v.from),
        at(end),
        strategy?.owner,
        status,
        known,
      ]);
    row(null, "online", v.from - DAY + 10 * HOUR);
    if (v.to < period.end) row(v.to - SECOND, "offline", v.to + HOUR);
  }
  return {
    table: "redcdm.dim_ecm_mkt_strategy_config_df",
    columns: {
      strategy_id: "VARCHAR",
      strategy_version: "BIGINT",
      strategy_name: "VARCHAR",
      crowd_code: "VARCHAR",
      scene_codes: "VARCHAR[]",
      budget_amt: "DECIMAL(18,2)",
      valid_from: "TIMESTAMPTZ",
      valid_to: "TIMESTAMPTZ",
      owner: "VARCHAR",
      strategy_status: "VARCHAR",
    },
    rows,
  };
}

function scenes(parameters: Parameters, period: Period): Dimension {
  const rows: unknown[][] = parameters.scenes.map((s) => [s.code, s.name, s.group, period.start]);
  const renamed = parameters.scenes[1];
  if (renamed)
    rows.push([
      renamed.code,
      `${renamed.name}(新)`,
      renamed.group,
      period.start + Math.floor(period.days * 0.4) * DAY + 11 * HOUR,
    ]);
  return {
    table: "redcdm.dim_ecm_mkt_scene_df",
    columns: { scene_code: "VARCHAR", scene_name: "VARCHAR", scene_group: "VARCHAR" },
    rows,
  };
}

/** When a template's first version arrives: at the start; if late, a while into the period; never: not at all. */
function templateKnown(id: string, period: Period, missing: Missing): number | undefined {
  if (missing.never_templates.includes(id)) return undefined;
  const late = Math.min(30, Math.floor(period.days / 3)) * DAY + 12 * HOUR;
  return missing.late_templates.includes(id) ? period.bootstrapAt + late : period.start;
}

function couponTemplates(
  parameters: Parameters,
  catalog: Catalog,
  period: Period,
  missing: Missing,
): Dimension {
  const rows: unknown[][] = [];
  for (const of of parameters.coupon_templates) {
    const t = catalog.templates.find((template) => template.id === of.id);
    const known = templateKnown(of.id, period, missing);
    if (!t || known === undefined) continue;
    const row = (face: number | null, when: number) =>
      rows.push([
        t.id,
        of.name,
        t.type,
        money(t.threshold),
        money(face),
        t.rate,
        money(t.maxDiscount),
        of.slot === "seller" ? "seller" : "all",
        t.platformShare / 1000,
        of.issue_limit ?? null,
        of.budget === undefined ? null : money(of.budget * 100),
        iso(t.window?.from ?? period.start),
        at(t.window?.to ?? null),
        t.validDays,
        when,
      ]);
    row(t.face, known);
    if (t.changes) row(t.changes.face, Math.max(t.changes.at, known + MINUTE));
  }
  return {
    table: "reddw.dw_trd_coupon_template_day",
    columns: {
      coupon_template_id: "VARCHAR",
      template_name: "VARCHAR",
      coupon_type: "VARCHAR",
      threshold_amt: "DECIMAL(18,2)",
      face_amt: "DECIMAL(18,2)",
      discount_rate: "DOUBLE",
      max_discount_amt: "DECIMAL(18,2)",
      scope_type: "VARCHAR",
      platform_share: "DECIMAL(18,4)",
      issue_limit_cnt: "BIGINT",
      budget_amt: "DECIMAL(18,2)",
      valid_from: "TIMESTAMPTZ",
      valid_to: "TIMESTAMPTZ",
      valid_days: "BIGINT",
    },
    rows,
  };
}

function allowanceTemplates(
  parameters: Parameters,
  catalog: Catalog,
  period: Period,
  missing: Missing,
): Dimension {
  const rows: unknown[][] = [];
  for (const of of parameters.allowance_templates) {
    const t = catalog.templates.find((template) => template.id === of.id);
    const known = templateKnown(of.id, period, missing);
    if (!t || known === undefined) continue;
    rows.push([
      t.id,
      of.name,
      money(t.face),
      money(t.threshold),
      t.platformShare / 1000,
      of.budget === undefined ? null : money(of.budget * 100),
      t.validDays,
      "online",
      known,
    ]);
  }
  return {
    table: "redcdm.dim_ecm_mkt_allowance_template_df",
    columns: {
      allowance_template_id: "VARCHAR",
      template_name: "VARCHAR",
      face_amt: "DECIMAL(18,2)",
      min_order_amt: "DECIMAL(18,2)",
      platform_share: "DECIMAL(18,4)",
      budget_amt: "DECIMAL(18,2)",
      valid_days: "BIGINT",
      template_status: "VARCHAR",
    },
    rows,
  };
}

/** Names of goods, sellers and categories, as lines and promotions write them. */
export const names = {
  goods: (n: number) => `G${String(n).padStart(5, "0")}`,
  seller: (n: number) => `V${String(n).padStart(4, "0")}`,
  category: (n: number) => `K${String(n).padStart(3, "0")}`,
  all: () => "all",
} as const;

function promotions(catalog: Catalog, period: Period, missing: Missing): Dimension {
  const rows: unknown[][] = [];
  for (const p of catalog.promotions) {
    if (missing.never_promotions.includes(p.id)) continue;
    const known = missing.late_promotions.includes(p.id) ? p.start + 4 * DAY : p.start - 2 * DAY;
    for (const target of p.targets) {
      const row = (status: string, when: number) =>
        rows.push([
          p.id,
          p.of.name,
          p.of.type,
          target.type,
          names[target.type](target.n),
          money(p.of.threshold === undefined ? null : p.of.threshold * 100),
          money(p.of.amount === undefined ? null : p.of.amount * 100),
          p.of.rate ?? null,
          p.of.platform_share,
          iso(p.start),
          p.of.id === "GIFT" ? null : iso(p.end),
          status,
          when,
        ]);
      row("online", known);
      if (p.end + DAY < period.end) row("offline", p.end + DAY);
    }
  }
  return {
    table: "reddw.dw_trd_promotion_target_benefit_day",
    columns: {
      promotion_id: "VARCHAR",
      promotion_name: "VARCHAR",
      promotion_type: "VARCHAR",
      target_type: "VARCHAR",
      target_id: "VARCHAR",
      threshold_amt: "DECIMAL(18,2)",
      discount_amt: "DECIMAL(18,2)",
      discount_rate: "DOUBLE",
      platform_share: "DECIMAL(18,4)",
      start_at: "TIMESTAMPTZ",
      end_at: "TIMESTAMPTZ",
      promotion_status: "VARCHAR",
    },
    rows,
  };
}

function experiments(parameters: Parameters, catalog: Catalog, period: Period): Dimension {
  const rows: unknown[][] = [];
  for (const run of catalog.experiments) {
    const x = parameters.experiments[run.e];
    if (!x || run.from >= period.end) continue;
    const row = (endDay: string | null, known: number) =>
      rows.push([
        x.id,
        x.name,
        x.type,
        x.strategy ?? null,
        dayOf(run.from),
        endDay,
        x.groups.map((g) => ({
          group_code: g.code,
          expected_share: g.share,
          is_baseline: g.baseline ?? false,
        })),
        x.primary_metric,
        known,
      ]);
    row(null, run.from - 2 * DAY + 15 * HOUR);
    if (run.to < period.end) row(dayOf(run.to - 1), run.to + HOUR);
  }
  return {
    table: "redcdm.dim_ecm_experiment_df",
    columns: {
      experiment_id: "VARCHAR",
      experiment_name: "VARCHAR",
      experiment_type: "VARCHAR",
      strategy_id: "VARCHAR",
      start_ds: "DATE",
      end_ds: "DATE",
      groups: "STRUCT(group_code VARCHAR, expected_share DECIMAL(18,4), is_baseline BOOLEAN)[]",
      primary_metric: "VARCHAR",
    },
    rows,
  };
}

/** The key columns of a configuration table; the first column unless more make the key. */
const keys: Readonly<Record<string, readonly string[]>> = {
  "redcdm.dim_ecm_mkt_strategy_config_df": ["strategy_id", "strategy_version"],
  "reddw.dw_trd_promotion_target_benefit_day": ["promotion_id", "target_type", "target_id"],
};

/** What tells the keys of a configuration table apart, as one text. */
export function keyOf(table: Dimension, row: readonly unknown[]): string {
  const names = Object.keys(table.columns);
  const key = keys[table.table] ?? names.slice(0, 1);
  return JSON.stringify(key.map((name) => row[names.indexOf(name)]));
}

function delivered(table: Dimension, period: Period): unknown[][] {
  const stamp = (row: readonly unknown[]) => row.at(-1) as number;
  const latest = new Map<string, readonly unknown[]>();
  const later: (readonly unknown[])[] = [];
  for (const row of [...table.rows].sort((a, b) => stamp(a) - stamp(b))) {
    if (stamp(row) > period.bootstrapAt) later.push(row);
    else latest.set(keyOf(table, row), row);
  }
  return [
    ...[...latest.values()].map((row) => [...row.slice(0, -1), iso(period.bootstrapAt)]),
    ...later.filter((row) => stamp(row) < period.end).map((row) => [...row.slice(0, -1), iso(stamp(row))]),
  ];
}

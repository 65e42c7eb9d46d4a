/** The self-service funnels: every level of their dimensions and every window, each counted on its own. */
import { type CohortBenefit, cohortBenefits, stateOfWindow, windowOf } from "../cohorts.ts";
import type { Facts, JudgedTable } from "../facts.ts";
import { groupBy } from "../redemptions.ts";
import type { Cell, ExpectedRow } from "../rows.ts";

/** A benefit's value of each dimension, by name. */
export type Dimensions = Readonly<Record<string, Cell>>;

/** A cell of a level of one day. */
export interface LevelCell {
  readonly ds: string;
  readonly level: string;
  readonly dimensions: Dimensions;
  readonly benefits: readonly CohortBenefit[];
}

/** What stands where a dimension is rolled up, and where it is missing. */
const ALL = "ALL";
export const missing = (value: Cell | undefined): Cell => value ?? "unknown";

/** Every cell of every level: benefits with the same values of the level's dimensions on the same day. */
export function cells(
  benefits: readonly CohortBenefit[],
  names: readonly string[],
  levels: readonly (readonly string[])[],
  valuesOf: (benefit: CohortBenefit) => Dimensions,
): LevelCell[] {
  const valued = benefits.map((benefit) => ({ benefit, values: valuesOf(benefit) }));
  return levels.flatMap((level) => {
    const shown = (values: Dimensions): Dimensions =>
      Object.fromEntries(
        names.map((name) => [
          name,
          level.includes(name) ? (values[name] ?? null) : name.startsWith("is_") ? null : ALL,
        ]),
      );
    const groups = groupBy(valued, ({ benefit, values }) =>
      JSON.stringify([benefit.trigger.ds, shown(values)]),
    );
    return [...groups.values()].map((group) => ({
      ds: group[0]?.benefit.trigger.ds ?? "",
      level: level.length === 0 ? "all" : level.join("+"),
      dimensions: shown(group[0]?.values ?? {}),
      benefits: group.map(({ benefit }) => benefit),
    }));
  });
}

/** A funnel by some dimensions; each cell of each level is counted on its own. */
export function funnel(
  table: string,
  names: readonly string[],
  levels: readonly (readonly string[])[],
  prepare: (facts: Facts) => {
    benefits: readonly CohortBenefit[];
    valuesOf: (b: CohortBenefit) => Dimensions;
  },
): JudgedTable {
  return {
    table,
    key: ["ds", "window_days", "level", ...names],
    rows: (facts) => {
      const { benefits, valuesOf } = prepare(facts);
      return cells(benefits, names, levels, valuesOf).flatMap((cell) =>
        facts.known.windows.map(
          (windowDays): ExpectedRow => ({
            ds: cell.ds,
            window_days: windowDays,
            level: cell.level,
            ...cell.dimensions,
            ...windowOf(facts.known, cell.ds, windowDays, cell.benefits),
            ...stateOfWindow(facts.known, cell.ds, windowDays),
          }),
        ),
      );
    },
  };
}

const prefix = "redcdm.dm_ecm_mkt_trigger_funnel";

export const strategyFunnel = funnel(
  `${prefix}_strategy_1d_di`,
  ["strategy_id", "strategy_version"],
  [["strategy_id", "strategy_version"], ["strategy_id"], []],
  (facts) => ({
    benefits: cohortBenefits(facts),
    valuesOf: ({ trigger: { log } }) => ({
      strategy_id: missing(log.strategy_id),
      strategy_version: log.strategy_version === null ? "unknown" : String(log.strategy_version),
    }),
  }),
);

export const sceneFunnel = funnel(
  `${prefix}_scene_1d_di`,
  ["scene_group", "scene_code"],
  [["scene_group", "scene_code"], ["scene_group"], []],
  (facts) => {
    const scenes = facts.known.state("scene");
    return {
      benefits: cohortBenefits(facts),
      valuesOf: ({ trigger: { log } }) => ({
        scene_group: missing(scenes.find(({ scene_code }) => scene_code === log.scene_code)?.scene_group),
        scene_code: missing(log.scene_code),
      }),
    };
  },
);

export const couponTemplateFunnel = funnel(
  `${prefix}_coupon_template_1d_di`,
  ["coupon_template_id"],
  [["coupon_template_id"], []],
  (facts) => ({
    benefits: cohortBenefits(facts).filter(({ trigger }) => trigger.benefit.benefit_type === "coupon"),
    valuesOf: ({ trigger }) => ({ coupon_template_id: missing(trigger.benefit.template_id) }),
  }),
);

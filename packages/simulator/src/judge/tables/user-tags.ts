/**
 * Who the triggered users were: stage and orders as known at the end of the day before, tags of the latest snapshot of the
 * seven days before; and the funnel by these, at every combination, with what each strategy cost.
 */
import { type CohortBenefit, cohortBenefits, stateOfWindow, windowOf } from "../cohorts.ts";
import type { Facts, JudgedTable } from "../facts.ts";
import { customersOn } from "../orders.ts";
import type { ExpectedRow } from "../rows.ts";
import { addDays, type Day } from "../time.ts";
import { cells, type Dimensions, funnel, missing } from "./funnels.ts";
import { lifecycle } from "./lifecycle.ts";

const SNAPSHOT_DAYS = 7;
const names = ["customer_stage", "consumption_level", "is_new_buyer", "crowd_code", "live_activity_level"];

/** Every subset of the tags, in their order. */
const combinations = names.reduce<string[][]>(
  (subsets, name) => [...subsets.map((subset) => [...subset, name]), ...subsets],
  [[]],
);

function tagger(facts: Facts): (user: string, ds: Day) => Dimensions {
  const { known } = facts;
  const stages = lifecycle.rows(facts) as unknown as readonly {
    user_id: string;
    start_ds: Day;
    until_ds: Day;
    customer_stage: string;
  }[];
  const snapshots = known.state("userTag");
  const customers = new Map<Day, ReturnType<typeof customersOn>>();
  return (user, ds) => {
    const before = addDays(ds, -1);
    const buyers = customers.get(before) ?? customersOn(known, before);
    customers.set(before, buyers);
    const [snapshot] = snapshots
      .filter((tag) => tag.user_id === user && tag.ds < ds && tag.ds >= addDays(ds, -SNAPSHOT_DAYS))
      .sort((a, b) => (a.ds > b.ds ? -1 : 1));
    const stage = stages.find(
      ({ user_id, start_ds, until_ds }) => user_id === user && start_ds <= before && before < until_ds,
    );
    return {
      customer_stage: missing(stage?.customer_stage),
      consumption_level: missing(snapshot?.consumption_level),
      is_new_buyer: !buyers.has(user),
      crowd_code: missing(snapshot?.crowd_code),
      live_activity_level: missing(snapshot?.live_activity_level),
    };
  };
}

/** The benefits of a moment with their user's tags; asked for by both tables. */
function tagged(facts: Facts): {
  benefits: CohortBenefit[];
  valuesOf: (benefit: CohortBenefit) => Dimensions;
} {
  const tagsOf = tagger(facts);
  const benefits = cohortBenefits(facts);
  const values = new Map(
    benefits.map((benefit) => [benefit, tagsOf(benefit.trigger.log.user_id, benefit.trigger.ds)]),
  );
  return { benefits, valuesOf: (benefit) => values.get(benefit) ?? {} };
}

const tagFunnel = funnel("redcdm.dm_ecm_mkt_trigger_funnel_user_tag_1d_di", names, combinations, tagged);

export const userTagFunnel: JudgedTable = {
  table: tagFunnel.table,
  key: ["row_key"],
  rows: (facts) =>
    tagFunnel.rows(facts).map((row) => ({
      row_key: ["ds", "window_days", "level", ...names].map((name) => row[name] ?? "∅").join("|"),
      ...row,
    })),
};

export const userTagCost: JudgedTable = {
  table: "redcdm.dm_ecm_mkt_trigger_strategy_cost_user_tag_1d_di",
  key: ["ds", "window_days", ...names, "strategy_id"],
  rows: (facts) => {
    const { benefits, valuesOf } = tagged(facts);
    const finest = [...names, "strategy_id"];
    return cells(benefits, finest, [finest], (benefit) => ({
      ...valuesOf(benefit),
      strategy_id: missing(benefit.trigger.log.strategy_id),
    })).flatMap(({ ds, dimensions, benefits: own }) =>
      facts.known.windows.map((windowDays): ExpectedRow => {
        const { platform_subsidy_amt = null, net_platform_subsidy_amt = null } = windowOf(
          facts.known,
          ds,
          windowDays,
          own,
        );
        return {
          ds,
          window_days: windowDays,
          ...dimensions,
          platform_subsidy_amt,
          net_platform_subsidy_amt,
          ...stateOfWindow(facts.known, ds, windowDays),
        };
      }),
    );
  },
};

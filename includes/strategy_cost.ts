// What strategies cost by day, and how fast that eats their budget.
import { type Changed, linked, narrowed } from "./increment.ts";
import { linkedDays } from "./link.ts";
import { latest } from "./log.ts";
import { beginning, claimDays, discountDays, firstDay, growthBenefit, passingDays } from "./order_change.ts";
import { asOf, beginningOfTime, day, endOfDay, openEnd, runDate } from "./params.ts";

const sums = [
  "platform_subsidy_amt",
  "merchant_subsidy_amt",
  "net_platform_subsidy_amt",
  "net_merchant_subsidy_amt",
] as const;
const figures = [...sums, "redeem_order_cnt", "redeem_uv"] as const;
const row = `ds, strategy_id, ${figures.join(", ")}`;
const config = (ctx: ActionContext) => ctx.ref("redcdm", "dim_ecm_mkt_strategy_config_df");

/** Condition: the row is there for its cost, not only because the strategy was valid. */
function isCost(alias = ""): string {
  return figures.map((name) => `${alias}${name} != 0`).join(" OR ");
}

/** Query of the cost by day and strategy; in an incremental build of discount_days. */
function daily(ctx: ActionContext): string {
  return `WITH ${growthBenefit(ctx)},

-- Amounts count on the pay day of their line, redeemers on that of the redemption.
discount AS (
  SELECT
    record.ds,
    COALESCE(growth.strategy_id, 'unknown') AS strategy_id,
${sums.map((name) => `    SUM(record.${name}) AS ${name}`).join(",\n")}
  FROM ${ctx.ref("redcdm", "dwd_ecm_trd_order_benefit_di")} AS record
  INNER JOIN growth_benefit AS growth ON growth.benefit_type = record.benefit_type AND growth.benefit_id = record.benefit_id
  WHERE ${linked(ctx, "record.ds", "discount_days")}
  GROUP BY ds, strategy_id
),

redeemed AS (
  SELECT
    used.redeem_ds AS ds,
    COALESCE(growth.strategy_id, 'unknown') AS strategy_id,
    COUNT(DISTINCT used.order_id) AS redeem_order_cnt,
    COUNT(DISTINCT used.user_id) AS redeem_uv
  FROM ${ctx.ref("redcdm", "dwd_ecm_trd_redemption_di")} AS used
  INNER JOIN growth_benefit AS growth ON growth.benefit_type = used.benefit_type AND growth.benefit_id = used.benefit_id
  WHERE ${linked(ctx, "used.redeem_ds", "discount_days")}
  GROUP BY ds, strategy_id
)

SELECT
  ds,
  strategy_id,
${sums.map((name) => `  COALESCE(discount.${name}, 0) AS ${name}`).join(",\n")},
  COALESCE(redeemed.redeem_order_cnt, 0) AS redeem_order_cnt,
  COALESCE(redeemed.redeem_uv, 0) AS redeem_uv
FROM discount
FULL JOIN redeemed USING (ds, strategy_id)`;
}

/** For `changed`, up to changed_cost: the cost of the days that changed, worked out anew. */
export function changed(ctx: ActionContext): Changed {
  const claimed = claimDays("discount_days");
  return {
    ...beginning(ctx),
    ...discountDays(ctx),
    coupon_days: { days: linkedDays(ctx, claimed.coupon_days) },
    allowance_days: { days: linkedDays(ctx, claimed.allowance_days) },
    changed_cost: daily(ctx),
  };
}

/**
 * For `linked`: cost_day, the cost of the touched days and of the 7 before them, from the table itself where it did not change; and what
 * was spent before, as one row of each strategy that no pace reaches. What was spent is told by the first of the 7 days; only of a
 * strategy with no row on them is the history added up.
 */
export function costDay(ctx: ActionContext): Changed {
  const stood = `${ctx.self()}
WHERE built_as_of_at > ${beginningOfTime}`;
  const touchedFrom = "touched_ds[SAFE_OFFSET(0)]";
  const before = (net: string) =>
    figures.map((name) => (name === "net_platform_subsidy_amt" ? net : "0")).join(", ");
  const dayBefore = "DATE_SUB(cost_days[SAFE_OFFSET(0)], INTERVAL 1 DAY)";
  return {
    cost_days: {
      days: `SELECT ds FROM UNNEST(GENERATE_DATE_ARRAY(DATE_SUB(${touchedFrom}, INTERVAL 7 DAY), ${runDate})) AS ds`,
    },
    spent_before: `SELECT strategy_id, cumulative_subsidy_amt - net_platform_subsidy_amt AS net_platform_subsidy_amt
FROM ${stood} AND ds IN UNNEST(cost_days) AND ds < ${touchedFrom}
QUALIFY ROW_NUMBER() OVER (PARTITION BY strategy_id ORDER BY ds) = 1`,
    unseen_strategy: `(
SELECT strategy_id FROM changed_cost WHERE ds IN UNNEST(cost_days)
UNION DISTINCT
SELECT strategy_id FROM ${stood} AND ds IN UNNEST(cost_days)
UNION DISTINCT
SELECT strategy_id FROM ${config(ctx)}
WHERE ingested_at < ${asOf} AND COALESCE(${day("valid_to")}, ${runDate}) >= ${touchedFrom}
  AND COALESCE(${day("valid_from")}, ${runDate}) <= ${runDate}
)
EXCEPT DISTINCT
SELECT strategy_id FROM spent_before`,
    unseen_days: {
      when: "EXISTS (SELECT 1 FROM unseen_strategy)",
      days: `SELECT ds FROM UNNEST(GENERATE_DATE_ARRAY(${firstDay(ctx)}, ${dayBefore})) AS ds`,
    },
    cost_day: `SELECT ${row} FROM changed_cost WHERE ds IN UNNEST(cost_days)
UNION ALL
SELECT ${row} FROM ${stood} AND ds IN UNNEST(cost_days) AND ds NOT IN UNNEST(discount_days)
UNION ALL
SELECT ${dayBefore}, strategy_id, ${before("net_platform_subsidy_amt")} FROM spent_before
UNION ALL
SELECT ${dayBefore}, strategy_id, ${before("SUM(net_platform_subsidy_amt)")}
FROM ${stood} AND ds IN UNNEST(unseen_days) AND strategy_id IN (SELECT strategy_id FROM unseen_strategy)
GROUP BY strategy_id`,
  };
}

/** Queries of the days whose rows may differ: from the first cost that differs on, where a configuration did, and those that pass. */
export function touched(ctx: ActionContext): string[] {
  const stood = `SELECT ${row} FROM ${ctx.self()}
    WHERE ds IN UNNEST(discount_days) AND (${isCost()})`;
  const now = `SELECT ${row} FROM changed_cost WHERE ${isCost()}`;
  return [
    `SELECT ds FROM (
      SELECT MIN(ds) AS first_ds
      FROM (SELECT ds FROM ((${now}) EXCEPT DISTINCT (${stood})) UNION ALL SELECT ds FROM ((${stood}) EXCEPT DISTINCT (${now})))
    ) AS differs, UNNEST(GENERATE_DATE_ARRAY(differs.first_ds, ${runDate})) AS ds`,
    `SELECT ds
     FROM (
       SELECT DISTINCT ${day("valid_from")} AS from_ds, COALESCE(${day("valid_to")}, ${runDate}) AS to_ds
       FROM ${config(ctx)}
       WHERE ingested_at < ${asOf} AND (strategy_id, strategy_version) IN (
         SELECT (strategy_id, strategy_version) FROM ${config(ctx)} WHERE ingested_at >= built_as_of_at AND ingested_at < ${asOf})
     ) AS version,
       UNNEST(GENERATE_DATE_ARRAY(
         GREATEST(COALESCE(version.from_ds, ${firstDay(ctx)}), ${firstDay(ctx)}), LEAST(version.to_ds, ${runDate}))) AS ds`,
    ...passingDays(ctx, 1),
  ];
}

/** CTEs up to `strategy_day`: every day of a strategy that cost something or on which a version of it was valid. */
export function strategyDay(ctx: ActionContext): string {
  const cost = ctx.incremental() ? `SELECT ${row} FROM cost_day` : daily(ctx);
  return `cost AS (
${cost}
),

version AS (
  SELECT
    strategy_id,
    budget_amt,
    ${day("valid_from")} AS from_ds,
    COALESCE(${day("valid_to")}, ${openEnd}) AS to_ds
  FROM (
${latest(config(ctx), ["strategy_id", "strategy_version"])}
  )
),

-- Before the first order nothing can be spent: a configuration of old does not make days of its own.
valid_day AS (
  SELECT version.strategy_id, ds
  FROM version,
    UNNEST(GENERATE_DATE_ARRAY(GREATEST(version.from_ds, ${firstDay(ctx)}), LEAST(version.to_ds, ${runDate}))) AS ds
),

spent AS (
  SELECT ds, strategy_id, ${figures.map((name) => `SUM(${name}) AS ${name}`).join(", ")}
  FROM (
    SELECT ${row} FROM cost
    UNION ALL
    SELECT ds, strategy_id, ${figures.map(() => "0").join(", ")} FROM valid_day
  )
  GROUP BY ds, strategy_id
),

-- Rows of the table itself that stand for a valid day only stay or go with the configuration.
needed AS (
  SELECT spent.*
  FROM spent
  LEFT JOIN (SELECT DISTINCT strategy_id, ds FROM valid_day) AS valid
    ON valid.strategy_id = spent.strategy_id AND valid.ds = spent.ds
  WHERE valid.ds IS NOT NULL OR ${isCost("spent.")}
),

paced AS (
  SELECT
    *,
    SUM(net_platform_subsidy_amt) OVER (
      PARTITION BY strategy_id ORDER BY ds ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS cumulative_subsidy_amt,
    -- The day itself is one of the last 7 complete days once it has ended.
    IF(
      ${endOfDay("ds")} <= ${asOf},
      SUM(net_platform_subsidy_amt) OVER (
        PARTITION BY strategy_id ORDER BY UNIX_DATE(ds) RANGE BETWEEN 6 PRECEDING AND CURRENT ROW),
      COALESCE(SUM(net_platform_subsidy_amt) OVER (
        PARTITION BY strategy_id ORDER BY UNIX_DATE(ds) RANGE BETWEEN 7 PRECEDING AND 1 PRECEDING), 0)
    ) / 7 AS pace_amt
  FROM needed
),

budget AS (
  SELECT
    paced.ds,
    paced.strategy_id,
    IF(COUNTIF(version.budget_amt IS NULL) > 0, NULL, SUM(version.budget_amt)) AS budget_amt
  FROM paced
  INNER JOIN version ON version.strategy_id = paced.strategy_id
  WHERE ${narrowed(ctx, "paced.ds IN UNNEST(touched_ds)")}
    AND COALESCE(version.from_ds, paced.ds) <= paced.ds AND paced.ds <= version.to_ds
  GROUP BY paced.ds, paced.strategy_id
),

strategy_day AS (
  SELECT paced.*, budget.budget_amt
  FROM paced
  LEFT JOIN budget ON budget.ds = paced.ds AND budget.strategy_id = paced.strategy_id
)`;
}

// What strategies cost by day, and how fast that eats their budget.
import { narrowed } from "./increment.ts";
import { latest } from "./log.ts";
import { changedOrders, discountDays, growthBenefit, passingDays } from "./order_change.ts";
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
const orders = (ctx: ActionContext) => ctx.ref("redcdm", "dwd_ecm_trd_order_di");

/** Condition: the row is there for its cost, not only because the strategy was valid. */
function isCost(alias = ""): string {
  return figures.map((name) => `${alias}${name} != 0`).join(" OR ");
}

/** Query of the cost by day and strategy; in an incremental build of the days of changed_ds. */
function daily(ctx: ActionContext): string {
  const changed = (ds: string) => narrowed(ctx, `${ds} IN (SELECT ds FROM changed_ds)`);
  return `WITH ${growthBenefit(ctx)},

-- Amounts count on the pay day of their line, redeemers on that of the redemption.
discount AS (
  SELECT
    record.ds,
    COALESCE(growth.strategy_id, 'unknown') AS strategy_id,
${sums.map((name) => `    SUM(record.${name}) AS ${name}`).join(",\n")}
  FROM ${ctx.ref("redcdm", "dwd_ecm_trd_order_benefit_di")} AS record
  INNER JOIN growth_benefit AS growth ON growth.benefit_type = record.benefit_type AND growth.benefit_id = record.benefit_id
  WHERE ${changed("record.ds")}
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
  WHERE ${changed("used.redeem_ds")}
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

/**
 * Temporary tables of an incremental build, up to cost_day: the cost of every day, worked out anew for the days that changed and
 * taken from the table itself for the others. So history is added up, not read again.
 */
export function changed(ctx: ActionContext): Record<string, string> {
  return {
    ...changedOrders(ctx),
    changed_ds: discountDays(ctx),
    changed_cost: daily(ctx),
    cost_day: `SELECT ${row} FROM changed_cost
UNION ALL
SELECT ${row} FROM ${ctx.self()}
WHERE ds NOT IN (SELECT ds FROM changed_ds) AND built_as_of_at > ${beginningOfTime}`,
  };
}

/** Queries of the days whose rows may differ: from the first cost that differs on, where a configuration did, and those that pass. */
export function touched(ctx: ActionContext): string[] {
  const stood = `SELECT ${row} FROM ${ctx.self()}
    WHERE ds IN (SELECT ds FROM changed_ds) AND (${isCost()})`;
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
       (SELECT MIN(ds) AS first_ds FROM ${orders(ctx)}) AS began,
       UNNEST(GENERATE_DATE_ARRAY(
         GREATEST(COALESCE(version.from_ds, began.first_ds), began.first_ds), LEAST(version.to_ds, ${runDate}))) AS ds`,
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
  FROM version, (SELECT MIN(ds) AS first_ds FROM ${orders(ctx)}) AS began,
    UNNEST(GENERATE_DATE_ARRAY(GREATEST(version.from_ds, began.first_ds), LEAST(version.to_ds, ${runDate}))) AS ds
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

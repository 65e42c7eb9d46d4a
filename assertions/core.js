// Core metrics and strategy cost add up to the tables they are made of.
const { rule } = require("./rules.js");

const cdm = (ctx, table) => ctx.ref("redcdm", table);
const tags = ["core"];

module.exports = [
  rule("core_metrics_add_up_to_orders", {
    tags,
    settles: false,
    description:
      "Of every day the core metrics are the sums of its order lines, orders and discounts, and a user's first day counts once.",
    violations: (ctx) => `WITH line AS (
  SELECT
    ds,
    SUM(dgmv_amt) AS dgmv_amt,
    SUM(net_dgmv_amt) AS net_dgmv_amt,
    SUM(platform_subsidy_amt) AS platform_subsidy_amt
  FROM ${cdm(ctx, "dwd_ecm_trd_order_line_di")}
  GROUP BY ds
),

discount AS (
  SELECT
    ds,
    SUM(net_platform_subsidy_amt) AS net_platform_subsidy_amt
  FROM ${cdm(ctx, "dwd_ecm_trd_order_benefit_di")}
  GROUP BY ds
),

bought AS (
  SELECT
    ds,
    COUNT(*) AS order_cnt,
    COUNT(DISTINCT user_id) AS dab,
    COUNT(DISTINCT IF(ds = first_ds, user_id, NULL)) AS new_buyer_uv
  FROM (
    SELECT
      ds,
      user_id,
      MIN(ds) OVER (PARTITION BY user_id) AS first_ds
    FROM ${cdm(ctx, "dwd_ecm_trd_order_di")}
  )
  GROUP BY ds
)

SELECT
  CAST(COALESCE(core.ds, line.ds) AS STRING) AS violation_key,
  COALESCE(core.ds, line.ds) AS event_ds,
  FORMAT('dgmv %t of %t, net dgmv %t of %t, subsidy %t of %t, orders %t of %t, buyers %t of %t, new %t of %t',
    core.dgmv_amt, line.dgmv_amt, core.net_dgmv_amt, line.net_dgmv_amt, core.platform_subsidy_amt, line.platform_subsidy_amt,
    core.order_cnt, bought.order_cnt, core.dab, bought.dab, core.new_buyer_uv, bought.new_buyer_uv) AS detail
FROM ${cdm(ctx, "dm_ecm_mkt_core_metric_1d_di")} AS core
FULL JOIN line ON line.ds = core.ds
LEFT JOIN discount ON discount.ds = core.ds
LEFT JOIN bought ON bought.ds = core.ds
WHERE core.ds IS NULL
  OR core.dgmv_amt != COALESCE(line.dgmv_amt, 0)
  OR core.net_dgmv_amt != COALESCE(line.net_dgmv_amt, 0)
  OR core.platform_subsidy_amt != COALESCE(line.platform_subsidy_amt, 0)
  OR core.net_platform_subsidy_amt != COALESCE(discount.net_platform_subsidy_amt, 0)
  OR core.order_cnt != COALESCE(bought.order_cnt, 0)
  OR core.dab != COALESCE(bought.dab, 0)
  OR core.new_buyer_uv != COALESCE(bought.new_buyer_uv, 0)`,
  }),

  rule("strategy_cost_adds_up_to_growth_subsidy", {
    tags,
    settles: false,
    description:
      "The strategies' platform subsidy of a day adds up to the growth subsidy of the core metrics, and the running sum to the days.",
    violations: (ctx) => `WITH cost AS (
  SELECT
    ds,
    SUM(platform_subsidy_amt) AS platform_subsidy_amt,
    COUNTIF(cumulative_subsidy_amt != running_amt) AS odd_cnt
  FROM (
    SELECT
      ds,
      platform_subsidy_amt,
      cumulative_subsidy_amt,
      SUM(net_platform_subsidy_amt) OVER (PARTITION BY strategy_id ORDER BY ds) AS running_amt
    FROM ${cdm(ctx, "dm_ecm_mkt_strategy_cost_1d_di")}
  )
  GROUP BY ds
)

SELECT
  CAST(core.ds AS STRING) AS violation_key,
  core.ds AS event_ds,
  FORMAT('strategies %t, growth %t; running sums that are not: %t',
    cost.platform_subsidy_amt, core.growth_platform_subsidy_amt, cost.odd_cnt) AS detail
FROM ${cdm(ctx, "dm_ecm_mkt_core_metric_1d_di")} AS core
LEFT JOIN cost ON cost.ds = core.ds
WHERE core.growth_platform_subsidy_amt != COALESCE(cost.platform_subsidy_amt, 0) OR cost.odd_cnt > 0`,
  }),
];

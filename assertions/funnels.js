// The funnels against themselves, against each other and against the public tables they are made of.
const { rule } = require("./rules.js");

const cdm = (ctx, table) => ctx.ref("redcdm", table);
const tags = ["funnel"];
const prefix = "dm_ecm_mkt_trigger_funnel";
const strategy = `${prefix}_strategy_1d_di`;
const scene = `${prefix}_scene_1d_di`;
const userTag = `${prefix}_user_tag_1d_di`;
const couponTemplate = `${prefix}_coupon_template_1d_di`;
const cost = "dm_ecm_mkt_trigger_strategy_cost_user_tag_1d_di";
const funnels = [strategy, scene, userTag, couponTemplate];
const events = "dwd_ecm_mkt_trigger_funnel_event_di";

/** Metrics of a funnel whose columns are of one additivity; those adding up over the cells of a level and window. */
const metricsOf = (table, additivity) =>
  metrics
    .template(`redcdm.${table}`)
    .metrics.filter((metric) => metric.additivity === additivity)
    .map(({ code }) => code);

/** A cell's key as text. */
const cellText = (table) =>
  `CONCAT('${table} ', ${metrics
    .template(`redcdm.${table}`)
    .dimensions.map((name) => `COALESCE(CAST(${name} AS STRING), '∅')`)
    .join(", '|', ")}, '|', level, '|', window_days)`;

const everyFunnel = (query) => funnels.map(query).join("\nUNION ALL\n");
const differ = (columns, left, right) =>
  columns.map((name) => `${left}.${name} IS DISTINCT FROM ${right}.${name}`).join(" OR ");

module.exports = [
  rule("funnel_redeemers_claimed", {
    tags,
    description:
      "In every cell no more users redeem than claim. The exception is a benefit paid with before the day it was claimed, which a sound source does not have.",
    violations: (ctx) =>
      everyFunnel(
        (table) => `SELECT
  ${cellText(table)} AS violation_key,
  ds AS event_ds,
  FORMAT('%d redeemed, %d claimed, %d triggered', redeem_uv, claim_uv, trigger_uv) AS detail
FROM ${cdm(ctx, table)}
WHERE redeem_uv > claim_uv OR claim_uv > trigger_uv`,
      ),
  }),

  rule("funnel_windows_hold_each_other", {
    tags,
    settles: false,
    description:
      "A longer window of a cohort holds at least what a shorter one does; net figures may shrink.",
    violations: (ctx) => {
      const growing = ["claim_uv", "claim_cnt", "redeem_uv", "redeem_cnt", "redeem_order_cnt"];
      return everyFunnel((table) => {
        const cell = [
          "ds",
          "level",
          ...metrics
            .template(`redcdm.${table}`)
            .dimensions.map((name) => `COALESCE(CAST(${name} AS STRING), '∅')`),
        ].join(", ");
        return `SELECT
  violation_key,
  event_ds,
  detail
FROM (
  SELECT
    ${cellText(table)} AS violation_key,
    ds AS event_ds,
    'a shorter window holds more' AS detail,
    trigger_uv != LAG(trigger_uv, 1, trigger_uv) OVER windows
      OR ${growing.map((name) => `${name} < LAG(${name}, 1, 0) OVER windows`).join("\n      OR ")} AS is_smaller
  FROM ${cdm(ctx, table)}
  WINDOW windows AS (PARTITION BY ${cell} ORDER BY window_days)
)
WHERE is_smaller`;
      });
    },
  }),

  rule("funnel_levels_add_up", {
    tags,
    settles: false,
    description:
      "What is additive adds up over the cells of every level to the row of all; over the user tags, of which a user has one cell, users do, too.",
    violations: (ctx) =>
      everyFunnel((table) => {
        const columns = [
          ...metricsOf(table, "additive"),
          ...(table === userTag ? ["trigger_uv", "claim_uv", "redeem_uv"] : []),
        ];
        return `SELECT
  CONCAT('${table} ', cell.level, '|', cell.window_days) AS violation_key,
  cell.ds AS event_ds,
  FORMAT('alloc_dgmv_amt %t of %t, platform_subsidy_amt %t of %t', cell.alloc_dgmv_amt, whole.alloc_dgmv_amt,
    cell.platform_subsidy_amt, whole.platform_subsidy_amt) AS detail
FROM (
  SELECT ds, window_days, level, ${columns.map((name) => `SUM(${name}) AS ${name}`).join(", ")}
  FROM ${cdm(ctx, table)}
  GROUP BY ds, window_days, level
) AS cell
LEFT JOIN ${cdm(ctx, table)} AS whole
  ON whole.ds = cell.ds AND whole.window_days = cell.window_days AND whole.level = 'all'
WHERE ${differ(columns, "cell", "whole")}`;
      }),
  }),

  rule("funnels_agree", {
    tags,
    settles: false,
    description:
      "The row of all is the same in the strategy, scene and user tag funnels, that of the template funnel is the coupons' part of it, and the strategies' cost is that of the user tag funnel.",
    violations: (ctx) => {
      const columns = metricsOf(strategy, "additive").concat(metricsOf(strategy, "distinct"));
      const against = [scene, userTag].map(
        (table) => `SELECT
  CONCAT('${table} ', COALESCE(one.window_days, other.window_days)) AS violation_key,
  COALESCE(one.ds, other.ds) AS event_ds,
  FORMAT('alloc_dgmv_amt %t by strategy, %t here', one.alloc_dgmv_amt, other.alloc_dgmv_amt) AS detail
FROM (SELECT * FROM ${cdm(ctx, strategy)} WHERE level = 'all') AS one
FULL JOIN (SELECT * FROM ${cdm(ctx, table)} WHERE level = 'all') AS other
  ON other.ds = one.ds AND other.window_days = one.window_days
WHERE ${differ(columns, "one", "other")}`,
      );
      const amounts = ["platform_subsidy_amt", "net_platform_subsidy_amt"];
      const shares = ["alloc_dgmv_amt", "refund_amt", ...amounts];
      return [
        ...against,
        `SELECT
  CONCAT('${couponTemplate} ', whole.window_days) AS violation_key,
  whole.ds AS event_ds,
  FORMAT('alloc_dgmv_amt %t of the coupons, %t here', coupon.alloc_dgmv_amt, whole.alloc_dgmv_amt) AS detail
FROM (SELECT * FROM ${cdm(ctx, couponTemplate)} WHERE level = 'all') AS whole
LEFT JOIN (
  SELECT event.ds, window_days, ${shares.map((name) => `SUM(event.${name}) AS ${name}`).join(", ")}
  FROM ${cdm(ctx, events)} AS event
  CROSS JOIN UNNEST([${funnel.windows().join(", ")}]) AS window_days
  WHERE event.benefit_type = 'coupon' AND DATE_DIFF(event.event_ds, event.ds, DAY) <= window_days
  GROUP BY event.ds, window_days
) AS coupon ON coupon.ds = whole.ds AND coupon.window_days = whole.window_days
WHERE ${differ(shares, "coupon", "whole")}`,
        `SELECT
  CONCAT('${cost} ', whole.window_days) AS violation_key,
  whole.ds AS event_ds,
  FORMAT('platform_subsidy_amt %t in the funnel, %t here', whole.platform_subsidy_amt, spent.platform_subsidy_amt) AS detail
FROM (SELECT * FROM ${cdm(ctx, userTag)} WHERE level = 'all') AS whole
LEFT JOIN (
  SELECT ds, window_days, ${amounts.map((name) => `SUM(${name}) AS ${name}`).join(", ")}
  FROM ${cdm(ctx, cost)}
  GROUP BY ds, window_days
) AS spent ON spent.ds = whole.ds AND spent.window_days = whole.window_days
WHERE ${differ(amounts, "spent", "whole")}`,
      ].join("\nUNION ALL\n");
    },
  }),

  rule("funnels_count_the_triggers", {
    tags,
    settles: false,
    description:
      "Users, executions and benefits of the row of all are those of the triggers without the control group; of coupons in the template funnel.",
    violations: (ctx) =>
      [
        [strategy, "TRUE"],
        [couponTemplate, "benefit_type = 'coupon'"],
      ]
        .map(
          ([table, condition]) => `SELECT
  '${table}' AS violation_key,
  COALESCE(triggered.ds, funnel.ds) AS event_ds,
  FORMAT('%t users triggered, %t here', triggered.trigger_uv, funnel.trigger_uv) AS detail
FROM (
  SELECT
    ds,
    COUNT(DISTINCT user_id) AS trigger_uv,
    COUNT(DISTINCT execution_id) AS trigger_cnt,
    COUNT(*) AS trigger_benefit_cnt
  FROM ${cdm(ctx, "dwd_ecm_mkt_user_strategy_execution_benefit_di")}
  WHERE NOT is_control AND ${condition}
  GROUP BY ds
) AS triggered
FULL JOIN (SELECT * FROM ${cdm(ctx, table)} WHERE level = 'all' AND window_days = ${funnel.windows()[0]}) AS funnel
  ON funnel.ds = triggered.ds
WHERE ${differ(["trigger_uv", "trigger_cnt", "trigger_benefit_cnt"], "triggered", "funnel")}`,
        )
        .join("\nUNION ALL\n"),
  }),

  rule("funnel_events_are_the_redemptions", {
    tags,
    settles: false,
    description:
      "All that happened to a claim adds up to its redemptions as they are now: discount, what came back, dgmv and refund.",
    violations: (ctx) => {
      const columns = [
        "discount_amt",
        "returned_discount_amt",
        "net_platform_subsidy_amt",
        "alloc_dgmv_amt",
        "refund_amt",
      ];
      const sums = columns.map((name) => `SUM(${name}) AS ${name}`).join(", ");
      return `WITH event AS (
  SELECT benefit_type, claim_id, MAX(ds) AS ds, ${sums}
  FROM ${cdm(ctx, events)}
  WHERE event_type IN ('redeem', 'change')
  GROUP BY benefit_type, claim_id
),

redemption AS (
  SELECT benefit_type, benefit_id AS claim_id, ${sums}
  FROM ${cdm(ctx, "dwd_ecm_trd_redemption_di")}
  GROUP BY benefit_type, benefit_id
)

SELECT
  CONCAT(event.benefit_type, '|', event.claim_id) AS violation_key,
  event.ds AS event_ds,
  FORMAT('returned %t of %t, refund %t of %t', event.returned_discount_amt, redemption.returned_discount_amt,
    event.refund_amt, redemption.refund_amt) AS detail
FROM event
LEFT JOIN redemption ON redemption.benefit_type = event.benefit_type AND redemption.claim_id = event.claim_id
WHERE ${differ(columns, "event", "redemption")}`;
    },
  }),
];

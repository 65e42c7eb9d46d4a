// Users: the intervals of a user's life lie side by side.
const { rule } = require("./rules.js");

const cdm = (ctx, table) => ctx.ref("redcdm", table);
const tags = ["users"];

module.exports = [
  rule("lifecycle_intervals_lie_side_by_side", {
    tags,
    settles: false,
    description:
      "The stage intervals of a user do not overlap and leave no gap, each knows the one before, and the last one alone is open.",
    violations: (ctx) => `SELECT
  CONCAT(user_id, '|', CAST(start_ds AS STRING)) AS violation_key,
  start_ds AS event_ds,
  FORMAT('%s until %t; next: from %t, after %s', customer_stage, end_ds, next_start_ds, next_previous_stage) AS detail
FROM (
  SELECT
    user_id,
    start_ds,
    end_ds,
    customer_stage,
    previous_stage,
    LEAD(start_ds) OVER life AS next_start_ds,
    LEAD(previous_stage) OVER life AS next_previous_stage,
    ROW_NUMBER() OVER life AS place
  FROM ${cdm(ctx, "dim_ecm_user_lifecycle_df")}
  WINDOW life AS (PARTITION BY user_id ORDER BY start_ds)
)
WHERE end_ds IS DISTINCT FROM next_start_ds
  OR (next_start_ds IS NOT NULL AND next_previous_stage IS DISTINCT FROM customer_stage)
  OR (place = 1 AND previous_stage IS NOT NULL)`,
  }),

  rule("every_buyer_has_a_life", {
    tags,
    settles: false,
    description: "Who paid an order has a lifecycle from that day on at the latest.",
    violations: (ctx) => `SELECT
  bought.user_id AS violation_key,
  MIN(bought.ds) AS event_ds,
  FORMAT('first paid on %t, in sight from %t', MIN(bought.ds), MIN(life.start_ds)) AS detail
FROM ${cdm(ctx, "dwd_ecm_trd_order_line_di")} AS bought
LEFT JOIN (
  SELECT
    user_id,
    MIN(start_ds) AS start_ds
  FROM ${cdm(ctx, "dim_ecm_user_lifecycle_df")}
  GROUP BY user_id
) AS life
  ON life.user_id = bought.user_id
GROUP BY bought.user_id
HAVING MIN(life.start_ds) IS NULL OR MIN(life.start_ds) > MIN(bought.ds)`,
  }),

  rule("rfm_covers_the_buyers_of_the_window", {
    tags,
    settles: false,
    description:
      "The newest RFM partition adds up to the valid orders of its window: users, orders, net dgmv.",
    violations: (ctx) => `WITH rfm AS (
  SELECT
    ds,
    COUNT(*) AS user_cnt,
    SUM(frequency_cnt) AS order_cnt,
    SUM(monetary_amt) AS net_dgmv_amt
  FROM ${cdm(ctx, "dm_ecm_user_rfm_df")}
  GROUP BY ds
  QUALIFY ROW_NUMBER() OVER (ORDER BY ds DESC) = 1
),

bought AS (
  SELECT
    rfm.ds,
    COUNT(DISTINCT user_id) AS user_cnt,
    COUNT(*) AS order_cnt,
    SUM(bought.net_dgmv_amt) AS net_dgmv_amt
  FROM rfm
  INNER JOIN ${cdm(ctx, "dwd_ecm_trd_order_di")} AS bought
    ON bought.ds BETWEEN ${params.windowStart(params.integer("rfm_window_days"), "rfm.ds")} AND rfm.ds
  WHERE NOT bought.is_fully_refunded
  GROUP BY rfm.ds
)

SELECT
  'newest partition' AS violation_key,
  rfm.ds AS event_ds,
  FORMAT('users %d of %d, orders %d of %d, net dgmv %t of %t', rfm.user_cnt, bought.user_cnt, rfm.order_cnt, bought.order_cnt,
    rfm.net_dgmv_amt, bought.net_dgmv_amt) AS detail
FROM rfm
LEFT JOIN bought ON bought.ds = rfm.ds
WHERE (rfm.user_cnt, rfm.order_cnt) != (bought.user_cnt, bought.order_cnt) OR rfm.net_dgmv_amt != bought.net_dgmv_amt
  OR bought.ds IS NULL`,
  }),
];

// Layer against layer: nothing is lost, doubled or split wrongly on the way from the sources to the wide tables.
const { rule } = require("./rules.js");

const cdm = (ctx, table) => ctx.ref("redcdm", table);
const tags = ["reconciliation"];
const couponWide = "dm_ecm_trd_mkt_activity_coupon_get_use_600d_di";
const allowanceWide = "dm_ecm_trd_mkt_activity_user_allowance_get_use_1d_df";
const promotionWide = "dm_ecm_trd_mkt_promotion_use_dtl_500d_nd_di";

module.exports = [
  rule("coupon_redemptions_are_the_source_s", {
    tags,
    settles: false,
    description:
      "Every redemption in the coupon wide table is in the source, and every one in the source, of a coupon claimed in the window, is in the wide table.",
    violations: (ctx) => `WITH source AS (
  SELECT
    record.benefit_id AS coupon_id,
    line.order_id,
    SUM(record.discount_amt) AS discount_amt,
    MAX(coupon.ds) AS ds
  FROM ${ctx.ref("growth_state", "order_benefit")} AS record
  INNER JOIN ${ctx.ref("growth_state", "order_line")} AS line USING (order_line_id)
  INNER JOIN ${ctx.ref("growth_state", "coupon")} AS coupon ON coupon.coupon_id = record.benefit_id
  WHERE record.benefit_type = 'coupon' AND line.paid_at < ${params.asOfValue} AND coupon.claim_at < ${params.asOfValue}
    AND coupon.ds >= ${params.windowStart(600, params.runDateValue)}
  GROUP BY record.benefit_id, line.order_id
),

wide AS (
  SELECT
    coupon_id,
    order_id,
    discount_amt,
    ds
  FROM ${cdm(ctx, couponWide)}
  WHERE order_id IS NOT NULL
)

SELECT
  CONCAT(COALESCE(source.coupon_id, wide.coupon_id), '|', COALESCE(source.order_id, wide.order_id)) AS violation_key,
  COALESCE(source.ds, wide.ds) AS event_ds,
  FORMAT('discount in the source %t, in the wide table %t', source.discount_amt, wide.discount_amt) AS detail
FROM source
FULL JOIN wide ON wide.coupon_id = source.coupon_id AND wide.order_id = source.order_id
WHERE source.coupon_id IS NULL OR wide.coupon_id IS NULL OR source.discount_amt != wide.discount_amt`,
  }),

  rule("redeemed_coupon_was_claimed", {
    tags,
    description: "Every coupon used on a paid line is in the claims.",
    violations: (ctx) => `SELECT
  redemption.benefit_id AS violation_key,
  redemption.redeem_ds AS event_ds,
  FORMAT('redeemed in order %s, never claimed', redemption.order_id) AS detail
FROM ${cdm(ctx, "dwd_ecm_trd_redemption_di")} AS redemption
LEFT JOIN ${ctx.ref("growth_state", "coupon")} AS coupon ON coupon.coupon_id = redemption.benefit_id
WHERE redemption.benefit_type = 'coupon' AND coupon.coupon_id IS NULL`,
  }),

  rule("redeemed_allowance_was_granted", {
    tags,
    description: "Every allowance used on a paid line has a row of that order in the allowance wide table.",
    violations: (ctx) => `SELECT
  CONCAT(redemption.benefit_id, '|', redemption.order_id) AS violation_key,
  redemption.redeem_ds AS event_ds,
  FORMAT('discount %t, in the wide table %t', redemption.discount_amt, wide.discount_amt) AS detail
FROM ${cdm(ctx, "dwd_ecm_trd_redemption_di")} AS redemption
LEFT JOIN ${cdm(ctx, allowanceWide)} AS wide
  ON wide.allowance_id = redemption.benefit_id AND wide.order_id = redemption.order_id
WHERE redemption.benefit_type = 'allowance'
  AND (wide.allowance_id IS NULL OR wide.discount_amt != redemption.discount_amt)`,
  }),

  rule("allocation_adds_up_to_the_line", {
    tags,
    settles: false,
    description:
      "The shares of the benefits on a line add up to the line: dgmv, net dgmv and refund, to the cent.",
    violations: (ctx) => `WITH allocated AS (
  SELECT
    order_line_id,
    SUM(alloc_dgmv_amt) AS dgmv_amt,
    SUM(net_dgmv_amt) AS net_dgmv_amt,
    SUM(refund_amt) AS refund_amt
  FROM ${cdm(ctx, "dwd_ecm_trd_order_benefit_di")}
  GROUP BY order_line_id
)

SELECT
  line.order_line_id AS violation_key,
  line.ds AS event_ds,
  FORMAT('dgmv %t of %t, net dgmv %t of %t, refund %t of %t', allocated.dgmv_amt, line.dgmv_amt,
    allocated.net_dgmv_amt, line.net_dgmv_amt, allocated.refund_amt, line.refund_amt) AS detail
FROM allocated
LEFT JOIN ${cdm(ctx, "dwd_ecm_trd_order_line_di")} AS line USING (order_line_id)
WHERE line.order_line_id IS NULL
  OR allocated.dgmv_amt != line.dgmv_amt
  OR allocated.net_dgmv_amt != line.net_dgmv_amt
  OR allocated.refund_amt != line.refund_amt`,
  }),

  rule("discount_is_platform_plus_merchant", {
    tags,
    settles: false,
    description: "In every wide table the platform's and the merchant's part add up to the discount.",
    violations: (ctx) =>
      [
        [couponWide, "ds"],
        [allowanceWide, "grant_ds"],
        [promotionWide, "ds"],
      ]
        .map(
          ([table, partition]) => `SELECT
  CONCAT('${table} ', row_key) AS violation_key,
  ${partition} AS event_ds,
  FORMAT('discount %t, platform %t, merchant %t', discount_amt, platform_subsidy_amt, merchant_subsidy_amt) AS detail
FROM ${cdm(ctx, table)}
WHERE discount_amt != platform_subsidy_amt + merchant_subsidy_amt`,
        )
        .join("\nUNION ALL\n"),
  }),

  rule("strategy_coupons_are_in_the_wide_table", {
    tags,
    settles: false,
    description:
      "The strategies' coupons claimed in the window are rows of the coupon wide table, in the same state.",
    violations: (ctx) => `SELECT
  coupon.coupon_id AS violation_key,
  coupon.claim_ds AS event_ds,
  FORMAT('%s here, %s in the wide table', coupon.coupon_state, COALESCE(wide.coupon_state, 'missing')) AS detail
FROM ${cdm(ctx, "dwd_ecm_mkt_user_strategy_execution_coupon_df")} AS coupon
LEFT JOIN ${cdm(ctx, couponWide)} AS wide ON wide.coupon_id = coupon.coupon_id AND wide.is_first_row
WHERE coupon.claim_ds >= ${params.windowStart(600, params.runDateValue)}
  AND (wide.coupon_id IS NULL OR wide.coupon_state != coupon.coupon_state OR wide.face_amt != coupon.face_amt)`,
  }),

  rule("strategy_allowances_are_in_the_wide_table", {
    tags,
    settles: false,
    description: "The strategies' allowances are rows of the allowance wide table, with the same grant.",
    violations: (ctx) => `SELECT
  allowance.allowance_id AS violation_key,
  allowance.claim_ds AS event_ds,
  FORMAT('granted %t here, %t in the wide table', allowance.grant_amt, wide.grant_amt) AS detail
FROM ${cdm(ctx, "dwd_ecm_mkt_user_strategy_execution_allowance_df")} AS allowance
LEFT JOIN ${cdm(ctx, allowanceWide)} AS wide ON wide.allowance_id = allowance.allowance_id AND wide.is_first_row
WHERE wide.allowance_id IS NULL OR wide.grant_amt != allowance.grant_amt`,
  }),

  rule("chain_redemptions_are_in_the_wide_tables", {
    tags,
    settles: false,
    description:
      "A redemption of the smart-marketing chain is the same row of the wide table of its benefit.",
    violations: (ctx) => `WITH chain AS (
  SELECT
    'coupon' AS benefit_type,
    coupon_id AS benefit_id,
    order_id,
    claim_ds,
    discount_amt,
    alloc_dgmv_amt,
    refund_amt
  FROM ${cdm(ctx, "dwd_ecm_mkt_user_strategy_execution_coupon_get_use_df")}
  WHERE is_redeemed AND claim_ds >= ${params.windowStart(600, params.runDateValue)}
  UNION ALL
  SELECT
    'allowance' AS benefit_type,
    allowance_id AS benefit_id,
    order_id,
    claim_ds,
    discount_amt,
    alloc_dgmv_amt,
    refund_amt
  FROM ${cdm(ctx, "dwd_ecm_mkt_user_strategy_execution_allowance_get_use_df")}
  WHERE is_redeemed
),

wide AS (
  SELECT
    'coupon' AS benefit_type,
    coupon_id AS benefit_id,
    order_id,
    discount_amt,
    alloc_dgmv_amt,
    refund_amt
  FROM ${cdm(ctx, couponWide)}
  UNION ALL
  SELECT
    'allowance' AS benefit_type,
    allowance_id AS benefit_id,
    order_id,
    discount_amt,
    alloc_dgmv_amt,
    refund_amt
  FROM ${cdm(ctx, allowanceWide)}
)

SELECT
  CONCAT(chain.benefit_type, '|', chain.benefit_id, '|', chain.order_id) AS violation_key,
  chain.claim_ds AS event_ds,
  FORMAT('discount %t here, %t in the wide table', chain.discount_amt, wide.discount_amt) AS detail
FROM chain
LEFT JOIN wide
  ON wide.benefit_type = chain.benefit_type AND wide.benefit_id = chain.benefit_id AND wide.order_id = chain.order_id
WHERE wide.benefit_id IS NULL
  OR wide.discount_amt != chain.discount_amt
  OR wide.alloc_dgmv_amt != chain.alloc_dgmv_amt
  OR wide.refund_amt != chain.refund_amt`,
  }),
];

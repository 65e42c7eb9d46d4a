// Invariants of a sound source, on the latest version of every record: what the models rely on.
const { rule } = require("./rules.js");

const state = (ctx, table) => ctx.ref("growth_state", table);
const tags = ["source"];

/** CTE of discount records on paid lines: what was really used. */
const used = (ctx) => `used AS (
  SELECT
    record.*,
    line.user_id,
    line.paid_at
  FROM ${state(ctx, "order_benefit")} AS record
  INNER JOIN ${state(ctx, "order_line")} AS line USING (order_line_id)
  WHERE line.paid_at < ${params.asOfValue}
)`;

module.exports = [
  rule("source_discount_is_funded", {
    tags,
    description:
      "A discount is what the platform and the merchant pay: discount_amt = platform_amt + merchant_amt.",
    violations: (ctx) => `SELECT
  order_benefit_id AS violation_key,
  ds AS event_ds,
  FORMAT('discount_amt %t, platform_amt %t, merchant_amt %t', discount_amt, platform_amt, merchant_amt) AS detail
FROM ${state(ctx, "order_benefit")}
WHERE discount_amt != platform_amt + merchant_amt`,
  }),

  rule("source_line_adds_up", {
    tags,
    description: "What the user pays for a line is its list amount less its discounts.",
    violations: (ctx) => `WITH discount AS (
  SELECT
    order_line_id,
    SUM(discount_amt) AS discount_amt
  FROM ${state(ctx, "order_benefit")}
  GROUP BY order_line_id
)

SELECT
  line.order_line_id AS violation_key,
  line.ds AS event_ds,
  FORMAT('list_amt %t, discounts %t, pay_amt %t', line.list_amt, COALESCE(discount.discount_amt, 0), line.pay_amt) AS detail
FROM ${state(ctx, "order_line")} AS line
LEFT JOIN discount USING (order_line_id)
WHERE line.list_amt - COALESCE(discount.discount_amt, 0) != line.pay_amt`,
  }),

  rule("source_coupon_used_while_valid", {
    tags,
    description: "A coupon is used within its validity, by its owner.",
    violations: (ctx) => `WITH ${used(ctx)}

SELECT
  CONCAT(coupon.coupon_id, '|', used.order_benefit_id) AS violation_key,
  used.ds AS event_ds,
  FORMAT('used at %t by %s; valid %t to %t, owner %s',
    used.used_at, used.user_id, coupon.valid_from, coupon.valid_to, coupon.user_id) AS detail
FROM used
INNER JOIN ${state(ctx, "coupon")} AS coupon ON coupon.coupon_id = used.benefit_id
WHERE used.benefit_type = 'coupon'
  AND (used.used_at < coupon.valid_from OR used.used_at > coupon.valid_to OR used.user_id != coupon.user_id)`,
  }),

  rule("source_coupon_in_one_order", {
    tags,
    description:
      "A coupon is in one unreturned order at a time: it may be used again only after it came back.",
    violations: (ctx) => `WITH ${used(ctx)},

coupon_order AS (
  SELECT
    benefit_id,
    order_id,
    MIN(used_at) AS used_at,
    IF(LOGICAL_AND(returned_at IS NOT NULL), MAX(returned_at), NULL) AS returned_at
  FROM used
  WHERE benefit_type = 'coupon'
  GROUP BY benefit_id, order_id
),

next_order AS (
  SELECT
    *,
    LEAD(order_id) OVER uses AS next_order_id,
    LEAD(used_at) OVER uses AS next_used_at
  FROM coupon_order
  WINDOW uses AS (PARTITION BY benefit_id ORDER BY used_at, order_id)
)

SELECT
  benefit_id AS violation_key,
  ${params.day("next_used_at")} AS event_ds,
  FORMAT('order %s holds it until %t; order %s used it at %t',
    order_id, returned_at, next_order_id, next_used_at) AS detail
FROM next_order
WHERE next_order_id IS NOT NULL AND (returned_at IS NULL OR returned_at > next_used_at)`,
  }),

  rule("source_allowance_balance_not_negative", {
    tags,
    description:
      "An allowance is never used beyond what is left of it, in order of occurred_at, credits first, flow_id.",
    violations: (ctx) => `WITH running AS (
  SELECT
    flow_id,
    allowance_id,
    ds,
    SUM(IF(flow_type IN ('grant', 'return'), amt, -amt)) OVER (
      PARTITION BY allowance_id
      ORDER BY occurred_at, IF(flow_type IN ('grant', 'return'), 0, 1), flow_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS balance_amt
  FROM ${state(ctx, "allowance_flow")}
)

SELECT
  CONCAT(allowance_id, '|', flow_id) AS violation_key,
  ds AS event_ds,
  FORMAT('balance %t', balance_amt) AS detail
FROM running
WHERE balance_amt < 0`,
  }),

  rule("source_one_grant_per_allowance", {
    tags,
    description: "An allowance is granted once.",
    violations: (ctx) => `SELECT
  allowance_id AS violation_key,
  MAX(ds) AS event_ds,
  FORMAT('%d grants', COUNTIF(flow_type = 'grant')) AS detail
FROM ${state(ctx, "allowance_flow")}
GROUP BY allowance_id
HAVING COUNTIF(flow_type = 'grant') != 1`,
  }),

  rule("source_ledger_equals_discounts", {
    tags,
    description: "On a paid line, the ledger's uses of an allowance are the discounts of that allowance.",
    violations: (ctx) => `WITH ${used(ctx)},

discount AS (
  SELECT
    benefit_id,
    order_line_id,
    SUM(discount_amt) AS amt,
    MAX(ds) AS ds
  FROM used
  WHERE benefit_type = 'allowance'
  GROUP BY benefit_id, order_line_id
),

ledger AS (
  SELECT
    flow.allowance_id,
    flow.order_line_id,
    SUM(flow.amt) AS amt,
    MAX(flow.ds) AS ds
  FROM ${state(ctx, "allowance_flow")} AS flow
  INNER JOIN ${state(ctx, "order_line")} AS line USING (order_line_id)
  WHERE flow.flow_type = 'use' AND flow.occurred_at < ${params.asOfValue} AND line.paid_at < ${params.asOfValue}
  GROUP BY flow.allowance_id, flow.order_line_id
)

SELECT
  CONCAT(COALESCE(discount.benefit_id, ledger.allowance_id), '|', COALESCE(discount.order_line_id, ledger.order_line_id))
    AS violation_key,
  COALESCE(discount.ds, ledger.ds) AS event_ds,
  FORMAT('ledger %t, discounts %t', ledger.amt, discount.amt) AS detail
FROM discount
FULL JOIN ledger
  ON ledger.allowance_id = discount.benefit_id AND ledger.order_line_id = discount.order_line_id
WHERE COALESCE(discount.amt, 0) != COALESCE(ledger.amt, 0)`,
  }),

  rule("source_refund_within_payment", {
    tags,
    description: "What is refunded for a line is no more than what was paid for it.",
    violations: (ctx) => `WITH refund AS (
  SELECT
    order_line_id,
    SUM(refund_amt) AS refund_amt,
    MAX(ds) AS ds
  FROM ${state(ctx, "refund")}
  WHERE refund_status = 'succeeded'
  GROUP BY order_line_id
)

SELECT
  refund.order_line_id AS violation_key,
  refund.ds AS event_ds,
  FORMAT('refunded %t, paid %t', refund.refund_amt, line.pay_amt) AS detail
FROM refund
LEFT JOIN ${state(ctx, "order_line")} AS line USING (order_line_id)
WHERE line.order_line_id IS NULL OR refund.refund_amt > line.pay_amt`,
  }),

  rule("source_no_claim_in_control", {
    tags,
    description: "Control users are delivered nothing: no claim belongs to a control execution.",
    violations: (ctx) => `WITH claim AS (
  SELECT
    coupon_id AS claim_id,
    execution_id,
    ds
  FROM ${state(ctx, "coupon")}
  UNION ALL
  SELECT
    allowance_id AS claim_id,
    execution_id,
    ds
  FROM ${state(ctx, "allowance_flow")}
  WHERE flow_type = 'grant'
)

SELECT DISTINCT
  claim.claim_id AS violation_key,
  claim.ds AS event_ds,
  FORMAT('execution %s is a control execution', claim.execution_id) AS detail
FROM claim
INNER JOIN ${ctx.ref("redcdm", "dwd_ecm_mkt_user_strategy_execution_benefit_di")} AS benefit USING (execution_id)
WHERE benefit.is_control`,
  }),
];

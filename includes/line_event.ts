// What an order line was worth at the end of each day on which something happened to it: payment, refund, return.
//
// A cohort's window counts refunds and returns by their own day, so the figures "as known now" of the redemption tables do
// not serve: fully refunded, returned and the split of refunds are worked out anew for each of the line's days.
import { allocate } from "./allocation.ts";
import { linked } from "./increment.ts";
import type { Link } from "./link.ts";
import { asOf, day } from "./params.ts";

const uses = ["coupon_use_days", "allowance_use_days"] as const;
const isUseDay = (ctx: ActionContext, column: string) =>
  `(${uses.map((days) => linked(ctx, column, days)).join(" OR ")})`;

/** For `linked` of a table of triggers by day that uses states: where the claims stand, their uses, and what happened to these. */
export const linkedDays: Readonly<Record<string, Link>> = {
  coupon_days: { parent: "execution", child: "coupon" },
  allowance_days: { parent: "execution", child: "allowance" },
  coupon_use_days: { parent: "coupon", child: "order_line", from: ["coupon_days"] },
  allowance_use_days: { parent: "allowance", child: "order_line", from: ["allowance_days"] },
  benefit_days: { parent: "order_line", child: "order_benefit", from: uses },
  refund_days: { parent: "order_line", child: "refund", from: uses },
  flow_days: { parent: "order_line", child: "allowance_flow", from: uses },
};

/**
 * CTEs up to `record_state`, for the lines on which the claims of CTE `claims` (benefit_type, claim_id) were used: one row
 * per discount record (of any benefit on such a line) and day of the line (event_ds; the first is pay_ds) with its
 * amounts, and returned_discount_amt, net_platform_subsidy_amt, refund_amt (the line's refunds, split),
 * line_dgmv_amt, line_net_dgmv_amt and line_refund_amt as they were at the end of that day. An event before the payment takes
 * effect with the payment.
 */
export function states(ctx: ActionContext, claims: string): string {
  const records = ctx.ref("redcdm", "dwd_ecm_trd_order_benefit_di");
  const effect = (at: string) => `GREATEST(${day(at)}, line.pay_ds)`;
  return `used_line AS (
  SELECT DISTINCT order_line_id
  FROM ${records}
  WHERE ${isUseDay(ctx, "ds")} AND (
    benefit_type = 'coupon' AND benefit_id IN (SELECT claim_id FROM ${claims} WHERE benefit_type = 'coupon')
    OR benefit_type = 'allowance' AND benefit_id IN (SELECT claim_id FROM ${claims} WHERE benefit_type = 'allowance'))
),

line AS (
  SELECT order_line_id, order_id, pay_amt, dgmv_amt, ds AS pay_ds
  FROM ${ctx.ref("redcdm", "dwd_ecm_trd_order_line_di")}
  WHERE ${isUseDay(ctx, "ds")} AND order_line_id IN (SELECT order_line_id FROM used_line)
),

record AS (
  SELECT
    allocated.order_benefit_id,
    allocated.order_line_id,
    allocated.benefit_type,
    allocated.benefit_id,
    allocated.discount_amt,
    allocated.platform_subsidy_amt AS platform_amt,
    allocated.merchant_subsidy_amt AS merchant_amt,
    allocated.alloc_dgmv_amt,
    IF(benefit.benefit_type != 'allowance' AND benefit.returned_at < ${asOf}, ${effect("benefit.returned_at")}, NULL)
      AS returned_ds
  FROM ${records} AS allocated
  INNER JOIN line ON line.order_line_id = allocated.order_line_id
  INNER JOIN ${ctx.ref("growth_state", "order_benefit")} AS benefit
    ON benefit.order_benefit_id = allocated.order_benefit_id
  WHERE ${isUseDay(ctx, "allocated.ds")} AND ${linked(ctx, "benefit.ds", "benefit_days")}
    AND allocated.order_line_id IN (SELECT order_line_id FROM used_line)
),

refund AS (
  SELECT line.order_line_id, ${effect("refund.refunded_at")} AS event_ds, refund.refund_amt
  FROM ${ctx.ref("growth_state", "refund")} AS refund
  INNER JOIN line ON line.order_line_id = refund.order_line_id
  WHERE ${linked(ctx, "refund.ds", "refund_days")}
    AND refund.refund_status = 'succeeded' AND refund.refunded_at < ${asOf}
),

allowance_return AS (
  SELECT line.order_line_id, flow.allowance_id, ${effect("flow.occurred_at")} AS event_ds, flow.amt
  FROM ${ctx.ref("growth_state", "allowance_flow")} AS flow
  INNER JOIN line ON line.order_line_id = flow.order_line_id
  WHERE ${linked(ctx, "flow.ds", "flow_days")} AND flow.flow_type = 'return' AND flow.occurred_at < ${asOf}
),

line_day AS (
  SELECT order_line_id, pay_ds AS event_ds FROM line
  UNION DISTINCT
  SELECT order_line_id, event_ds FROM refund
  UNION DISTINCT
  SELECT order_line_id, returned_ds FROM record WHERE returned_ds IS NOT NULL
  UNION DISTINCT
  SELECT order_line_id, event_ds FROM allowance_return
),

refunded AS (
  SELECT line_day.order_line_id, line_day.event_ds, SUM(refund.refund_amt) AS refund_amt
  FROM line_day
  INNER JOIN refund ON refund.order_line_id = line_day.order_line_id AND refund.event_ds <= line_day.event_ds
  GROUP BY line_day.order_line_id, line_day.event_ds
),

-- Where an allowance has several records on a line, the first carries what came back; the platform's part is rounded once.
allowance_use AS (
  SELECT
    order_line_id,
    benefit_id,
    MIN(order_benefit_id) AS order_benefit_id,
    SUM(discount_amt) AS discount_amt,
    SUM(platform_amt) AS platform_amt
  FROM record
  WHERE benefit_type = 'allowance'
  GROUP BY order_line_id, benefit_id
),

allowance_back AS (
  SELECT
    line_day.event_ds,
    used.order_benefit_id,
    SUM(allowance_return.amt) AS returned_discount_amt,
    COALESCE(ROUND(SAFE_DIVIDE(SUM(allowance_return.amt) * ANY_VALUE(used.platform_amt), ANY_VALUE(used.discount_amt)), 2), 0)
      AS returned_platform_amt
  FROM line_day
  INNER JOIN allowance_use AS used ON used.order_line_id = line_day.order_line_id
  INNER JOIN allowance_return
    ON allowance_return.order_line_id = used.order_line_id
      AND allowance_return.allowance_id = used.benefit_id
      AND allowance_return.event_ds <= line_day.event_ds
  GROUP BY line_day.event_ds, used.order_benefit_id
),

returned AS (
  SELECT
    record.* EXCEPT (returned_ds),
    line_day.event_ds,
    CASE
      WHEN record.benefit_type = 'allowance' THEN COALESCE(back.returned_discount_amt, 0)
      WHEN record.returned_ds <= line_day.event_ds THEN record.discount_amt
      ELSE 0
    END AS returned_discount_amt,
    CASE
      WHEN record.benefit_type = 'allowance' THEN COALESCE(back.returned_platform_amt, 0)
      WHEN record.returned_ds <= line_day.event_ds THEN record.platform_amt
      ELSE 0
    END AS returned_platform_amt
  FROM line_day
  INNER JOIN record ON record.order_line_id = line_day.order_line_id
  LEFT JOIN allowance_back AS back
    ON back.order_benefit_id = record.order_benefit_id AND back.event_ds = line_day.event_ds
),

line_state AS (
  SELECT
    returned.order_line_id,
    returned.event_ds,
    ANY_VALUE(line.order_id) AS order_id,
    ANY_VALUE(line.pay_ds) AS pay_ds,
    ANY_VALUE(line.dgmv_amt) AS line_dgmv_amt,
    COALESCE(ANY_VALUE(refunded.refund_amt), 0) AS line_refund_amt,
    SUM(returned.returned_platform_amt) AS line_returned_platform_amt,
    COALESCE(ANY_VALUE(refunded.refund_amt >= line.pay_amt), FALSE) AS is_fully_refunded
  FROM returned
  INNER JOIN line ON line.order_line_id = returned.order_line_id
  LEFT JOIN refunded
    ON refunded.order_line_id = returned.order_line_id AND refunded.event_ds = returned.event_ds
  GROUP BY returned.order_line_id, returned.event_ds
),

-- Refunds are split over the records of a line and day: the two together stand for the line.
day_record AS (
  SELECT
    CONCAT(returned.order_line_id, '|', returned.event_ds) AS order_line_id,
    returned.order_line_id AS own_order_line_id,
    returned.* EXCEPT (order_line_id),
    line_state.* EXCEPT (order_line_id, event_ds)
  FROM returned
  INNER JOIN line_state
    ON line_state.order_line_id = returned.order_line_id AND line_state.event_ds = returned.event_ds
),

split_record AS (
  ${allocate("day_record", [{ amount: "line_refund_amt", result: "refund_amt" }])}
),

record_state AS (
  SELECT
    * EXCEPT (order_line_id, own_order_line_id),
    own_order_line_id AS order_line_id,
    IF(is_fully_refunded, 0, platform_amt - returned_platform_amt) AS net_platform_subsidy_amt,
    IF(is_fully_refunded, 0, line_dgmv_amt - line_refund_amt - line_returned_platform_amt) AS line_net_dgmv_amt
  FROM split_record
)`;
}

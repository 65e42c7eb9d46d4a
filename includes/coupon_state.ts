// What a coupon is now: one rule for every table that shows it.
import { linked, narrowed } from "./increment.ts";
import { asOf } from "./params.ts";

/** CTE `coupon_use`: per redeemed coupon whether an unreturned order still holds it; incrementally of `coupons` only (needs use_days). */
export function inUse(ctx: ActionContext, coupons: string): string {
  return `coupon_use AS (
  SELECT benefit_id AS coupon_id, LOGICAL_OR(NOT is_returned) AS is_in_use
  FROM ${ctx.ref("redcdm", "dwd_ecm_trd_redemption_di")}
  WHERE benefit_type = 'coupon' AND ${linked(ctx, "redeem_ds", "use_days")} AND ${narrowed(ctx, `benefit_id IN (${coupons})`)}
  GROUP BY benefit_id
)`;
}

/** coupon_state of a row of `coupon` (coupon_status, valid_to) LEFT JOINed to coupon_use. */
export function state(coupon: string): string {
  return `CASE
    WHEN coupon_use.is_in_use THEN 'redeemed'
    WHEN ${coupon}.coupon_status = 'voided' THEN 'voided'
    WHEN ${coupon}.valid_to < ${asOf} THEN 'expired'
    ELSE 'available'
  END`;
}

// Redemption columns: the same in every wide and chain table, zero or NULL where the benefit was not redeemed.
import { linked, narrowed } from "./increment.ts";

const amounts = [
  "discount_amt",
  "platform_subsidy_amt",
  "merchant_subsidy_amt",
  "returned_discount_amt",
  "net_platform_subsidy_amt",
  "net_merchant_subsidy_amt",
  "order_dgmv_amt",
  "alloc_dgmv_amt",
  "net_dgmv_amt",
  "refund_amt",
  "order_refund_amt",
] as const;

/**
 * The redemption columns of a table that LEFT JOINs redemptions under the name `redemption`: without an order the ids,
 * instants and redeem_seq are NULL, the amounts and line_cnt 0, the flags FALSE. is_first_row marks the row of a benefit
 * over which its own amounts (face_amt, grant_amt) may be added up.
 */
export function columns(): string {
  return `redemption.order_id,
  redemption.redeem_at,
  redemption.redeem_ds,
  redemption.redeem_seq,
  COALESCE(redemption.line_cnt, 0) AS line_cnt,
${amounts.map((name) => `  COALESCE(redemption.${name}, 0) AS ${name},`).join("\n")}
  COALESCE(redemption.is_returned, FALSE) AS is_returned,
  COALESCE(redemption.is_partly_returned, FALSE) AS is_partly_returned,
  COALESCE(redemption.redeem_seq, 1) = 1 AS is_first_row`;
}

/** CTE `redemption`: the redemptions of one benefit type, numbered per benefit; incrementally those of `benefits` only (needs use_days). */
export function numbered(ctx: ActionContext, type: "coupon" | "allowance", benefits: string): string {
  return `redemption AS (
  SELECT
    used.*,
    ROW_NUMBER() OVER (PARTITION BY used.benefit_id ORDER BY used.redeem_at, used.order_id) AS redeem_seq
  FROM ${ctx.ref("redcdm", "dwd_ecm_trd_redemption_di")} AS used
  WHERE used.benefit_type = '${type}' AND ${linked(ctx, "used.redeem_ds", "use_days")} AND ${narrowed(ctx, `used.benefit_id IN (${benefits})`)}
)`;
}

/** Sums of discount records (aliased columns of dwd_ecm_trd_order_benefit_di) and of whole lines over a grouping of lines. */
export function sums(): string {
  return `COUNT(*) AS line_cnt,
    SUM(discount_amt) AS discount_amt,
    SUM(platform_subsidy_amt) AS platform_subsidy_amt,
    SUM(merchant_subsidy_amt) AS merchant_subsidy_amt,
    SUM(returned_discount_amt) AS returned_discount_amt,
    SUM(net_platform_subsidy_amt) AS net_platform_subsidy_amt,
    SUM(net_merchant_subsidy_amt) AS net_merchant_subsidy_amt,
    SUM(line_dgmv_amt) AS order_dgmv_amt,
    SUM(alloc_dgmv_amt) AS alloc_dgmv_amt,
    SUM(net_dgmv_amt) AS net_dgmv_amt,
    SUM(refund_amt) AS refund_amt,
    SUM(line_refund_amt) AS order_refund_amt`;
}

/** The same sums one step before, per line: amounts of the line's records added up, the line's own amounts once. */
export function lineSums(): string {
  return `MIN(paid_at) AS paid_at,
    ANY_VALUE(user_id) AS user_id,
    SUM(discount_amt) AS discount_amt,
    SUM(platform_subsidy_amt) AS platform_subsidy_amt,
    SUM(merchant_subsidy_amt) AS merchant_subsidy_amt,
    SUM(returned_discount_amt) AS returned_discount_amt,
    SUM(net_platform_subsidy_amt) AS net_platform_subsidy_amt,
    SUM(net_merchant_subsidy_amt) AS net_merchant_subsidy_amt,
    ANY_VALUE(line_dgmv_amt) AS line_dgmv_amt,
    SUM(alloc_dgmv_amt) AS alloc_dgmv_amt,
    SUM(net_dgmv_amt) AS net_dgmv_amt,
    SUM(refund_amt) AS refund_amt,
    ANY_VALUE(line_refund_amt) AS line_refund_amt`;
}

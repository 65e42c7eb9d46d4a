/**
 * Every claimed coupon of the last 600 days by claim day, one row per coupon and order; a coupon without a redemption
 * has one row without an order. The template's money attributes are those known at the end of the claim day; what came
 * with the bootstrap load was always known.
 */
import { type JudgedTable, rowKey } from "../facts.ts";
import type { Known } from "../known.ts";
import { redemptionColumns } from "../redemptions.ts";
import type { CouponTemplate } from "../rows.ts";
import { addDays, type Day, daysFrom } from "../time.ts";

const WINDOW_DAYS = 600;

export const couponWide: JudgedTable = {
  table: "redcdm.dm_ecm_trd_mkt_activity_coupon_get_use_600d_di",
  key: ["row_key"],
  rows: ({ known, coupons }) => {
    const first = addDays(known.runDate, 1 - WINDOW_DAYS);
    return coupons
      .filter(({ claimDs }) => claimDs >= first && claimDs <= known.runDate)
      .flatMap(({ row, claimDs, state, redemptions }) => {
        const template = templateAt(known, row.coupon_template_id, claimDs);
        const withoutOrder = {
          available: "unused",
          redeemed: "redeemed",
          expired: "expired",
          voided: "voided",
        }[state];
        const redeemed = redemptions.length === 0 ? [undefined] : redemptions;
        return redeemed.map((redemption, at) => ({
          row_key: rowKey(row.coupon_id, redemption?.orderId),
          coupon_id: row.coupon_id,
          coupon_template_id: row.coupon_template_id,
          user_id: row.user_id,
          claim_scene_code: row.claim_scene_code,
          execution_id: row.execution_id,
          coupon_type: template?.coupon_type ?? null,
          threshold_amt: template?.threshold_amt ?? null,
          platform_share: template?.platform_share ?? null,
          face_amt: row.face_amt,
          claim_at: row.claim_at,
          valid_from: row.valid_from,
          valid_to: row.valid_to,
          is_synthetic: row.is_synthetic,
          coupon_state: state,
          use_state: redemption ? (redemption.isReturned ? "returned" : "redeemed") : withoutOrder,
          claim_to_redeem_days: redemption ? daysFrom(claimDs, redemption.redeemDs) : null,
          ...redemptionColumns(redemption, at + 1),
          ds: claimDs,
        }));
      });
  },
};

/** A coupon template as it was known at the end of a claim's day; what came with the bootstrap load was always known. */
export function templateAt(
  known: Known,
  templateId: string | null,
  claimDs: Day,
): CouponTemplate | undefined {
  const end = known.days.endOf(claimDs);
  return known
    .state(
      "couponTemplate",
      (ingestedAt) =>
        ingestedAt < end || (known.bootstrapAt !== undefined && ingestedAt <= known.bootstrapAt),
    )
    .find((template) => template.coupon_template_id === templateId);
}

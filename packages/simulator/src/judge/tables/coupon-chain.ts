/**
 * The smart-marketing chain of coupon benefits, control left out, one row per execution_id, benefit_seq, coupon_id and
 * order_id; ds = trigger day. User, scene and template_id are the trigger's, coupon_template_id the claim's.
 */
import type { ClaimedCoupon } from "../coupons.ts";
import type { JudgedTable } from "../facts.ts";
import type { ExpectedRow } from "../rows.ts";
import { chain } from "./chain.ts";

export const couponChain: JudgedTable = {
  table: "redcdm.dwd_ecm_mkt_user_strategy_execution_coupon_get_use_df",
  key: ["row_key"],
  rows: (facts) => {
    const claims = facts.coupons.map((coupon) => ({
      id: coupon.row.coupon_id,
      trigger: coupon.trigger,
      redemptions: coupon.redemptions,
      columns: claimColumns(coupon),
    }));
    return chain(facts, "coupon", claims, claimColumns(undefined));
  },
};

function claimColumns(coupon: ClaimedCoupon | undefined): ExpectedRow {
  return {
    coupon_id: coupon?.row.coupon_id ?? null,
    coupon_template_id: coupon?.row.coupon_template_id ?? null,
    claim_at: coupon?.row.claim_at ?? null,
    claim_ds: coupon?.claimDs ?? null,
    face_amt: coupon?.row.face_amt ?? null,
    valid_from: coupon?.row.valid_from ?? null,
    valid_to: coupon?.row.valid_to ?? null,
    coupon_state: coupon?.state ?? null,
  };
}

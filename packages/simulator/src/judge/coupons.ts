/**
 * Claimed coupons with their redemptions and state. In use (a redemption that did not come back): 'redeemed'; else
 * voided by the platform: 'voided'; else past valid_to: 'expired'; else 'available'.
 */
import type { Known } from "./known.ts";
import { type Redemption, redemptionsOf, type Use } from "./redemptions.ts";
import type { Coupon } from "./rows.ts";
import { type Day, instantOf } from "./time.ts";
import { type TriggeredBenefit, triggerOf } from "./triggers.ts";

export interface ClaimedCoupon {
  readonly row: Coupon;
  readonly claimDs: Day;
  readonly state: "available" | "redeemed" | "expired" | "voided";
  readonly trigger: TriggeredBenefit | undefined;
  readonly redemptions: readonly Redemption[];
}

export function claimedCoupons(
  known: Known,
  uses: readonly Use[],
  triggered: readonly TriggeredBenefit[],
): ClaimedCoupon[] {
  return known
    .state("coupon")
    .filter((row) => known.happened(row.claim_at))
    .map((row) => {
      const claimDs = known.dayOf(row.claim_at);
      const redemptions = redemptionsOf(known, uses, "coupon", row.coupon_id);
      const trigger = triggerOf(known, triggered, {
        type: "coupon",
        executionId: row.execution_id,
        benefitSeq: row.benefit_seq,
        templateId: row.coupon_template_id,
        ds: claimDs,
      });
      return { row, claimDs, state: stateOf(known, row, redemptions), trigger, redemptions };
    });
}

function stateOf(known: Known, row: Coupon, redemptions: readonly Redemption[]): ClaimedCoupon["state"] {
  if (redemptions.some(({ isReturned }) => !isReturned)) return "redeemed";
  if (row.coupon_status === "voided") return "voided";
  if (row.valid_to !== null && instantOf(row.valid_to) < known.asOf) return "expired";
  return "available";
}

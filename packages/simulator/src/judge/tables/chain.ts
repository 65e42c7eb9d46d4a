import { type Facts, rowKey } from "../facts.ts";
import { type Redemption, redemptionColumns } from "../redemptions.ts";
import type { ExpectedRow } from "../rows.ts";
import type { TriggeredBenefit } from "../triggers.ts";
import { triggerColumns } from "./trigger-columns.ts";

/** A claim with what a chain shows of it. */
export interface ChainClaim {
  readonly id: string;
  readonly trigger: TriggeredBenefit | undefined;
  readonly redemptions: readonly Redemption[];
  readonly columns: ExpectedRow;
}

/**
 * The rows of a smart-marketing chain: every triggered benefit of one type, control left out, with its claims and their
 * redemptions. A benefit that nobody claimed has one row, with the columns of `unclaimed`.
 */
export function chain(
  { triggered }: Facts,
  type: "coupon" | "allowance",
  claims: readonly ChainClaim[],
  unclaimed: ExpectedRow,
): ExpectedRow[] {
  return triggered
    .filter(({ benefit, isControl }) => benefit.benefit_type === type && !isControl)
    .flatMap((trigger): ExpectedRow[] => {
      const { execution_id } = trigger.log;
      const { benefit_seq } = trigger.benefit;
      const own = claims.filter((claim) => claim.trigger === trigger);
      if (own.length === 0)
        return [
          {
            row_key: rowKey(execution_id, benefit_seq, null, null),
            ...triggerColumns(trigger),
            ...unclaimed,
            is_claimed: false,
            is_redeemed: false,
            ...redemptionColumns(undefined, 1),
          },
        ];
      return own.flatMap((claim) => {
        const redeemed = claim.redemptions.length === 0 ? [undefined] : claim.redemptions;
        return redeemed.map((redemption, at) => ({
          row_key: rowKey(execution_id, benefit_seq, claim.id, redemption?.orderId),
          ...triggerColumns(trigger),
          ...claim.columns,
          is_claimed: true,
          is_redeemed: redemption !== undefined,
          ...redemptionColumns(redemption, at + 1),
        }));
      });
    });
}

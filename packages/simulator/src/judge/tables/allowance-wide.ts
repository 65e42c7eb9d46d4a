/**
 * Granted allowances, all history, one row per allowance and order; partition grant_ds. used_amt and returned_amt are the
 * ledger's for the order's paid lines; expired and revoked are the allowance's; balance_after_amt is what was left right
 * after the last use in the order, without an order now.
 */
import { type Facts, type JudgedTable, rowKey } from "../facts.ts";
import type { Entry } from "../ledger.ts";
import { amountText, sum } from "../money.ts";
import { type Redemption, redemptionColumns } from "../redemptions.ts";
import { daysFrom } from "../time.ts";

export const allowanceWide: JudgedTable = {
  table: "redcdm.dm_ecm_trd_mkt_activity_user_allowance_get_use_1d_df",
  key: ["row_key"],
  rows: (facts) =>
    facts.allowances.flatMap((allowance) => {
      const { grant, grantDs, redemptions } = allowance;
      const redeemed = redemptions.length === 0 ? [undefined] : redemptions;
      return redeemed.map((redemption, at) => {
        const used = redemption ? ledgerOf(facts, grant.allowance_id, "use", redemption) : [];
        const balanceAfter = redemption ? used.at(-1)?.balance : allowance.balance;
        return {
          row_key: rowKey(grant.allowance_id, redemption?.orderId),
          allowance_id: grant.allowance_id,
          allowance_template_id: grant.allowance_template_id,
          user_id: grant.user_id,
          execution_id: grant.execution_id,
          grant_at: grant.occurred_at,
          valid_to: grant.valid_to,
          grant_amt: amountText(allowance.granted),
          used_amt: amountText(sum(used.map(({ amount }) => amount))),
          returned_amt: redemption?.amounts.returned_discount_amt ?? "0.00",
          expired_amt: amountText(allowance.expired),
          revoked_amt: amountText(allowance.revoked),
          balance_after_amt: balanceAfter === undefined ? null : amountText(balanceAfter),
          grant_to_redeem_days: redemption ? daysFrom(grantDs, redemption.redeemDs) : null,
          ...redemptionColumns(redemption, at + 1),
          grant_ds: grantDs,
        };
      });
    }),
};

/** The allowance's entries of one type on the paid lines of an order, in the ledger's order. */
function ledgerOf(
  { ledger, lines }: Facts,
  allowanceId: string,
  type: string,
  { orderId }: Redemption,
): Entry[] {
  const paid = new Set(
    lines.filter(({ line }) => line.order_id === orderId).map(({ line }) => line.order_line_id),
  );
  return ledger
    .entries(allowanceId, type)
    .filter(({ flow }) => flow.order_line_id !== null && paid.has(flow.order_line_id));
}

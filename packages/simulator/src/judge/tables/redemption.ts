/** Redemptions of coupons and allowances, claimed or not, one row per benefit_type, benefit_id and order_id. */
import type { JudgedTable } from "../facts.ts";
import { groupBy, redemption as redemptionFrom } from "../redemptions.ts";

export const redemption: JudgedTable = {
  table: "redcdm.dwd_ecm_trd_redemption_di",
  key: ["benefit_type", "benefit_id", "order_id"],
  rows: ({ known, uses }) => {
    const claimable = uses.filter(({ record }) => record.row.benefit_type !== "promotion");
    const pairs = groupBy(claimable, ({ record: { row } }) =>
      JSON.stringify([row.benefit_type, row.benefit_id, row.order_id]),
    );
    return [...pairs.values()].map((pair) => {
      const redeemed = redemptionFrom(known, pair);
      return {
        benefit_id: pair[0]?.record.row.benefit_id ?? null,
        order_id: redeemed.orderId,
        user_id: redeemed.userId,
        benefit_type: pair[0]?.record.row.benefit_type ?? null,
        ...redeemed.amounts,
        redeem_at: redeemed.redeemAt,
        redeem_ds: redeemed.redeemDs,
      };
    });
  },
};

/** Coupons that strategies issued (execution_id NOT NULL), one row per coupon_id. User and template are the coupon's. */
import type { JudgedTable } from "../facts.ts";
import { claimTriggerColumns } from "./trigger-columns.ts";

export const executionCoupon: JudgedTable = {
  table: "redcdm.dwd_ecm_mkt_user_strategy_execution_coupon_df",
  key: ["coupon_id"],
  rows: ({ coupons }) =>
    coupons
      .filter(({ row }) => row.execution_id !== null)
      .map(({ row, claimDs, state, trigger }) => ({
        coupon_id: row.coupon_id,
        execution_id: row.execution_id,
        ...claimTriggerColumns(trigger, row.benefit_seq),
        user_id: row.user_id,
        coupon_template_id: row.coupon_template_id,
        coupon_state: state,
        face_amt: row.face_amt,
        claim_at: row.claim_at,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        claim_ds: claimDs,
      })),
};

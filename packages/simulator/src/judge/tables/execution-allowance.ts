/** Allowances that strategies granted (execution_id NOT NULL), one row per allowance_id, with what the ledger says now. */
import type { JudgedTable } from "../facts.ts";
import { amountText } from "../money.ts";
import { claimTriggerColumns } from "./trigger-columns.ts";

export const executionAllowance: JudgedTable = {
  table: "redcdm.dwd_ecm_mkt_user_strategy_execution_allowance_df",
  key: ["allowance_id"],
  rows: ({ allowances }) =>
    allowances
      .filter(({ grant }) => grant.execution_id !== null)
      .map((allowance) => ({
        allowance_id: allowance.grant.allowance_id,
        execution_id: allowance.grant.execution_id,
        ...claimTriggerColumns(allowance.trigger, allowance.grant.benefit_seq),
        user_id: allowance.grant.user_id,
        allowance_template_id: allowance.grant.allowance_template_id,
        grant_amt: amountText(allowance.granted),
        used_amt: amountText(allowance.used),
        returned_amt: amountText(allowance.returned),
        expired_amt: amountText(allowance.expired),
        revoked_amt: amountText(allowance.revoked),
        balance_amt: amountText(allowance.balance),
        claim_at: allowance.grant.occurred_at,
        valid_to: allowance.grant.valid_to,
        claim_ds: allowance.grantDs,
      })),
};

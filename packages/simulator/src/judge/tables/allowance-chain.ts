/**
 * The smart-marketing chain of allowance benefits, control left out, one row per execution_id, benefit_seq, allowance_id
 * and order_id; ds = trigger day. User, scene and template_id are the trigger's, allowance_template_id the grant's.
 */
import type { GrantedAllowance } from "../allowances.ts";
import type { JudgedTable } from "../facts.ts";
import { amountText } from "../money.ts";
import type { ExpectedRow } from "../rows.ts";
import { chain } from "./chain.ts";

export const allowanceChain: JudgedTable = {
  table: "redcdm.dwd_ecm_mkt_user_strategy_execution_allowance_get_use_df",
  key: ["row_key"],
  rows: (facts) => {
    const claims = facts.allowances.map((allowance) => ({
      id: allowance.grant.allowance_id,
      trigger: allowance.trigger,
      redemptions: allowance.redemptions,
      columns: claimColumns(allowance),
    }));
    return chain(facts, "allowance", claims, claimColumns(undefined));
  },
};

function claimColumns(allowance: GrantedAllowance | undefined): ExpectedRow {
  return {
    allowance_id: allowance?.grant.allowance_id ?? null,
    allowance_template_id: allowance?.grant.allowance_template_id ?? null,
    claim_at: allowance?.grant.occurred_at ?? null,
    claim_ds: allowance?.grantDs ?? null,
    grant_amt: allowance ? amountText(allowance.granted) : null,
    balance_amt: allowance ? amountText(allowance.balance) : null,
    valid_to: allowance?.grant.valid_to ?? null,
  };
}

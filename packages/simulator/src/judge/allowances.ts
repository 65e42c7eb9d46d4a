/** Granted allowances with their redemptions and what the ledger says of them up to the moment. */
import type { Known } from "./known.ts";
import type { Ledger } from "./ledger.ts";
import { type Cents, sum } from "./money.ts";
import { type Redemption, redemptionsOf, type Use } from "./redemptions.ts";
import type { LedgerFlow } from "./rows.ts";
import type { Day } from "./time.ts";
import { type TriggeredBenefit, triggerOf } from "./triggers.ts";

export interface GrantedAllowance {
  readonly grant: LedgerFlow;
  readonly granted: Cents;
  readonly grantDs: Day;
  /** All uses and returns, of unpaid orders too: grant - used + returned - expired - revoked = balance. */
  readonly used: Cents;
  readonly returned: Cents;
  readonly expired: Cents;
  readonly revoked: Cents;
  readonly balance: Cents;
  readonly trigger: TriggeredBenefit | undefined;
  readonly redemptions: readonly Redemption[];
}

export function grantedAllowances(
  known: Known,
  ledger: Ledger,
  uses: readonly Use[],
  triggered: readonly TriggeredBenefit[],
): GrantedAllowance[] {
  return ledger.grants().map(({ flow, amount }) => {
    const total = (type: string) => sum(ledger.entries(flow.allowance_id, type).map((entry) => entry.amount));
    const grantDs = known.dayOf(flow.occurred_at);
    return {
      grant: flow,
      granted: amount,
      grantDs,
      used: total("use"),
      returned: total("return"),
      expired: total("expire"),
      revoked: total("revoke"),
      balance: ledger.balance(flow.allowance_id),
      trigger: triggerOf(known, triggered, {
        type: "allowance",
        executionId: flow.execution_id,
        benefitSeq: flow.benefit_seq,
        templateId: flow.allowance_template_id,
        ds: grantDs,
      }),
      redemptions: redemptionsOf(known, uses, "allowance", flow.allowance_id),
    };
  });
}

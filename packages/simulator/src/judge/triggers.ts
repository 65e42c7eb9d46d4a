/**
 * Triggered benefits. Of the log rows of an execution (the platform retries) the one with the smallest (triggered_at,
 * log_id) wins, and its whole benefits array is taken; of a repeated benefit_seq the first element stands.
 */
import type { Known } from "./known.ts";
import { groupBy } from "./redemptions.ts";
import { textOrder } from "./row-text.ts";
import type { PlannedBenefit, TriggerLog } from "./rows.ts";
import { addDays, type Day, instantOf } from "./time.ts";

export interface TriggeredBenefit {
  readonly log: TriggerLog;
  readonly ds: Day;
  readonly isControl: boolean;
  readonly benefit: PlannedBenefit;
}

export function triggeredBenefits(known: Known): TriggeredBenefit[] {
  const logs = known.state("triggerLog").filter((log) => known.happened(log.triggered_at));
  return [...groupBy(logs, (log) => log.execution_id).values()].flatMap((attempts) => {
    const [log] = attempts.sort(
      (a, b) => instantOf(a.triggered_at) - instantOf(b.triggered_at) || textOrder(a.log_id, b.log_id),
    );
    if (!log) return [];
    const benefits = log.benefits ?? [];
    return benefits
      .filter(
        (benefit, at) => benefits.findIndex((other) => other.benefit_seq === benefit.benefit_seq) === at,
      )
      .map((benefit) => ({
        log,
        ds: known.dayOf(log.triggered_at),
        isControl: log.experiment_group === "control",
        benefit,
      }));
  });
}

/** What a claim says about where it comes from. */
export interface Claim {
  readonly type: "coupon" | "allowance";
  readonly executionId: string | null;
  readonly benefitSeq: number | null;
  readonly templateId: string | null;
  readonly ds: Day;
}

/**
 * The benefit of a claim: of the claim's execution, triggered in [claim_ds - trigger_claim_days, claim_ds], of the claim's
 * type, with its benefit_seq. A claim without one matches only where the execution has a single benefit of its type and
 * template.
 */
export function triggerOf(
  known: Known,
  triggered: readonly TriggeredBenefit[],
  claim: Claim,
): TriggeredBenefit | undefined {
  if (claim.executionId === null) return undefined;
  const earliest = addDays(claim.ds, -known.triggerClaimDays);
  const possible = triggered.filter(
    ({ log, ds, benefit }) =>
      log.execution_id === claim.executionId &&
      ds >= earliest &&
      ds <= claim.ds &&
      benefit.benefit_type === claim.type,
  );
  if (claim.benefitSeq !== null)
    return possible.find(({ benefit }) => benefit.benefit_seq === claim.benefitSeq);
  const ofTemplate = possible.filter(({ benefit }) => benefit.template_id === claim.templateId);
  return ofTemplate.length === 1 ? ofTemplate[0] : undefined;
}

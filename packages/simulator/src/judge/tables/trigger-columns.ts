import type { ExpectedRow } from "../rows.ts";
import type { TriggeredBenefit } from "../triggers.ts";

/** The trigger columns of the public tables and chains. */
export function triggerColumns({ log, ds, benefit }: TriggeredBenefit): ExpectedRow {
  return {
    execution_id: log.execution_id,
    benefit_seq: benefit.benefit_seq,
    user_id: log.user_id,
    strategy_id: log.strategy_id,
    strategy_version: log.strategy_version,
    scene_code: log.scene_code,
    triggered_at: log.triggered_at,
    experiment_id: log.experiment_id,
    experiment_group: log.experiment_group,
    benefit_type: benefit.benefit_type,
    template_id: benefit.template_id,
    planned_amt: benefit.planned_amt,
    ds,
  };
}

/** The trigger of a claim, in the tables of claims: NULL where it is not found. */
export function claimTriggerColumns(
  trigger: TriggeredBenefit | undefined,
  claimedSeq: number | null,
): ExpectedRow {
  return {
    has_trigger: trigger !== undefined,
    benefit_seq: trigger?.benefit.benefit_seq ?? claimedSeq,
    trigger_ds: trigger?.ds ?? null,
    triggered_at: trigger?.log.triggered_at ?? null,
    strategy_id: trigger?.log.strategy_id ?? null,
    strategy_version: trigger?.log.strategy_version ?? null,
    scene_code: trigger?.log.scene_code ?? null,
  };
}

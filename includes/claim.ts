// A claim finds its trigger: one rule for coupons and allowances.
import { integer } from "./params.ts";

/**
 * CTEs from `claim` (execution_id, benefit_seq, template_id, claim_ds and its own columns; execution_id NOT NULL) to
 * `triggered_claim`: the claim's columns, and `benefit` columns of the trigger it belongs to, NULL where none is found.
 *
 * By execution_id and benefit_seq; a claim without benefit_seq only where the execution has a single benefit of this type
 * and template; only triggers of the trigger_claim_days before the claim's day, and of that day itself.
 */
export function withTrigger(ctx: ActionContext, type: "coupon" | "allowance"): string {
  return `benefit AS (
  SELECT
    execution_id, benefit_seq, template_id, strategy_id, strategy_version, scene_code, triggered_at, ds,
    COUNT(*) OVER (PARTITION BY execution_id, template_id) AS alike_cnt
  FROM ${ctx.ref("redcdm", "dwd_ecm_mkt_user_strategy_execution_benefit_di")}
  WHERE benefit_type = '${type}' AND execution_id IN (SELECT execution_id FROM claim)
),

triggered_claim AS (
  SELECT
    claim.* EXCEPT (benefit_seq),
    IFNULL(claim.benefit_seq, benefit.benefit_seq) AS benefit_seq,
    benefit.execution_id IS NOT NULL AS has_trigger,
    benefit.ds AS trigger_ds,
    benefit.triggered_at,
    benefit.strategy_id,
    benefit.strategy_version,
    benefit.scene_code
  FROM claim
  LEFT JOIN benefit
    ON benefit.execution_id = claim.execution_id
    AND (
      benefit.benefit_seq = claim.benefit_seq
      OR (claim.benefit_seq IS NULL AND benefit.alike_cnt = 1 AND benefit.template_id = claim.template_id))
    AND benefit.ds BETWEEN DATE_SUB(claim.claim_ds, INTERVAL ${integer("trigger_claim_days")} DAY) AND claim.claim_ds
)`;
}

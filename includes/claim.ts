// A claim finds its trigger: one rule for coupons and allowances.
import { linked } from "./increment.ts";
import { integer } from "./params.ts";

/**
 * CTEs from `claim` (execution_id, benefit_seq, template_id, claim_ds and its own columns; execution_id NOT NULL) to
 * `triggered_claim`: the claim's columns, and `benefit` columns of the trigger it belongs to, NULL where none is found.
 *
 * By execution_id and benefit_seq; a claim without benefit_seq only where the execution has a single benefit of this type
 * and template; only triggers of the trigger_claim_days before the claim's day, and of that day itself. An incremental build
 * needs `linked` days trigger_days.
 */
export function withTrigger(ctx: ActionContext, type: "coupon" | "allowance"): string {
  const range = (benefit: string) =>
    `${benefit}.ds >= DATE_SUB(claim.claim_ds, INTERVAL ${integer("trigger_claim_days")} DAY) AND ${benefit}.ds <= claim.claim_ds`;
  const trigger = ["strategy_id", "strategy_version", "scene_code", "triggered_at"];
  return `benefit AS (
  SELECT
    execution_id, benefit_seq, template_id, strategy_id, strategy_version, scene_code, triggered_at, ds,
    COUNT(*) OVER (PARTITION BY execution_id, template_id) AS alike_cnt
  FROM ${ctx.ref("redcdm", "dwd_ecm_mkt_user_strategy_execution_benefit_di")}
  WHERE benefit_type = '${type}' AND ${linked(ctx, "ds", "trigger_days")} AND execution_id IN (SELECT execution_id FROM claim)
),

sole_benefit AS (
  SELECT * FROM benefit WHERE alike_cnt = 1
),

keyed_claim AS (
  SELECT *, IF(benefit_seq IS NULL, template_id, NULL) AS sole_template_id FROM claim
),

-- A claim names its benefit, or else is the only one of its template: two joins, of which at most one finds a row.
triggered_claim AS (
  SELECT
    claim.* EXCEPT (benefit_seq, sole_template_id),
    COALESCE(claim.benefit_seq, sole.benefit_seq) AS benefit_seq,
    named.execution_id IS NOT NULL OR sole.execution_id IS NOT NULL AS has_trigger,
    COALESCE(named.ds, sole.ds) AS trigger_ds,
${trigger.map((name) => `    COALESCE(named.${name}, sole.${name}) AS ${name}`).join(",\n")}
  FROM keyed_claim AS claim
  LEFT JOIN benefit AS named
    ON named.execution_id = claim.execution_id AND named.benefit_seq = claim.benefit_seq AND ${range("named")}
  LEFT JOIN sole_benefit AS sole
    ON sole.execution_id = claim.execution_id AND sole.template_id = claim.sole_template_id AND ${range("sole")}
)`;
}

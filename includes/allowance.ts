// The allowance ledger: grants and running balances, one rule for every table that shows them.
import { linked, narrowed, touched } from "./increment.ts";
import type { Link } from "./link.ts";
import { asOf } from "./params.ts";

/** For `linked` of a table that uses ledger: where the flows of the allowances granted in the touched partitions stand. */
export const linkedFlows: Readonly<Record<string, Link>> = {
  flow_days: { parent: "allowance", child: "allowance_flow" },
};

/**
 * CTEs for the allowances granted in the touched partitions:
 * - `allowance_grant`: one row per allowance_id, its first grant (grant_at, grant_ds, grant_amt, valid_to, execution_id, ...)
 * - `ledger`: every flow of these with balance_amt right after it, in order of occurred_at, credits first, flow_id
 * - `balance`: per allowance_id the sums by flow type (currency units) and the balance now
 */
export function ledger(ctx: ActionContext): string {
  const flow = ctx.ref("growth_state", "allowance_flow");
  return `flow AS (
  SELECT *
  FROM ${flow}
  WHERE occurred_at < ${asOf} AND ${linked(ctx, "ds", "flow_days")} AND ${narrowed(
    ctx,
    `allowance_id IN (SELECT allowance_id FROM ${flow} WHERE flow_type = 'grant' AND ds IN UNNEST(touched_ds))`,
  )}
),

allowance_grant AS (
  SELECT
    allowance_id, allowance_template_id, user_id, execution_id, benefit_seq,
    amt AS grant_amt, occurred_at AS grant_at, ds AS grant_ds, valid_to
  FROM (
    SELECT *
    FROM flow
    WHERE flow_type = 'grant'
    QUALIFY ROW_NUMBER() OVER (PARTITION BY allowance_id ORDER BY occurred_at, flow_id) = 1
  )
  WHERE ${touched(ctx, "ds")}
),

ledger AS (
  SELECT
    flow_id, allowance_id, flow_type, amt, order_line_id, occurred_at,
    SUM(IF(flow_type IN ('grant', 'return'), amt, -amt)) OVER (
      PARTITION BY allowance_id
      ORDER BY occurred_at, IF(flow_type IN ('grant', 'return'), 0, 1), flow_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS balance_amt
  FROM flow
),

balance AS (
  SELECT
    allowance_id,
    SUM(IF(flow_type = 'use', amt, 0)) AS used_amt,
    SUM(IF(flow_type = 'return', amt, 0)) AS returned_amt,
    SUM(IF(flow_type = 'expire', amt, 0)) AS expired_amt,
    SUM(IF(flow_type = 'revoke', amt, 0)) AS revoked_amt,
    SUM(IF(flow_type IN ('grant', 'return'), amt, -amt)) AS balance_amt
  FROM flow
  GROUP BY allowance_id
)`;
}

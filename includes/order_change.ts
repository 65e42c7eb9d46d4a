// Days on which a change of orders, discounts or claims shows, for tables by day that hold no order of their own.
import { allowances, coupons, executions, lines, orders } from "./changes.ts";
import { asOf, beginningOfTime, day, runDate } from "./params.ts";

/** Temporary tables changed_line, changed_order, changed_coupon and changed_allowance, and changed_pay: every place of a changed order. */
export function changedOrders(ctx: ActionContext): Record<string, string> {
  const log = ctx.ref("reddw", "dw_trd_order_goods_day");
  return {
    changed_line: lines(ctx),
    changed_order: orders(ctx),
    changed_execution: executions(ctx),
    changed_coupon: `${coupons(ctx)}
UNION DISTINCT
SELECT coupon_id FROM ${ctx.ref("growth_state", "coupon")}
WHERE execution_id IN (SELECT execution_id FROM changed_execution)`,
    changed_allowance: `${allowances(ctx)}
UNION DISTINCT
SELECT allowance_id FROM ${ctx.ref("growth_state", "allowance_flow")}
WHERE execution_id IN (SELECT execution_id FROM changed_execution)`,
    // Every version says where the order stood; is_moved: a version of a line arrived or its payment came due.
    changed_pay: `SELECT
  user_id,
  ${day("paid_at")} AS ds,
  LOGICAL_OR(ingested_at >= built_as_of_at OR paid_at >= built_as_of_at OR order_line_id IN (
    SELECT order_line_id FROM ${log} WHERE ingested_at >= built_as_of_at AND ingested_at < ${asOf})) AS is_moved
FROM ${log}
WHERE ingested_at < ${asOf} AND paid_at < ${asOf}
  AND order_id IN (SELECT order_id FROM changed_order)
GROUP BY user_id, ds`,
  };
}

/** Query of the days of discounts on paid lines whose record, line, claim or trigger changed (needs changedOrders). */
export function discountDays(ctx: ActionContext): string {
  const changed = `(benefit_type = 'coupon' AND benefit_id IN (SELECT coupon_id FROM changed_coupon)
    OR benefit_type = 'allowance' AND benefit_id IN (SELECT allowance_id FROM changed_allowance))`;
  return `SELECT ds FROM changed_pay
UNION DISTINCT
SELECT ds FROM ${ctx.ref("redcdm", "dwd_ecm_trd_order_benefit_di")} WHERE ${changed}
UNION DISTINCT
SELECT redeem_ds FROM ${ctx.ref("redcdm", "dwd_ecm_trd_redemption_di")} WHERE ${changed}`;
}

/** CTE growth_benefit: coupons and allowances that strategies issued (benefit_type, benefit_id, strategy_id, NULL without a trigger). */
export function growthBenefit(ctx: ActionContext): string {
  return `growth_benefit AS (
  SELECT 'coupon' AS benefit_type, coupon_id AS benefit_id, strategy_id
  FROM ${ctx.ref("redcdm", "dwd_ecm_mkt_user_strategy_execution_coupon_df")}
  UNION ALL
  SELECT 'allowance', allowance_id, strategy_id
  FROM ${ctx.ref("redcdm", "dwd_ecm_mkt_user_strategy_execution_allowance_df")}
)`;
}

/**
 * Queries of the days that pass: from `back` days before the last build on; and those by which the first order ever, where the
 * tables begin, has moved.
 */
export function passingDays(ctx: ActionContext, back: number | string): string[] {
  const orders = ctx.ref("redcdm", "dwd_ecm_trd_order_di");
  const began = `(SELECT MIN(ds) AS first_ds FROM ${orders}) AS began`;
  const since = `IF(built_as_of_at = ${beginningOfTime}, began.first_ds, DATE_SUB(${day("built_as_of_at")}, INTERVAL ${back} DAY))`;
  return [
    `SELECT ds FROM ${began}, UNNEST(GENERATE_DATE_ARRAY(GREATEST(began.first_ds, ${since}), ${runDate})) AS ds`,
    `SELECT ds
     FROM ${began}, (SELECT MIN(ds) AS first_ds FROM ${ctx.self()}) AS stood,
       UNNEST(GENERATE_DATE_ARRAY(
         LEAST(began.first_ds, stood.first_ds), GREATEST(began.first_ds, stood.first_ds))) AS ds
     WHERE began.first_ds != stood.first_ds`,
    `SELECT ds FROM ${ctx.self()} WHERE NOT EXISTS (SELECT 1 FROM ${orders})`,
  ];
}

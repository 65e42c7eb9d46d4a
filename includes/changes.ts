// What changed in the sources since the last build (script variable built_as_of_at), as queries of keys.
//
// A key changes when a version of it arrives, and when an instant of it passes that was still ahead at the last build
// (an event whose own time is not before as_of_at is not counted yet). A correction may move a record from one line,
// order or benefit to another: every version of an arrived record is looked at, so that the place it left is rebuilt too.
import { asOf, day } from "./params.ts";

const arrived = `ingested_at >= built_as_of_at AND ingested_at < ${asOf}`;
const today = `ds >= ${day("built_as_of_at")}`;

function due(column: string): string {
  return `${column} >= built_as_of_at AND ${column} < ${asOf}`;
}

const log = {
  execution: ["redods", "ods_ecm_mkt_strategy_execution_log_di"],
  coupon: ["reddw", "dw_trd_goods_coupon_day"],
  couponTemplate: ["reddw", "dw_trd_coupon_template_day"],
  allowanceFlow: ["reddw", "dw_trd_user_allowance_flow_day"],
  promotion: ["reddw", "dw_trd_promotion_target_benefit_day"],
  orderLine: ["reddw", "dw_trd_order_goods_day"],
  orderBenefit: ["reddw", "dw_trd_order_benefit_day"],
  refund: ["reddw", "dw_trd_refund_day"],
} as const;

type Log = (typeof log)[keyof typeof log];

/** Every version of the records that have a version since the last build: the columns asked for. */
function versions(ctx: ActionContext, [dataset, table]: Log, key: string, columns: string): string {
  const source = ctx.ref(dataset, table);
  return `SELECT ${columns} FROM ${source}
WHERE ingested_at < ${asOf} AND ${key} IN (SELECT ${key} FROM ${source} WHERE ${arrived})`;
}

function state(ctx: ActionContext, table: string): string {
  return ctx.ref("growth_state", table);
}

/** order_line_id of every order line whose own row, discounts, refunds or allowance flows changed. */
export function lines(ctx: ActionContext): string {
  return `SELECT order_line_id FROM ${ctx.ref(...log.orderLine)} WHERE ${arrived}
UNION DISTINCT
${versions(ctx, log.orderBenefit, "order_benefit_id", "order_line_id")}
UNION DISTINCT
${versions(ctx, log.refund, "refund_id", "order_line_id")}
UNION DISTINCT
${versions(ctx, log.allowanceFlow, "flow_id", "order_line_id")} AND order_line_id IS NOT NULL
UNION DISTINCT
SELECT order_line_id FROM ${state(ctx, "order_line")} WHERE ${today} AND ${due("paid_at")}
UNION DISTINCT
SELECT order_line_id FROM ${state(ctx, "order_benefit")} WHERE ${due("returned_at")}
UNION DISTINCT
SELECT order_line_id FROM ${state(ctx, "refund")} WHERE ${today} AND ${due("refunded_at")}
UNION DISTINCT
SELECT order_line_id FROM ${state(ctx, "allowance_flow")}
WHERE ${today} AND ${due("occurred_at")} AND order_line_id IS NOT NULL`;
}

/** order_id of every order, as any version tells, with a line in the table changed_line. */
export function orders(ctx: ActionContext): string {
  return `SELECT DISTINCT order_id FROM ${ctx.ref(...log.orderLine)}
WHERE ingested_at < ${asOf} AND order_line_id IN (SELECT order_line_id FROM changed_line)`;
}

/** benefit_id of one type whose discount records, or the lines that these stand on, changed (needs changed_line). */
export function usedBenefits(ctx: ActionContext, type: "coupon" | "allowance" | "promotion"): string {
  return `${versions(ctx, log.orderBenefit, "order_benefit_id", "benefit_id")} AND benefit_type = '${type}'
UNION DISTINCT
SELECT benefit_id FROM ${state(ctx, "order_benefit")}
WHERE benefit_type = '${type}' AND order_line_id IN (SELECT order_line_id FROM changed_line)`;
}

/** execution_id of every execution with a changed log row. */
export function executions(ctx: ActionContext): string {
  return `${versions(ctx, log.execution, "log_id", "execution_id")}
UNION DISTINCT
SELECT execution_id FROM ${state(ctx, "strategy_execution_log")} WHERE ${today} AND ${due("triggered_at")}`;
}

/** coupon_id of every coupon that changed, was used differently, or expired (needs changed_line). */
export function coupons(ctx: ActionContext): string {
  return `SELECT coupon_id FROM ${ctx.ref(...log.coupon)} WHERE ${arrived}
UNION DISTINCT
SELECT coupon_id FROM ${state(ctx, "coupon")} WHERE ${due("valid_to")} OR (${today} AND ${due("claim_at")})
UNION DISTINCT
${usedBenefits(ctx, "coupon")}`;
}

/** coupon_id of the coupons claimed on a day still open at the last build whose template changed since. */
export function couponsOfChangedTemplates(ctx: ActionContext): string {
  return `SELECT coupon_id FROM ${state(ctx, "coupon")}
WHERE ${today} AND coupon_template_id IN (
  SELECT coupon_template_id FROM ${ctx.ref(...log.couponTemplate)} WHERE ${arrived})`;
}

/** allowance_id of every allowance with a changed flow or use (needs changed_line). */
export function allowances(ctx: ActionContext): string {
  return `${versions(ctx, log.allowanceFlow, "flow_id", "allowance_id")}
UNION DISTINCT
SELECT allowance_id FROM ${state(ctx, "allowance_flow")} WHERE ${today} AND ${due("occurred_at")}
UNION DISTINCT
${usedBenefits(ctx, "allowance")}`;
}

/** promotion_id of every promotion whose configuration changed or started. */
export function configuredPromotions(ctx: ActionContext): string {
  return `SELECT promotion_id FROM ${ctx.ref(...log.promotion)}
WHERE (${arrived}) OR (ingested_at < ${asOf} AND ${due("start_at")})`;
}

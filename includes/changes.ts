// What changed since the last build (script variable built_as_of_at): the keys, and the days they stand on or stood on.
//
// It is worked out once a run, in growth_state.change (change_feed.ts): a key changes when a version of it or of what belongs
// to it arrives, and when an instant of it passes that was still ahead. A table with no finished build finds everything.
import type { ChangeSubject } from "./change_feed.ts";
import { asOf, day } from "./params.ts";

/** Where all keys of a subject stand: table of growth_state, its column, and which rows. */
const stands: Readonly<Record<ChangeSubject, readonly [table: string, key: string, where?: string]>> = {
  order_line: ["order_line", "order_line_id"],
  order: ["order_line", "order_id"],
  coupon: ["coupon", "coupon_id"],
  coupon_claim: ["coupon", "coupon_id"],
  coupon_trigger: ["strategy_execution_log", "execution_id"],
  coupon_event: ["strategy_execution_log", "execution_id"],
  allowance: ["allowance_flow", "allowance_id", "flow_type = 'grant'"],
  allowance_claim: ["allowance_flow", "allowance_id", "flow_type = 'grant'"],
  allowance_trigger: ["strategy_execution_log", "execution_id"],
  execution: ["strategy_execution_log", "execution_id"],
  promotion: ["promotion_target", "promotion_id"],
  user: ["order_line", "user_id"],
  buyer: ["order_line", "user_id"],
};

function changed(ctx: ActionContext, subject: ChangeSubject, column: string): string {
  return `SELECT ${column}
FROM ${ctx.ref("growth_state", "change")}
WHERE change_ds >= ${day("built_as_of_at")} AND as_of_at > built_as_of_at AND subject = '${subject}'`;
}

// Prunes every partition, unless everything counts as changed.
const everything = "ds >= IF(is_everything, DATE '0001-01-01', DATE '9999-12-31')";

/** Query of the keys of a subject that changed, as a column named like the key. */
function keys(ctx: ActionContext, subject: ChangeSubject): string {
  const [table, key, where = "TRUE"] = stands[subject];
  return `${changed(ctx, subject, `subject_id AS ${key}`)} AND NOT is_everything
UNION DISTINCT
SELECT ${key} FROM ${ctx.ref("growth_state", table)}
WHERE ${everything} AND ${where} AND ${key} IS NOT NULL`;
}

/** Query of the places (key, named as in the table, and ds) at which changed keys of a subject stand, or stood before. */
export function places(ctx: ActionContext, subject: ChangeSubject): string {
  const [table, key] = stands[subject];
  return `${changed(ctx, subject, `subject_id AS ${key}, ds`)} AND NOT is_everything
UNION DISTINCT
SELECT ${key}, ds FROM ${ctx.ref("growth_state", table)} WHERE ${everything}`;
}

/** Query of the days (ds) on which changed keys of a subject stand, or stood before. */
export function days(ctx: ActionContext, subject: ChangeSubject): string {
  const [table] = stands[subject];
  return `${changed(ctx, subject, "ds")} AND NOT is_everything
UNION DISTINCT
SELECT ds FROM ${ctx.ref("growth_state", table)} WHERE ${everything}`;
}

/** coupon_id of every coupon that changed, was used differently, or expired, or whose execution changed. */
export function coupons(ctx: ActionContext): string {
  return `${keys(ctx, "coupon")}
UNION DISTINCT
${keys(ctx, "coupon_claim")}`;
}

/** allowance_id of every allowance with a changed flow, use or execution. */
export function allowances(ctx: ActionContext): string {
  return `${keys(ctx, "allowance")}
UNION DISTINCT
${keys(ctx, "allowance_claim")}`;
}

/** user_id of everyone with an order line that changed, or did so before the line went to somebody else. */
export function users(ctx: ActionContext): string {
  return keys(ctx, "user");
}

function ofChangedTemplates(ctx: ActionContext, column: string): string {
  return `SELECT ${column} FROM ${ctx.ref("growth_state", "coupon")}
WHERE ds >= ${day("built_as_of_at")} AND coupon_template_id IN (
  SELECT coupon_template_id FROM ${ctx.ref("reddw", "dw_trd_coupon_template_day")}
  WHERE ingested_at >= built_as_of_at AND ingested_at < ${asOf})`;
}

/** coupon_id of the coupons claimed on a day still open at the last build whose template changed since. */
export function couponsOfChangedTemplates(ctx: ActionContext): string {
  return ofChangedTemplates(ctx, "coupon_id");
}

/** The days on which they were claimed. */
export function daysOfChangedTemplates(ctx: ActionContext): string {
  return ofChangedTemplates(ctx, "ds");
}

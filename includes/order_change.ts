// Days on which a change of orders, discounts or claims shows, for tables by day that hold no order of their own.
import { allowances, coupons, days } from "./changes.ts";
import { type Changed, linked } from "./increment.ts";
import { type Link, linkedDays } from "./link.ts";
import { beginningOfTime, day, integer, runDate } from "./params.ts";

/**
 * For `changed`: discount_days, the days of discounts on paid lines whose record, line, claim or trigger changed. Of changed claims
 * the days of their uses are found by the days on which they were claimed.
 */
export function discountDays(ctx: ActionContext): Changed {
  const isChanged = `(benefit_type = 'coupon' AND benefit_id IN (SELECT coupon_id FROM changed_coupon)
    OR benefit_type = 'allowance' AND benefit_id IN (SELECT allowance_id FROM changed_allowance))`;
  const used = (parent: "coupon" | "allowance") =>
    linkedDays(ctx, { parent, child: "order_line", from: [`changed_${parent}_days`] });
  return {
    changed_coupon: coupons(ctx),
    changed_allowance: allowances(ctx),
    changed_coupon_days: { days: `${days(ctx, "coupon")}\nUNION DISTINCT\n${days(ctx, "coupon_claim")}` },
    changed_allowance_days: {
      days: `${days(ctx, "allowance")}\nUNION DISTINCT\n${days(ctx, "allowance_claim")}`,
    },
    use_days: { days: `${used("coupon")}\nUNION DISTINCT\n${used("allowance")}` },
    discount_days: {
      days: `${days(ctx, "order")}
UNION DISTINCT
SELECT ds FROM ${ctx.ref("redcdm", "dwd_ecm_trd_order_benefit_di")}
WHERE ds IN UNNEST(use_days) AND ${isChanged}
UNION DISTINCT
SELECT redeem_ds FROM ${ctx.ref("redcdm", "dwd_ecm_trd_redemption_di")}
WHERE redeem_ds IN UNNEST(use_days) AND ${isChanged}`,
    },
  };
}

/** Links to the claim days of what was used on the days of a variable, for growthBenefit. */
export function claimDays(from = "touched_ds"): Readonly<Record<"coupon_days" | "allowance_days", Link>> {
  return {
    coupon_days: { parent: "order_line", child: "coupon", from: [from] },
    allowance_days: { parent: "order_line", child: "allowance", from: [from] },
  };
}

/**
 * CTE growth_benefit: coupons and allowances that strategies issued (benefit_type, benefit_id, strategy_id, NULL without a trigger);
 * in an incremental build those of the claimDays.
 */
export function growthBenefit(ctx: ActionContext): string {
  return `growth_benefit AS (
  SELECT 'coupon' AS benefit_type, coupon_id AS benefit_id, strategy_id
  FROM ${ctx.ref("redcdm", "dwd_ecm_mkt_user_strategy_execution_coupon_df")}
  WHERE ${linked(ctx, "claim_ds", "coupon_days")}
  UNION ALL
  SELECT 'allowance', allowance_id, strategy_id
  FROM ${ctx.ref("redcdm", "dwd_ecm_mkt_user_strategy_execution_allowance_df")}
  WHERE ${linked(ctx, "claim_ds", "allowance_days")}
)`;
}

/** Condition: an order (its alias) is paid after a redemption (its day, instant and order), early enough to be a repurchase. */
export function isRepurchase(later: string, redeemDs: string, redeemAt: string, orderId: string): string {
  const last = `DATE_ADD(${redeemDs}, INTERVAL ${integer("repurchase_window_days")} DAY)`;
  return `${later}.ds BETWEEN ${redeemDs} AND ${last}
    AND ${later}.order_id != ${orderId}
    AND (${later}.paid_at > ${redeemAt} OR ${later}.paid_at = ${redeemAt} AND ${later}.order_id > ${orderId})`;
}

const orders = (ctx: ActionContext) => ctx.ref("redcdm", "dwd_ecm_trd_order_di");

/** For `changed` of a table that begins with the first order ever: its day. */
export function beginning(ctx: ActionContext): Changed {
  return { began_days: { days: `SELECT MIN(ds) AS ds FROM ${orders(ctx)}` } };
}

/** SQL of the day of the first order ever, NULL without one; an incremental build needs `beginning`. */
export function firstDay(ctx: ActionContext): string {
  return ctx.incremental() ? "began_days[SAFE_OFFSET(0)]" : `(SELECT MIN(ds) FROM ${orders(ctx)})`;
}

/**
 * Queries of the days that pass: from `back` days before the last build on; and those by which the first order ever, where the
 * tables begin, has moved. They need `beginning`.
 */
export function passingDays(ctx: ActionContext, back: number | string): string[] {
  const began = firstDay(ctx);
  const since = `IF(built_as_of_at = ${beginningOfTime}, ${began}, DATE_SUB(${day("built_as_of_at")}, INTERVAL ${back} DAY))`;
  return [
    `SELECT ds FROM UNNEST(GENERATE_DATE_ARRAY(GREATEST(${began}, ${since}), ${runDate})) AS ds`,
    `SELECT ds
     FROM (SELECT MIN(ds) AS first_ds FROM ${ctx.self()}) AS stood,
       UNNEST(GENERATE_DATE_ARRAY(LEAST(${began}, stood.first_ds), GREATEST(${began}, stood.first_ds))) AS ds
     WHERE ${began} != stood.first_ds`,
    `SELECT ds FROM ${ctx.self()} WHERE ${began} IS NULL`,
  ];
}

// Discount records of order lines with what came back of them, as order lines and their allocation both need them.
import { linked, narrowed } from "./increment.ts";
import type { Link } from "./link.ts";
import { asOf } from "./params.ts";

/** For `linked` of a table that uses benefitRecords: where the records and ledger entries of the touched lines stand. */
export const linkedRecords: Readonly<Record<string, Link>> = {
  benefit_days: { parent: "order_line", child: "order_benefit" },
  flow_days: { parent: "order_line", child: "allowance_flow" },
};

/**
 * CTEs up to `benefit_record`: one row per order_benefit_id with returned_discount_amt and returned_platform_amt (currency
 * units); incrementally of the lines of the CTE `lines` (order_line_id), else of every line, paid or not.
 *
 * A coupon's or promotion's record is returned whole at returned_at. An allowance comes back through its ledger: the
 * `return` flows of the line, the platform part in proportion (half-up to the cent); where an allowance has several
 * records on a line, the first carries what came back.
 */
export function benefitRecords(ctx: ActionContext): string {
  const touchedLines = narrowed(ctx, "order_line_id IN (SELECT order_line_id FROM lines)");
  return `line_benefit AS (
  SELECT benefit.*
  FROM ${ctx.ref("growth_state", "order_benefit")} AS benefit
  WHERE ${linked(ctx, "ds", "benefit_days")} AND ${touchedLines}
),

allowance_return AS (
  SELECT allowance_id, order_line_id, SUM(amt) AS return_amt
  FROM ${ctx.ref("growth_state", "allowance_flow")}
  WHERE flow_type = 'return' AND occurred_at < ${asOf}
    AND ${linked(ctx, "ds", "flow_days")} AND ${touchedLines}
  GROUP BY allowance_id, order_line_id
),

allowance_line AS (
  SELECT
    used.order_line_id,
    used.benefit_id,
    MIN(used.order_benefit_id) AS order_benefit_id,
    ANY_VALUE(returned.return_amt) AS return_amt,
    COALESCE(ROUND(SAFE_DIVIDE(ANY_VALUE(returned.return_amt) * SUM(used.platform_amt), SUM(used.discount_amt)), 2), 0)
      AS return_platform_amt
  FROM line_benefit AS used
  INNER JOIN allowance_return AS returned
    ON returned.allowance_id = used.benefit_id AND returned.order_line_id = used.order_line_id
  WHERE used.benefit_type = 'allowance'
  GROUP BY used.order_line_id, used.benefit_id
),

benefit_record AS (
  SELECT
    line_benefit.order_benefit_id,
    line_benefit.order_line_id,
    line_benefit.benefit_type,
    line_benefit.benefit_id,
    line_benefit.discount_amt,
    line_benefit.platform_amt,
    line_benefit.merchant_amt,
    CASE
      WHEN line_benefit.benefit_type = 'allowance' THEN COALESCE(allowance_line.return_amt, 0)
      WHEN line_benefit.returned_at < ${asOf} THEN line_benefit.discount_amt
      ELSE 0
    END AS returned_discount_amt,
    CASE
      WHEN line_benefit.benefit_type = 'allowance' THEN COALESCE(allowance_line.return_platform_amt, 0)
      WHEN line_benefit.returned_at < ${asOf} THEN line_benefit.platform_amt
      ELSE 0
    END AS returned_platform_amt
  FROM line_benefit
  LEFT JOIN allowance_line USING (order_benefit_id)
)`;
}

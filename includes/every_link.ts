// What belongs together, worked out from all of the state tables: what a full refresh of growth_state.change writes to
// growth_state.day_link and growth_state.orphan, to which change_feed.ts adds what a day's change brings.

function state(ctx: ActionContext, table: string): string {
  return ctx.ref("growth_state", table);
}

/** Claims are looked for from their triggers and triggers from their claims; so, too, uses and what is used. */
export function bothWays(pair: string): string {
  return `SELECT parent, child, from_ds, to_ds FROM ${pair}
UNION DISTINCT
SELECT child, parent, to_ds, from_ds FROM ${pair}
WHERE parent = 'execution' OR (parent != 'order_line' AND child = 'order_line')`;
}

/** CTEs of everything that belongs together: (parent, parent_id, child, from_ds or NULL, to_ds). */
function everyPair(ctx: ActionContext): string {
  const from = (table: string) => state(ctx, table);
  return `WITH line AS (
  SELECT order_line_id, order_id, ds FROM ${from("order_line")}
),
used AS (
  SELECT benefit_type, benefit_id, order_line_id FROM ${from("order_benefit")} WHERE benefit_id IS NOT NULL
  UNION DISTINCT
  SELECT 'allowance', allowance_id, order_line_id FROM ${from("allowance_flow")} WHERE order_line_id IS NOT NULL
),
used_day AS (
  SELECT DISTINCT used.benefit_type, used.benefit_id, line.ds FROM used INNER JOIN line USING (order_line_id)
),
granted AS (
  SELECT DISTINCT allowance_id, execution_id, ds FROM ${from("allowance_flow")} WHERE flow_type = 'grant'
),
place AS (
  SELECT 'order_line' AS parent, order_line_id AS id, ds FROM line
  UNION ALL
  SELECT 'coupon', coupon_id, ds FROM ${from("coupon")}
  UNION ALL
  SELECT DISTINCT 'allowance', allowance_id, ds FROM granted
  UNION ALL
  SELECT DISTINCT 'execution', execution_id, ds FROM ${from("strategy_execution_log")}
  UNION ALL
  SELECT DISTINCT 'promotion', promotion_id, ds FROM ${from("promotion_target")}
),
belonging AS (
  SELECT 'order_line' AS parent, order_line_id AS parent_id, 'order_benefit' AS child, ds FROM ${from("order_benefit")}
  UNION ALL
  SELECT 'order_line', order_line_id, 'refund', ds FROM ${from("refund")}
  UNION ALL
  SELECT 'order_line', order_line_id, 'allowance_flow', ds FROM ${from("allowance_flow")}
  UNION ALL
  SELECT benefit_type, benefit_id, 'order_line', ds FROM used_day
  UNION ALL
  SELECT 'allowance', allowance_id, 'allowance_flow', ds FROM ${from("allowance_flow")}
  UNION ALL
  SELECT 'execution', execution_id, 'coupon', ds FROM ${from("coupon")}
  UNION ALL
  SELECT 'execution', execution_id, 'allowance', ds FROM granted
  UNION ALL
  SELECT 'promotion', promotion_id, 'promotion', ds FROM ${from("promotion_target")}
  UNION ALL
  SELECT 'execution', execution_id, 'execution', ds FROM ${from("strategy_execution_log")}
)`;
}

/** Query of every pair of days of growth_state.day_link. */
export function allLinks(ctx: ActionContext): string {
  return `${everyPair(ctx)},
pair AS (
  SELECT DISTINCT belonging.parent, belonging.child, place.ds AS from_ds, belonging.ds AS to_ds
  FROM belonging
  INNER JOIN place ON place.parent = belonging.parent AND place.id = belonging.parent_id
  UNION DISTINCT
  SELECT 'order_line', 'order_line', one.ds, other.ds
  FROM (SELECT DISTINCT order_id, ds FROM line) AS one
  INNER JOIN (SELECT DISTINCT order_id, ds FROM line) AS other ON other.order_id = one.order_id
)
${bothWays("pair")}`;
}

/** Query of everything that waits for its other end. */
export function allOrphans(ctx: ActionContext): string {
  return `${everyPair(ctx)}
SELECT DISTINCT belonging.parent, belonging.parent_id, belonging.child, belonging.ds
FROM belonging
LEFT JOIN place ON place.parent = belonging.parent AND place.id = belonging.parent_id
WHERE belonging.parent_id IS NOT NULL AND place.id IS NULL`;
}

/** Query of the days (id, ds) of the orders on which each promotion was used. */
export function allPromotionUses(ctx: ActionContext): string {
  return `SELECT DISTINCT record.benefit_id AS id, other.ds
FROM ${state(ctx, "order_benefit")} AS record
INNER JOIN ${state(ctx, "order_line")} AS line ON line.order_line_id = record.order_line_id
INNER JOIN ${state(ctx, "order_line")} AS other ON other.order_id = line.order_id
WHERE record.benefit_type = 'promotion'`;
}

// Which orders counted on which days, as it was known at each day's end: the history of every order line and refund, version
// by version. Spans of days are [from_ds, to_ds), open ones end at `openEnd`.
import { users } from "./changes.ts";
import { type Changed, narrowed } from "./increment.ts";
import { tieText } from "./log.ts";
import { asOf, beginningOfTime, bootstrapAt, day, hasBootstrap, openEnd } from "./params.ts";
import { userBuckets, versions } from "./user_line.ts";

const orderLog = (ctx: ActionContext) => ctx.ref("reddw", "dw_trd_order_goods_day");
const refundLog = (ctx: ActionContext) => ctx.ref("reddw", "dw_trd_refund_day");

/** For `changed`: changed_user, who has or had a changed line, who registered, and `others`; with their buckets. */
export function changedUser(ctx: ActionContext, others = ""): Changed {
  return {
    changed_user: `${users(ctx)}
UNION DISTINCT
SELECT user_id FROM ${ctx.ref("redcdm", "dim_ecm_user_df")}
WHERE ingested_at < ${asOf}
  AND (ingested_at >= built_as_of_at OR registered_at >= built_as_of_at AND registered_at < ${asOf})${others && `\nUNION DISTINCT\n${others}`}`,
    ...userBuckets,
  };
}

/**
 * Query of versions with the days on which each was the last known one: [known_ds, next_ds). Versions of the bootstrap load
 * were known from the beginning. Only keys with several versions are ranked; of those of one instant the one with the
 * greatest `tie` stands.
 */
function knownVersions(source: string, key: string, columns: string, where: string, tie: string): string {
  const start = day(beginningOfTime);
  const knownDs = hasBootstrap
    ? `IF(ingested_at <= ${bootstrapAt}, ${start}, ${day("ingested_at")})`
    : day("ingested_at");
  const rows = `ingested_at < ${asOf} AND ${where}`;
  const several = `SELECT ${key} FROM ${source} WHERE ${rows} GROUP BY ${key} HAVING COUNT(*) > 1`;
  return `SELECT ${key}, ${columns}, ${knownDs} AS known_ds, ${openEnd} AS next_ds
  FROM ${source}
  WHERE ${rows} AND ${key} NOT IN (${several})
  UNION ALL
  SELECT ${key}, ${columns}, known_ds, LEAD(known_ds, 1, ${openEnd}) OVER (PARTITION BY ${key} ORDER BY known_ds)
  FROM (
    SELECT *
    FROM (
      SELECT ${key}, ${columns}, ingested_at, ${knownDs} AS known_ds, ${tie} AS tie_text
      FROM ${source} AS version
      WHERE ${rows} AND ${key} IN (${several})
    )
    QUALIFY ROW_NUMBER() OVER (PARTITION BY ${key}, known_ds ORDER BY ingested_at DESC, tie_text DESC) = 1
  )`;
}

/**
 * CTEs up to paid_line (the spans in which a line was paid: user_id, order_id, order_line_id, pay_amt, pay_ds), refunded or
 * not. In an incremental build of the users of changed_user.
 */
export function paid(ctx: ActionContext): string {
  const columns = "order_id, user_id, pay_amt, paid_at";
  const line = ctx.incremental()
    ? knownVersions("user_version", "order_line_id", columns, "TRUE", "version.tie_text")
    : knownVersions(
        orderLog(ctx),
        "order_line_id",
        columns,
        "TRUE",
        tieText("version", ["order_line_id", "ingested_at"]),
      );
  return `${ctx.incremental() ? `user_version AS (\n  ${versions(ctx)}\n),\n\n` : ""}line_version AS (
  ${line}
),

paid_line AS (
  SELECT
    user_id, order_id, order_line_id, pay_amt,
    ${day("paid_at")} AS pay_ds,
    GREATEST(known_ds, ${day("paid_at")}) AS from_ds,
    next_ds AS to_ds
  FROM line_version
  WHERE paid_at < ${asOf} AND ${day("paid_at")} < next_ds
    AND ${narrowed(ctx, "user_id IN (SELECT user_id FROM changed_user)")}
)`;
}

/**
 * CTEs paid_line and valid_order (the spans in which an order counted: a paid line of it was not fully refunded; pay_ds is
 * its earliest paid line's). In an incremental build of the users of changed_user.
 */
export function known(ctx: ActionContext): string {
  const ofLines = narrowed(
    ctx,
    `refund_id IN (
    SELECT refund_id FROM ${refundLog(ctx)}
    WHERE ingested_at < ${asOf} AND order_line_id IN (SELECT order_line_id FROM line_version))`,
  );
  return `${paid(ctx)},

refund_version AS (
  ${knownVersions(refundLog(ctx), "refund_id", "order_line_id, refund_amt, refund_status, refunded_at", ofLines, tieText("version", ["refund_id", "ingested_at"]))}
),

refund_step AS (
  SELECT order_line_id, ds, SUM(step) AS step, SUM(step * refund_amt) AS refund_amt
  FROM (
    SELECT
      order_line_id, refund_amt,
      [STRUCT(GREATEST(known_ds, ${day("refunded_at")}) AS ds, 1 AS step), STRUCT(next_ds AS ds, -1 AS step)] AS steps
    FROM refund_version
    WHERE refund_status = 'succeeded' AND refunded_at < ${asOf} AND ${day("refunded_at")} < next_ds
  ) AS refund
  CROSS JOIN UNNEST(refund.steps)
  GROUP BY order_line_id, ds
),

refunded AS (
  SELECT
    order_line_id,
    ds AS from_ds,
    LEAD(ds, 1, ${openEnd}) OVER (PARTITION BY order_line_id ORDER BY ds) AS to_ds,
    SUM(step) OVER until_day AS refund_cnt,
    SUM(refund_amt) OVER until_day AS refund_amt
  FROM refund_step
  WINDOW until_day AS (PARTITION BY order_line_id ORDER BY ds ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),

-- A free line (pay_amt 0) without a refund is not refunded.
refunded_line AS (
  SELECT
    paid_line.user_id, paid_line.order_id,
    GREATEST(paid_line.from_ds, refunded.from_ds) AS from_ds,
    LEAST(paid_line.to_ds, refunded.to_ds) AS to_ds
  FROM paid_line
  INNER JOIN refunded ON refunded.order_line_id = paid_line.order_line_id
  WHERE refunded.refund_cnt > 0 AND refunded.refund_amt >= paid_line.pay_amt
    AND GREATEST(paid_line.from_ds, refunded.from_ds) < LEAST(paid_line.to_ds, refunded.to_ds)
),

paid_lines AS (
  SELECT user_id, order_id, from_ds, to_ds, MIN(pay_ds) AS pay_ds, COUNT(*) AS line_cnt, 0 AS refunded_cnt
  FROM paid_line
  GROUP BY user_id, order_id, from_ds, to_ds
  UNION ALL
  SELECT user_id, order_id, from_ds, to_ds, NULL, 0, COUNT(*)
  FROM refunded_line
  GROUP BY user_id, order_id, from_ds, to_ds
),

order_edge AS (
  SELECT user_id, order_id, ds AS from_ds, LEAD(ds, 1, ${openEnd}) OVER (PARTITION BY user_id, order_id ORDER BY ds) AS to_ds
  FROM (
    SELECT user_id, order_id, from_ds AS ds FROM paid_lines
    UNION DISTINCT
    SELECT user_id, order_id, to_ds FROM paid_lines WHERE to_ds < ${openEnd}
  )
),

valid_order AS (
  SELECT edge.user_id, edge.order_id, edge.from_ds, edge.to_ds, MIN(lines.pay_ds) AS pay_ds
  FROM order_edge AS edge
  INNER JOIN paid_lines AS lines ON lines.user_id = edge.user_id AND lines.order_id = edge.order_id
  WHERE lines.from_ds <= edge.from_ds AND edge.from_ds < lines.to_ds
  GROUP BY edge.user_id, edge.order_id, edge.from_ds, edge.to_ds
  HAVING SUM(lines.line_cnt) > SUM(lines.refunded_cnt)
)`;
}

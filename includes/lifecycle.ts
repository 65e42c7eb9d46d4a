// The lifecycle of a user as intervals of one stage. The stage of a day is what was known at its end: an interval that is
// closed was true, and whatever arrives later leaves it alone.
//
// Each version of an order line and of a refund counts from the day it was known (its ingestion; of the bootstrap load:
// the event) until the next version of its key. Spans of days are [from_ds, to_ds), open ones end at `openEnd`.

import { places } from "./changes.ts";
import { type Changed, daysFrom, narrowed } from "./increment.ts";
import { changedUser, known } from "./known.ts";
import { latest } from "./log.ts";
import { asOf, day, integer, openEnd, runDate } from "./params.ts";

const churnDays = integer("churn_days");

/** For `changed`: the users with an event, and those that churn without one. */
export function changed(ctx: ActionContext): Changed {
  return changedUser(
    ctx,
    `SELECT user_id FROM ${ctx.self()}
WHERE until_ds = ${openEnd} AND customer_stage IN ('new', 'mature')
  AND last_paid_ds <= DATE_SUB(${runDate}, INTERVAL ${churnDays} DAY)`,
  );
}

/** Query of the users whose registration is new or corrected, and the first day (ds) that any version says they registered. */
export function registrations(ctx: ActionContext): string {
  const users = ctx.ref("redcdm", "dim_ecm_user_df");
  return `SELECT user_id, MIN(${day("registered_at")}) AS ds
FROM ${users}
WHERE ingested_at < ${asOf} AND user_id IN (
  SELECT user_id FROM ${users}
  WHERE ingested_at < ${asOf} AND (ingested_at >= built_as_of_at OR registered_at >= built_as_of_at))
GROUP BY user_id
HAVING MIN(ingested_at) >= built_as_of_at OR MAX(registered_at) >= built_as_of_at OR COUNT(DISTINCT registered_at) > 1
  OR COUNTIF(registered_at IS NULL) > 0`;
}

/**
 * For `changed`: moved_user, whose coming into sight may have moved, by a registration or a payment that is new, corrected or late,
 * and moved_days, on which this may show. Nothing else changes a stage of the past.
 */
export function movedStart(ctx: ActionContext): Changed {
  return {
    moved_start: `${registrations(ctx)}
UNION ALL
(
${places(ctx, "buyer")}
)`,
    moved_user: "SELECT DISTINCT user_id FROM moved_start",
    moved_days: daysFrom("moved_start"),
  };
}

/** CTE user_start: the day a user comes into sight, the earlier of registration and first payment. */
function userStart(ctx: ActionContext): string {
  const users = latest(
    ctx.ref("redcdm", "dim_ecm_user_df"),
    ["user_id"],
    narrowed(ctx, "user_id IN (SELECT user_id FROM changed_user)"),
  );
  return `user_start AS (
  SELECT user_id, MIN(ds) AS ds
  FROM (
    SELECT user_id, ${day("registered_at")} AS ds FROM (
${users}
    )
    WHERE registered_at < ${asOf}
    UNION ALL
    SELECT user_id, pay_ds FROM paid_line
  )
  GROUP BY user_id
)`;
}

/**
 * CTE user_state: per user the days [ds, next_ds) between two events, with the orders that count then. An order that counts for
 * good only adds to the running figures; the few that stop counting are looked up.
 */
const userState = `user_event AS (
  SELECT user_id, ds, 0 AS step, CAST(NULL AS DATE) AS lasting_ds FROM user_start
  UNION ALL
  SELECT user_id, from_ds, 1, IF(to_ds = ${openEnd}, pay_ds, NULL) FROM valid_order
  UNION ALL
  SELECT user_id, to_ds, -1, NULL FROM valid_order WHERE to_ds < ${openEnd}
),

user_day AS (
  SELECT user_id, ds, SUM(step) AS step, MIN(lasting_ds) AS first_lasting_ds, MAX(lasting_ds) AS last_lasting_ds
  FROM user_event
  GROUP BY user_id, ds
),

running AS (
  SELECT
    user_id,
    ds,
    LEAD(ds, 1, ${openEnd}) OVER (PARTITION BY user_id ORDER BY ds) AS next_ds,
    SUM(step) OVER until_day AS order_cnt,
    MIN(first_lasting_ds) OVER until_day AS first_lasting_ds,
    MAX(last_lasting_ds) OVER until_day AS last_lasting_ds
  FROM user_day
  WINDOW until_day AS (PARTITION BY user_id ORDER BY ds ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),

ending AS (
  SELECT running.user_id, running.ds, MIN(valid_order.pay_ds) AS first_ending_ds, MAX(valid_order.pay_ds) AS last_ending_ds
  FROM running
  INNER JOIN valid_order ON valid_order.user_id = running.user_id
  WHERE valid_order.to_ds < ${openEnd} AND valid_order.from_ds <= running.ds AND running.ds < valid_order.to_ds
  GROUP BY running.user_id, running.ds
),

user_state AS (
  SELECT
    running.user_id,
    running.ds,
    running.next_ds,
    running.order_cnt,
    LEAST(COALESCE(first_lasting_ds, first_ending_ds), COALESCE(first_ending_ds, first_lasting_ds)) AS first_paid_ds,
    GREATEST(COALESCE(last_lasting_ds, last_ending_ds), COALESCE(last_ending_ds, last_lasting_ds)) AS last_paid_ds
  FROM running
  LEFT JOIN ending ON ending.user_id = running.user_id AND ending.ds = running.ds
)`;

/** Query of every stage interval; in an incremental build of the users of changed_user. */
export function intervals(ctx: ActionContext): string {
  return `WITH ${known(ctx)},

${userStart(ctx)},

${userState},

-- The days between two events are of one stage, or of two where the user churns in between.
stage_day AS (
  SELECT
    user_id,
    ds,
    order_cnt,
    first_paid_ds,
    last_paid_ds,
    CASE
      WHEN order_cnt = 0 THEN 'potential'
      WHEN DATE_DIFF(ds, last_paid_ds, DAY) >= ${churnDays} THEN 'churned'
      WHEN order_cnt >= ${integer("mature_orders")} THEN 'mature'
      ELSE 'new'
    END AS customer_stage
  FROM (
    SELECT user_id, ds, order_cnt, first_paid_ds, last_paid_ds FROM user_state
    UNION ALL
    SELECT user_id, DATE_ADD(last_paid_ds, INTERVAL ${churnDays} DAY), order_cnt, first_paid_ds, last_paid_ds
    FROM user_state
    WHERE order_cnt > 0
      AND DATE_ADD(last_paid_ds, INTERVAL ${churnDays} DAY) > ds
      AND DATE_ADD(last_paid_ds, INTERVAL ${churnDays} DAY) < next_ds
      AND DATE_ADD(last_paid_ds, INTERVAL ${churnDays} DAY) <= ${runDate}
  )
),

neighbour AS (
  SELECT
    *,
    LAG(customer_stage) OVER days AS stage_before,
    LEAD(customer_stage) OVER days AS stage_after
  FROM stage_day
  WINDOW days AS (PARTITION BY user_id ORDER BY ds)
),

-- An interval starts where the stage changes, and its figures are those of its last days.
edge AS (
  SELECT
    *,
    stage_before IS NULL OR stage_before != customer_stage AS is_start,
    LAST_VALUE(IF(stage_before IS NULL OR stage_before != customer_stage, ds, NULL) IGNORE NULLS) OVER (
      PARTITION BY user_id ORDER BY ds ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS start_ds
  FROM neighbour
),

stage_interval AS (
  SELECT
    user_id,
    start_ds,
    customer_stage,
    order_cnt,
    first_paid_ds,
    last_paid_ds,
    LEAD(start_ds) OVER intervals AS end_ds,
    LAG(customer_stage) OVER intervals AS previous_stage
  FROM edge
  WHERE stage_after IS NULL OR stage_after != customer_stage
  WINDOW intervals AS (PARTITION BY user_id ORDER BY start_ds)
)

SELECT
  user_id,
  customer_stage,
  previous_stage,
  order_cnt AS valid_order_cnt,
  start_ds,
  end_ds,
  first_paid_ds,
  last_paid_ds,
  COALESCE(end_ds, ${openEnd}) AS until_ds
FROM stage_interval`;
}

/** Condition of a join: the interval of the table under this alias that covers a day. */
export function covers(alias: string, ds: string): string {
  return `${alias}.start_ds <= ${ds} AND ${ds} < ${alias}.until_ds`;
}

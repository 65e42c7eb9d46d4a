import { clockJoin, clockTime } from "../catalog/clock.ts";
import { DAY } from "../period.ts";
import type { Platform } from "../platform.ts";
import { atMidnight } from "./purchases.ts";

/** Executions of one user are numbered below this; x = u * EXECUTIONS + number. */
export const EXECUTIONS = 8192;
/** Numbers from here on are an experiment's own executions. */
const FIRST_TESTED = 7000;
/** Numbers from here on stand for claims without an execution: coupon centre, gift allowances, paper coupons. */
export const FIRST_FREE = 7100;

/**
 * Table `execution`: x, u, triggered (us), scene, v (version logged), e (experiment, NULL outside), is_control, is_empty
 * (no benefits). Generic ones take a running strategy of the user's crowd and the scene; an experiment on a strategy has
 * executions of its own in its users, and the holdout keeps what it meets from its users.
 */
export async function createExecutions(platform: Platform): Promise<void> {
  const { draw, parameters, period, dirt } = platform;
  const { triggers, scenes } = parameters;
  await platform.sql(`CREATE TABLE execution AS
WITH
-- Who stopped buying comes by less often.
span AS (
  SELECT u, since, least(${period.days}, coalesce(last_busy, since) + ${triggers.faithful_days}) AS faithful_until
  FROM person
  LEFT JOIN (SELECT u, max(busy) AS last_busy FROM organic GROUP BY u) AS last USING (u)
),
part AS (
  SELECT u, 0 AS first, since AS begins, faithful_until - since AS length, 1 AS share FROM span
  UNION ALL
  SELECT u, ${FIRST_TESTED / 2}, faithful_until, ${period.days} - faithful_until, ${triggers.later_share} FROM span
),
counted AS (
  SELECT
    u, first, begins, length,
    least(floor(${triggers.per_user_day} * length * share * ${draw.spread("u", "triggers", triggers.rate_sigma)}
      + ${draw.uniform("(u * 8192 + first)", "triggers more")})::BIGINT, ${FIRST_TESTED / 2}) AS n
  FROM part
),
numbered AS (
  SELECT u, begins, length, n, unnest(range(n)) AS nth, u * ${EXECUTIONS} + first + nth AS x
  FROM counted
),
timed AS (
  SELECT u, x, begins + (nth + ${draw.uniform("x", "trigger")}) / n * length AS busy
  FROM numbered
),
placed AS (
  SELECT timed.u, x, ${atMidnight(platform, "x", clockTime("busy"))} AS triggered
  FROM timed ${clockJoin("busy")}
),
visitor AS (
  SELECT person.u, CASE WHEN experiment.type = 'holdout' THEN person.e END AS held, assigned, x_until, person.v AS group_v
  FROM person
  LEFT JOIN experiment ON experiment.e = person.e
),
visit AS (
  SELECT
    x, placed.u, triggered, group_v,
    CASE WHEN triggered >= assigned AND triggered < x_until THEN held END AS e,
    ((triggered - ${period.start}) // ${DAY})::INTEGER AS d,
    ${draw.index(
      "x",
      "scene",
      scenes.map((scene) => scene.weight),
    )} AS scene,
    ${crowdIndex(platform, "placed.u", `((triggered - ${period.start}) // ${DAY})`)} AS crowd
  FROM placed
  JOIN visitor ON visitor.u = placed.u
),
generic AS (
  SELECT x, u, triggered, visit.scene, vs[1 + ${draw.below("x", "strategy", "len(vs)")}] AS v, e, group_v
  FROM visit
  JOIN eligible ON eligible.d = visit.d AND eligible.crowd = visit.crowd AND eligible.scene = visit.scene
),
tested AS (
  SELECT
    u * ${EXECUTIONS} + ${FIRST_TESTED} + nth AS x, u, assigned, x_until, person.e, v AS group_v, logged_v, trigger_share AS share
  FROM person
  JOIN experiment ON experiment.e = person.e AND experiment.type != 'holdout'
  CROSS JOIN (VALUES (0), (1)) AS n(nth)
),
tested_at AS (
  SELECT
    x, u,
    assigned + floor((CASE WHEN x % 2 = 0 THEN 0 ELSE 0.5 END + ${draw.uniform("x", "tested")} * 0.5)
      * (least(x_until, ${period.end}) - assigned) * 0.8)::BIGINT AS triggered,
    (running.scenes)[1 + ${draw.below("x", "tested scene", "len(running.scenes)")}] AS scene,
    logged_v AS v, e, group_v
  FROM tested
  JOIN (SELECT v, list(DISTINCT scene ORDER BY scene) AS scenes FROM version_scene GROUP BY v) AS running
    ON running.v = tested.logged_v
  WHERE CASE WHEN x % 2 = 0
    THEN ${draw.chance("u", "is tested", "share")}
    ELSE ${draw.chance("u", "is tested", "share")} AND ${draw.chance("u", "is tested twice", 0.4)} END
)
SELECT
  x, u, triggered, scene, v, e,
  e IS NOT NULL AND group_v IS NULL AS is_control,
  ${draw.chance("x", "empty benefits", dirt.empty_benefits_rate)} AS is_empty
FROM (SELECT x, u, triggered, scene, v, e, group_v FROM generic UNION ALL SELECT x, u, triggered, scene, v, e, group_v FROM tested_at)`);
}

/** Index of a user's crowd on a day (expression): one for every quarter. */
export function crowdIndex(platform: Platform, user: string, day: string): string {
  const weights = platform.parameters.crowds.map((crowd) => crowd.weight);
  return platform.draw.index(`(${user} * 64 + ${day} // 91)`, "crowd", weights);
}

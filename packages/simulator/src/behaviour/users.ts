import { clockJoin, clockTime } from "../catalog/clock.ts";
import { DAY, HOUR } from "../period.ts";
import type { Platform } from "../platform.ts";

/**
 * Table `person`: one row per user. u; registered (us); since (busy time from which the user acts); pace of buying;
 * traits by index; and, where an experiment has the user: e, g, assigned, x_until (us, exclusive), v (what the group
 * gets: a version, -1 any, NULL nothing), logged_v.
 */
export async function createUsers(platform: Platform): Promise<void> {
  const { draw, parameters, period, users } = platform;
  const p = parameters.users;
  const old = draw.chance("u", "registered before", p.registered_before_share);
  await platform.sql(`CREATE TABLE person AS
WITH base AS (
  SELECT
    u::BIGINT AS u,
    ${old} AS is_old,
    CASE WHEN ${old} THEN 0 ELSE pow(${draw.uniform("u", "registered")}, 0.9) * ${period.days} END AS since,
    ${draw.uniform("u", "bucket")} AS bucket,
    ${draw.spread("u", "pace", parameters.purchase.rate_sigma)} AS pace,
    ${draw.index(
      "u",
      "level",
      p.levels.map((l) => l.weight),
    )} AS level,
    ${draw.index(
      "u",
      "live",
      p.live.map((l) => l.weight),
    )} AS live
  FROM range(1, ${users + 1}) AS r(u)
),
registered AS (
  SELECT
    base.*,
    CASE WHEN is_old
      THEN ${period.start} - 1 - floor(${draw.uniform("u", "registered")} * ${p.before_days * DAY})::BIGINT
      ELSE ${clockTime("since")} END AS registered
  FROM base ${clockJoin("since")}
),
-- In an experiment from its first days on, or from registration; not if there is hardly any time left.
assigned AS (
  SELECT
    u, experiment.e, experiment.to_us AS x_until,
    greatest(
      experiment.from_us + floor(${draw.uniform("u", "assigned")} * (experiment.to_us - experiment.from_us) * 0.1)::BIGINT,
      registered + ${HOUR}) AS assigned
  FROM registered
  JOIN experiment ON bucket_from <= bucket AND bucket < bucket_to
)
SELECT registered.*, assigned.e, grp.g, assigned.assigned, assigned.x_until, grp.v, grp.logged_v
FROM registered
LEFT JOIN assigned
  ON assigned.u = registered.u AND assigned.assigned < assigned.x_until - ${2 * DAY} AND assigned.assigned < ${period.end}
LEFT JOIN experiment_group AS grp
  ON grp.e = assigned.e
  AND grp.share_from <= ${draw.uniform("assigned.u", "group")} AND ${draw.uniform("assigned.u", "group")} < grp.share_to
ORDER BY registered.u`);
}

import { clockJoin, clockTime } from "../catalog/clock.ts";
import { DAY, HOUR, SECOND } from "../period.ts";
import type { Platform } from "../platform.ts";
import { EXECUTIONS, FIRST_FREE } from "./triggers.ts";

/** Numbers from here on are gift allowances. */
const FIRST_GIFT = 8000;

/**
 * Table `claim`: coupons and allowances as users got them. c; u; x (NULL: not from a strategy), seq; t (template),
 * is_coupon; scene; claimed, valid_from, valid_to (us); face (cents; NULL for percent_off); need (cents that the order must come to).
 */
export async function createClaims(platform: Platform): Promise<void> {
  const { draw, parameters, period } = platform;
  const { claims, scenes } = parameters;
  const eager = `[${scenes.map((scene) => scene.claim).join(", ")}][scene + 1]`;
  const templates = (ids: readonly string[]) =>
    `[${ids.map((id) => [...parameters.coupon_templates, ...parameters.allowance_templates].findIndex((t) => t.id === id)).join(", ")}]`;
  // Claims without an execution come as a process of their own: `perDay` of them a user and day, numbered from `first`.
  const free = (perDay: number, first: number, ids: readonly string[], name: string) => `SELECT
    x * 8 + 1 AS c, u, NULL::BIGINT AS x, NULL::INTEGER AS seq,
    ${templates(ids)}[1 + ${draw.below("x", `${name} template`, ids.length)}] AS t,
    NULL::INTEGER AS scene,
    ${clockTime("busy")} AS claimed
  FROM (
    SELECT
      u, u * ${EXECUTIONS} + ${first} + j AS x,
      since + (j + ${draw.uniform(`(u * ${EXECUTIONS} + ${first} + j)`, name)}) / n * (${period.days} - since) AS busy
    FROM (
      SELECT u, n, since, unnest(range(n)) AS j
      FROM (
        SELECT u, since, least(floor(${perDay} * (${period.days} - since) * 2 * ${draw.uniform("u", `${name} pace`)} + ${draw.uniform("u", `${name} more`)})::BIGINT,
          ${first === FIRST_FREE ? FIRST_GIFT - FIRST_FREE : EXECUTIONS - FIRST_GIFT}) AS n
        FROM person
      )
    )
  ) ${clockJoin("busy")}`;
  await platform.sql(`CREATE TABLE claim AS
WITH taken AS (
  SELECT
    x * 8 + seq AS c, u, x, seq, t, scene,
    triggered + CASE WHEN ${draw.chance("x", "claimed at once", claims.at_once_share)}
      THEN ${draw.below("x", "claim second", 3)} * ${SECOND}
      ELSE floor(${claims.delay.median_hours * HOUR} * least(${draw.longTail("(x * 8 + seq)", "claim delay", claims.delay.shape)}, 5000))::BIGINT
    END AS claimed
  FROM execution
  JOIN version USING (v)
  JOIN version_benefit USING (v)
  WHERE NOT is_control AND NOT is_empty
    AND ${draw.uniform("(x * 8 + seq)", "claims")} < least(0.98, version.claim * ${eager})
  UNION ALL
  ${free(claims.centre_per_user_day, FIRST_FREE, claims.centre_templates, "centre")}
  UNION ALL
  ${free(claims.gift_allowances_per_user_day, FIRST_GIFT, claims.gift_allowance_templates, "gift")}
)
SELECT
  c, u, x, seq, t, is_coupon, is_seller, scene, claimed,
  CASE
    WHEN window_from IS NOT NULL THEN window_from
    WHEN starts_tomorrow THEN ${period.start} + ((claimed - ${period.start}) // ${DAY} + 1) * ${DAY}
    ELSE claimed END AS valid_from,
  CASE
    WHEN window_to IS NOT NULL THEN window_to
    WHEN t % 2 = 0 THEN ${period.start} + ((claimed - ${period.start}) // ${DAY} + 1 + valid_days) * ${DAY} - ${SECOND}
    ELSE claimed + valid_days * ${DAY} END AS valid_to,
  CASE WHEN claimed >= changes_at THEN face_after ELSE face END AS face,
  -- What the order must come to: the threshold, and enough that the benefit takes no more than its slot may.
  greatest(coalesce(threshold, 0), CASE WHEN is_seller THEN face * 5 WHEN is_coupon THEN face * 9 // 4 + 1 ELSE 0 END, 0) AS need
FROM taken
JOIN template USING (t)
WHERE claimed < ${period.end} AND (window_to IS NULL OR claimed < window_to)`);
}

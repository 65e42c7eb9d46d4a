import { clockJoin, clockTime } from "../catalog/clock.ts";
import { DAY, HOUR, SECOND } from "../period.ts";
import type { Platform } from "../platform.ts";
import { createTable } from "../sql.ts";

/**
 * Table `organic`: the orders that no benefit causes; o, u, busy (busy time), created (us).
 *
 * A user's number of orders comes from one draw against the probability of reaching order k; the gaps between them are
 * long-tailed and divided by the user's pace. Gaps run in busy time, so seasons and sale days follow from the clock.
 */
export async function createOrganicOrders(platform: Platform): Promise<void> {
  const { draw, parameters, period } = platform;
  const { purchase } = parameters;
  let reach = purchase.ever_share;
  const reached = Array.from({ length: purchase.max_orders }, (_, i) => {
    if (i > 0)
      reach *=
        purchase.repeat.limit -
        (purchase.repeat.limit - purchase.repeat.first) * Math.exp(-(i - 1) / purchase.repeat.pace);
    return [i + 1, reach] as [number, number];
  });
  await createTable(platform, "reach", { k: "INTEGER", probability: "DOUBLE" }, reached);
  const gap = (delay: { median_days: number; shape: number }, name: string) =>
    `${delay.median_days} * ${draw.longTail("o", name, delay.shape)}`;
  await platform.sql(`CREATE TABLE organic AS
WITH numbered AS (
  SELECT u, k, since, pace, u * 32768 + k AS o
  FROM person
  JOIN reach ON reach.probability > ${draw.uniform("u", "orders")}
),
gap AS (
  SELECT
    u, k, since, o,
    least(CASE WHEN k = 1 THEN ${gap(purchase.first_gap, "first gap")}
      ELSE ${gap(purchase.gap, "gap")} END / pace, 100000) AS days
  FROM numbered
),
ordered AS (
  SELECT u, o, since + sum(days) OVER (PARTITION BY u ORDER BY k) AS busy
  FROM gap
)
SELECT o, u, busy, ${atMidnight(platform, "o", clockTime("busy"))} AS created
FROM ordered ${clockJoin("busy")}
WHERE busy < ${period.days}`);
}

/** A time moved to within a second of the nearest midnight, local or UTC, for the keys that the dirt says. */
export function atMidnight(platform: Platform, key: string, time: string): string {
  const { draw, dirt, period } = platform;
  if (dirt.midnight_rate === 0) return time;
  const zone = `CASE WHEN ${draw.chance(key, "midnight zone", 0.5)} THEN 0 ELSE ${8 * HOUR} END`;
  const away = `(${draw.below(key, "midnight side", 4)} - 2) * ${SECOND} + CASE WHEN ${draw.chance(key, "midnight edge", 0.5)} THEN 0 ELSE 999999 END`;
  const midnight = `${period.start} + greatest(1, round((${time} - ${period.start}) / ${DAY})::BIGINT) * ${DAY} + ${zone}`;
  return `CASE WHEN ${draw.chance(key, "midnight", dirt.midnight_rate)} THEN least(${midnight} + ${away}, ${period.end - 1}) ELSE ${time} END`;
}

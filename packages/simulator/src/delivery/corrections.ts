import { SLOT } from "../behaviour/discounts.ts";
import { DAY, HOUR } from "../period.ts";
import type { Platform } from "../platform.ts";

/** No row is this late, so a correction finds what it corrects. */
const LONGEST_LAG_DAYS = 10.5;

export const orderCorrections = [
  "price",
  "coupon",
  "allowance",
  "payday",
  "benefit",
  "line",
  "reversed",
] as const;
export type OrderCorrection = (typeof orderCorrections)[number];

/**
 * What the platform got wrong at first and put right days later, in all tables that it concerns at once.
 *
 * Table `order_correction`: o, kind, known (us): of paid orders without refunds.
 *   price     list and pay of the first line change;
 *   coupon    the coupon's discount on the first line is halved, pay rises by that;
 *   allowance the allowance's discount on the first line is halved, its ledger and pay go along;
 *   payday    the lines and the ledger's uses move to the next day;
 *   benefit   the coupon was another one of the same user;
 *   line      the first line's promotion belongs to the second line;
 *   reversed  the payment did not hold: the lines are unpaid, the coupon comes back.
 * Table `corrected_coupon`: o, c, other_c (kind benefit). Table `corrected_discount`: b, off, platform, l, ref. Table
 * `corrected_line`: l, list, pay, paid. Table `claim_correction`: c, known: claimed a day later. Table
 * `execution_correction`: x, kind ('scene', 'planned', 'moved', 'rekeyed'), known.
 */
export async function createCorrections(platform: Platform): Promise<void> {
  await createOrderCorrections(platform);
  await createLineCorrections(platform);
  await createClaimCorrections(platform);
}

async function createOrderCorrections(platform: Platform): Promise<void> {
  const { draw, dirt } = platform;
  const kinds = orderCorrections.map((kind) => `'${kind}'`).join(", ");
  await platform.sql(`CREATE TABLE candidate AS
SELECT
  o, u, created, paid, line_cnt,
  [${kinds}][1 + ${draw.below("o", "correction kind", orderCorrections.length)}] AS kind,
  paid + floor((${LONGEST_LAG_DAYS} + 3 * least(${draw.longTail("o", "correction delay", 1.2)}, 12)) * ${DAY})::BIGINT AS known
FROM purchase
WHERE paid IS NOT NULL AND refund IS NULL AND later IS NULL AND ${draw.chance("o", "correction", dirt.correction_rate)}`);
  // A coupon that the user had but did not use takes the place of the one recorded.
  await platform.sql(`CREATE TABLE corrected_coupon AS
SELECT o, c, other_c
FROM (
  SELECT candidate.o, used.c, min(other.c) AS other_c
  FROM candidate
  JOIN coupon_use AS used ON used.o = candidate.o AND NOT used.is_seller
  JOIN claim AS other ON other.u = candidate.u AND other.is_coupon AND NOT other.is_seller
    AND candidate.created BETWEEN other.valid_from AND other.valid_to AND other.claimed <= candidate.created
  WHERE kind = 'benefit'
    AND other.c NOT IN (SELECT c FROM coupon_use)
    AND used.c NOT IN (SELECT c FROM coupon_use GROUP BY c HAVING count(*) > 1)
  GROUP BY candidate.o, used.c
)
QUALIFY row_number() OVER (PARTITION BY other_c ORDER BY o) = 1`);
  const has = (type: string, more = "") =>
    `EXISTS (FROM discount WHERE discount.o = candidate.o AND type = '${type}' ${more})`;
  await platform.sql(`CREATE TABLE order_correction AS
SELECT o, kind, known
FROM candidate
WHERE CASE kind
  WHEN 'coupon' THEN ${has("coupon", `AND i = 1 AND off >= 2 AND b % 8 = ${SLOT.platform}`)}
  WHEN 'allowance' THEN ${has("allowance", `AND i = 1 AND off >= 2 AND b % 8 = ${SLOT.allowance}`)}
  WHEN 'benefit' THEN o IN (SELECT o FROM corrected_coupon)
  WHEN 'line' THEN EXISTS (
    FROM discount JOIN line AS second ON second.o = discount.o AND second.i = 2 AND NOT second.is_gift AND second.pay > discount.off
    WHERE discount.o = candidate.o AND discount.i = 1 AND discount.b % 8 = ${SLOT.promotion})
  WHEN 'reversed' THEN NOT ${has("allowance")} AND o NOT IN (
    SELECT o FROM coupon_use WHERE c IN (SELECT c FROM coupon_use GROUP BY c HAVING count(*) > 1))
  ELSE TRUE END`);
  await platform.sql("DROP TABLE candidate");
}

async function createLineCorrections(platform: Platform): Promise<void> {
  const share =
    "CASE WHEN discount.off = 0 THEN 0 ELSE discount.platform * (discount.off - discount.off // 2) // discount.off END";
  await platform.sql(`CREATE TABLE corrected_discount AS
SELECT
  b, known, kind, discount.off AS off_before,
  CASE WHEN kind IN ('coupon', 'allowance') THEN discount.off - discount.off // 2 ELSE discount.off END AS off,
  CASE WHEN kind IN ('coupon', 'allowance') THEN ${share} ELSE platform END AS platform,
  CASE WHEN kind = 'line' THEN discount.o * 8 + 2 ELSE l END AS l,
  coalesce(other_c, ref) AS ref,
  CASE WHEN kind = 'reversed' AND type = 'coupon' THEN known - ${HOUR} END AS returned
FROM discount
JOIN order_correction USING (o)
LEFT JOIN corrected_coupon ON corrected_coupon.o = discount.o AND corrected_coupon.c = discount.ref AND type = 'coupon'
WHERE CASE kind
  WHEN 'coupon' THEN i = 1 AND b % 8 = ${SLOT.platform}
  WHEN 'allowance' THEN i = 1 AND b % 8 = ${SLOT.allowance}
  WHEN 'benefit' THEN other_c IS NOT NULL
  WHEN 'line' THEN i = 1 AND b % 8 = ${SLOT.promotion}
  WHEN 'reversed' THEN type = 'coupon'
  ELSE FALSE END`);
  await platform.sql(`CREATE TABLE corrected_line AS
WITH moved AS (
  SELECT discount.o, discount.i, kind, corrected_discount.off, discount.off - corrected_discount.off AS less
  FROM corrected_discount
  JOIN discount USING (b)
  WHERE kind IN ('coupon', 'allowance', 'line')
)
SELECT
  line.l, known, correction.kind,
  list + CASE WHEN correction.kind = 'price' THEN 500 ELSE 0 END AS list,
  (pay + CASE correction.kind
    WHEN 'price' THEN 500
    WHEN 'line' THEN CASE WHEN line.i = 1 THEN moved.off ELSE -moved.off END
    WHEN 'coupon' THEN moved.less
    WHEN 'allowance' THEN moved.less
    ELSE 0 END)::BIGINT AS pay,
  CASE correction.kind WHEN 'payday' THEN paid + ${DAY} WHEN 'reversed' THEN NULL ELSE paid END AS paid
FROM order_correction AS correction
JOIN line USING (o)
LEFT JOIN moved ON moved.o = line.o
WHERE CASE correction.kind
  WHEN 'benefit' THEN FALSE
  WHEN 'payday' THEN TRUE
  WHEN 'reversed' THEN TRUE
  WHEN 'line' THEN line.i <= 2
  WHEN 'price' THEN line.i = 1 AND NOT is_gift
  ELSE line.i = 1 END`);
}

async function createClaimCorrections(platform: Platform): Promise<void> {
  const { draw, dirt, period } = platform;
  await platform.sql(`CREATE TABLE claim_correction AS
SELECT c, is_coupon, claimed + floor((1.2 + 8 * ${draw.uniform("c", "claim correction delay")}) * ${DAY})::BIGINT AS known
FROM claim
WHERE ${draw.chance("c", "claim correction", dirt.correction_rate)}
  AND c > 0 AND claimed + ${DAY} < valid_to AND valid_from <= claimed
  AND c NOT IN (SELECT c FROM coupon_use) AND c NOT IN (SELECT c FROM allowance_use)
  AND c NOT IN (SELECT other_c FROM corrected_coupon)
  AND c NOT IN (SELECT c FROM flow WHERE type = 'revoke')`);
  await platform.sql(`CREATE TABLE execution_correction AS
SELECT
  x,
  CASE WHEN is_rekeyed THEN 'rekeyed' ELSE ['scene', 'planned', 'moved'][1 + ${draw.below("x", "execution correction kind", 3)}] END AS kind,
  triggered + floor((0.6 + 6 * ${draw.uniform("x", "execution correction delay")}) * ${DAY})::BIGINT AS known
FROM (
  SELECT
    x, triggered,
    ${draw.chance("x", "rekeyed", dirt.rekey_rate)} AND x NOT IN (SELECT x FROM claim WHERE x IS NOT NULL) AS is_rekeyed
  FROM execution
  WHERE triggered > ${period.start + DAY}
    AND (${draw.chance("x", "execution correction", dirt.correction_rate)} OR ${draw.chance("x", "rekeyed", dirt.rekey_rate)})
)
WHERE is_rekeyed OR ${draw.chance("x", "execution correction", dirt.correction_rate)}`);
}

import { DAY, HOUR, SECOND } from "../period.ts";
import type { Platform } from "../platform.ts";

/** Most of an order that each slot may take, in percent of what its lines come to; together below 100. */
export const CAPS = { platform: 45, seller: 20, allowance: [20, 10] } as const;

/**
 * Table `coupon_use`: c, o, is_seller, off (cents), nth (1, 2: used again). Table `allowance_use`: c, o, slot (1, 2), off. Table `returns`: o,
 * returned (us): when what an order's benefits gave came back as a whole (cancelled, or refunded whole with benefits).
 *
 * Every benefit wants one order, the user's next one after its owner's delay, and is refused if that order is too small
 * or its slot taken; so a coupon is in one order at a time. What came back tries once more.
 */
export async function createRedemptions(platform: Platform): Promise<void> {
  await createMoments(platform);
  await createReturns(platform);
  await createCouponUses(platform);
  await createAllowanceUses(platform);
}

/** Table `nth`: o, u, created, n: a user's orders numbered. Table `moment`: of those made at one instant the first. */
async function createMoments(platform: Platform): Promise<void> {
  await platform.sql(`CREATE TABLE nth AS
SELECT o, u, created, row_number() OVER orders AS n, lag(created) OVER orders AS before
FROM purchase
WINDOW orders AS (PARTITION BY u ORDER BY created, o)`);
  // An ASOF join takes any one of several at the same instant, so it is offered one.
  await platform.sql(
    "CREATE TABLE moment AS SELECT o, u, created, n FROM nth WHERE created IS DISTINCT FROM before",
  );
}

async function createReturns(platform: Platform): Promise<void> {
  await platform.sql(`CREATE TABLE returns AS
SELECT o, coalesce(cancelled, refunded) AS returned
FROM purchase
WHERE cancelled IS NOT NULL OR (refund = 'whole' AND is_returned)`);
}

/** What a coupon takes off a basket whose eligible lines come to `total` cents. */
const off = (total: string, most: number) => `least(
    CASE WHEN template.rate IS NULL THEN wish.face
      ELSE least(floor(${total} * template.rate)::BIGINT, coalesce(template.max_discount, ${total})) END,
    ${total} * ${most} // 100)`;

async function createCouponUses(platform: Platform): Promise<void> {
  const { draw, parameters } = platform;
  const { redemptions } = parameters;
  const delay = `floor(${redemptions.delay.median_days * DAY} * least(${draw.longTail("c", "redeem delay", redemptions.delay.shape)}, 1000))::BIGINT`;
  // Of all coupons that want a slot of an order, one gets it: the one that caused the order, else by lot.
  const granted = (nth: number, wishes: string, taken: string) => `
SELECT is_seller, o, ${nth} AS nth, arg_min(c, lot) AS c, arg_min(off, lot) AS off
FROM (
  SELECT
    wish.c, wish.o, wish.is_seller,
    CASE WHEN wish.is_cause THEN 0 ELSE ${draw.uniform("wish.c", "lot")} END AS lot,
    CASE WHEN wish.is_seller THEN ${off("basket.seller_total", CAPS.seller)} ELSE ${off("basket.total", CAPS.platform)} END AS off
  FROM (${wishes}) AS wish
  JOIN basket ON basket.o = wish.o
  JOIN template ON template.t = wish.t
  WHERE need <= CASE WHEN wish.is_seller THEN seller_total ELSE total END ${taken}
)
WHERE off > 0
GROUP BY is_seller, o`;
  await platform.sql(
    `CREATE TABLE coupon_use AS ${granted(
      1,
      `SELECT c, purchase.o, t, face, need, is_seller, TRUE AS is_cause
    FROM claim JOIN purchase USING (c)
    WHERE is_coupon AND purchase.created BETWEEN valid_from AND valid_to
    UNION ALL
    SELECT wanting.c, moment.o, t, face, need, is_seller, FALSE
    FROM (
      SELECT c, u, t, claim.face, need, is_seller, valid_to, greatest(claimed + ${delay}, valid_from) AS wanted
      FROM claim
      JOIN template USING (t, is_seller, is_coupon)
      WHERE is_coupon AND ${draw.uniform("c", "redeems")} < redeem AND c NOT IN (SELECT c FROM purchase WHERE c IS NOT NULL)
    ) AS wanting
    ASOF JOIN moment ON moment.u = wanting.u AND moment.created >= wanting.wanted
    WHERE moment.created <= valid_to`,
      "",
    )}`,
  );
  await platform.sql(
    `INSERT INTO coupon_use BY NAME ${granted(
      2,
      `SELECT again.c, moment.o, t, face, need, is_seller, FALSE AS is_cause
    FROM (
      SELECT c, claim.u, t, claim.face, need, claim.is_seller, valid_to,
        returned + ${HOUR} + floor(${draw.uniform("c", "reuse delay")} * ${2 * DAY})::BIGINT AS wanted
      FROM coupon_use
      JOIN returns USING (o)
      JOIN claim USING (c)
      WHERE ${draw.chance("c", "reuses", redemptions.reuse_rate)}
    ) AS again
    ASOF JOIN moment ON moment.u = again.u AND moment.created >= again.wanted
    WHERE moment.created <= valid_to`,
      "AND NOT EXISTS (FROM coupon_use AS used WHERE used.o = wish.o AND used.is_seller = wish.is_seller)",
    )}`,
  );
  // Paper coupons: nobody saw the claim, only the use.
  const paper = parameters.coupon_templates.findIndex((t) => t.id === redemptions.synthetic_template);
  await platform.sql(`INSERT INTO claim BY NAME
SELECT
  -o AS c, u, ${paper} AS t, TRUE AS is_coupon, is_seller, created AS claimed, created AS valid_from,
  created + valid_days * ${DAY} AS valid_to, face, face * 5 AS need
FROM purchase
JOIN basket USING (o)
JOIN template ON t = ${paper}
WHERE ${draw.chance("o", "paper coupon", parameters.orders.synthetic_coupon_rate)}
  AND seller_total >= face * 5
  AND o NOT IN (SELECT o FROM coupon_use WHERE is_seller)`);
  await platform.sql(`INSERT INTO coupon_use BY NAME
SELECT c, -c AS o, is_seller, face AS off, 1 AS nth FROM claim WHERE c < 0`);
}

async function createAllowanceUses(platform: Platform): Promise<void> {
  const { draw, parameters } = platform;
  const { redemptions } = parameters;
  const slots = Math.min(redemptions.allowances_per_order, CAPS.allowance.length);
  const cap = `total * [${CAPS.allowance.join(", ")}][slot] // 100`;
  // A plan: the next three orders may take so much each; what one does not take stays on the allowance.
  await platform.sql(`CREATE TABLE allowance_use AS
WITH wanting AS (
  SELECT
    c, claim.u, claim.face, need, valid_to, is_cause,
    floor(claim.face * part_1)::BIGINT AS take_1,
    floor(claim.face * (1 - part_1) * part_2)::BIGINT AS take_2,
    floor(claim.face * (1 - part_1) * (1 - part_2) * part_3)::BIGINT AS take_3,
    CASE WHEN is_cause THEN caused_at
      ELSE claimed + ${SECOND} + floor(${redemptions.delay.median_days * DAY} * least(${draw.longTail("c", "redeem delay", redemptions.delay.shape)}, 1000))::BIGINT END AS wanted
  FROM (
    SELECT claim.* EXCLUDE (u), claim.u, purchase.created AS caused_at, purchase.o IS NOT NULL AS is_cause
    FROM claim LEFT JOIN purchase USING (c)
  ) AS claim
  JOIN template USING (t)
  WHERE NOT claim.is_coupon AND (is_cause OR ${draw.uniform("c", "redeems")} < redeem)
),
first AS (
  SELECT wanting.*, moment.n
  FROM wanting
  ASOF JOIN moment ON moment.u = wanting.u AND moment.created >= wanting.wanted
),
planned AS (
  SELECT c, u, need, valid_to, is_cause AND part = 1 AS is_cause, part, n + part - 1 AS n, [take_1, take_2, take_3][part] AS take
  FROM first
  CROSS JOIN (VALUES (1), (2), (3)) AS parts(part)
),
ranked AS (
  SELECT
    planned.c, nth.o, take, total,
    row_number() OVER (PARTITION BY nth.o ORDER BY is_cause DESC, ${draw.uniform("planned.c", "lot")}, planned.c) AS slot
  FROM planned
  JOIN nth ON nth.u = planned.u AND nth.n = planned.n
  JOIN basket ON basket.o = nth.o
  WHERE nth.created <= valid_to AND take > 0 AND need <= total
)
SELECT c, o, slot, least(take, ${cap}) AS off
FROM ranked
WHERE slot <= ${slots} AND least(take, ${cap}) > 0`);
  // What came back of a whole order may be used in the next one, beside what is planned.
  await platform.sql(`INSERT INTO allowance_use BY NAME
SELECT arg_min(c, lot) AS c, o, 1 AS slot, arg_min(off, lot) AS off
FROM (
  SELECT again.c, moment.o, least(again.off, basket.total * ${CAPS.allowance[0]} // 100) AS off, ${draw.uniform("again.c", "lot")} AS lot
  FROM (
    SELECT claim.c, claim.u, valid_to, off, need, returned + ${HOUR} AS wanted
    FROM allowance_use
    JOIN returns USING (o)
    JOIN purchase USING (o)
    JOIN claim ON claim.c = allowance_use.c
    WHERE purchase.paid IS NOT NULL AND coalesce(purchase.later, 0) >= 0
      AND ${draw.chance("allowance_use.o", "reuses", redemptions.reuse_rate)}
  ) AS again
  ASOF JOIN moment ON moment.u = again.u AND moment.created >= again.wanted
  JOIN basket ON basket.o = moment.o
  WHERE moment.created <= valid_to AND need <= total
    AND NOT EXISTS (FROM allowance_use AS used WHERE used.o = moment.o)
)
WHERE off > 0
GROUP BY o`);
  await platform.sql("DROP TABLE nth");
  await platform.sql("DROP TABLE moment");
}

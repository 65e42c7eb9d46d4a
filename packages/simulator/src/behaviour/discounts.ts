import type { Platform } from "../platform.ts";

/** Numbers of a line's discount records: b = l * 8 + slot. */
export const SLOT = {
  promotion: 1,
  second: 2,
  platform: 3,
  seller: 4,
  allowance: 5,
  secondAllowance: 6,
} as const;

/**
 * Table `discount`: what benefits take off lines. b = l * 8 + slot; l, o, i, u; type; ref (p of a promotion, else c);
 * off, platform (cents); used (us), returned (us; NULL: not, and always for allowances, whose ledger tells).
 * Table `line` gets pay (cents).
 *
 * A benefit of the order is spread over its lines by what promotions left of them, by rounding the running sums: the parts
 * add up to the whole. No line goes below zero, since the slots' caps leave 5% of every line and a line costs 2 or more.
 */
export async function createDiscounts(platform: Platform): Promise<void> {
  const { draw, parameters } = platform;
  await platform.sql(`CREATE TABLE shared_line AS
SELECT
  l, o, i, u, created, rest, refund, refunded, is_returned, total, seller_total,
  sum(rest) OVER so_far AS reached,
  CASE WHEN is_first_seller THEN sum(CASE WHEN is_first_seller THEN rest ELSE 0 END) OVER so_far END AS seller_reached
FROM (
  SELECT line.*, total, seller_total, seller = arg_min(seller, i) OVER (PARTITION BY o) AS is_first_seller
  FROM line
  JOIN basket USING (o)
  WHERE o IN (SELECT o FROM coupon_use) OR o IN (SELECT o FROM allowance_use)
)
WINDOW so_far AS (PARTITION BY o ORDER BY i ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`);
  const part = (reached: string, total: string) =>
    `(off::BIGINT * ${reached}::BIGINT // ${total} - off::BIGINT * (${reached} - rest)::BIGINT // ${total})`;
  const couponBack = `CASE
    WHEN returns.returned IS NOT NULL THEN returns.returned
    WHEN refund = 'line' AND is_returned AND ${draw.chance("l", "coupon part returned", parameters.refunds.coupon_part_return_rate)} THEN refunded END`;
  const promotionBack =
    "CASE WHEN refund IN ('whole', 'line') AND is_returned AND paid IS NOT NULL THEN refunded END";
  const promotion = (slot: number, p: string, off: string) => `SELECT
    l * 8 + ${slot} AS b, l, o, i, u, 'promotion' AS type, ${p}::BIGINT AS ref, ${off}::BIGINT AS off, share, created AS used,
    ${promotionBack} AS returned
  FROM line JOIN promotion ON promotion.p = ${p}`;
  const ofOrder = (slot: string, type: string, uses: string, off: string, returned: string) => `SELECT
    l * 8 + ${slot} AS b, l, shared_line.o, i, shared_line.u, '${type}' AS type, c AS ref, ${off} AS off, share, created AS used,
    ${returned} AS returned
  FROM shared_line JOIN ${uses} AS uses USING (o) JOIN claim USING (c) JOIN template USING (t) LEFT JOIN returns USING (o)`;
  await platform.sql(`CREATE TABLE discount AS
SELECT * EXCLUDE (share), (off * share + 500)::BIGINT // 1000 AS platform
FROM (
  ${promotion(SLOT.promotion, "p1", "d1")}
  UNION ALL
  ${promotion(SLOT.second, "p2", "d2")}
  UNION ALL
  ${ofOrder(`${SLOT.platform}`, "coupon", "(FROM coupon_use WHERE NOT is_seller)", part("reached", "total"), couponBack)}
  UNION ALL
  ${ofOrder(`${SLOT.seller}`, "coupon", "(FROM coupon_use WHERE is_seller)", part("seller_reached", "seller_total"), couponBack)}
  UNION ALL
  ${ofOrder(`${SLOT.allowance} - 1 + uses.slot`, "allowance", "allowance_use", part("reached", "total"), "NULL")}
)
WHERE off > 0`);
  await platform.sql(`CREATE TABLE priced_line AS
SELECT line.* EXCLUDE (p1, d1, p2, d2), (list - coalesce(off, 0))::BIGINT AS pay
FROM line
LEFT JOIN (SELECT l, sum(off) AS off FROM discount GROUP BY l) USING (l)`);
  await platform.sql("DROP TABLE shared_line");
  await platform.sql("DROP TABLE line");
  await platform.sql("ALTER TABLE priced_line RENAME TO line");
}

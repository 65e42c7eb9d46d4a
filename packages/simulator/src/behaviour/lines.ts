import { DAY, HOUR } from "../period.ts";
import type { Platform } from "../platform.ts";

/** Most that promotions take off a line, in percent of its list price: the first one, the second one. */
const FIRST_PROMOTION = 25;
const SECOND_PROMOTION = 10;

/**
 * Table `line`: order lines before coupons and allowances. l = o * 8 + i; o, i, u, created; goods, seller, category, qty;
 * list (cents); p1, d1, p2, d2: up to two promotions and what they take off (cents, NULL: none); rest = list - d1 - d2;
 * paid (us, NULL: never); closed (us, of one never paid); refund, refunded (us) of the line; is_returned. Table `basket`: per o what lines come to after
 * promotions: total, seller_total (the lines of the first line's seller).
 *
 * An order that a benefit caused is topped up (凑单) until the benefit applies.
 */
export async function createLines(platform: Platform): Promise<void> {
  const { draw, parameters, period } = platform;
  const { orders } = parameters;
  const base = `greatest(200, round(100 * ${orders.price.median} * ${draw.spread("goods::BIGINT", "price", orders.price.sigma)}
      * [${orders.level_price.join(", ")}][level + 1] * (0.9 + 0.2 * ${draw.uniform("l", "price of line")})))::BIGINT`;
  await platform.sql(`CREATE TABLE bare_line AS
WITH numbered AS (
  SELECT o, u, created, cause, c, line_cnt, paid, cancelled, later, refund, refunded, is_returned, unnest(range(1, line_cnt + 1)) AS i
  FROM purchase
),
goods AS (
  SELECT *, o * 8 + i AS l, floor(${orders.goods} * pow(${draw.uniform("(o * 8 + i)", "goods")}, 2.2))::INTEGER AS goods
  FROM numbered
)
SELECT
  goods.* EXCLUDE (paid, cancelled, later, refunded, refund),
  ${draw.below("goods::BIGINT", "seller", orders.sellers)} AS seller,
  ${draw.below("goods::BIGINT", "category", orders.categories)} AS category,
  ${draw.pick("l", "quantity", orders.quantities)}::INTEGER AS qty,
  ${base} AS price,
  i > 1 AND i = line_cnt AND ${draw.chance("o", "gift", orders.gift_rate)} AS is_gift,
  CASE WHEN i = 1 OR later IS NULL THEN paid WHEN later >= 0 THEN paid + later END AS paid,
  CASE WHEN i = 1 OR later IS DISTINCT FROM -1 THEN cancelled ELSE created + ${3 * DAY} END AS closed,
  -- Of the order's refund its share: every line, or the first.
  CASE WHEN refund = 'whole' OR i = 1 THEN refund END AS refund,
  refunded - (line_cnt - i) * ${3 * HOUR} AS refunded
FROM goods
JOIN person USING (u)`);
  await platform.sql(`CREATE TABLE topped AS
SELECT o, greatest(1, any_value(need) * 1.75 / sum(CASE WHEN is_gift THEN 0 ELSE price * qty END)) AS factor
FROM bare_line
JOIN claim USING (c)
WHERE cause IN ('lift', 'experiment')
GROUP BY o`);
  const at = (target: string, n: string) =>
    `LEFT JOIN promotion_day AS of_${target} ON of_${target}.target = '${target}' AND of_${target}.n = ${n} AND of_${target}.d = line.d`;
  const cut = (n: 1 | 2, most: number) => `CASE
      WHEN is_gift OR line.created < p${n}.start_us OR line.created > p${n}.end_us THEN NULL
      WHEN p${n}.type = 'direct_off' THEN least(p${n}.amount * qty, list * ${most} // 100)
      WHEN p${n}.type = 'threshold_off' THEN CASE WHEN list >= p${n}.threshold THEN least(p${n}.amount, list * ${most} // 100) END
      WHEN p${n}.type = 'multi_buy' THEN CASE WHEN qty >= 2 THEN least(floor(list * p${n}.rate)::BIGINT, list * ${most} // 100) END
      ELSE least(floor(list * p${n}.rate)::BIGINT, list * ${most} // 100) END`;
  await platform.sql(`CREATE TABLE line AS
WITH listed AS (
  SELECT
    bare_line.* EXCLUDE (price, c, cause),
    ((bare_line.created - ${period.start}) // ${DAY})::INTEGER AS d,
    qty * CASE WHEN factor IS NULL THEN price ELSE ceil(price * factor)::BIGINT END AS list
  FROM bare_line
  LEFT JOIN topped USING (o)
),
offered AS (
  SELECT
    line.*,
    list_distinct(list_concat(of_goods.ps, of_seller.ps, of_category.ps, of_all.ps)) AS ps
  FROM listed AS line
  ${at("goods", "line.goods")}
  ${at("seller", "line.seller")}
  ${at("category", "line.category")}
  ${at("all", "0")}
),
chosen AS (
  SELECT
    * EXCLUDE (ps),
    CASE WHEN len(ps) = 1 THEN ps[1] ELSE list_max(ps) END AS p1,
    CASE WHEN len(ps) > 1 THEN list_min(ps) END AS p2
  FROM offered
),
reduced AS (
  SELECT line.*, ${cut(1, FIRST_PROMOTION)} AS d1, ${cut(2, SECOND_PROMOTION)} AS d2
  FROM chosen AS line
  LEFT JOIN promotion AS p1 ON p1.p = line.p1
  LEFT JOIN promotion AS p2 ON p2.p = line.p2
)
SELECT
  l, o, i, u, line_cnt, created, goods, seller, category, qty, list, is_gift, paid, closed, refund, refunded, is_returned,
  CASE WHEN is_gift THEN 0 WHEN d1 > 0 THEN p1 END AS p1,
  CASE WHEN is_gift THEN list WHEN d1 > 0 THEN d1 END AS d1,
  CASE WHEN d2 > 0 THEN p2 END AS p2,
  CASE WHEN d2 > 0 THEN d2 END AS d2,
  CASE WHEN is_gift THEN 0 ELSE list - coalesce(d1, 0) - coalesce(d2, 0) END AS rest
FROM reduced`);
  await platform.sql(`CREATE TABLE basket AS
SELECT o, sum(rest)::BIGINT AS total, sum(CASE WHEN seller = first_seller THEN rest ELSE 0 END)::BIGINT AS seller_total
FROM (SELECT o, seller, rest, arg_min(seller, i) OVER (PARTITION BY o) AS first_seller FROM line)
GROUP BY o`);
  await platform.sql("DROP TABLE bare_line");
  await platform.sql("DROP TABLE topped");
}

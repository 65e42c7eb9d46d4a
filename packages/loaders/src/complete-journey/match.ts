import type { DuckDBConnection } from "@duckdb/node-api";

interface Pair {
  redemption_no: number;
  order_line_id: string;
  eligible: boolean;
  discounted: boolean;
  basket_eligible: boolean;
}

export type Match = "discounted" | "eligible" | "basket";

/** Every line of a redemption's household on its local day; eligible: a product that the coupon of that campaign is for. */
const PAIRS = `
  SELECT
    redemption.redemption_no,
    line.order_line_id,
    coupon_product.product_id IS NOT NULL AS eligible,
    line.coupon_amt > 0 AS discounted,
    bool_or(coupon_product.product_id IS NOT NULL) OVER (PARTITION BY redemption_no, basket_id) AS basket_eligible
  FROM redemption
  JOIN line ON line.household_id = redemption.household_id AND line.day = redemption.day
  LEFT JOIN coupon_product
    ON coupon_product.campaign_id = redemption.campaign_id
      AND coupon_product.coupon_upc = redemption.coupon_upc
      AND coupon_product.product_id = line.product_id
  ORDER BY redemption_no, basket_id, line.product_id`;

/**
 * Makes table `matched`: redemption_no, order_line_id, match. The file of redemptions has no order, so each is given
 * one line and a line to at most one redemption, in the order (household, day, coupon_upc, campaign, line): first
 * among the coupon's lines with coupon_disc > 0, then among its other lines, then among all lines of the day, those of
 * a basket with one of its products first. Only the first kind carries the line's coupon_disc. Where a day has fewer
 * lines than redemptions, the last ones share a line.
 */
export async function matchRedemptions(connection: DuckDBConnection): Promise<void> {
  const pairs = (await connection.runAndReadAll(PAIRS)).getRowObjectsJS() as unknown as Pair[];
  const inBasket = [...pairs.filter((pair) => pair.basket_eligible), ...pairs];
  const passes: { match: Match; candidates: Pair[]; share?: true }[] = [
    { match: "discounted", candidates: pairs.filter((pair) => pair.eligible && pair.discounted) },
    { match: "eligible", candidates: pairs.filter((pair) => pair.eligible) },
    { match: "basket", candidates: inBasket },
    { match: "basket", candidates: inBasket, share: true },
  ];
  const matched = new Map<number, { line: string; match: Match }>();
  const taken = new Set<string>();
  for (const { match, candidates, share } of passes)
    for (const { redemption_no, order_line_id } of candidates) {
      if (matched.has(redemption_no) || (taken.has(order_line_id) && !share)) continue;
      matched.set(redemption_no, { line: order_line_id, match });
      taken.add(order_line_id);
    }
  await connection.run("CREATE TABLE matched (redemption_no INTEGER, order_line_id VARCHAR, match VARCHAR)");
  const appender = await connection.createAppender("matched");
  for (const [redemptionNo, { line, match }] of matched) {
    appender.appendInteger(redemptionNo);
    appender.appendVarchar(line);
    appender.appendVarchar(match);
    appender.endRow();
  }
  appender.closeSync();
}

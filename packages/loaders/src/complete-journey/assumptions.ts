import type { DuckDBConnection } from "@duckdb/node-api";

/** What the tables rely on, each with a query that counts the rows against it. */
const ASSUMPTIONS: Record<string, string> = {
  "a basket and a product make one line": `
    SELECT count(*) - count(DISTINCT order_line_id) AS n FROM line`,
  "a basket has one household, store and time": `
    SELECT count(*) AS n FROM (
      SELECT basket_id FROM line GROUP BY basket_id
      HAVING count(DISTINCT household_id) > 1 OR count(DISTINCT store_id) > 1 OR count(DISTINCT paid_at) > 1)`,
  "amounts are not negative, so that a discount is one": `
    SELECT count(*) AS n FROM line WHERE list_amt < 0 OR retail_amt < 0 OR coupon_amt < 0 OR match_amt < 0`,
  "a redemption is of a coupon of a campaign that targeted the household": `
    SELECT count(*) AS n FROM redemption
    WHERE NOT EXISTS (FROM target WHERE target.household_id = redemption.household_id AND target.campaign_id = redemption.campaign_id)
      OR NOT EXISTS (FROM template WHERE template.coupon_upc = redemption.coupon_upc AND template.campaign_id = redemption.campaign_id)`,
  "a redemption is within its campaign": `
    SELECT count(*) AS n FROM redemption JOIN campaign USING (campaign_id) WHERE day NOT BETWEEN start_day AND end_day`,
  "a redemption finds a line of its household on its day": `
    SELECT count(*) AS n FROM redemption ANTI JOIN matched USING (redemption_no)`,
  "every redemption became a used coupon": `
    SELECT abs((SELECT count(*) FROM redemption) - (SELECT count(*) FROM coupon WHERE execution_id IS NOT NULL AND used_at IS NOT NULL)) AS n`,
  "the coupons carry all of coupon_disc": `
    SELECT abs((SELECT sum(coupon_amt) FROM line) - (SELECT sum(discount_amt) FROM coupon)) AS n`,
};

/** Throws, naming all that does not hold: other files than the ones the adapter was written for would load wrongly. */
export async function checkAssumptions(connection: DuckDBConnection): Promise<void> {
  const broken: string[] = [];
  for (const [assumption, query] of Object.entries(ASSUMPTIONS)) {
    const found = Number((await connection.runAndReadAll(query)).getRowsJson()[0]?.[0]);
    if (found !== 0) broken.push(`${assumption} (off by ${found})`);
  }
  if (broken.length > 0)
    throw new Error(
      `These files are not the Complete Journey data that the adapter knows, nothing was written: ${broken.join("; ")}.`,
    );
}

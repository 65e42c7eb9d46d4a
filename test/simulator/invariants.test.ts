import { expect, test } from "vitest";
import { simulated } from "./simulated.ts";

/** What a sound source keeps, as queries of violations; `settled` marks order lines that nothing can change any more. */
const invariants: Record<string, string> = {
  "a discount is what platform and merchant pay": `
    SELECT count(*) FROM discount WHERE discount_amt != platform_amt + merchant_amt OR platform_amt < 0 OR merchant_amt < 0`,
  "a line's list price less its discounts is its pay": `
    SELECT count(*) FROM settled LEFT JOIN (SELECT order_line_id, sum(discount_amt) AS off FROM discount GROUP BY 1) USING (order_line_id)
    WHERE list_amt - coalesce(off, 0) != pay_amt OR pay_amt < 0 OR list_amt < 0`,
  "a coupon is used while valid, by its owner": `
    SELECT count(*) FROM settled JOIN discount USING (order_line_id) JOIN coupon ON coupon_id = benefit_id
    WHERE benefit_type = 'coupon' AND paid_at IS NOT NULL
      AND (used_at < coupon.valid_from OR used_at > coupon.valid_to OR coupon.user_id != settled.user_id OR used_at < claim_at)`,
  "a coupon is in one unreturned order at a time": `
    SELECT count(*) FROM (
      SELECT lead(used_at) OVER uses AS next_used_at, returned_at
      FROM (
        SELECT benefit_id, discount.order_id, min(used_at) AS used_at,
          CASE WHEN bool_and(returned_at IS NOT NULL) THEN max(returned_at) END AS returned_at
        FROM settled JOIN discount USING (order_line_id)
        WHERE benefit_type = 'coupon' AND paid_at IS NOT NULL GROUP BY ALL)
      WINDOW uses AS (PARTITION BY benefit_id ORDER BY used_at, order_id))
    WHERE next_used_at IS NOT NULL AND (returned_at IS NULL OR returned_at > next_used_at)`,
  "an allowance is granted once": `
    SELECT count(*) FROM (
      SELECT count_if(flow_type = 'grant') AS grants FROM flow WHERE allowance_id IN (SELECT allowance_id FROM settled_allowance) GROUP BY allowance_id)
    WHERE grants != 1`,
  "an allowance's balance is never negative": `
    SELECT count(*) FROM (
      SELECT sum(CASE WHEN flow_type IN ('grant', 'return') THEN amt ELSE -amt END) OVER (
        PARTITION BY allowance_id ORDER BY occurred_at, CASE WHEN flow_type IN ('grant', 'return') THEN 0 ELSE 1 END, flow_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS balance
      FROM flow WHERE allowance_id IN (SELECT allowance_id FROM settled_allowance))
    WHERE balance < 0`,
  "an allowance whose validity is over has nothing left": `
    SELECT count(*) FROM (
      SELECT allowance_id, sum(CASE WHEN flow_type IN ('grant', 'return') THEN amt ELSE -amt END) AS balance
      FROM flow WHERE allowance_id IN (SELECT allowance_id FROM settled_allowance) GROUP BY 1)
    WHERE balance != 0 AND allowance_id NOT IN (
      -- A correction may give back what the expiry did not know of.
      SELECT allowance_id FROM log_flow WHERE flow_type = 'use' GROUP BY allowance_id, flow_id HAVING count(DISTINCT amt) > 1)`,
  "the ledger's uses on paid lines are the discounts of the allowance": `
    SELECT count(*) FROM (
      SELECT benefit_id, order_line_id, sum(discount_amt) AS off FROM settled JOIN discount USING (order_line_id)
      WHERE benefit_type = 'allowance' AND paid_at IS NOT NULL GROUP BY ALL)
    FULL JOIN (
      SELECT allowance_id AS benefit_id, order_line_id, sum(amt) AS used FROM settled JOIN flow USING (order_line_id)
      WHERE flow_type = 'use' AND paid_at IS NOT NULL GROUP BY ALL) USING (benefit_id, order_line_id)
    WHERE off IS DISTINCT FROM used`,
  "what comes back of an allowance was used on the line": `
    SELECT count(*) FROM (
      SELECT allowance_id, order_line_id, sum(CASE flow_type WHEN 'use' THEN amt ELSE -amt END) AS kept
      FROM settled JOIN flow USING (order_line_id) WHERE flow_type IN ('use', 'return') GROUP BY ALL)
    WHERE kept < 0`,
  "refunds are no more than what was paid": `
    SELECT count(*) FROM settled JOIN (
      SELECT order_line_id, sum(refund_amt) AS refund_amt FROM refund WHERE refund_status = 'succeeded' GROUP BY 1) USING (order_line_id)
    WHERE refund_amt > pay_amt OR paid_at IS NULL`,
  "nothing was claimed from a control execution": `
    SELECT count(*) FROM execution WHERE experiment_group = 'control' AND execution_id IN (
      SELECT execution_id FROM coupon UNION ALL SELECT execution_id FROM flow)`,
  "a claim has the user and the template of its trigger": `
    SELECT count(*) FROM coupon JOIN execution USING (execution_id)
    WHERE coupon.user_id != execution.user_id OR claim_at < triggered_at - INTERVAL 13 HOURS
      OR NOT list_contains([b.template_id FOR b IN benefits], coupon_template_id)`,
  "lines of an order have one user": `
    SELECT count(*) FROM (SELECT order_id FROM line GROUP BY order_id HAVING count(DISTINCT user_id) > 1)`,
  "an order has one coupon of the platform and one of a seller at most": `
    SELECT count(*) FROM (
      SELECT discount.order_id FROM settled JOIN discount USING (order_line_id) WHERE benefit_type = 'coupon'
      GROUP BY discount.order_id HAVING count(DISTINCT benefit_id) > 2)`,
};

for (const [dirt, days, settledAfter] of [
  ["clean", 90, 1],
  ["everyday", 120, 4],
  ["all", 150, 12],
] as const) {
  test(`settled events keep every invariant of a sound source with ${dirt} dirt`, async () => {
    const from = new Date(Date.UTC(2025, 5, 30) - (days - 1) * 86_400_000).toISOString().slice(0, 10);
    const { query, number } = await simulated({ seed: 3, users: 1500, from, to: "2025-06-30", dirt });
    await query(`CREATE TABLE settled AS FROM line WHERE order_id NOT IN (
      SELECT order_id FROM log_line GROUP BY order_id HAVING max(ingested_at) > TIMESTAMPTZ '2025-06-30 16:00:00Z' - INTERVAL ${settledAfter} DAYS
      UNION ALL SELECT order_id FROM log_discount GROUP BY order_id HAVING max(ingested_at) > TIMESTAMPTZ '2025-06-30 16:00:00Z' - INTERVAL ${settledAfter} DAYS)
      AND created_at < TIMESTAMPTZ '2025-06-30 16:00:00Z' - INTERVAL ${settledAfter} DAYS`);
    await query(`CREATE TABLE settled_allowance AS SELECT allowance_id FROM log_flow GROUP BY allowance_id
      HAVING max(occurred_at) < TIMESTAMPTZ '2025-06-30 16:00:00Z' - INTERVAL ${settledAfter} DAYS
        AND count_if(flow_type = 'expire' OR flow_type = 'revoke') > 0`);
    expect(await number("SELECT count(*) FROM settled")).toBeGreaterThan(500);
    expect(await number("SELECT count(*) FROM settled_allowance")).toBeGreaterThan(50);
    const violations: Record<string, number> = {};
    for (const [name, sql] of Object.entries(invariants)) violations[name] = await number(sql);
    expect(violations).toEqual(Object.fromEntries(Object.keys(invariants).map((name) => [name, 0])));
  });
}

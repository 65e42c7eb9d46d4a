import type { Platform } from "../platform.ts";
import { type Row, rowsOf, units } from "./latest.ts";

/** Sums over the whole period as of its end; amounts in currency units, as text. */
export interface Totals {
  /** Distinct execution_ids, their benefits (repeated seqs once) and how many are control. */
  readonly executions: Row;
  /** Claimed coupons and granted allowances, by benefit type and whether a strategy issued them. */
  readonly claims: readonly Row[];
  readonly paid_lines: Row;
  /** Pairs of a benefit and an order with a record on a paid line, by benefit type; returned_amt: coupons' and promotions' records. */
  readonly redemptions: readonly Row[];
  readonly refunds: Row;
  /** Of the allowance ledger, by flow type. */
  readonly ledger: readonly Row[];
}

/** Needs the tables now_*. */
export async function totals(platform: Platform): Promise<Totals> {
  const { end } = platform.period;
  const one = async (query: string) => (await rowsOf(platform, query))[0] as Row;
  await platform.sql(`CREATE TABLE paid_line AS SELECT l, o, u, list, pay FROM now_line WHERE paid < ${end}`);
  await platform.sql(`CREATE TABLE used AS
SELECT type, ref, o, off, platform, returned FROM now_discount SEMI JOIN paid_line USING (l)`);
  return {
    executions: await one(`WITH retried AS (
  SELECT x FROM now_execution WHERE retry = 1 AND triggered < ${end}
),
first_try AS (
  SELECT x FROM now_execution SEMI JOIN retried USING (x) WHERE retry = 0 AND NOT is_rekeyed AND triggered < ${end}
),
-- A retry has as many benefits as what it retries, and counts where that is not there.
winner AS (
  SELECT list, is_control FROM now_execution WHERE retry = 0 AND triggered < ${end}
  UNION ALL
  SELECT list, is_control FROM now_execution ANTI JOIN first_try USING (x) WHERE retry = 1 AND triggered < ${end}
)
SELECT
  count(*) AS executions, count_if(is_control) AS control_executions,
  sum(CASE WHEN list % 4 = 1 THEN 0 ELSE seqs END)::BIGINT AS benefits
FROM winner
JOIN (SELECT v, count(*) AS seqs FROM version_benefit GROUP BY v) AS version ON version.v = list // 4`),
    claims: await rowsOf(
      platform,
      `SELECT 'coupon' AS benefit_type, x IS NOT NULL AS is_strategy, count(*) AS claims, ${units("sum(face)")} AS face_amt
FROM now_coupon WHERE claimed < ${end} GROUP BY ALL
UNION ALL
SELECT 'allowance', x IS NOT NULL, count(*), ${units("sum(amount)")}
FROM now_flow WHERE type = 'grant' AND happened < ${end} GROUP BY ALL
ORDER BY ALL`,
    ),
    paid_lines: await one(`SELECT
  count(*) AS lines, count(DISTINCT o) AS orders, count(DISTINCT u) AS users, ${units("sum(list)")} AS list_amt, ${units("sum(pay)")} AS pay_amt,
  ${units(`(SELECT sum(off - platform) FROM used)`)} AS merchant_subsidy_amt, ${units(`(SELECT sum(platform) FROM used)`)} AS platform_subsidy_amt,
  ${units(`sum(list) - (SELECT sum(off - platform) FROM used)`)} AS dgmv_amt
FROM paid_line`),
    redemptions: await rowsOf(
      platform,
      `SELECT
  type AS benefit_type, count(*) AS pairs, sum(records)::BIGINT AS records, ${units("sum(off)")} AS discount_amt,
  ${units("sum(platform)")} AS platform_subsidy_amt, ${units("sum(off - platform)")} AS merchant_subsidy_amt,
  ${units("sum(returned)")} AS returned_amt
FROM (
  SELECT type, ref, o, count(*) AS records, sum(off) AS off, sum(platform) AS platform, sum(CASE WHEN returned < ${end} THEN off ELSE 0 END) AS returned
  FROM used GROUP BY ALL
)
GROUP BY type ORDER BY type`,
    ),
    refunds:
      await one(`SELECT count(*) AS refunds, count(DISTINCT l) AS lines, ${units("sum(amount)")} AS refund_amt
FROM now_refund SEMI JOIN paid_line USING (l) WHERE status = 'succeeded' AND refunded < ${end}`),
    ledger: await rowsOf(
      platform,
      `SELECT type AS flow_type, count(*) AS flows, ${units("sum(amount)")} AS amt
FROM now_flow WHERE happened < ${end} GROUP BY type ORDER BY type`,
    ),
  };
}

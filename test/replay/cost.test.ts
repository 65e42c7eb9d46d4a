/** What a day's build costs does not depend on how long the history is, and a late event touches its own days only. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventLogs } from "../../packages/cli/src/bench/costs.ts";
import { addDays } from "../../packages/simulator/src/judge/time.ts";
import { expectRows } from "../support/table-text.ts";
import type { Moment } from "../support/time.ts";
import { openWarehouse, type Warehouse } from "../support/warehouse.ts";
import { allowance, coupon, promotion, World } from "../support/world.ts";
import { type Bytes, MeasuredWarehouse, total } from "./measured-warehouse.ts";

const tables = [
  "redcdm.dm_ecm_trd_mkt_activity_coupon_get_use_600d_di",
  "redcdm.dm_ecm_trd_mkt_activity_user_allowance_get_use_1d_df",
  "redcdm.dm_ecm_trd_mkt_promotion_use_dtl_500d_nd_di",
  "redcdm.dwd_ecm_mkt_user_strategy_execution_coupon_get_use_df",
  "redcdm.dwd_ecm_mkt_user_strategy_execution_allowance_get_use_df",
  "redcdm.dim_ecm_user_lifecycle_df",
  "redcdm.dm_ecm_mkt_core_metric_1d_di",
  "redcdm.dm_ecm_mkt_strategy_cost_1d_di",
  "redcdm.dm_ecm_mkt_trigger_funnel_user_tag_1d_di",
];
/** Its own history is added up, one figure a row; that the rest of it is flat is held by the total. */
const ADDS_UP = "redcdm.dm_ecm_mkt_strategy_cost_1d_di";
const LAST = "2025-06-29";
const SHORT = 40;

/** Bytes of the last day's build and of a full refresh two days before it, when the logs begin so many days before. */
async function costs(warehouse: MeasuredWarehouse, history: number): Promise<{ day: Bytes; full: Bytes }> {
  for (const log of eventLogs)
    await warehouse.query(
      `DELETE FROM \`${log}\` WHERE ingested_at < TIMESTAMP('${addDays(LAST, -history)}', 'Asia/Shanghai')`,
    );
  const full = await warehouse.run(addDays(LAST, -2), true);
  // The first day after a full refresh makes the indexes.
  await warehouse.run(addDays(LAST, -1));
  return { day: await warehouse.run(LAST), full };
}

describe("the bytes of a day", () => {
  let warehouse: MeasuredWarehouse;
  beforeAll(async () => {
    const from = addDays(LAST, -4 * SHORT);
    warehouse = await MeasuredWarehouse.open(tables, {
      seed: 3,
      users: 120,
      from,
      to: LAST,
      dirt: "everyday",
    });
  });
  afterAll(() => warehouse?.close());

  it("are the same after four times the history, table by table", async () => {
    // The long history first: what is cut away does not come back.
    const long = await costs(warehouse, 4 * SHORT);
    await warehouse.run(LAST, true);
    const again = await costs(warehouse, 4 * SHORT);
    const short = await costs(warehouse, SHORT);
    expect(total(long.full)).toBeGreaterThan(2 * total(short.full));
    expect(total(short.day)).toBeGreaterThan(0);
    // A day that was built whole before, and left by a full refresh as of an earlier day, is no dearer the second time
    // (but for the log of builds, which every table reads and which is longer).
    const dearer = [...again.day].filter(
      ([name, bytes]) => bytes > 1.05 * (long.day.get(name) ?? 0) + 100_000,
    );
    expect(dearer).toEqual([]);
    const ratios = [...long.day].map(([name, bytes]) => ({ name, bytes, short: short.day.get(name) ?? 0 }));
    const grown = ratios.filter(
      ({ name, bytes, short }) => bytes > (name === ADDS_UP ? 2 : 1.25) * short + 4000,
    );
    expect(grown).toEqual([]);
    expect(total(long.day)).toBeLessThan(1.25 * total(short.day));
  });
});

/** Every ten days somebody is triggered, claims, is granted and buys; the first order is refunded 300 days later. */
function story(): World {
  const world = new World();
  world.strategy({ strategy: "S1", from: "01-01 00:00" });
  world.couponTemplate({ template: "T", face: 10, known: "01-01 00:00" });
  world.allowanceTemplate({ template: "A", face: 20, known: "01-01 00:00" });
  world.promotion({ promotion: "P", targets: ["all:all"], start: "01-01 00:00", end: "12-31 00:00" });
  for (const [n, month] of ["01", "02", "03", "04", "05"].entries()) {
    const [user, validTo] = [`u${n}`, "2025-12-31 00:00" as const];
    world.trigger({
      execution: `E${n}`,
      user,
      at: `${month}-10 08:00` as Moment,
      benefits: [
        { seq: 1, coupon: "T", planned: 10 },
        { seq: 2, allowance: "A", planned: 20 },
      ],
    });
    const claimed = { user, at: `${month}-11 09:00` as Moment, execution: `E${n}`, validTo };
    world.claimCoupon({ ...claimed, coupon: `K${n}`, template: "T", face: 10, seq: 1 });
    world.grantAllowance({ ...claimed, allowance: `W${n}`, template: "A", amount: 20, seq: 2 });
    world.order({
      order: `O${n}`,
      user,
      created: `${month}-12 10:00` as Moment,
      paid: `${month}-12 10:01` as Moment,
      lines: [
        { line: `L${n}`, list: 50, off: [coupon(`K${n}`, 10), allowance(`W${n}`, 5), promotion("P", 3)] },
      ],
    });
  }
  world.refund({ line: "L0", at: "11-06 12:00" });
  return world;
}

describe("a refund after 300 days", () => {
  let warehouse: Warehouse;
  beforeAll(async () => {
    warehouse = await openWarehouse(story());
  });
  afterAll(() => warehouse?.close());

  it("rewrites the days of its line and of the benefits used on it, and no other", async () => {
    await warehouse.run("10-30");
    await warehouse.run("11-05");
    await warehouse.run("11-06");
    expectRows(
      await warehouse.query(
        `SELECT subject, ds FROM growth_state.change
         WHERE as_of_at = (SELECT MAX(as_of_at) FROM growth_state.change) AND subject != 'promotion'`,
      ),
      `subject           | ds
       order_line        | 01-12
       order             | 01-12
       user              | 01-12
       coupon            | 01-11
       coupon_trigger    | 01-10
       coupon_event      | 01-10
       allowance         | 01-11
       allowance_trigger | 01-10`,
    );
    expectRows(
      await warehouse.rows("couponWide", "refund_amt > 0 OR order_refund_amt > 0"),
      `row_key | ds
       K0|O0   | 01-11`,
    );
    await warehouse.expectSameAsFullRefresh();
  });
});

/**
 * The strategy funnel of an unfinished today: right at every run, and a rerun some minutes later reads the rows of the cohort that
 * changed, however long the history is.
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import { FastWarehouse } from "../../../replay/fast-warehouse.ts";
import { rawSourcesOf } from "../../../replay/judged.ts";
import { expectRows } from "../../../support/table-text.ts";
import { tables } from "../../../support/tables.ts";
import { daysBetween } from "../../../support/time.ts";
import { coupon, World } from "../../../support/world.ts";

const USERS = 10;
const TODAY = "2024-06-20";
const at = (day: string, time: string) => ({ runDate: day, asOf: `${day} ${time}:00+08:00` });

/** Ten users are triggered and claim each day from the first to yesterday; today, too, and a few more after noon. */
function story(first: string): World {
  const world = new World();
  const trigger = (id: string, moment: string) => {
    world.trigger({
      execution: `E${id}`,
      user: `u${id}`,
      at: moment,
      benefits: [{ seq: 1, coupon: "T", planned: 10 }],
    });
    world.claimCoupon({
      coupon: `C${id}`,
      template: "T",
      user: `u${id}`,
      at: moment,
      face: 10,
      execution: `E${id}`,
      seq: 1,
    });
  };
  for (const day of daysBetween(first, TODAY))
    for (let n = 0; n < USERS; n++) trigger(`${day}-${n}`, `${day} 09:00`);
  for (let n = 0; n < 5; n++) trigger(`late-${n}`, `${TODAY} 12:05`);
  world.order({
    order: "O1",
    user: "ulate-0",
    created: `${TODAY} 12:10`,
    paid: `${TODAY} 12:11`,
    lines: [{ line: "L1", list: 60, off: [coupon("Clate-0", 10)] }],
  });
  return world;
}

let warehouse: FastWarehouse;
beforeAll(async () => {
  warehouse = await FastWarehouse.open([tables.funnelStrategy], undefined, { measureBytes: true });
});
afterAll(() => warehouse?.close());

/** Runs yesterday, noon and a quarter past; the bytes that the strategy funnel's last run processed. */
async function bytesOfRerun(first: string): Promise<number> {
  await warehouse.fill(rawSourcesOf(story(first)));
  await warehouse.run({ runDate: "2024-06-19", asOf: "2024-06-20 00:00:00+08:00" });
  await warehouse.run(at(TODAY, "12:00"));
  const costs = await warehouse.costs(at(TODAY, "12:15"));
  return costs.get(tables.funnelStrategy)?.bytes ?? 0;
}

it("reads as much after six weeks as after sixteen, and today is right to the minute", async () => {
  const short = await bytesOfRerun("2024-05-10");
  const long = await bytesOfRerun("2024-03-01");
  expectRows(
    await warehouse.query(
      `SELECT * FROM ${tables.funnelStrategy} WHERE ds = '${TODAY}' AND level = 'all' AND window_days = 0`,
    ),
    `trigger_uv | claim_uv | redeem_uv | dgmv | platform_subsidy | mature
     15         | 15       | 1         | 60   | 10               | no`,
  );
  expect(short).toBeGreaterThan(0);
  expect(long).toBeLessThan(1.05 * short);
  expect(short).toBeLessThan(60_000);
});

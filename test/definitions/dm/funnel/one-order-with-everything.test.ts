/** The funnel of S1 after the order that redeems everything, is refunded in steps, and whose coupon is used again. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { QuickStory } from "../../../support/quick-story.ts";
import { expectRows } from "../../../support/table-text.ts";
import { tables } from "../../../support/tables.ts";
import { allowance, byMerchant, coupon, promotion, World } from "../../../support/world.ts";

function story(): World {
  const world = new World();
  world.strategy({ strategy: "S1", from: "05-20 00:00" });
  world.scene({ scene: "home", group: "feed", known: "05-20 00:00" });
  world.claimCoupon({ coupon: "B", template: "TB", user: "u1", at: "05-30 12:00", face: 7 });
  world.trigger({
    execution: "E1",
    user: "u1",
    at: "06-01 10:00",
    benefits: [
      { seq: 1, coupon: "TA", planned: 20 },
      { seq: 2, allowance: "TW", planned: 30 },
      { seq: 3, coupon: "TC", planned: 5 },
    ],
  });
  const claim = { user: "u1", at: "06-01 10:05", execution: "E1" };
  world.claimCoupon({ ...claim, coupon: "A", template: "TA", face: 20, seq: 1 });
  world.grantAllowance({ ...claim, allowance: "W", template: "TW", amount: 30, seq: 2 });
  world.order({
    order: "O1",
    user: "u1",
    created: "06-01 23:58",
    paid: "06-02 00:03",
    lines: [
      {
        line: "L1",
        list: 100,
        off: [
          promotion("P", 10, byMerchant),
          coupon("A", 13.33),
          coupon("B", 7, byMerchant),
          allowance("W", 6),
        ],
      },
      { line: "L2", list: 50, off: [promotion("P", 5, byMerchant), coupon("A", 6.67), allowance("W", 3)] },
    ],
  });
  world.refund({ line: "L2", at: "06-05 15:00" });
  world.returnBenefit({ benefit: "W", order: "O1", lines: ["L2"], at: "06-05 15:01" });
  world.refund({ line: "L1", at: "06-08 11:00" });
  world.returnBenefit({ benefit: "W", order: "O1", lines: ["L1"], at: "06-08 11:01" });
  world.returnBenefit({ benefit: "A", order: "O1", at: "06-08 11:02" });
  world.order({
    order: "O2",
    user: "u1",
    created: "06-09 09:00",
    paid: "06-09 09:02",
    lines: [{ line: "L3", list: 80, off: [coupon("A", 20), allowance("W", 10)] }],
  });
  return world;
}

describe("the funnel of one order with everything", () => {
  const funnels = [tables.funnelStrategy, tables.funnelTemplate];
  let warehouse: QuickStory;
  beforeAll(async () => {
    warehouse = await QuickStory.open(funnels);
    await warehouse.tell(story());
  });
  afterAll(() => warehouse?.close());
  const rows = (table: string, where: string) =>
    warehouse.query(`SELECT * FROM \`${table}\` WHERE ds = '2024-06-01' AND ${where}`);
  const strategy = () => rows(tables.funnelStrategy, "level = 'strategy_id'");

  it("06-05: one line is refunded; window 3, closed the day before, does not see it", async () => {
    await warehouse.run("06-01", "06-05");
    expectRows(
      await strategy(),
      `window_days | redeem_uv | dgmv | refund | order_refund | returned_discount | net_dgmv | net_platform_subsidy | mature
       0           | 0         | 0    | 0      | 0            | 0                 | 0        | 0                    | yes
       1           | 1         | 128  | 0      | 0            | 0                 | 128      | 29                   | yes
       3           | 1         | 128  | 0      | 0            | 0                 | 128      | 29                   | yes
       7           | 1         | 128  | 23.29  | 35.33        | 3                 | 83       | 19.33                | no
       14          | 1         | 128  | 23.29  | 35.33        | 3                 | 83       | 19.33                | no
       30          | 1         | 128  | 23.29  | 35.33        | 3                 | 83       | 19.33                | no`,
    );
  });

  it("06-09: everything came back, and the coupon was used again", async () => {
    await warehouse.run("06-09");
    const found = await strategy();
    expectRows(
      found,
      `window_days | trigger_uv | trigger | trigger_benefit | claim_uv | claim | claimed_face | claim_rate | mature | final
       0           | 1          | 1       | 3               | 1        | 2     | 50           | 1          | yes    | yes
       1           | 1          | 1       | 3               | 1        | 2     | 50           | 1          | yes    | yes
       3           | 1          | 1       | 3               | 1        | 2     | 50           | 1          | yes    | yes
       7           | 1          | 1       | 3               | 1        | 2     | 50           | 1          | yes    | no
       14          | 1          | 1       | 3               | 1        | 2     | 50           | 1          | no     | no
       30          | 1          | 1       | 3               | 1        | 2     | 50           | 1          | no     | no`,
    );
    expectRows(
      found,
      `window_days | redeem_uv | redeem_cnt | redeem_order | dgmv | alloc_dgmv | platform_subsidy | returned_discount | refund | order_refund | net_dgmv | net_platform_subsidy
       0           | 0         | 0          | 0            | 0    | 0          | 0                | 0                 | 0      | 0            | 0        | 0
       1           | 1         | 2          | 1            | 128  | 73.82      | 29               | 0                 | 0      | 0            | 128      | 29
       3           | 1         | 2          | 1            | 128  | 73.82      | 29               | 0                 | 0      | 0            | 128      | 29
       7           | 1         | 2          | 1            | 128  | 73.82      | 29               | 29                | 57.16  | 99           | 0        | 0
       14          | 1         | 4          | 2            | 208  | 153.82     | 59               | 29                | 57.16  | 99           | 80       | 30
       30          | 1         | 4          | 2            | 208  | 153.82     | 59               | 29                | 57.16  | 99           | 80       | 30`,
    );
    expectRows(
      found,
      `window_days | avg_buyer | avg_order | roi    | net_roi            | amount_redeem_rate
       0           | -         | -         | -      | -                  | 0
       1           | 128       | 128       | ${128 / 29} | ${128 / 29}   | 0.58
       3           | 128       | 128       | ${128 / 29} | ${128 / 29}   | 0.58
       7           | 128       | 128       | ${128 / 29} | -             | 0
       14          | 208       | 104       | ${208 / 59} | ${80 / 30}    | 0.6
       30          | 208       | 104       | ${208 / 59} | ${80 / 30}    | 0.6`,
    );
  });

  it("gives the coupons their part of it, and what was not claimed", async () => {
    expectRows(
      await rows(tables.funnelTemplate, "window_days = 14"),
      `level              | coupon_template_id | trigger_uv | trigger_benefit | claim | redeem_cnt | dgmv | alloc_dgmv | platform_subsidy | refund | net_dgmv | net_platform_subsidy
       all                | ALL                | 1          | 2               | 1     | 2          | 208  | 104.24     | 40               | 39.42  | 80       | 20
       coupon_template_id | TA                 | 1          | 1               | 1     | 2          | 208  | 104.24     | 40               | 39.42  | 80       | 20
       coupon_template_id | TC                 | 1          | 1               | 0     | 0          | 0    | 0          | 0                | 0      | 0        | 0`,
    );
  });

  it("is what a full refresh gives", async () => {
    for (const table of funnels) expect(await warehouse.refreshed(table), table).toEqual([]);
  });
});

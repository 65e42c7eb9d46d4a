/** The funnel of S1 after the order that redeems everything, is refunded in steps, and whose coupon is used again. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tellOneOrder } from "../../../support/one-order.ts";
import { QuickStory } from "../../../support/quick-story.ts";
import { expectRows } from "../../../support/table-text.ts";
import { tables } from "../../../support/tables.ts";
import { World } from "../../../support/world.ts";

function story(): World {
  const world = new World();
  world.strategy({ strategy: "S1", from: "05-20 00:00" });
  world.scene({ scene: "home", group: "feed", known: "05-20 00:00" });
  tellOneOrder(world);
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

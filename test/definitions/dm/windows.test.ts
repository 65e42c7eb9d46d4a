/** Windows of 600 and 500 days lose their oldest day as run_date moves on, also where nothing else happens. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectRows } from "../../support/table-text.ts";
import { openWarehouse, type Warehouse } from "../../support/warehouse.ts";
import { coupon, promotion, World } from "../../support/world.ts";

function story(): World {
  const world = new World();
  world.strategy({ strategy: "S1", from: "01-01 00:00" });
  world.couponTemplate({ template: "T", face: 10, known: "01-01 00:00" });
  world.promotion({
    promotion: "never-used",
    targets: ["all:all"],
    start: "01-15 00:00",
    end: "01-31 00:00",
  });
  world.promotion({ promotion: "used", targets: ["all:all"], start: "01-14 00:00", end: "01-31 00:00" });
  world.promotion({
    promotion: "planned",
    targets: ["all:all"],
    start: "2025-05-29 00:00",
    end: "2025-06-18 00:00",
    known: "01-18 00:00",
  });
  world.trigger({
    execution: "E50",
    user: "u50",
    at: "01-15 08:00",
    benefits: [{ seq: 1, coupon: "T", planned: 10 }],
  });
  world.claimCoupon({
    coupon: "first-day",
    template: "T",
    user: "u50",
    at: "01-15 09:00",
    face: 10,
    execution: "E50",
    seq: 1,
  });
  world.claimCoupon({ coupon: "next-day", template: "T", user: "u51", at: "01-16 09:00", face: 10 });
  world.order({
    order: "O50",
    user: "u50",
    created: "01-16 10:00",
    paid: "01-16 10:01",
    lines: [{ line: "L50", list: 30, off: [coupon("first-day", 10), promotion("used", 5)] }],
  });
  world.refund({ line: "L50", at: "2025-09-06 12:00" });
  return world;
}

describe("rolling windows", () => {
  let warehouse: Warehouse;
  beforeAll(async () => {
    warehouse = await openWarehouse(story());
  });
  afterAll(() => warehouse?.close());

  it("2024-01-20: everything is inside", async () => {
    await warehouse.run("2024-01-20");
    expectRows(
      await warehouse.rows("couponWide"),
      `row_key       | ds
       first-day|O50 | 01-15
       next-day|∅    | 01-16`,
    );
    expectRows(
      await warehouse.rows("promotionWide"),
      `row_key              | ds
       never-used|all|all|∅ | 01-15
       used|all|all|O50     | 01-16`,
    );
  });

  it("2025-05-28: 01-15 is the oldest of 500 days", async () => {
    await warehouse.run("2025-05-28");
    expectRows(
      await warehouse.rows("promotionWide"),
      `row_key              | ds
       never-used|all|all|∅ | 01-15
       used|all|all|O50     | 01-16`,
    );
  });

  it("2025-05-29: 01-15 has left the 500 days, and a promotion of long ago starts", async () => {
    await warehouse.run("2025-05-29");
    expectRows(
      await warehouse.rows("promotionWide"),
      `row_key           | ds
       planned|all|all|∅ | 2025-05-29
       used|all|all|O50  | 01-16`,
    );
    await warehouse.expectSameAsFullRefresh();
  });

  it("2025-09-05: 01-15 is the oldest of 600 days; next-day has long expired", async () => {
    await warehouse.run("2025-09-05");
    expectRows(
      await warehouse.rows("couponWide"),
      `row_key       | ds    | use_state
       first-day|O50 | 01-15 | redeemed
       next-day|∅    | 01-16 | expired`,
    );
    expectRows(
      await warehouse.rows("promotionWide"),
      `row_key           | ds
       planned|all|all|∅ | 2025-05-29`,
    );
  });

  it("2025-09-06: 01-15 has left the 600 days, and a refund of its order does not bring it back", async () => {
    await warehouse.run("2025-09-06");
    expectRows(
      await warehouse.rows("couponWide"),
      `row_key    | ds    | use_state
       next-day|∅ | 01-16 | expired`,
    );
    expect((await warehouse.rows("promotionWide", "promotion_id = 'used'")).rows).toEqual([]);
    await warehouse.expectSameAsFullRefresh();
  });

  it("keeps what has no window: the order line, refunded, and the chain", async () => {
    expectRows(
      await warehouse.rows("orderLine"),
      `order_line | ds    | dgmv | refund | net_dgmv | fully_refunded
       L50        | 01-16 | 30   | 15     | 0        | yes`,
    );
    expectRows(
      await warehouse.rows("couponChain"),
      `row_key             | ds    | refund | net_dgmv
       E50|1|first-day|O50 | 01-15 | 10     | 0`,
    );
  });
});

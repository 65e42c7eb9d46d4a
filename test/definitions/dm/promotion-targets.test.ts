/**
 * A discount of a promotion belongs to the most specific of its targets that matches the line; a target that was never
 * used stands at its start day until the first redemption ever.
 *
 * Assumed where the definitions are silent: 'unmatched' has no target_id ('∅' in the row_key); a promotion that is not
 * configured at all is unmatched, too, with the columns of its configuration NULL.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectRows, sumOf } from "../../support/table-text.ts";
import { openWarehouse, type Warehouse } from "../../support/warehouse.ts";
import { byMerchant, promotion, World } from "../../support/world.ts";

function story(): World {
  const world = new World();
  const dates = { start: "06-08 00:00", end: "06-20 23:59:59" };
  world.promotion({
    promotion: "P1",
    targets: ["goods:G1", "category:C9", "all:all"],
    type: "multi_buy",
    ...dates,
  });
  world.promotion({ promotion: "P2", targets: ["goods:G9"], ...dates, platformShare: 0.5 });
  world.promotion({ promotion: "P3", targets: ["category:C9", "seller:V3"], ...dates });
  world.promotion({
    promotion: "P4",
    targets: ["all:all"],
    start: "06-12 00:00",
    end: "06-13 23:59:59",
    known: "06-09 15:00",
  });

  world.order({
    order: "O5",
    user: "u5",
    created: "06-11 20:00",
    paid: "06-11 20:01",
    lines: [
      { line: "L51", list: 60, goods: "G1", category: "C9", off: [promotion("P1", 5)] },
      { line: "L52", list: 40, goods: "G2", category: "C9", off: [promotion("P1", 5)] },
    ],
  });

  world.order({
    order: "O6",
    user: "u6",
    created: "06-12 09:00",
    paid: "06-12 09:01",
    lines: [
      { line: "L61", list: 30, goods: "G3", category: "C8", off: [promotion("P1", 3)] },
      { line: "L62", list: 25, goods: "G1", category: "C9", off: [promotion("P2", 2, byMerchant)] },
      { line: "L63", list: 20, goods: "G4", category: "C9", seller: "V3", off: [promotion("P3", 1)] },
      { line: "L64", list: 10, goods: "G4", category: "C7", off: [promotion("P0", 4)] },
    ],
  });
  return world;
}

describe("the targets of a promotion", () => {
  let warehouse: Warehouse;
  beforeAll(async () => {
    warehouse = await openWarehouse(story());
  });
  afterAll(() => warehouse?.close());

  describe("06-10: nobody has bought yet", () => {
    beforeAll(() => warehouse.run("06-10"));

    it("shows every target once at its start day, and not the promotion that starts later", async () => {
      expectRows(
        await warehouse.rows("promotionWide"),
        `row_key         | ds    | promotion | target_type | target | order | promotion_type | start_at    | end_at         | platform_share | user | discount | first_row
         P1|all|all|∅    | 06-08 | P1        | all         | all    | -     | multi_buy      | 06-08 00:00 | 06-20 23:59:59 | 1              | -    | 0        | yes
         P1|category|C9|∅ | 06-08 | P1       | category    | C9     | -     | multi_buy      | 06-08 00:00 | 06-20 23:59:59 | 1              | -    | 0        | yes
         P1|goods|G1|∅   | 06-08 | P1        | goods       | G1     | -     | multi_buy      | 06-08 00:00 | 06-20 23:59:59 | 1              | -    | 0        | yes
         P2|goods|G9|∅   | 06-08 | P2        | goods       | G9     | -     | direct_off     | 06-08 00:00 | 06-20 23:59:59 | 0.5            | -    | 0        | yes
         P3|category|C9|∅ | 06-08 | P3       | category    | C9     | -     | direct_off     | 06-08 00:00 | 06-20 23:59:59 | 1              | -    | 0        | yes
         P3|seller|V3|∅  | 06-08 | P3        | seller      | V3     | -     | direct_off     | 06-08 00:00 | 06-20 23:59:59 | 1              | -    | 0        | yes`,
      );
    });
  });

  describe("06-11: O5 has a line of goods G1 and one of category C9", () => {
    beforeAll(() => warehouse.run("06-11"));

    it("gives each line's 5.00 to one target; 'all' still stands at its start day", async () => {
      const rows = await warehouse.rows("promotionWide", "promotion_id = 'P1'");
      expectRows(
        rows,
        `row_key           | ds    | target_type | target | order | user | redeem_at   | redeem_ds | line_cnt | discount | platform_subsidy | order_dgmv | alloc_dgmv
         P1|all|all|∅      | 06-08 | all         | all    | -     | -    | -           | -         | 0        | 0        | 0                | 0          | 0
         P1|category|C9|O5 | 06-11 | category    | C9     | O5    | u5   | 06-11 20:01 | 06-11     | 1        | 5        | 5                | 40         | 40
         P1|goods|G1|O5    | 06-11 | goods       | G1     | O5    | u5   | 06-11 20:01 | 06-11     | 1        | 5        | 5                | 60         | 60`,
      );
      expect(sumOf(rows, "discount_amt")).toBe("10.00");
    });

    it("leaves the other promotions' targets unused", async () => {
      expectRows(
        await warehouse.rows("promotionWide", "promotion_id <> 'P1'"),
        `row_key          | ds
         P2|goods|G9|∅    | 06-08
         P3|category|C9|∅ | 06-08
         P3|seller|V3|∅   | 06-08`,
      );
    });

    it("is what a full refresh gives", () => warehouse.expectSameAsFullRefresh());
  });

  describe("06-12: O6 uses the rest", () => {
    beforeAll(() => warehouse.run("06-12"));

    it("drops the never-used row of 'all' with its first redemption", async () => {
      expectRows(
        await warehouse.rows("promotionWide", "promotion_id = 'P1'"),
        `row_key           | ds    | order | discount
         P1|all|all|O6     | 06-12 | O6    | 3
         P1|category|C9|O5 | 06-11 | O5    | 5
         P1|goods|G1|O5    | 06-11 | O5    | 5`,
      );
    });

    it("keeps a discount that no target matches as 'unmatched', beside the unused target", async () => {
      expectRows(
        await warehouse.rows("promotionWide", "promotion_id = 'P2'"),
        `row_key          | ds    | target_type | target | order | user | discount | merchant_subsidy | order_dgmv | alloc_dgmv
         P2|goods|G9|∅    | 06-08 | goods       | G9     | -     | -    | 0        | 0                | 0          | 0
         P2|unmatched|∅|O6 | 06-12 | unmatched  | -      | O6    | u6   | 2        | 2                | 23         | 23`,
      );
    });

    it("prefers the seller to the category", async () => {
      expectRows(
        await warehouse.rows("promotionWide", "promotion_id = 'P3'"),
        `row_key          | ds    | target_type | order | discount
         P3|category|C9|∅ | 06-08 | category    | -     | 0
         P3|seller|V3|O6  | 06-12 | seller      | O6    | 1`,
      );
    });

    it("keeps the discount of a promotion nobody configured", async () => {
      expectRows(
        await warehouse.rows("promotionWide", "promotion_id = 'P0'"),
        `row_key           | ds    | target_type | target | order | discount | promotion_type | start_at | platform_share
         P0|unmatched|∅|O6 | 06-12 | unmatched   | -      | O6    | 4        | -              | -        | -`,
      );
    });

    it("shows the promotion that starts today, although nothing was heard of it today", async () => {
      expectRows(
        await warehouse.rows("promotionWide", "promotion_id = 'P4'"),
        `row_key      | ds    | order
         P4|all|all|∅ | 06-12 | -`,
      );
    });

    it("loses and doubles no cent of the orders' discounts", async () => {
      expect(sumOf(await warehouse.rows("promotionWide"), "discount_amt")).toBe("20.00");
    });

    it("is what a full refresh gives", () => warehouse.expectSameAsFullRefresh());
  });
});

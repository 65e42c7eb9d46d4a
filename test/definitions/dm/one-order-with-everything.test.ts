/**
 * One order redeems a promotion, two coupons and an allowance, is refunded in steps, and its coupon is used again.
 *
 * Assumed where the definitions are silent: a row without an order has 0 in redemption amounts and line_cnt, NULL in the
 * other redemption columns, and is the benefit's first row; net subsidies leave out the whole of a fully refunded line,
 * also where the benefit itself did not come back; what expired and what was revoked belong to the allowance, not to a
 * pair, and stand on each of its rows.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectRows, sumOf } from "../../support/table-text.ts";
import { openWarehouse, type Warehouse } from "../../support/warehouse.ts";
import { allowance, byMerchant, coupon, promotion, World } from "../../support/world.ts";

function story(): World {
  const world = new World();
  world.strategy({ strategy: "S1", from: "05-20 00:00" });
  world.scene({ scene: "home", group: "feed", known: "05-20 00:00" });
  world.couponTemplate({
    template: "TA",
    type: "threshold_off",
    threshold: 50,
    face: 20,
    known: "05-20 00:00",
  });
  world.couponTemplate({ template: "TB", face: 7, platformShare: 0, known: "05-20 00:00" });
  world.couponTemplate({ template: "TC", face: 5, known: "05-20 00:00" });
  world.allowanceTemplate({ template: "TW", face: 30, known: "05-20 00:00" });
  world.promotion({
    promotion: "P",
    type: "threshold_off",
    targets: ["all:all"],
    start: "05-20 00:00",
    end: "06-18 23:59:59",
    platformShare: 0,
  });

  world.claimCoupon({ coupon: "B", template: "TB", user: "u1", at: "05-30 12:00", face: 7, scene: "centre" });

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
  world.claimCoupon({
    coupon: "A",
    template: "TA",
    user: "u1",
    at: "06-01 10:05",
    face: 20,
    execution: "E1",
    seq: 1,
  });
  world.grantAllowance({
    allowance: "W",
    template: "TW",
    user: "u1",
    at: "06-01 10:06",
    amount: 30,
    execution: "E1",
    seq: 2,
  });

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
      {
        line: "L2",
        list: 50,
        seller: "V2",
        off: [promotion("P", 5, byMerchant), coupon("A", 6.67), allowance("W", 3)],
      },
    ],
  });

  world.refund({ line: "L2", at: "06-05 15:00", withBenefits: true });
  world.returnBenefit({ benefit: "W", order: "O1", lines: ["L2"], at: "06-05 15:01" });

  world.refund({ line: "L1", at: "06-08 11:00", withBenefits: true });
  world.returnBenefit({ benefit: "W", order: "O1", lines: ["L1"], at: "06-08 11:01" });
  world.returnBenefit({ benefit: "A", order: "O1", at: "06-08 11:02" });

  world.order({
    order: "O2",
    user: "u1",
    created: "06-09 09:00",
    paid: "06-09 09:02",
    lines: [{ line: "L3", list: 80, goods: "G2", off: [coupon("A", 20), allowance("W", 10)] }],
  });
  return world;
}

describe("one order with everything, refunded in steps, the coupon used again", () => {
  let warehouse: Warehouse;
  beforeAll(async () => {
    warehouse = await openWarehouse(story());
  });
  afterAll(() => warehouse?.close());

  describe("05-30: coupon B is claimed from the coupon centre", () => {
    beforeAll(() => warehouse.run("05-30"));

    it("shows B unused, with its template's money attributes", async () => {
      const rows = await warehouse.rows("couponWide");
      expectRows(
        rows,
        `row_key | ds    | coupon | order | coupon_template | coupon_type | threshold | platform_share | user | claim_scene_code | execution
         B|∅     | 05-30 | B      | -     | TB              | direct_off  | -         | 0              | u1   | centre           | -`,
      );
      expectRows(
        rows,
        `row_key | claim_at    | valid_from  | valid_to    | face | coupon_state | use_state | claim_to_redeem_days | synthetic | first_row
         B|∅     | 05-30 12:00 | 05-30 12:00 | 06-29 12:00 | 7    | available    | unused    | -                    | no        | yes`,
      );
      expectRows(rows, NOTHING_REDEEMED.coupon("B|∅"));
    });

    it("shows the promotion, never used, at its start day", async () => {
      const rows = await warehouse.rows("promotionWide");
      expectRows(
        rows,
        `row_key   | ds    | promotion | target_type | order | promotion_type | start_at    | end_at         | platform_share | user
         P|all|all|∅ | 05-20 | P       | all         | -     | threshold_off  | 05-20 00:00 | 06-18 23:59:59 | 0              | -`,
      );
      expectRows(rows, NOTHING_REDEEMED.promotion("P|all|all|∅"));
    });

    it("has nothing of strategies, allowances and orders", async () => {
      for (const name of [
        "orderLine",
        "executionBenefit",
        "executionCoupon",
        "executionAllowance",
        "couponChain",
        "allowanceChain",
        "allowanceWide",
      ] as const) {
        expect((await warehouse.rows(name)).rows, name).toEqual([]);
      }
    });
  });

  it("05-31: nothing happens, nothing changes", () => warehouse.runQuietDay("05-31"));

  describe("06-01: E1 triggers A, W and C; A and W are claimed; O1 is created two minutes before midnight", () => {
    beforeAll(() => warehouse.run("06-01"));

    it("shows every triggered benefit", async () => {
      const rows = await warehouse.rows("executionBenefit");
      expectRows(
        rows,
        `execution | benefit_seq | ds    | user | strategy | strategy_version | scene_code | triggered_at | benefit_type | template | planned
         E1        | 1           | 06-01 | u1   | S1       | 1                | home       | 06-01 10:00  | coupon       | TA       | 20
         E1        | 2           | 06-01 | u1   | S1       | 1                | home       | 06-01 10:00  | allowance    | TW       | 30
         E1        | 3           | 06-01 | u1   | S1       | 1                | home       | 06-01 10:00  | coupon       | TC       | 5`,
      );
      expectRows(
        rows,
        `benefit_seq | experiment | experiment_group | control
         1           | -          | -                | no
         2           | -          | -                | no
         3           | -          | -                | no`,
      );
    });

    it("shows the claims of the strategy with their trigger, and not coupon B", async () => {
      const coupons = await warehouse.rows("executionCoupon");
      expectRows(
        coupons,
        `coupon | execution | benefit_seq | has_trigger | trigger_ds | triggered_at | strategy | strategy_version | scene_code | user
         A      | E1        | 1           | yes         | 06-01      | 06-01 10:00  | S1       | 1                | home       | u1`,
      );
      expectRows(
        coupons,
        `coupon | coupon_template | claim_at    | claim_ds | face | valid_from  | valid_to    | coupon_state
         A      | TA              | 06-01 10:05 | 06-01    | 20   | 06-01 10:05 | 07-01 10:05 | available`,
      );
      const allowances = await warehouse.rows("executionAllowance");
      expectRows(
        allowances,
        `allowance | execution | benefit_seq | has_trigger | trigger_ds | triggered_at | strategy | strategy_version | scene_code | user
         W         | E1        | 2           | yes         | 06-01      | 06-01 10:00  | S1       | 1                | home       | u1`,
      );
      expectRows(
        allowances,
        `allowance | allowance_template | claim_at    | claim_ds | valid_to    | grant | used | returned | expired | revoked | balance
         W         | TW                 | 06-01 10:06 | 06-01    | 07-01 10:06 | 30    | 0    | 0        | 0       | 0       | 30`,
      );
    });

    it("keeps the coupon nobody claimed in the chain, and no redemption of the unpaid order", async () => {
      const coupons = await warehouse.rows("couponChain");
      expectRows(
        coupons,
        `row_key  | ds    | execution | benefit_seq | coupon | order | user | strategy | strategy_version | scene_code | triggered_at | template | planned
         E1|1|A|∅ | 06-01 | E1        | 1           | A      | -     | u1   | S1       | 1                | home       | 06-01 10:00  | TA       | 20
         E1|3|∅|∅ | 06-01 | E1        | 3           | -      | -     | u1   | S1       | 1                | home       | 06-01 10:00  | TC       | 5`,
      );
      expectRows(
        coupons,
        `row_key  | is_claimed | is_redeemed | claim_at    | claim_ds | face | valid_from  | valid_to    | coupon_state | first_row
         E1|1|A|∅ | yes        | no          | 06-01 10:05 | 06-01    | 20   | 06-01 10:05 | 07-01 10:05 | available    | yes
         E1|3|∅|∅ | no         | no          | -           | -        | -    | -           | -           | -            | yes`,
      );
      expectRows(coupons, NOTHING_REDEEMED.coupon("E1|1|A|∅", "E1|3|∅|∅"));
      const allowances = await warehouse.rows("allowanceChain");
      expectRows(
        allowances,
        `row_key  | ds    | execution | benefit_seq | allowance | order | user | template | planned | is_claimed | is_redeemed | claim_ds | grant | first_row
         E1|2|W|∅ | 06-01 | E1        | 2           | W         | -     | u1   | TW       | 30      | yes        | no          | 06-01    | 30    | yes`,
      );
      expectRows(allowances, NOTHING_REDEEMED.coupon("E1|2|W|∅"));
    });

    it("shows A and B unused in the coupon wide table", async () => {
      const rows = await warehouse.rows("couponWide");
      expectRows(
        rows,
        `row_key | ds    | coupon_template | coupon_type   | threshold | platform_share | claim_scene_code | execution | face | coupon_state | use_state | first_row
         A|∅     | 06-01 | TA              | threshold_off | 50        | 1              | home             | E1        | 20   | available    | unused    | yes
         B|∅     | 05-30 | TB              | direct_off    | -         | 0              | centre           | -         | 7    | available    | unused    | yes`,
      );
      expectRows(rows, NOTHING_REDEEMED.coupon("A|∅", "B|∅"));
    });

    it("shows the grant of W with its whole balance", async () => {
      const rows = await warehouse.rows("allowanceWide");
      expectRows(
        rows,
        `row_key | allowance | order | allowance_template | user | execution | grant_at    | grant_ds | valid_to    | grant | used | returned | expired | revoked | balance_after | grant_to_redeem_days | first_row
         W|∅     | W         | -     | TW                 | u1   | E1        | 06-01 10:06 | 06-01    | 07-01 10:06 | 30    | 0    | 0        | 0       | 0       | 30            | -                    | yes`,
      );
      expectRows(rows, NOTHING_REDEEMED.coupon("W|∅"));
    });

    it("has no order line and still no use of the promotion", async () => {
      expect((await warehouse.rows("orderLine")).rows).toEqual([]);
      expectRows(
        await warehouse.rows("promotionWide"),
        `row_key     | ds    | order
         P|all|all|∅ | 05-20 | -`,
      );
    });
  });

  describe("06-02: O1 is paid three minutes after midnight", () => {
    beforeAll(() => warehouse.run("06-02"));

    it("shows both lines on the pay day", async () => {
      const rows = await warehouse.rows("orderLine");
      expectRows(
        rows,
        `order_line | ds    | order | user | seller | goods | category | channel_code | qty | list | pay   | paid_at
         L1         | 06-02 | O1    | u1   | V1     | G1    | C1       | mall         | 1   | 100  | 63.67 | 06-02 00:03
         L2         | 06-02 | O1    | u1   | V2     | G1    | C1       | mall         | 1   | 50   | 35.33 | 06-02 00:03`,
      );
      expectRows(
        rows,
        `order_line | platform_subsidy | merchant_subsidy | dgmv | refund | net_dgmv | fully_refunded
         L1         | 19.33            | 17               | 83   | 0      | 83       | no
         L2         | 9.67             | 5                | 45   | 0      | 45       | no`,
      );
    });

    it("replaces the unused rows of A, B, W and P by their redemption", async () => {
      expectRows(
        await warehouse.rows("couponWide"),
        `row_key | ds    | order | redeem_at   | redeem_ds | redeem_seq | claim_to_redeem_days | line_cnt | coupon_state | use_state | first_row
         A|O1    | 06-01 | O1    | 06-02 00:03 | 06-02     | 1          | 1                    | 2        | redeemed     | redeemed  | yes
         B|O1    | 05-30 | O1    | 06-02 00:03 | 06-02     | 1          | 3                    | 1        | redeemed     | redeemed  | yes`,
      );
      expectRows(
        await warehouse.rows("allowanceWide"),
        `row_key | grant_ds | order | redeem_at   | redeem_ds | redeem_seq | grant_to_redeem_days | line_cnt | grant | used | returned | expired | revoked | balance_after | first_row
         W|O1    | 06-01    | O1    | 06-02 00:03 | 06-02     | 1          | 1                    | 2        | 30    | 9    | 0        | 0       | 0       | 21            | yes`,
      );
      expectRows(
        await warehouse.rows("promotionWide"),
        `row_key      | ds    | promotion | target_type | order | user | redeem_at   | redeem_ds | line_cnt
         P|all|all|O1 | 06-02 | P         | all         | O1    | u1   | 06-02 00:03 | 06-02     | 2`,
      );
    });

    it("splits the order's 128.00 over its benefits to the cent", async () => {
      expectRows(
        await warehouse.rows("couponWide"),
        `row_key | discount | platform_subsidy | merchant_subsidy | order_dgmv | alloc_dgmv | net_dgmv | net_platform_subsidy | net_merchant_subsidy
         A|O1    | 20       | 20               | 0                | 128        | 50.91      | 50.91    | 20                   | 0
         B|O1    | 7        | 0                | 7                | 83         | 15.99      | 15.99    | 0                    | 7`,
      );
      expectRows(
        await warehouse.rows("allowanceWide"),
        `row_key | discount | platform_subsidy | merchant_subsidy | order_dgmv | alloc_dgmv | net_dgmv | net_platform_subsidy | net_merchant_subsidy
         W|O1    | 9        | 9                | 0                | 128        | 22.91      | 22.91    | 9                    | 0`,
      );
      expectRows(
        await warehouse.rows("promotionWide"),
        `row_key      | discount | platform_subsidy | merchant_subsidy | order_dgmv | alloc_dgmv | net_dgmv | net_platform_subsidy | net_merchant_subsidy
         P|all|all|O1 | 15       | 0                | 15               | 128        | 38.19      | 38.19    | 0                    | 15`,
      );
      expect(await sumOverOrder(warehouse, "O1", "alloc_dgmv_amt")).toBe("128.00");
      expect(await sumOverOrder(warehouse, "O1", "order_dgmv_amt")).toBe("467.00");
    });

    it("shows no refund and no return", async () => {
      for (const name of ["couponWide", "allowanceWide", "promotionWide"] as const) {
        const rows = await warehouse.rows(name);
        expect(sumOf(rows, "refund_amt", "order_refund_amt", "returned_discount_amt"), name).toBe("0.00");
      }
    });

    it("carries the redemptions into the chains and the public tables", async () => {
      expectRows(
        await warehouse.rows("couponChain"),
        `row_key   | ds    | coupon | order | is_claimed | is_redeemed | redeem_at   | redeem_ds | redeem_seq | line_cnt | coupon_state | first_row | discount | alloc_dgmv
         E1|1|A|O1 | 06-01 | A      | O1    | yes        | yes         | 06-02 00:03 | 06-02     | 1          | 2        | redeemed     | yes       | 20       | 50.91
         E1|3|∅|∅  | 06-01 | -      | -     | no         | no          | -           | -         | -          | 0        | -            | yes       | 0        | 0`,
      );
      expectRows(
        await warehouse.rows("allowanceChain"),
        `row_key   | ds    | allowance | order | is_claimed | is_redeemed | redeem_at   | redeem_ds | redeem_seq | line_cnt | first_row | discount | alloc_dgmv
         E1|2|W|O1 | 06-01 | W         | O1    | yes        | yes         | 06-02 00:03 | 06-02     | 1          | 2        | yes       | 9        | 22.91`,
      );
      expectRows(
        await warehouse.rows("executionCoupon"),
        `coupon | claim_ds | coupon_state
         A      | 06-01    | redeemed`,
      );
      expectRows(
        await warehouse.rows("executionAllowance"),
        `allowance | grant | used | returned | expired | revoked | balance
         W         | 30    | 9    | 0        | 0       | 0       | 21`,
      );
    });
  });

  it("06-03: nothing happens, nothing changes", () => warehouse.runQuietDay("06-03"));
  it("06-04: nothing happens, nothing changes", () => warehouse.runQuietDay("06-04"));

  describe("06-05: L2 is fully refunded, W's 3.00 come back, A does not", () => {
    beforeAll(() => warehouse.run("06-05"));

    it("nets line L2 to nothing: 83.00 of 06-02 are left", async () => {
      const rows = await warehouse.rows("orderLine");
      expectRows(
        rows,
        `order_line | ds    | platform_subsidy | merchant_subsidy | dgmv | refund | net_dgmv | fully_refunded
         L1         | 06-02 | 19.33            | 17               | 83   | 0      | 83       | no
         L2         | 06-02 | 9.67             | 5                | 45   | 35.33  | 0        | yes`,
      );
      expect(sumOf(rows, "net_dgmv_amt")).toBe("83.00");
    });

    it("splits L2's refund over P, A and W and leaves its subsidy out of the net figures", async () => {
      expectRows(await warehouse.rows("couponWide"), COUPONS_AFTER_FIRST_REFUND);
      expectRows(
        await warehouse.rows("allowanceWide"),
        `row_key | used | returned | balance_after | discount | returned_discount | net_platform_subsidy | order_dgmv | alloc_dgmv | net_dgmv | refund | order_refund | is_returned | is_partly_returned
         W|O1    | 9    | 3        | 21            | 9        | 3                 | 6                    | 128        | 22.91      | 13.71    | 7.23   | 35.33        | no          | yes`,
      );
      expectRows(
        await warehouse.rows("promotionWide"),
        `row_key      | ds    | discount | returned_discount | net_platform_subsidy | net_merchant_subsidy | order_dgmv | alloc_dgmv | net_dgmv | refund | order_refund | is_returned | is_partly_returned
         P|all|all|O1 | 06-02 | 15       | 0                 | 0                    | 10                   | 128        | 38.19      | 22.85    | 12.04  | 35.33        | no          | no`,
      );
      expect(await sumOverOrder(warehouse, "O1", "alloc_dgmv_amt")).toBe("128.00");
      expect(await sumOverOrder(warehouse, "O1", "refund_amt")).toBe("35.33");
      expect(await sumOverOrder(warehouse, "O1", "net_dgmv_amt")).toBe("83.00");
    });

    it("shows the same in the chains", async () => {
      expectRows(
        await warehouse.rows("couponChain"),
        `row_key   | coupon_state | returned_discount | net_platform_subsidy | order_dgmv | alloc_dgmv | net_dgmv | refund | order_refund | is_returned | is_partly_returned
         E1|1|A|O1 | redeemed     | 0                 | 13.33                | 128        | 50.91      | 30.45    | 16.06  | 35.33        | no          | no
         E1|3|∅|∅  | -            | 0                 | 0                    | 0          | 0          | 0        | 0      | 0            | no          | no`,
      );
      expectRows(
        await warehouse.rows("allowanceChain"),
        `row_key   | returned_discount | net_platform_subsidy | order_dgmv | alloc_dgmv | net_dgmv | refund | order_refund | is_returned | is_partly_returned
         E1|2|W|O1 | 3                 | 6                    | 128        | 22.91      | 13.71    | 7.23   | 35.33        | no          | yes`,
      );
      expectRows(
        await warehouse.rows("executionAllowance"),
        `allowance | grant | used | returned | expired | revoked | balance
         W         | 30    | 9    | 3        | 0       | 0       | 24`,
      );
      expectRows(
        await warehouse.rows("executionCoupon"),
        `coupon | coupon_state
         A      | redeemed`,
      );
    });

    it("is what a full refresh as of 06-05 gives", () => warehouse.expectSameAsFullRefresh());
  });

  it("06-06: nothing happens, nothing changes", () => warehouse.runQuietDay("06-06"));
  it("06-07: nothing happens, nothing changes", () => warehouse.runQuietDay("06-07"));

  describe("06-08: L1 is fully refunded, A and W's 6.00 come back, B does not", () => {
    beforeAll(() => warehouse.run("06-08"));

    it("nets both lines of 06-02 to nothing", async () => {
      expectRows(
        await warehouse.rows("orderLine"),
        `order_line | ds    | dgmv | refund | net_dgmv | fully_refunded
         L1         | 06-02 | 83   | 63.67  | 0        | yes
         L2         | 06-02 | 45   | 35.33  | 0        | yes`,
      );
    });

    it("returns A, which is available again, and keeps B redeemed", async () => {
      expectRows(
        await warehouse.rows("couponWide"),
        `row_key | ds    | coupon_state | use_state | is_returned | is_partly_returned | returned_discount | net_platform_subsidy | net_merchant_subsidy
         A|O1    | 06-01 | available    | returned  | yes         | no                 | 20                | 0                    | 0
         B|O1    | 05-30 | redeemed     | redeemed  | no          | no                 | 0                 | 0                    | 0`,
      );
      expectRows(
        await warehouse.rows("executionCoupon"),
        `coupon | coupon_state
         A      | available`,
      );
      expectRows(
        await warehouse.rows("executionAllowance"),
        `allowance | grant | used | returned | expired | revoked | balance
         W         | 30    | 9    | 9        | 0       | 0       | 30`,
      );
    });

    it("splits the 99.00 refunded over all benefits", async () => {
      expectRows(
        await warehouse.rows("couponWide"),
        `row_key | order_dgmv | alloc_dgmv | net_dgmv | refund | order_refund
         A|O1    | 128        | 50.91      | 0        | 39.42  | 99
         B|O1    | 83         | 15.99      | 0        | 12.27  | 63.67`,
      );
      expectRows(
        await warehouse.rows("allowanceWide"),
        `row_key | used | returned | balance_after | returned_discount | net_platform_subsidy | net_dgmv | refund | order_refund | is_returned | is_partly_returned
         W|O1    | 9    | 9        | 21            | 9                 | 0                    | 0        | 17.74  | 99           | yes         | no`,
      );
      expectRows(
        await warehouse.rows("promotionWide"),
        `row_key      | returned_discount | net_merchant_subsidy | net_dgmv | refund | order_refund | is_returned
         P|all|all|O1 | 0                 | 0                    | 0        | 29.57  | 99           | no`,
      );
      expect(await sumOverOrder(warehouse, "O1", "refund_amt")).toBe("99.00");
      expect(await sumOverOrder(warehouse, "O1", "alloc_dgmv_amt")).toBe("128.00");
    });

    it("is what a full refresh as of 06-08 gives", () => warehouse.expectSameAsFullRefresh());
  });

  describe("06-09: O2 uses A and W again", () => {
    beforeAll(() => warehouse.run("06-09"));

    it("shows O2's line and leaves O1's as they were", async () => {
      expectRows(
        await warehouse.rows("orderLine"),
        `order_line | ds    | order | goods | list | pay   | platform_subsidy | merchant_subsidy | dgmv | refund | net_dgmv | fully_refunded
         L1         | 06-02 | O1    | G1    | 100  | 63.67 | 19.33            | 17               | 83   | 63.67  | 0        | yes
         L2         | 06-02 | O1    | G1    | 50   | 35.33 | 9.67             | 5                | 45   | 35.33  | 0        | yes
         L3         | 06-09 | O2    | G2    | 80   | 50    | 30               | 0                | 80   | 0      | 80       | no`,
      );
    });

    it("shows both uses of A on its claim day", async () => {
      const rows = await warehouse.rows("couponWide");
      expectRows(
        rows,
        `row_key | ds    | redeem_at   | redeem_ds | redeem_seq | claim_to_redeem_days | line_cnt | face | coupon_state | use_state | first_row
         A|O1    | 06-01 | 06-02 00:03 | 06-02     | 1          | 1                    | 2        | 20   | redeemed     | returned  | yes
         A|O2    | 06-01 | 06-09 09:02 | 06-09     | 2          | 8                    | 1        | 20   | redeemed     | redeemed  | no
         B|O1    | 05-30 | 06-02 00:03 | 06-02     | 1          | 3                    | 1        | 7    | redeemed     | redeemed  | yes`,
      );
      expectRows(
        rows,
        `row_key | discount | platform_subsidy | merchant_subsidy | returned_discount | net_platform_subsidy | net_merchant_subsidy | order_dgmv | alloc_dgmv | net_dgmv | refund | order_refund | is_returned | is_partly_returned
         A|O1    | 20       | 20               | 0                | 20                | 0                    | 0                    | 128        | 50.91      | 0        | 39.42  | 99           | yes         | no
         A|O2    | 20       | 20               | 0                | 0                 | 20                   | 0                    | 80         | 53.33      | 53.33    | 0      | 0            | no          | no
         B|O1    | 7        | 0                | 7                | 0                 | 0                    | 0                    | 83         | 15.99      | 0        | 12.27  | 63.67        | no          | no`,
      );
    });

    it("shows both uses of W with the balance right after each", async () => {
      const rows = await warehouse.rows("allowanceWide");
      expectRows(
        rows,
        `row_key | grant_ds | redeem_ds | redeem_seq | grant_to_redeem_days | line_cnt | grant | used | returned | expired | revoked | balance_after | first_row
         W|O1    | 06-01    | 06-02     | 1          | 1                    | 2        | 30    | 9    | 9        | 0       | 0       | 21            | yes
         W|O2    | 06-01    | 06-09     | 2          | 8                    | 1        | 30    | 10   | 0        | 0       | 0       | 20            | no`,
      );
      expectRows(
        rows,
        `row_key | discount | platform_subsidy | merchant_subsidy | returned_discount | net_platform_subsidy | net_merchant_subsidy | order_dgmv | alloc_dgmv | net_dgmv | refund | order_refund | is_returned | is_partly_returned
         W|O1    | 9        | 9                | 0                | 9                 | 0                    | 0                    | 128        | 22.91      | 0        | 17.74  | 99           | yes         | no
         W|O2    | 10       | 10               | 0                | 0                 | 10                   | 0                    | 80         | 26.67      | 26.67    | 0      | 0            | no          | no`,
      );
    });

    it("leaves the promotion's row of O1 alone", async () => {
      expectRows(
        await warehouse.rows("promotionWide"),
        `row_key      | ds    | redeem_ds | line_cnt | discount | platform_subsidy | merchant_subsidy | returned_discount | net_platform_subsidy | net_merchant_subsidy | order_dgmv | alloc_dgmv | net_dgmv | refund | order_refund | is_returned | is_partly_returned
         P|all|all|O1 | 06-02 | 06-02     | 2        | 15       | 0                | 15               | 0                 | 0                    | 0                    | 128        | 38.19      | 0        | 29.57  | 99           | no          | no`,
      );
    });

    it("shows the finished chains on the trigger day", async () => {
      expectRows(
        await warehouse.rows("couponChain"),
        `row_key   | ds    | is_claimed | is_redeemed | redeem_ds | redeem_seq | coupon_state | first_row | discount | returned_discount | order_dgmv | alloc_dgmv | net_dgmv | refund | net_platform_subsidy
         E1|1|A|O1 | 06-01 | yes        | yes         | 06-02     | 1          | redeemed     | yes       | 20       | 20                | 128        | 50.91      | 0        | 39.42  | 0
         E1|1|A|O2 | 06-01 | yes        | yes         | 06-09     | 2          | redeemed     | no        | 20       | 0                 | 80         | 53.33      | 53.33    | 0      | 20
         E1|3|∅|∅  | 06-01 | no         | no          | -         | -          | -            | yes       | 0        | 0                 | 0          | 0          | 0        | 0      | 0`,
      );
      expectRows(
        await warehouse.rows("allowanceChain"),
        `row_key   | ds    | is_claimed | is_redeemed | redeem_ds | redeem_seq | grant | first_row | discount | returned_discount | order_dgmv | alloc_dgmv | net_dgmv | refund | net_platform_subsidy
         E1|2|W|O1 | 06-01 | yes        | yes         | 06-02     | 1          | 30    | yes       | 9        | 9                 | 128        | 22.91      | 0        | 17.74  | 0
         E1|2|W|O2 | 06-01 | yes        | yes         | 06-09     | 2          | 30    | no        | 10       | 0                 | 80         | 26.67      | 26.67    | 0      | 10`,
      );
    });

    it("shows the public tables as they are now, and the triggers as they were", async () => {
      expectRows(
        await warehouse.rows("executionCoupon"),
        `coupon | execution | benefit_seq | has_trigger | claim_ds | face | coupon_state
         A      | E1        | 1           | yes         | 06-01    | 20   | redeemed`,
      );
      expectRows(
        await warehouse.rows("executionAllowance"),
        `allowance | execution | benefit_seq | has_trigger | claim_ds | grant | used | returned | expired | revoked | balance
         W         | E1        | 2           | yes         | 06-01    | 30    | 19   | 9        | 0       | 0       | 20`,
      );
      expectRows(
        await warehouse.rows("executionBenefit"),
        `execution | benefit_seq | ds    | template | planned
         E1        | 1           | 06-01 | TA       | 20
         E1        | 2           | 06-01 | TW       | 30
         E1        | 3           | 06-01 | TC       | 5`,
      );
    });

    it("adds up over O1's benefits where it should, and means nothing where it should not", async () => {
      expect(await sumOverOrder(warehouse, "O1", "alloc_dgmv_amt")).toBe("128.00");
      expect(await sumOverOrder(warehouse, "O1", "refund_amt")).toBe("99.00");
      expect(await sumOverOrder(warehouse, "O1", "order_dgmv_amt")).toBe("467.00");
    });

    it("is what a full refresh as of 06-09 gives", () => warehouse.expectSameAsFullRefresh());

    it("is the same when the day is run once more", () => warehouse.runQuietDay("06-09"));
  });
});

const COUPONS_AFTER_FIRST_REFUND = `
  row_key | ds    | coupon_state | use_state | discount | returned_discount | net_platform_subsidy | net_merchant_subsidy | order_dgmv | alloc_dgmv | net_dgmv | refund | order_refund | is_returned | is_partly_returned
  A|O1    | 06-01 | redeemed     | redeemed  | 20       | 0                 | 13.33                | 0                    | 128        | 50.91      | 30.45    | 16.06  | 35.33        | no          | no
  B|O1    | 05-30 | redeemed     | redeemed  | 7        | 0                 | 0                    | 7                    | 83         | 15.99      | 15.99    | 0      | 0            | no          | no`;

/** The redemption columns of rows without an order. */
const NOTHING_REDEEMED = {
  promotion: (...keys: string[]) =>
    `row_key | order | redeem_at | redeem_ds | line_cnt | discount | platform_subsidy | merchant_subsidy | returned_discount | net_platform_subsidy | net_merchant_subsidy | order_dgmv | alloc_dgmv | net_dgmv | refund | order_refund | is_returned | is_partly_returned | first_row
     ${keys.map((key) => `${key} | - | - | - | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | no | no | yes`).join("\n")}`,
  coupon: (...keys: string[]) =>
    `row_key | order | redeem_at | redeem_ds | redeem_seq | line_cnt | discount | platform_subsidy | merchant_subsidy | returned_discount | net_platform_subsidy | net_merchant_subsidy | order_dgmv | alloc_dgmv | net_dgmv | refund | order_refund | is_returned | is_partly_returned | first_row
     ${keys.map((key) => `${key} | - | - | - | - | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | no | no | yes`).join("\n")}`,
};

/** An amount column added up over everything that an order's benefits have in the three wide tables. */
async function sumOverOrder(warehouse: Warehouse, order: string, column: string): Promise<string> {
  const parts = await Promise.all(
    (["couponWide", "allowanceWide", "promotionWide"] as const).map(async (name) =>
      Number(sumOf(await warehouse.rows(name, `order_id = '${order}'`), column)),
    ),
  );
  return parts.reduce((sum, part) => sum + part, 0).toFixed(2);
}

/**
 * Orders that are paid late, in parts, never, or that a later version tells differently.
 *
 * Assumed where the definitions are silent: a benefit whose only redemption turns out to be unpaid was never redeemed
 * and has its unused row back; a free line with a succeeded refund of 0.00 is fully refunded; a promotion's row stands on
 * the pay day of the order's earliest paid line, also where the promotion is on a later line only.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectRows } from "../../support/table-text.ts";
import { openWarehouse, type Warehouse } from "../../support/warehouse.ts";
import { allowance, byMerchant, coupon, type Line, promotion, World } from "../../support/world.ts";

function story(): World {
  const world = new World();
  world.couponTemplate({ template: "T", face: 10, known: "07-01 00:00" });
  world.allowanceTemplate({ template: "TW", face: 20, known: "07-01 00:00" });
  for (const id of ["P20", "P21", "P22", "P25"]) {
    world.promotion({
      promotion: id,
      targets: ["all:all"],
      start: "07-01 00:00",
      end: "07-31 00:00",
      platformShare: 0,
    });
  }
  payDayCorrected(world);
  neverPaid(world);
  paymentTakenBack(world);
  discountBooked(world);
  paidOnTwoDays(world);
  refundsOfAllKinds(world);
  return world;
}

function claim(world: World, id: string, user: string): void {
  world.claimCoupon({ coupon: id, template: "T", user, at: "07-10 08:00", face: 10 });
}
function buy(world: World, order: string, user: string, lines: Line[], paid?: string): void {
  world.order({ order, user, created: "07-10 23:50", lines, ...(paid === undefined ? {} : { paid }) });
}

/** O20 seems paid on 07-11; on 07-13 the platform says it was three minutes before that midnight. */
function payDayCorrected(world: World): void {
  claim(world, "K20", "u20");
  const off = [coupon("K20", 10), promotion("P20", 5, byMerchant)];
  buy(world, "O20", "u20", [{ line: "L20", list: 50, off }], "07-11 00:03");
  world.correctLine("L20", { paid: "07-10 23:57" }, "07-13 10:00");
}

/** O21 is created and never paid. */
function neverPaid(world: World): void {
  claim(world, "K21", "u21");
  world.grantAllowance({ allowance: "W21", template: "TW", user: "u21", at: "07-10 08:00", amount: 20 });
  const off = [coupon("K21", 10), allowance("W21", 5), promotion("P21", 5, byMerchant)];
  buy(world, "O21", "u21", [{ line: "L21", list: 50, off }]);
}

/** O22 seems paid on 07-11; on 07-12 the platform says it was not. */
function paymentTakenBack(world: World): void {
  claim(world, "K22", "u22");
  const off = [coupon("K22", 10), promotion("P22", 5, byMerchant)];
  buy(world, "O22", "u22", [{ line: "L22", list: 50, off }], "07-11 09:00");
  world.correctLine("L22", { paid: null }, "07-12 09:00");
  world.amend("coupon", { coupon_id: "K22" }, { coupon_status: "claimed" }, "07-12 09:00");
}

/** O23's discount is booked on coupon K23; on 07-12 the same record says it was K24. */
function discountBooked(world: World): void {
  claim(world, "K23", "u23");
  claim(world, "K24", "u23");
  buy(
    world,
    "O23",
    "u23",
    [{ line: "L23", list: 50, off: [coupon("K23", 10, { record: "record-23" })] }],
    "07-11 09:00",
  );
  world.amend("orderBenefit", { order_benefit_id: "record-23" }, { benefit_id: "K24" }, "07-12 10:00");
  world.amend("coupon", { coupon_id: "K23" }, { coupon_status: "claimed" }, "07-12 10:00");
  world.amend("coupon", { coupon_id: "K24" }, { coupon_status: "used" }, "07-12 10:00");
}

/** O25's first line is paid on 07-11, its second on 07-12. */
function paidOnTwoDays(world: World): void {
  claim(world, "K25", "u25");
  claim(world, "K26", "u25");
  buy(world, "O25", "u25", [
    { line: "L25a", list: 60, off: [coupon("K25", 6)], paid: "07-11 21:00" },
    {
      line: "L25b",
      list: 40,
      off: [coupon("K25", 4), coupon("K26", 10), promotion("P25", 2, byMerchant)],
      paid: "07-12 08:00",
    },
  ]);
}

/** O27: a free line, a refund applied for and granted, one rejected, one that lies ahead, and one in two parts. */
function refundsOfAllKinds(world: World): void {
  claim(world, "K27", "u27");
  buy(
    world,
    "O27",
    "u27",
    [
      { line: "free", list: 10, off: [coupon("K27", 10)] },
      { line: "granted", list: 30 },
      { line: "rejected", list: 30 },
      { line: "ahead", list: 30 },
      { line: "parts", list: 30 },
    ],
    "07-11 09:00",
  );
  world.refund({ line: "free", at: "07-13 09:00" });
  world.refund({ line: "granted", at: "07-11 10:00", status: "applied" });
  world.refund({ line: "granted", at: "07-12 10:00", status: "succeeded" });
  world.refund({ line: "rejected", at: "07-11 10:00", status: "applied" });
  world.refund({ line: "rejected", at: "07-12 10:00", status: "rejected" });
  world.refund({ line: "ahead", at: "07-13 00:00", ingested: "07-12 23:59" });
  world.refund({ line: "parts", refund: "part-1", at: "07-11 11:00", amount: 10 });
  world.refund({ line: "parts", refund: "part-2", at: "07-12 23:58", amount: 20, ingested: "07-13 00:00" });
}

describe("orders that are told differently later", () => {
  let warehouse: Warehouse;
  beforeAll(async () => {
    warehouse = await openWarehouse(story());
  });
  afterAll(() => warehouse?.close());
  const line = (id: string) => warehouse.rows("orderLine", `order_line_id = '${id}'`);
  const couponRows = (...ids: string[]) =>
    warehouse.rows("couponWide", `coupon_id IN (${ids.map((id) => `'${id}'`).join(", ")})`);
  const promotionRows = (id: string) => warehouse.rows("promotionWide", `promotion_id = '${id}'`);

  describe("07-10: everything is created, nothing is paid", () => {
    beforeAll(() => warehouse.run("07-10"));

    it("shows no order line and every benefit unused", async () => {
      expect((await warehouse.rows("orderLine")).rows).toEqual([]);
      expectRows(
        await warehouse.rows("couponWide"),
        `row_key | use_state | coupon_state
         K20|∅   | unused    | available
         K21|∅   | unused    | available
         K22|∅   | unused    | available
         K23|∅   | unused    | available
         K24|∅   | unused    | available
         K25|∅   | unused    | available
         K26|∅   | unused    | available
         K27|∅   | unused    | available`,
      );
      expectRows(
        await warehouse.rows("promotionWide"),
        `row_key       | ds
         P20|all|all|∅ | 07-01
         P21|all|all|∅ | 07-01
         P22|all|all|∅ | 07-01
         P25|all|all|∅ | 07-01`,
      );
    });
  });

  describe("07-11: most orders are paid", () => {
    beforeAll(() => warehouse.run("07-11"));

    it("shows O20 as paid just after midnight", async () => {
      expectRows(
        await line("L20"),
        `order_line | ds    | paid_at     | dgmv
         L20        | 07-11 | 07-11 00:03 | 45`,
      );
      expectRows(
        await couponRows("K20"),
        `row_key | redeem_at   | redeem_ds | claim_to_redeem_days
         K20|O20 | 07-11 00:03 | 07-11     | 1`,
      );
      expectRows(
        await promotionRows("P20"),
        `row_key         | ds    | redeem_ds
         P20|all|all|O20 | 07-11 | 07-11`,
      );
    });

    it("shows only the paid line of O25: one line of K25, none of K26 and P25", async () => {
      expectRows(
        await warehouse.rows("orderLine", "order_id = 'O25'"),
        `order_line | ds    | list | pay | dgmv
         L25a       | 07-11 | 60   | 54  | 60`,
      );
      expectRows(
        await couponRows("K25", "K26"),
        `row_key | use_state | line_cnt | discount | order_dgmv | alloc_dgmv | redeem_at
         K25|O25 | redeemed  | 1        | 6        | 60         | 60         | 07-11 21:00
         K26|∅   | unused    | 0        | 0        | 0          | 0          | -`,
      );
      expectRows(
        await promotionRows("P25"),
        `row_key       | ds
         P25|all|all|∅ | 07-01`,
      );
    });

    it("books O22 and O23 as first told", async () => {
      expectRows(
        await couponRows("K22", "K23", "K24"),
        `row_key | use_state | coupon_state | discount
         K22|O22 | redeemed  | redeemed     | 10
         K23|O23 | redeemed  | redeemed     | 10
         K24|∅   | unused    | available    | 0`,
      );
      expectRows(
        await promotionRows("P22"),
        `row_key         | ds
         P22|all|all|O22 | 07-11`,
      );
    });

    it("counts neither refunds that are only applied for nor a free line as refunded", async () => {
      expectRows(
        await warehouse.rows("orderLine", "order_id = 'O27'"),
        `order_line | pay | dgmv | refund | net_dgmv | fully_refunded
         free       | 0   | 10   | 0      | 10       | no
         granted    | 30  | 30   | 0      | 30       | no
         rejected   | 30  | 30   | 0      | 30       | no
         ahead      | 30  | 30   | 0      | 30       | no
         parts      | 30  | 30   | 10     | 20       | no`,
      );
    });

    it("is what a full refresh gives", () => warehouse.expectSameAsFullRefresh());
  });

  describe("07-12: O22 turns out unpaid, O23's coupon is another one, O25's second line is paid", () => {
    beforeAll(() => warehouse.run("07-12"));

    it("takes O22 out of every table and gives K22 and P22 their unused rows back", async () => {
      expect((await line("L22")).rows).toEqual([]);
      expectRows(
        await couponRows("K22"),
        `row_key | use_state | coupon_state | discount | first_row
         K22|∅   | unused    | available    | 0        | yes`,
      );
      expectRows(
        await promotionRows("P22"),
        `row_key       | ds
         P22|all|all|∅ | 07-01`,
      );
    });

    it("moves O23's discount from K23 to K24", async () => {
      expectRows(
        await couponRows("K23", "K24"),
        `row_key | use_state | coupon_state | discount
         K23|∅   | unused    | available    | 0
         K24|O23 | redeemed  | redeemed     | 10`,
      );
    });

    it("adds O25's second line to the order's first pay day", async () => {
      expectRows(
        await warehouse.rows("orderLine", "order_id = 'O25'"),
        `order_line | ds    | paid_at     | list | pay | platform_subsidy | merchant_subsidy | dgmv
         L25a       | 07-11 | 07-11 21:00 | 60   | 54  | 6                | 0                | 60
         L25b       | 07-12 | 07-12 08:00 | 40   | 24  | 14               | 2                | 38`,
      );
      expectRows(
        await couponRows("K25", "K26"),
        `row_key | redeem_at   | redeem_ds | line_cnt | discount | order_dgmv | alloc_dgmv
         K25|O25 | 07-11 21:00 | 07-11     | 2        | 10       | 98         | 69.50
         K26|O25 | 07-12 08:00 | 07-12     | 1        | 10       | 38         | 23.75`,
      );
      expectRows(
        await promotionRows("P25"),
        `row_key         | ds    | redeem_at   | redeem_ds | line_cnt | order_dgmv | alloc_dgmv
         P25|all|all|O25 | 07-11 | 07-12 08:00 | 07-12     | 1        | 38         | 4.75`,
      );
    });

    it("counts the refund that was granted, not the rejected one, and not yet the one of midnight or the one just arriving", async () => {
      expectRows(
        await warehouse.rows("orderLine", "order_id = 'O27'"),
        `order_line | refund | net_dgmv | fully_refunded
         free       | 0      | 10       | no
         granted    | 30     | 0        | yes
         rejected   | 0      | 30       | no
         ahead      | 0      | 30       | no
         parts      | 10     | 20       | no`,
      );
    });

    it("is what a full refresh gives", () => warehouse.expectSameAsFullRefresh());
  });

  describe("07-13: O20 was paid before midnight after all", () => {
    beforeAll(() => warehouse.run("07-13"));

    it("moves O20 and everything that hangs on it to 07-10", async () => {
      expectRows(
        await line("L20"),
        `order_line | ds    | paid_at     | dgmv
         L20        | 07-10 | 07-10 23:57 | 45`,
      );
      expectRows(
        await couponRows("K20"),
        `row_key | ds    | redeem_at   | redeem_ds | claim_to_redeem_days
         K20|O20 | 07-10 | 07-10 23:57 | 07-10     | 0`,
      );
      expectRows(
        await promotionRows("P20"),
        `row_key         | ds    | redeem_at   | redeem_ds
         P20|all|all|O20 | 07-10 | 07-10 23:57 | 07-10`,
      );
    });

    it("counts the refund whose time has come, the second part, and the refund of a free line", async () => {
      expectRows(
        await warehouse.rows("orderLine", "order_id = 'O27'"),
        `order_line | pay | refund | net_dgmv | fully_refunded
         free       | 0   | 0      | 0        | yes
         granted    | 30  | 30     | 0        | yes
         rejected   | 30  | 0      | 30       | no
         ahead      | 30  | 30     | 0        | yes
         parts      | 30  | 30     | 0        | yes`,
      );
      expectRows(
        await couponRows("K27"),
        `row_key | use_state | alloc_dgmv | net_dgmv | net_platform_subsidy
         K27|O27 | redeemed  | 10         | 0        | 0`,
      );
    });

    it("has O21, which was never paid, nowhere", async () => {
      expect((await line("L21")).rows).toEqual([]);
      expectRows(
        await couponRows("K21"),
        `row_key | use_state | coupon_state
         K21|∅   | unused    | available`,
      );
      expectRows(
        await warehouse.rows("allowanceWide"),
        `row_key | used | balance_after | grant
         W21|∅   | 0    | 20            | 20`,
      );
      expectRows(
        await promotionRows("P21"),
        `row_key       | ds
         P21|all|all|∅ | 07-01`,
      );
    });

    it("is what a full refresh gives", () => warehouse.expectSameAsFullRefresh());
  });
});

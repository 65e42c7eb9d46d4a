/**
 * Coupons expire without an event, are voided, and come back after their time.
 *
 * Assumed where the definitions are silent: in use goes before voided, voided before expired; a coupon of which only a
 * part came back is still in use, and its row still 'redeemed'.
 */
import { afterAll, beforeAll, describe, it } from "vitest";
import { expectRows } from "../../support/table-text.ts";
import { openWarehouse, type Warehouse } from "../../support/warehouse.ts";
import { coupon, World } from "../../support/world.ts";

function story(): World {
  const world = new World();
  world.strategy({ strategy: "S1", from: "07-01 00:00" });
  world.couponTemplate({ template: "T", face: 10, known: "07-01 00:00" });
  const claim = (
    id: string,
    validTo: string,
    more: { execution?: string; seq?: number; synthetic?: boolean } = {},
  ) =>
    world.claimCoupon({
      coupon: id,
      template: "T",
      user: `user of ${id}`,
      at: "07-20 09:00",
      face: 10,
      validTo,
      ...more,
    });
  const buy = (id: string, lines = [{ line: `L-${id}`, list: 30, off: [coupon(id, 10)] }]) =>
    world.order({
      order: `O-${id}`,
      user: `user of ${id}`,
      created: "07-20 10:00",
      paid: "07-20 10:01",
      lines,
    });

  world.trigger({
    execution: "E30",
    user: "user of last-second",
    at: "07-20 08:00",
    benefits: [{ seq: 1, coupon: "T", planned: 10 }],
  });
  claim("last-second", "07-21 23:59:59", { execution: "E30", seq: 1 });
  claim("midnight", "07-22 00:00");

  claim("in-use", "07-21 12:00", { synthetic: true });
  buy("in-use");
  world.returnBenefit({ benefit: "in-use", order: "O-in-use", at: "07-22 15:00" });

  claim("back-in-time", "07-22 12:00");
  buy("back-in-time");
  world.returnBenefit({ benefit: "back-in-time", order: "O-back-in-time", at: "07-21 15:00" });

  claim("voided", "07-21 23:00");
  world.voidCoupon("voided", "07-21 11:00");

  claim("back-then-voided", "07-31 00:00");
  buy("back-then-voided");
  world.returnBenefit({ benefit: "back-then-voided", order: "O-back-then-voided", at: "07-21 11:00" });
  world.voidCoupon("back-then-voided", "07-22 11:00");

  claim("half-back", "07-21 12:00");
  buy("half-back", [
    { line: "L-half-1", list: 30, off: [coupon("half-back", 4)] },
    { line: "L-half-2", list: 30, off: [coupon("half-back", 6)] },
  ]);
  world.returnBenefit({ benefit: "half-back", order: "O-half-back", lines: ["L-half-1"], at: "07-21 11:00" });
  return world;
}

describe("the states of a coupon", () => {
  let warehouse: Warehouse;
  beforeAll(async () => {
    warehouse = await openWarehouse(story());
  });
  afterAll(() => warehouse?.close());

  describe("07-20: all are claimed, some redeemed", () => {
    beforeAll(() => warehouse.run("07-20"));

    it("shows them available or redeemed", async () => {
      expectRows(
        await warehouse.rows("couponWide"),
        `coupon           | order              | use_state | coupon_state | synthetic
         back-in-time     | O-back-in-time     | redeemed  | redeemed     | no
         back-then-voided | O-back-then-voided | redeemed  | redeemed     | no
         half-back        | O-half-back        | redeemed  | redeemed     | no
         in-use           | O-in-use           | redeemed  | redeemed     | yes
         last-second      | -                  | unused    | available    | no
         midnight         | -                  | unused    | available    | no
         voided           | -                  | unused    | available    | no`,
      );
      expectRows(
        await warehouse.rows("executionCoupon"),
        `coupon      | coupon_state
         last-second | available`,
      );
    });
  });

  describe("07-21: one passes its last second, one is voided, some come back", () => {
    beforeAll(() => warehouse.run("07-21"));

    it("expires what is out of time, unless it is in use; midnight itself is still in time", async () => {
      expectRows(
        await warehouse.rows("couponWide"),
        `coupon           | order              | use_state | coupon_state | is_returned | is_partly_returned | returned_discount
         back-in-time     | O-back-in-time     | returned  | available    | yes         | no                 | 10
         back-then-voided | O-back-then-voided | returned  | available    | yes         | no                 | 10
         half-back        | O-half-back        | redeemed  | redeemed     | no          | yes                | 4
         in-use           | O-in-use           | redeemed  | redeemed     | no          | no                 | 0
         last-second      | -                  | expired   | expired      | no          | no                 | 0
         midnight         | -                  | unused    | available    | no          | no                 | 0
         voided           | -                  | voided    | voided       | no          | no                 | 0`,
      );
    });

    it("expires the strategy's coupon in the public table and the chain, too", async () => {
      expectRows(
        await warehouse.rows("executionCoupon"),
        `coupon      | coupon_state
         last-second | expired`,
      );
      expectRows(
        await warehouse.rows("couponChain"),
        `row_key             | coupon_state | is_claimed | is_redeemed
         E30|1|last-second|∅ | expired      | yes        | no`,
      );
    });

    it("nets what came back", async () => {
      expectRows(
        await warehouse.rows("orderLine", "order_id IN ('O-half-back', 'O-back-in-time')"),
        `order_line     | dgmv | refund | net_dgmv | fully_refunded
         L-back-in-time | 30   | 0      | 20       | no
         L-half-1       | 30   | 0      | 26       | no
         L-half-2       | 30   | 0      | 30       | no`,
      );
    });

    it("is what a full refresh gives", () => warehouse.expectSameAsFullRefresh());
  });

  describe("07-22: coupons run out that were used or came back", () => {
    beforeAll(() => warehouse.run("07-22"));

    it("expires a coupon that comes back too late, and one that came back in time and lies unused", async () => {
      expectRows(
        await warehouse.rows("couponWide"),
        `coupon           | order              | use_state | coupon_state
         back-in-time     | O-back-in-time     | returned  | expired
         back-then-voided | O-back-then-voided | returned  | voided
         half-back        | O-half-back        | redeemed  | redeemed
         in-use           | O-in-use           | returned  | expired
         last-second      | -                  | expired   | expired
         midnight         | -                  | expired   | expired
         voided           | -                  | voided    | voided`,
      );
    });

    it("is what a full refresh gives", () => warehouse.expectSameAsFullRefresh());
  });
});

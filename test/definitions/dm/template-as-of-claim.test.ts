/** Money attributes of a template stand as they were known at the end of the claim day, whatever the template says later. */
import { afterAll, beforeAll, describe, it } from "vitest";
import { expectRows } from "../../support/table-text.ts";
import { openWarehouse, type Warehouse } from "../../support/warehouse.ts";
import { World } from "../../support/world.ts";

function story(): World {
  const world = new World();
  world.couponTemplate({
    template: "T",
    type: "direct_off",
    face: 10,
    platformShare: 1,
    known: "07-01 00:00",
  });
  world.couponTemplate({
    template: "T",
    type: "threshold_off",
    threshold: 60,
    face: 15,
    platformShare: 0.5,
    known: "07-20 18:00",
  });
  world.couponTemplate({
    template: "T",
    type: "threshold_off",
    threshold: 90,
    face: 20,
    platformShare: 0.25,
    known: "07-21 00:00",
  });
  const claim = { template: "T", user: "u40" };
  world.claimCoupon({ ...claim, coupon: "day-before", at: "07-19 10:00", face: 10 });
  world.claimCoupon({ ...claim, coupon: "morning", at: "07-20 10:00", face: 10 });
  world.claimCoupon({ ...claim, coupon: "evening", at: "07-20 20:00", face: 15 });
  world.claimCoupon({
    ...claim,
    coupon: "late-arrival",
    at: "07-20 21:00",
    face: 15,
    ingested: "07-22 03:00",
  });
  world.claimCoupon({ ...claim, coupon: "day-after", at: "07-21 10:00", face: 20 });
  world.voidCoupon("morning", "07-22 10:00");
  return world;
}

const AS_KNOWN_AT_CLAIM = `
  coupon       | ds    | coupon_type   | threshold | platform_share | face
  day-after    | 07-21 | threshold_off | 90        | 0.25           | 20
  day-before   | 07-19 | direct_off    | -         | 1              | 10
  evening      | 07-20 | threshold_off | 60        | 0.5            | 15
  morning      | 07-20 | threshold_off | 60        | 0.5            | 10`;

describe("a template that changes around the claims of its coupons", () => {
  let warehouse: Warehouse;
  beforeAll(async () => {
    warehouse = await openWarehouse(story());
  });
  afterAll(() => warehouse?.close());

  it("07-20: takes what is known at the end of the claim day", async () => {
    await warehouse.run("07-20");
    expectRows(
      await warehouse.rows("couponWide"),
      `coupon     | ds    | coupon_type   | threshold | platform_share | face
       day-before | 07-19 | direct_off    | -         | 1              | 10
       evening    | 07-20 | threshold_off | 60        | 0.5            | 15
       morning    | 07-20 | threshold_off | 60        | 0.5            | 10`,
    );
  });

  it("07-21: keeps that when the template changes with the next day's first instant", async () => {
    await warehouse.run("07-21");
    expectRows(await warehouse.rows("couponWide"), AS_KNOWN_AT_CLAIM);
  });

  it("07-22: keeps it for rows that are computed again, and looks back for a claim that arrives late", async () => {
    await warehouse.run("07-22");
    expectRows(
      await warehouse.rows("couponWide"),
      `${AS_KNOWN_AT_CLAIM}
       late-arrival | 07-20 | threshold_off | 60        | 0.5            | 15`,
    );
    expectRows(
      await warehouse.rows("couponWide", "coupon_id = 'morning'"),
      `coupon  | use_state | coupon_type   | platform_share
       morning | voided    | threshold_off | 0.5`,
    );
    await warehouse.expectSameAsFullRefresh();
  });
});

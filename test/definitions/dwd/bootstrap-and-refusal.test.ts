/**
 * History that arrives at once is known on its own days; an unfinished today can be run; and time does not run backwards.
 *
 * Assumed where the definitions are silent: a template that came with the history was known to the claims before it.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectRows } from "../../support/table-text.ts";
import { openWarehouse, type Warehouse } from "../../support/warehouse.ts";
import { coupon, World } from "../../support/world.ts";

const BOOTSTRAP = "07-10 12:00";

function story(): World {
  const world = new World();
  world.couponTemplate({
    template: "T",
    type: "threshold_off",
    threshold: 60,
    face: 10,
    platformShare: 0.5,
    known: BOOTSTRAP,
  });
  world.trigger({
    execution: "E60",
    user: "u60",
    at: "05-01 09:00",
    benefits: [{ seq: 1, coupon: "T", planned: 10 }],
    ingested: BOOTSTRAP,
  });
  world.claimCoupon({
    coupon: "K60",
    template: "T",
    user: "u60",
    at: "05-01 10:00",
    face: 10,
    validTo: "07-31 00:00",
    execution: "E60",
    seq: 1,
    ingested: BOOTSTRAP,
  });
  world.order({
    order: "O60",
    user: "u60",
    created: "05-02 09:00",
    paid: "05-02 09:01",
    lines: [{ line: "L60", list: 80, off: [coupon("K60", 10, { platform: 5 })] }],
    ingested: BOOTSTRAP,
  });
  world.refund({ line: "L60", at: "07-11 08:00" });
  world.claimCoupon({ coupon: "K61", template: "T", user: "u61", at: "07-12 10:00", face: 10 });
  world.claimCoupon({
    coupon: "K62",
    template: "T",
    user: "u62",
    at: "07-12 15:00",
    face: 10,
    validTo: "07-12 18:00",
  });
  return world;
}

describe("a warehouse that starts with history", () => {
  let warehouse: Warehouse;
  beforeAll(async () => {
    warehouse = await openWarehouse(story(), { bootstrap: BOOTSTRAP });
  });
  afterAll(() => warehouse?.close());

  it("refuses a day before the history arrived: it could not be rebuilt as it was known", async () => {
    await expect(warehouse.run("07-09")).rejects.toMatchObject({
      details: expect.stringMatching(/bootstrap/),
    });
  });

  it("07-10: shows the history on its own days, with its templates", async () => {
    await warehouse.run("07-10");
    expectRows(
      await warehouse.rows("couponWide"),
      `row_key | ds    | coupon_type   | threshold | platform_share | redeem_ds | use_state
       K60|O60 | 05-01 | threshold_off | 60        | 0.5            | 05-02     | redeemed`,
    );
    expectRows(
      await warehouse.rows("orderLine"),
      `order_line | ds    | dgmv | net_dgmv
       L60        | 05-02 | 75   | 75`,
    );
    expectRows(
      await warehouse.rows("couponChain"),
      `row_key       | ds    | is_redeemed
       E60|1|K60|O60 | 05-01 | yes`,
    );
  });

  it("07-11: a refund reaches back into the history", async () => {
    await warehouse.run("07-11");
    expectRows(
      await warehouse.rows("orderLine"),
      `order_line | ds    | dgmv | net_dgmv | fully_refunded
       L60        | 05-02 | 75   | 0        | yes`,
    );
    await warehouse.expectSameAsFullRefresh();
  });

  it("07-12 at noon: shows what is known by then", async () => {
    await warehouse.run("07-12", { asOf: "07-12 12:00" });
    expectRows(
      await warehouse.rows("couponWide", "ds = '2024-07-12'"),
      `row_key | use_state
       K61|∅   | unused`,
    );
  });

  it("07-12 at five: the same day again, further on", async () => {
    await warehouse.run("07-12", { asOf: "07-12 17:00" });
    expectRows(
      await warehouse.rows("couponWide", "ds = '2024-07-12'"),
      `row_key | use_state
       K61|∅   | unused
       K62|∅   | unused`,
    );
    await warehouse.expectSameAsFullRefresh();
  });

  it("07-12 at its end: the whole day", async () => {
    await warehouse.run("07-12");
    expectRows(
      await warehouse.rows("couponWide", "ds = '2024-07-12'"),
      `row_key | use_state
       K61|∅   | unused
       K62|∅   | expired`,
    );
    await warehouse.expectSameAsFullRefresh();
  });

  it("refuses an incremental run of a day before the last one built, and leaves everything as it was", async () => {
    const before = await warehouse.snapshot();
    await expect(warehouse.run("07-11")).rejects.toThrow(/2024-07-11|full.refresh|backfill/i);
    expect(await warehouse.snapshot()).toEqual(before);
  });

  it("rebuilds an earlier day on a full refresh, as it was known", async () => {
    await warehouse.run("07-10", { fullRefresh: true });
    expectRows(
      await warehouse.rows("orderLine"),
      `order_line | ds    | dgmv | net_dgmv | fully_refunded
       L60        | 05-02 | 75   | 75       | no`,
    );
  });
});

/** Whatever the platform does, day by day gives row for row what a full refresh as of the day gives. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomWorld } from "../../support/random-world.ts";
import { openWarehouse, type Warehouse } from "../../support/warehouse.ts";

const SEED = 618;

describe(`a random platform (seed ${SEED})`, () => {
  let warehouse: Warehouse;
  beforeAll(async () => {
    warehouse = await openWarehouse(
      randomWorld({ seed: SEED, from: "06-01", to: "06-05", eventsPerDay: 60 }),
    );
  });
  afterAll(() => warehouse?.close());

  it("is the same incrementally and refreshed on each of its days, and on the two after it", async () => {
    await warehouse.runDays("06-01", "06-07", { compare: true });
  });

  it("was no empty world", async () => {
    for (const name of [
      "orderLine",
      "couponWide",
      "allowanceWide",
      "promotionWide",
      "couponChain",
    ] as const) {
      expect((await warehouse.rows(name)).rows.length, name).toBeGreaterThan(10);
    }
  });
});

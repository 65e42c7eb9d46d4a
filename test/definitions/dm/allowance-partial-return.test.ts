/**
 * Two allowances. G, of a strategy, is used twice, comes back in part and expires in part. H, of no strategy and funded
 * by platform and merchant together, comes back in two steps, and what is left of it is revoked.
 *
 * Assumed where the definitions are silent: the platform's part of what came back is rounded once, on the pair's whole
 * return; expired and revoked amounts are the allowance's and stand on each of its rows; a strategy's grant that names
 * no benefit_seq shows the one of the benefit it matched.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectRows } from "../../support/table-text.ts";
import { openWarehouse, type Warehouse } from "../../support/warehouse.ts";
import { allowance, World } from "../../support/world.ts";

function story(): World {
  const world = new World();
  world.strategy({ strategy: "S1", from: "05-20 00:00" });
  world.allowanceTemplate({ template: "TG", face: 50, known: "05-20 00:00" });
  world.allowanceTemplate({ template: "TH", face: 40, platformShare: 0.667, known: "05-20 00:00" });

  const benefits = [
    { seq: 7, allowance: "TG", planned: 50 },
    { seq: 8, coupon: "TG", planned: 5 },
  ];
  world.trigger({ execution: "E2", user: "u2", at: "05-31 20:00", benefits });
  world.grantAllowance({
    allowance: "G",
    template: "TG",
    user: "u2",
    at: "06-01 09:00",
    amount: 50,
    execution: "E2",
    validTo: "06-05 22:00",
  });
  world.grantAllowance({ allowance: "H", template: "TH", user: "u3", at: "06-02 08:00", amount: 40 });

  world.order({
    order: "O1",
    user: "u2",
    created: "06-02 10:00",
    paid: "06-02 10:01",
    lines: [{ line: "L1", qty: 2, list: 200, off: [allowance("G", 30)] }],
  });
  world.order({
    order: "O3",
    user: "u3",
    created: "06-02 11:00",
    paid: "06-02 11:01",
    lines: [{ line: "L3", list: 50, off: [allowance("H", 10, { platform: 6.67 })] }],
  });

  world.refund({ line: "L1", at: "06-03 12:00", amount: 85, withBenefits: true });
  world.returnBenefit({ benefit: "G", order: "O1", at: "06-03 12:01", amount: 15 });
  world.refund({ line: "L3", at: "06-03 13:00", amount: 20, withBenefits: true });
  world.returnBenefit({ benefit: "H", order: "O3", at: "06-03 13:01", amount: 5 });

  world.order({
    order: "O2",
    user: "u2",
    created: "06-04 10:00",
    paid: "06-04 10:01",
    lines: [{ line: "L2", list: 100, off: [allowance("G", 25)] }],
  });
  world.loseAllowance({ allowance: "H", how: "revoke", amount: 30, at: "06-04 18:00" });

  world.loseAllowance({ allowance: "G", how: "expire", amount: 10, at: "06-05 22:00:01" });
  world.returnBenefit({ benefit: "H", order: "O3", at: "06-05 09:00", amount: 5 });
  return world;
}

describe("an allowance that comes back in part", () => {
  let warehouse: Warehouse;
  beforeAll(async () => {
    warehouse = await openWarehouse(story());
  });
  afterAll(() => warehouse?.close());

  describe("06-01: G is granted", () => {
    beforeAll(() => warehouse.run("06-01"));

    it("stands unused with its whole balance", async () => {
      expectRows(
        await warehouse.rows("allowanceWide"),
        `row_key | grant_ds | allowance_template | user | execution | grant_at    | valid_to    | grant | used | returned | expired | revoked | balance_after | grant_to_redeem_days | first_row
         G|∅     | 06-01    | TG                 | u2   | E2        | 06-01 09:00 | 06-05 22:00 | 50    | 0    | 0        | 0       | 0       | 50            | -                    | yes`,
      );
    });

    it("finds its benefit although the grant names no benefit_seq", async () => {
      expectRows(
        await warehouse.rows("executionAllowance"),
        `allowance | execution | benefit_seq | has_trigger | trigger_ds | strategy | grant | balance
         G         | E2        | 7           | yes         | 05-31      | S1       | 50    | 50`,
      );
      expectRows(
        await warehouse.rows("allowanceChain"),
        `row_key  | ds    | is_claimed | is_redeemed | planned | grant | claim_ds
         E2|7|G|∅ | 05-31 | yes        | no          | 50      | 50    | 06-01`,
      );
      expectRows(
        await warehouse.rows("couponChain"),
        `row_key  | ds    | is_claimed | planned
         E2|8|∅|∅ | 05-31 | no         | 5`,
      );
    });
  });

  describe("06-02: O1 uses 30.00 of G, O3 10.00 of H", () => {
    beforeAll(() => warehouse.run("06-02"));

    it("shows the balance right after each use", async () => {
      expectRows(
        await warehouse.rows("allowanceWide"),
        `row_key | grant_ds | redeem_ds | grant_to_redeem_days | grant | used | returned | balance_after | platform_subsidy | merchant_subsidy | alloc_dgmv
         G|O1    | 06-01    | 06-02     | 1                    | 50    | 30   | 0        | 20            | 30               | 0                | 200
         H|O3    | 06-02    | 06-02     | 0                    | 40    | 10   | 0        | 30            | 6.67             | 3.33             | 46.67`,
      );
    });
  });

  describe("06-03: one of two units goes back, and with it 15.00 of G; half of H's use comes back", () => {
    beforeAll(() => warehouse.run("06-03"));

    it("nets the lines: 200 - 85 - 15 = 100, and 46.67 - 20 - 3.34 = 23.33", async () => {
      expectRows(
        await warehouse.rows("orderLine"),
        `order_line | ds    | qty | list | pay | platform_subsidy | merchant_subsidy | dgmv  | refund | net_dgmv | fully_refunded
         L1         | 06-02 | 2   | 200  | 170 | 30               | 0                | 200   | 85     | 100      | no
         L3         | 06-02 | 1   | 50   | 40  | 6.67             | 3.33             | 46.67 | 20     | 23.33    | no`,
      );
    });

    it("shows what came back, the platform's part rounded half up", async () => {
      expectRows(
        await warehouse.rows("allowanceWide"),
        `row_key | used | returned | balance_after | returned_discount | net_platform_subsidy | net_merchant_subsidy | net_dgmv | refund | order_refund | is_returned | is_partly_returned
         G|O1    | 30   | 15       | 20            | 15                | 15                   | 0                    | 100      | 85     | 85           | no          | yes
         H|O3    | 10   | 5        | 30            | 5                 | 3.33                 | 1.67                 | 23.33    | 20     | 20           | no          | yes`,
      );
      expectRows(
        await warehouse.rows("executionAllowance"),
        `allowance | grant | used | returned | expired | revoked | balance
         G         | 50    | 30   | 15       | 0       | 0       | 35`,
      );
    });

    it("is what a full refresh gives", () => warehouse.expectSameAsFullRefresh());
  });

  describe("06-04: O2 uses 25.00 of G; 30.00 of H are revoked", () => {
    beforeAll(() => warehouse.run("06-04"));

    it("starts a second row of G, and leaves H's balance after its use alone", async () => {
      expectRows(
        await warehouse.rows("allowanceWide"),
        `row_key | redeem_ds | redeem_seq | grant_to_redeem_days | used | returned | expired | revoked | balance_after | discount | alloc_dgmv | net_dgmv | first_row
         G|O1    | 06-02     | 1          | 1                    | 30   | 15       | 0       | 0       | 20            | 30       | 200        | 100      | yes
         G|O2    | 06-04     | 2          | 3                    | 25   | 0        | 0       | 0       | 10            | 25       | 100        | 100      | no
         H|O3    | 06-02     | 1          | 0                    | 10   | 5        | 0       | 30      | 30            | 10       | 46.67      | 23.33    | yes`,
      );
    });

    it("is what a full refresh gives", () => warehouse.expectSameAsFullRefresh());
  });

  describe("06-05: the last 10.00 of G expire; the rest of H's use comes back", () => {
    beforeAll(() => warehouse.run("06-05"));

    it("shows the rows worked by hand", async () => {
      expectRows(
        await warehouse.rows("allowanceWide"),
        `row_key | used | returned | expired | revoked | balance_after | is_returned | is_partly_returned | net_platform_subsidy | net_merchant_subsidy | net_dgmv | first_row
         G|O1    | 30   | 15       | 10      | 0       | 20            | no          | yes                | 15                   | 0                    | 100      | yes
         G|O2    | 25   | 0        | 10      | 0       | 10            | no          | no                 | 25                   | 0                    | 100      | no
         H|O3    | 10   | 10       | 0       | 30      | 30            | yes         | no                 | 0                    | 0                    | 20       | yes`,
      );
    });

    it("leaves nothing on G: 50 - 55 + 15 - 10 = 0", async () => {
      expectRows(
        await warehouse.rows("executionAllowance"),
        `allowance | grant | used | returned | expired | revoked | balance
         G         | 50    | 55   | 15       | 10      | 0       | 0`,
      );
    });

    it("shows both uses in the chain, and H, of no strategy, nowhere", async () => {
      expectRows(
        await warehouse.rows("allowanceChain"),
        `row_key   | ds    | is_redeemed | redeem_seq | discount | returned_discount | net_dgmv | first_row | grant
         E2|7|G|O1 | 05-31 | yes         | 1          | 30       | 15                | 100      | yes       | 50
         E2|7|G|O2 | 05-31 | yes         | 2          | 25       | 0                 | 100      | no        | 50`,
      );
      expect((await warehouse.rows("executionAllowance", "allowance_id = 'H'")).rows).toEqual([]);
    });

    it("is what a full refresh gives", () => warehouse.expectSameAsFullRefresh());
  });
});

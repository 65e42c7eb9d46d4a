/** The judge itself is held against the cases worked by hand, without any engine. */
import { describe, expect, it } from "vitest";
import { amountText, centsOf, proportion, split } from "../../packages/simulator/src/judge/money.ts";
import { rowText } from "../../packages/simulator/src/judge/row-text.ts";
import { sources } from "../../packages/simulator/src/judge/rows.ts";
import { BusinessDays, instantOf, instantText } from "../../packages/simulator/src/judge/time.ts";
import { contractOf } from "../support/contracts.ts";
import { tellOneOrder } from "../support/one-order.ts";
import { expectRows, sumOf } from "../support/table-text.ts";
import { allowance, promotion, World } from "../support/world.ts";
import { judged } from "./judged.ts";

describe("example 1: one order with everything, refunded in steps, the coupon used again", () => {
  const world = new World();
  world.promotion({ promotion: "P", targets: ["all:all"], start: "05-20 00:00", end: "06-18 23:59:59" });
  tellOneOrder(world);

  it("shows the wide tables of 06-09", () => {
    const rows = judged(world, { run_date: "2024-06-09" });
    expectRows(
      rows("couponWide"),
      `row_key | ds    | redeem_seq | use_state | redeem_ds | claim_to_redeem_days | discount | returned_discount | order_dgmv | alloc_dgmv | refund | net_platform_subsidy | first_row
       A|O1    | 06-01 | 1          | returned  | 06-02     | 1                    | 20       | 20                | 128        | 50.91      | 39.42  | 0                    | yes
       A|O2    | 06-01 | 2          | redeemed  | 06-09     | 8                    | 20       | 0                 | 80         | 53.33      | 0      | 20                   | no
       B|O1    | 05-30 | 1          | redeemed  | 06-02     | 3                    | 7        | 0                 | 83         | 15.99      | 12.27  | 0                    | yes`,
    );
    expectRows(
      rows("allowanceWide"),
      `row_key | balance_after | redeem_ds | grant_to_redeem_days | discount | returned | order_dgmv | alloc_dgmv | refund | net_platform_subsidy
       W|O1    | 21            | 06-02     | 1                    | 9        | 9        | 128        | 22.91      | 17.74  | 0
       W|O2    | 20            | 06-09     | 8                    | 10       | 0        | 80         | 26.67      | 0      | 10`,
    );
    expectRows(
      rows("promotionWide"),
      `row_key      | line_cnt | redeem_ds | discount | returned_discount | order_dgmv | alloc_dgmv | refund | net_platform_subsidy
       P|all|all|O1 | 2        | 06-02     | 15       | 0                 | 128        | 38.19      | 29.57  | 0`,
    );
  });

  it("splits each line's dgmv and refund to the cent", () => {
    const records = judged(world, { run_date: "2024-06-09" })("redcdm.dwd_ecm_trd_order_benefit_di");
    expectRows(
      records,
      `order_benefit | alloc_dgmv | refund | line_dgmv
       L1-A          | 30.45      | 23.36  | 83
       L1-B          | 15.99      | 12.27  | 83
       L1-P          | 22.85      | 17.53  | 83
       L1-W          | 13.71      | 10.51  | 83
       L2-A          | 20.46      | 16.06  | 45
       L2-P          | 15.34      | 12.04  | 45
       L2-W          | 9.20       | 7.23   | 45
       L3-A          | 53.33      | 0      | 80
       L3-W          | 26.67      | 0      | 80`,
    );
    const redemptions = judged(world, { run_date: "2024-06-08" });
    const all = ["couponWide", "allowanceWide", "promotionWide"] as const;
    const cents = (column: string) =>
      all.reduce((sum, name) => sum + centsOf(sumOf(redemptions(name), column)), 0n);
    expect(amountText(cents("alloc_dgmv_amt"))).toBe("128.00");
    expect(amountText(cents("refund_amt"))).toBe("99.00");
    expect(amountText(cents("order_dgmv_amt"))).toBe("467.00");
  });

  it("shows the chains", () => {
    const rows = judged(world, { run_date: "2024-06-09" });
    expectRows(
      rows("couponChain"),
      `row_key   | ds    | is_claimed | is_redeemed
       E1|1|A|O1 | 06-01 | yes        | yes
       E1|1|A|O2 | 06-01 | yes        | yes
       E1|3|∅|∅  | 06-01 | no         | no`,
    );
    expectRows(
      rows("allowanceChain"),
      `row_key   | ds    | grant | balance
       E1|2|W|O1 | 06-01 | 30    | 20
       E1|2|W|O2 | 06-01 | 30    | 20`,
    );
  });

  it("shows 06-02 as known on 06-05, and then on 06-09", () => {
    const early = judged(world, { run_date: "2024-06-05" });
    expectRows(
      early("couponWide"),
      `row_key | use_state | refund | net_platform_subsidy
       A|O1    | redeemed  | 16.06  | 13.33
       B|O1    | redeemed  | 0      | 0`,
    );
    expectRows(
      early("allowanceWide"),
      `row_key | returned | partly_returned | returned_discount
       W|O1    | 3        | yes             | 3`,
    );
    expect(sumOf(early("orderLine"), "net_dgmv_amt")).toBe("83.00");
    const late = judged(world, { run_date: "2024-06-08" });
    expect(sumOf(late("orderLine"), "net_dgmv_amt")).toBe("0.00");
  });
});

describe("example 2: an allowance that comes back in part", () => {
  const world = new World();
  world.grantAllowance({ allowance: "G", template: "T", user: "u", at: "06-01 09:00", amount: 50 });
  const order = (id: string, at: string, list: number, used: number) =>
    world.order({
      order: id,
      user: "u",
      created: at,
      paid: at,
      lines: [{ line: `L-${id}`, list, qty: 2, off: [allowance("G", used)] }],
    });
  order("O1", "06-02 10:00", 200, 30);
  world.refund({ line: "L-O1", at: "06-03 10:00", amount: 85 });
  world.returnBenefit({ benefit: "G", order: "O1", at: "06-03 10:00", amount: 15 });
  order("O2", "06-04 10:00", 100, 25);
  world.loseAllowance({ allowance: "G", how: "expire", amount: 10, at: "06-05 10:00" });

  it("shows the balance after each use, and what is left", () => {
    const rows = judged(world, { run_date: "2024-06-05" });
    expectRows(
      rows("allowanceWide"),
      `row_key | used | returned | partly_returned | balance_after | first_row | net_dgmv
       G|O1    | 30   | 15       | yes             | 20            | yes       | 100
       G|O2    | 25   | 0        | no              | 10            | no        | 100`,
    );
    expect(rows("executionAllowance").rows).toEqual([]);
  });
});

describe("example 4: promotion targets", () => {
  const world = new World();
  world.promotion({
    promotion: "P1",
    targets: ["goods:G1", "category:C9", "all:all"],
    start: "06-08 00:00",
    end: "06-20 00:00",
  });
  world.order({
    order: "O5",
    user: "u5",
    created: "06-11 20:00",
    paid: "06-11 20:01",
    lines: [
      { line: "L1", list: 60, goods: "G1", category: "C9", off: [promotion("P1", 5)] },
      { line: "L2", list: 40, goods: "G2", category: "C9", off: [promotion("P1", 5)] },
    ],
  });

  it("gives each line's discount to one target", () => {
    expectRows(
      judged(world, { run_date: "2024-06-11" })("promotionWide"),
      `row_key           | ds    | discount | line_cnt | first_row
       P1|all|all|∅      | 06-08 | 0        | 0        | yes
       P1|category|C9|O5 | 06-11 | 5        | 1        | yes
       P1|goods|G1|O5    | 06-11 | 5        | 1        | yes`,
    );
  });
});

describe("the judge's tools", () => {
  it("splits to the cent, the largest remainders first, the sign put back", () => {
    expect(split(8300n, [1000n, 1333n, 700n, 600n])).toEqual([2285n, 3045n, 1599n, 1371n]);
    expect(split(-10n, [1n, -1n, 1n])).toEqual([-4n, -3n, -3n]);
    expect(split(5n, [0n, 0n])).toEqual([3n, 2n]);
    expect(split(5n, [])).toEqual([]);
  });

  it("takes half a cent up", () => {
    expect(proportion(500n, 667n, 1000n)).toBe(334n);
    expect(proportion(500n, 0n, 0n)).toBe(0n);
    expect(centsOf("-7")).toBe(-700n);
    expect(amountText(-5n)).toBe("-0.05");
  });

  it("knows the days of a time zone, summer time included", () => {
    const shanghai = new BusinessDays("Asia/Shanghai");
    expect(shanghai.dayOf(instantOf("2024-06-01T16:00:00Z"))).toBe("2024-06-02");
    expect(shanghai.dayOf(instantOf("2024-06-01T15:59:59.999999Z"))).toBe("2024-06-01");
    expect(instantText(shanghai.endOf("2024-06-01"))).toBe("2024-06-01T16:00:00Z");
    const newYork = new BusinessDays("America/New_York");
    expect(instantText(newYork.endOf("2024-03-10"))).toBe("2024-03-11T04:00:00Z");
    expect(instantText(newYork.endOf("2024-03-09"))).toBe("2024-03-10T05:00:00Z");
  });

  it("writes a row as TO_JSON_STRING does", () => {
    const row = { a: "13.30", b: "20.00", c: "2024-06-01T16:03:00.120Z", d: null, e: 'q"é', f: true };
    expect(rowText(row, "a:numeric b:numeric c:instant d e f:boolean")).toBe(
      String.raw`{"a":"13.3","b":20,"c":"2024-06-01T16:03:00.120Z","d":null,"e":"q\"é","f":true}`,
    );
  });

  it("lists the sources' columns as their contracts do", () => {
    for (const { table, columns } of Object.values(sources)) {
      const names = columns.split(/\s+/).map((column) => column.split(":")[0]);
      expect(names, table).toEqual(contractOf(table).columns.map(({ name }) => name));
    }
  });
});

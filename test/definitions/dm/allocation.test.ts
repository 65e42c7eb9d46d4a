/**
 * A line's dgmv, net dgmv and refund are split over the benefits on it to the cent: hand-worked edges, then a thousand
 * lines against the rule written once more, in whole cents.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectRows } from "../../support/table-text.ts";
import { openWarehouse, type Warehouse } from "../../support/warehouse.ts";
import { coupon, type Discount, promotion, World } from "../../support/world.ts";

function handWorked(world: World): void {
  const order = (id: string, list: number, off: Discount[]) => {
    for (const d of off) if (d.type === "coupon") claim(world, d.id);
    world.order({
      order: id,
      user: "u",
      created: "07-20 10:00",
      paid: "07-20 10:01",
      lines: [{ line: id, list, off }],
    });
  };
  order("three-alike", 10, [
    coupon("a1", 1, { record: "three-3" }),
    coupon("a2", 1, { record: "three-2" }),
    coupon("a3", 1, { record: "three-1" }),
  ]);
  order("all-zero", 10.01, [coupon("b1", 0, { record: "zero-2" }), coupon("b2", 0, { record: "zero-1" })]);
  order("negative-line", -10.01, [coupon("c1", 0.5), coupon("c2", 0.5)]);
  order("negative-discount", 30, [coupon("d1", -2), coupon("d2", 4)]);
  order("one-cent", 0.01, [coupon("e1", 3), coupon("e2", 5), coupon("e3", 3)]);
  order("nothing", 0, [coupon("f1", 3), coupon("f2", 5)]);
  order("some-zero", 10, [coupon("g1", 0), coupon("g2", 1), coupon("g3", 2)]);
  order("two-kinds", 100, [coupon("h1", 1), promotion("p1", 2)]);
}

function claim(world: World, id: string): void {
  world.claimCoupon({ coupon: id, template: "T", user: "u", at: "07-20 09:00", face: 10 });
}

interface RandomLine {
  list: number;
  refundShare: number;
  offs: { coupon: number; discount: number; platform: number }[];
}
const cents = (min: number, max: number) => fc.integer({ min, max }).map((value) => value / 100);
const randomLine: fc.Arbitrary<RandomLine> = fc.record({
  list: fc.oneof({ weight: 5, arbitrary: cents(0, 20_000) }, { weight: 1, arbitrary: cents(-3_000, 0) }),
  refundShare: fc.constantFrom(0, 0, 0.25, 1),
  offs: fc.uniqueArray(
    fc
      .record({
        coupon: fc.integer({ min: 0, max: 3 }),
        discount: fc.oneof(cents(0, 9), cents(-300, 2_000)),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      })
      .map(({ coupon: number, discount, share }) => ({
        coupon: number,
        discount,
        platform: Math.round(discount * share * 100) / 100,
      })),
    { minLength: 1, maxLength: 4, selector: (off) => off.coupon },
  ),
});
const RANDOM_ORDERS = 400;
const randomOrders = fc.sample(fc.array(randomLine, { minLength: 1, maxLength: 4 }), {
  numRuns: RANDOM_ORDERS,
  seed: 42,
});

/** Per coupon of a random order, what its row must show, in cents. */
interface Expected {
  alloc: bigint;
  net: bigint;
  refund: bigint;
}

/** Tells the random orders to the world and works out their rows. */
function random(world: World): Map<string, Expected> {
  const expected = new Map<string, Expected>();
  randomOrders.forEach((lines, n) => {
    const id = (number: number) => `R${n}-${number}`;
    const used = new Set(lines.flatMap((line) => line.offs.map((off) => off.coupon)));
    for (const number of used) claim(world, id(number));
    world.order({
      order: `R${n}`,
      user: "u",
      created: "07-20 10:00",
      paid: "07-20 10:01",
      lines: lines.map((line, m) => ({
        line: `R${n}/${m}`,
        list: line.list,
        off: line.offs.map((off) => coupon(id(off.coupon), off.discount, { platform: off.platform })),
      })),
    });
    lines.forEach((line, m) => {
      const off = line.offs.map((o) => ({
        ...o,
        discount: toCents(o.discount),
        platform: toCents(o.platform),
      }));
      const pay = off.reduce((left, o) => left - o.discount, toCents(line.list));
      const refund = pay > 0n ? toCents(Math.floor(Number(pay) * line.refundShare) / 100) : 0n;
      if (refund > 0n) world.refund({ line: `R${n}/${m}`, at: "07-20 12:00", amount: Number(refund) / 100 });
      const dgmv = off.reduce((left, o) => left - (o.discount - o.platform), toCents(line.list));
      const net = refund > 0n && refund >= pay ? 0n : dgmv - refund;
      const weights = off.map((o) => ({
        id: `R${n}/${m}-${id(o.coupon)}`,
        weight: abs(o.discount),
        key: id(o.coupon),
      }));
      const add = (part: keyof Expected, amount: bigint) => {
        for (const [index, share] of split(amount, weights).entries()) {
          const key = (weights[index] as { key: string }).key;
          const row = expected.get(key) ?? { alloc: 0n, net: 0n, refund: 0n };
          row[part] += share;
          expected.set(key, row);
        }
      };
      add("alloc", dgmv);
      add("net", net);
      add("refund", refund);
    });
  });
  return expected;
}

/** Cents over weights: floor, then a cent each to the largest remainders, ties by id; the sign is put back last. */
function split(amount: bigint, parts: readonly { id: string; weight: bigint }[]): bigint[] {
  const allZero = parts.every((part) => part.weight === 0n);
  const weights = parts.map((part) => (allZero ? 1n : part.weight));
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  const products = weights.map((weight) => abs(amount) * weight);
  const shares = products.map((product) => product / total);
  const spare = Number(abs(amount) - shares.reduce((sum, share) => sum + share, 0n));
  const order = parts
    .map((part, at) => ({ at, id: part.id, rest: (products[at] as bigint) % total }))
    .sort((a, b) => (a.rest !== b.rest ? (a.rest > b.rest ? -1 : 1) : a.id < b.id ? -1 : 1));
  for (const { at } of order.slice(0, spare)) shares[at] = (shares[at] as bigint) + 1n;
  return shares.map((share) => (amount < 0n ? -share : share));
}
const abs = (value: bigint) => (value < 0n ? -value : value);
const toCents = (amount: number) => BigInt(Math.round(amount * 100));

describe("the allocation to the cent", () => {
  let warehouse: Warehouse;
  let expected: Map<string, Expected>;
  beforeAll(async () => {
    const world = new World();
    world.couponTemplate({ template: "T", face: 10, known: "07-01 00:00" });
    handWorked(world);
    expected = random(world);
    warehouse = await openWarehouse(world);
    await warehouse.run("07-20");
  });
  afterAll(() => warehouse?.close());
  const split = (order: string) => warehouse.rows("couponWide", `order_id = '${order}'`);

  it("gives the spare cent of equal remainders to the smallest order_benefit_id", async () => {
    expectRows(
      await split("three-alike"),
      `coupon | order_dgmv | alloc_dgmv | net_dgmv
       a1     | 10         | 3.33       | 3.33
       a2     | 10         | 3.33       | 3.33
       a3     | 10         | 3.34       | 3.34`,
    );
  });

  it("splits equally where every discount is zero", async () => {
    expectRows(
      await split("all-zero"),
      `coupon | discount | alloc_dgmv | is_returned
       b1     | 0        | 5          | no
       b2     | 0        | 5.01       | no`,
    );
  });

  it("splits a negative line like its absolute value and restores the sign", async () => {
    expectRows(
      await split("negative-line"),
      `coupon | order_dgmv | alloc_dgmv
       c1     | -10.01     | -5.01
       c2     | -10.01     | -5`,
    );
  });

  it("weighs a negative discount by its absolute value", async () => {
    expectRows(
      await split("negative-discount"),
      `coupon | discount | order_dgmv | alloc_dgmv
       d1     | -2       | 30         | 10
       d2     | 4        | 30         | 20`,
    );
  });

  it("gives a single cent to the largest remainder, and nothing of nothing", async () => {
    expectRows(
      await split("one-cent"),
      `coupon | alloc_dgmv
       e1     | 0
       e2     | 0.01
       e3     | 0`,
    );
    expectRows(
      await split("nothing"),
      `coupon | alloc_dgmv
       f1     | 0
       f2     | 0`,
    );
  });

  it("gives nothing to a zero discount beside others", async () => {
    expectRows(
      await split("some-zero"),
      `coupon | alloc_dgmv
       g1     | 0
       g2     | 3.33
       g3     | 6.67`,
    );
  });

  it("splits across kinds of benefits", async () => {
    expectRows(
      await split("two-kinds"),
      `coupon | alloc_dgmv
       h1     | 33.33`,
    );
    expectRows(
      await warehouse.rows("promotionWide", "order_id = 'two-kinds'"),
      `promotion | alloc_dgmv
       p1        | 66.67`,
    );
  });

  it(`agrees with the rule in whole cents on ${RANDOM_ORDERS} random orders`, async () => {
    const { rows } = await warehouse.query(
      `SELECT coupon_id, CAST(alloc_dgmv_amt * 100 AS STRING), CAST(net_dgmv_amt * 100 AS STRING), CAST(refund_amt * 100 AS STRING)
       FROM \`redcdm.dm_ecm_trd_mkt_activity_coupon_get_use_600d_di\`
       WHERE STARTS_WITH(order_id, 'R')
       ORDER BY coupon_id`,
    );
    const wanted = [...expected]
      .map(([id, row]) => [id, String(row.alloc), String(row.net), String(row.refund)])
      .sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1));
    expect(rows).toEqual(wanted);
  });

  it("adds up to the lines again", async () => {
    expectRows(
      await warehouse.query(
        `SELECT
           (SELECT SUM(dgmv_amt) FROM \`redcdm.dwd_ecm_trd_order_line_di\`) =
             (SELECT SUM(alloc_dgmv_amt) FROM \`redcdm.dm_ecm_trd_mkt_activity_coupon_get_use_600d_di\`) +
             (SELECT SUM(alloc_dgmv_amt) FROM \`redcdm.dm_ecm_trd_mkt_promotion_use_dtl_500d_nd_di\`) AS dgmv_adds_up,
           (SELECT SUM(refund_amt) FROM \`redcdm.dwd_ecm_trd_order_line_di\`) =
             (SELECT SUM(refund_amt) FROM \`redcdm.dm_ecm_trd_mkt_activity_coupon_get_use_600d_di\`) AS refund_adds_up`,
      ),
      `dgmv_adds_up | refund_adds_up
       yes          | yes`,
    );
  });
});

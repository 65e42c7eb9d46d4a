import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  hostileWorld,
  type SmallWorld,
  sourceTables,
  tell,
} from "../../packages/simulator/src/worlds/index.ts";

const shapes: Record<string, (cell: unknown) => boolean> = {
  STRING: (cell) => typeof cell === "string",
  INT64: Number.isSafeInteger,
  FLOAT64: (cell) => typeof cell === "number",
  NUMERIC: (cell) => typeof cell === "string" && /^-?\d+(\.\d{1,4})?$/.test(cell),
  BOOL: (cell) => typeof cell === "boolean",
  DATE: (cell) => typeof cell === "string" && /^\d{4}-\d{2}-\d{2}$/.test(cell),
  TIMESTAMP: (cell) => typeof cell === "string" && new Date(cell).toISOString() === cell,
};

function unsound(world: SmallWorld): string[] {
  const problems: string[] = [];
  for (const { table, key, columns } of Object.values(sourceTables)) {
    const versions = world.tables[table];
    if (!versions) problems.push(`${table} is missing`);
    for (const version of versions ?? []) {
      const names = Object.keys(version);
      if (names.toSorted().join() !== [...Object.keys(columns), "ingested_at"].toSorted().join())
        problems.push(`${table} has the columns ${names.join()}`);
      for (const column of key) if (version[column] === null) problems.push(`${table}.${column} is NULL`);
      for (const [column, type] of Object.entries({ ...columns, ingested_at: "TIMESTAMP" })) {
        const cell = version[column];
        const sound = type.startsWith("ARRAY") ? Array.isArray(cell) : cell === null || shapes[type]?.(cell);
        if (!sound) problems.push(`${table}.${column} is ${JSON.stringify(cell)}, no ${type}`);
      }
    }
  }
  return problems;
}

test("small worlds have sound keys and types", () => {
  fc.assert(
    fc.property(hostileWorld(), (world) => {
      expect(unsound(world)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test("a world without dirt and corrections keeps every line's sum", () => {
  const calm = hostileWorld().map(({ script }) =>
    tell({
      ...script,
      events: script.events
        .filter((event) => event.kind !== "correct")
        .map((event) => ({ ...event, deliveries: [{ lag: 1, again: null, tie: false }] })),
    }),
  );
  fc.assert(
    fc.property(calm, (world) => {
      const rows = (table: string) => world.tables[table] ?? [];
      const cents = (amount: unknown) => Math.round(Number(amount) * 100);
      const latest = new Map(rows("reddw.dw_trd_order_goods_day").map((line) => [line.order_line_id, line]));
      for (const line of latest.values()) {
        const discounts = new Map(
          rows("reddw.dw_trd_order_benefit_day")
            .filter((discount) => discount.order_line_id === line.order_line_id)
            .map((discount) => [discount.order_benefit_id, cents(discount.discount_amt)]),
        );
        const off = [...discounts.values()].reduce((sum, amount) => sum + amount, 0);
        expect(cents(line.list_amt) - off).toBe(cents(line.pay_amt));
      }
    }),
    { numRuns: 200 },
  );
});

describe("hostility", () => {
  const worlds = fc.sample(hostileWorld(), { numRuns: 60, seed: 1 });
  const some = (holds: (world: SmallWorld) => boolean) => worlds.filter(holds).length;
  const versions = (world: SmallWorld, table: string) => world.tables[table] ?? [];

  test("the same script tells the same world", () => {
    for (const world of worlds.slice(0, 5)) expect(tell(world.script)).toEqual(world);
  });

  test.each([
    [
      "rows that arrive twice at once",
      (w: SmallWorld) =>
        Object.values(w.tables).some(
          (rows) => new Set(rows.map((row) => JSON.stringify(row))).size < rows.length,
        ),
    ],
    [
      "paid lines with coupons",
      (w: SmallWorld) =>
        versions(w, sourceTables.discount.table).some(
          (d) =>
            d.benefit_type === "coupon" &&
            versions(w, sourceTables.line.table).some(
              (l) => l.order_line_id === d.order_line_id && l.paid_at !== null,
            ),
        ),
    ],
    [
      "ledger uses",
      (w: SmallWorld) => versions(w, sourceTables.flow.table).some((f) => f.flow_type === "use"),
    ],
    [
      "returns of allowances",
      (w: SmallWorld) => versions(w, sourceTables.flow.table).some((f) => f.flow_type === "return"),
    ],
    ["refunds", (w: SmallWorld) => versions(w, sourceTables.refund.table).length > 0],
    [
      "triggers that arrive before they happen",
      (w: SmallWorld) =>
        versions(w, sourceTables.execution.table).some((e) => e.ingested_at < String(e.triggered_at)),
    ],
    [
      "rekeyed records",
      (w: SmallWorld) =>
        versions(w, sourceTables.discount.table).some((d, _, all) =>
          all.some((o) => o.order_benefit_id === d.order_benefit_id && o.benefit_id !== d.benefit_id),
        ),
    ],
    [
      "control triggers",
      (w: SmallWorld) =>
        versions(w, sourceTables.execution.table).some((e) => e.experiment_group === "control"),
    ],
  ] as const)("%s are common", (_, holds) => {
    expect(some(holds)).toBeGreaterThan(5);
  });

  test("a failing world shrinks to a handful of events", () => {
    const found = fc.check(
      fc.property(
        hostileWorld(),
        (world) => !versions(world, sourceTables.refund.table).some((r) => r.refund_status === "succeeded"),
      ),
      { seed: 2, numRuns: 200 },
    );
    expect(found.failed).toBe(true);
    // A refund takes an order; nothing else stays.
    expect(found.counterexample?.[0].script.events.length).toBeLessThanOrEqual(3);
  });
});

/**
 * What the tables of users, days and strategies must hold at a moment, over many worlds that share a warehouse: each world's
 * facts are worked out on their own, then everything is counted together in the plainest way.
 */
import { type Facts, factsOf, type JudgedTable } from "./facts.ts";
import type { Expected } from "./judge.ts";
import { Known, type Moment } from "./known.ts";
import type { DiscountRecord, PaidLine } from "./lines.ts";
import { type PaidOrder, paidOrders } from "./paid-orders.ts";
import type { Redemption } from "./redemptions.ts";
import type { ExpectedRow, RawSources, Strategy } from "./rows.ts";
import { coreMetric } from "./tables/core-metric.ts";
import { lifecycle } from "./tables/lifecycle.ts";
import { order } from "./tables/order.ts";
import { purchaseGapEvidence } from "./tables/purchase-gap-evidence.ts";
import { repurchaseEvidence } from "./tables/repurchase-evidence.ts";
import { rfm } from "./tables/rfm.ts";
import { strategyCost } from "./tables/strategy-cost.ts";

/** All worlds together. */
export interface Whole {
  readonly known: Known;
  readonly lines: readonly PaidLine[];
  /** In order of payment. */
  readonly orders: readonly PaidOrder[];
  /** Orders with a paid line that is not fully refunded. */
  readonly validOrders: readonly PaidOrder[];
  /** Discount records, redemptions of benefits that strategies issued; 'unknown' where the trigger was not found. */
  readonly growthRecords: readonly {
    readonly strategy: string;
    readonly record: DiscountRecord;
    readonly on: PaidLine;
  }[];
  readonly growthRedemptions: readonly { readonly strategy: string; readonly redemption: Redemption }[];
  /** Rows of the lifecycle table. */
  readonly stages: readonly ExpectedRow[];
  readonly strategies: readonly Strategy[];
}

export interface AggregateTable {
  readonly table: string;
  readonly key: readonly string[];
  rows(whole: Whole): ExpectedRow[];
}

const perWorld: readonly JudgedTable[] = [order, lifecycle];
const together: readonly AggregateTable[] = [
  coreMetric,
  strategyCost,
  rfm,
  repurchaseEvidence,
  purchaseGapEvidence,
];

/** The rows of the tables of users, days and strategies; of tables that keep a partition per run, the run's partition. */
export function judgeAggregates(worlds: readonly RawSources[], moment: Moment): Expected[] {
  const facts = worlds.map((sources) => factsOf(new Known(sources, moment)));
  const known = new Known({}, moment);
  const rows = perWorld.map((judged) => ({ ...judged, rows: facts.flatMap((world) => judged.rows(world)) }));
  const lines = facts.flatMap((world) => world.lines);
  const orders = paidOrders(lines);
  const whole: Whole = {
    known,
    lines,
    orders,
    validOrders: orders.filter(({ isFullyRefunded }) => !isFullyRefunded),
    growthRecords: facts.flatMap(growthRecords),
    growthRedemptions: facts.flatMap(growthRedemptions),
    stages: rows.find(({ table }) => table === lifecycle.table)?.rows ?? [],
    strategies: facts.flatMap((world) => world.known.state("strategy")),
  };
  return [...rows, ...together.map((judged) => ({ ...judged, rows: judged.rows(whole) }))];
}

interface Issued {
  readonly type: string;
  readonly id: string;
  readonly strategy: string;
  readonly redemptions: readonly Redemption[];
}

function issued({ coupons, allowances }: Facts): Issued[] {
  const strategyOf = (trigger: Facts["triggered"][number] | undefined) =>
    trigger?.log.strategy_id ?? "unknown";
  return [
    ...coupons
      .filter(({ row }) => row.execution_id !== null)
      .map(({ row, trigger, redemptions }) => ({
        type: "coupon",
        id: row.coupon_id,
        strategy: strategyOf(trigger),
        redemptions,
      })),
    ...allowances
      .filter(({ grant }) => grant.execution_id !== null)
      .map(({ grant, trigger, redemptions }) => ({
        type: "allowance",
        id: grant.allowance_id,
        strategy: strategyOf(trigger),
        redemptions,
      })),
  ];
}

function growthRecords(facts: Facts): Whole["growthRecords"] {
  const benefits = issued(facts);
  return facts.uses.flatMap(({ record, on }) => {
    const benefit = benefits.find(
      ({ type, id }) => type === record.row.benefit_type && id === record.row.benefit_id,
    );
    return benefit ? [{ strategy: benefit.strategy, record, on }] : [];
  });
}

function growthRedemptions(facts: Facts): Whole["growthRedemptions"] {
  return issued(facts).flatMap(({ strategy, redemptions }) =>
    redemptions.map((redemption) => ({ strategy, redemption })),
  );
}

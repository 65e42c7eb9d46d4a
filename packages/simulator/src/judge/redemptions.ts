/**
 * A redemption: a benefit and an order with at least one discount record on a paid line. Its amounts add up its records;
 * order_dgmv_amt and order_refund_amt take each touched line whole. redeem_at is when the first of its lines was paid.
 * Returned: all of a discount above 0 came back; partly returned: some of it.
 */
import type { Known } from "./known.ts";
import type { DiscountRecord, PaidLine } from "./lines.ts";
import { amountText, type Cents, sum } from "./money.ts";
import { textOrder } from "./row-text.ts";
import type { Cell } from "./rows.ts";
import { type Day, instantOf } from "./time.ts";

export interface Redemption {
  readonly orderId: string;
  readonly userId: string;
  readonly redeemAt: string;
  readonly redeemDs: Day;
  readonly lineIds: readonly string[];
  readonly isReturned: boolean;
  /** The redemption columns that add up records and lines. */
  readonly amounts: Readonly<Record<string, Cell>>;
}

/** A discount record with the paid line it stands on. */
export interface Use {
  readonly record: DiscountRecord;
  readonly on: PaidLine;
}

export function usesOf(lines: readonly PaidLine[]): Use[] {
  return lines.flatMap((on) => on.records.map((record) => ({ record, on })));
}

/** The redemptions of one coupon or allowance, the first first. */
export function redemptionsOf(known: Known, uses: readonly Use[], type: string, id: string): Redemption[] {
  const own = uses.filter(({ record }) => record.row.benefit_type === type && record.row.benefit_id === id);
  return [...groupBy(own, ({ record }) => record.row.order_id).values()]
    .map((pair) => redemption(known, pair))
    .sort((a, b) => instantOf(a.redeemAt) - instantOf(b.redeemAt) || textOrder(a.orderId, b.orderId));
}

/** One redemption from its records, all of one order. */
export function redemption(known: Known, uses: readonly Use[]): Redemption {
  const first = uses.toSorted((a, b) => instantOf(a.on.paidAt) - instantOf(b.on.paidAt))[0];
  if (!first) throw new Error("A redemption has at least one record.");
  const lines = [...new Set(uses.map(({ on }) => on))];
  const total = (of: (record: DiscountRecord) => Cents) => sum(uses.map(({ record }) => of(record)));
  const discount = total((record) => record.discount);
  const returned = total((record) => record.returned);
  const isReturned = discount > 0n && returned === discount;
  return {
    orderId: first.record.row.order_id,
    userId: first.on.line.user_id,
    redeemAt: first.on.paidAt,
    redeemDs: known.dayOf(first.on.paidAt),
    lineIds: lines.map(({ line }) => line.order_line_id),
    isReturned,
    amounts: {
      line_cnt: lines.length,
      discount_amt: amountText(discount),
      platform_subsidy_amt: amountText(total((record) => record.platform)),
      merchant_subsidy_amt: amountText(total((record) => record.merchant)),
      returned_discount_amt: amountText(returned),
      net_platform_subsidy_amt: amountText(total((record) => record.netPlatform)),
      net_merchant_subsidy_amt: amountText(total((record) => record.netMerchant)),
      order_dgmv_amt: amountText(sum(lines.map(({ dgmv }) => dgmv))),
      alloc_dgmv_amt: amountText(total((record) => record.dgmv)),
      net_dgmv_amt: amountText(total((record) => record.netDgmv)),
      refund_amt: amountText(total((record) => record.refunded)),
      order_refund_amt: amountText(sum(lines.map(({ refunded }) => refunded))),
      is_returned: isReturned,
      is_partly_returned: returned > 0n && returned < discount,
    },
  };
}

/** What a row without an order says of its redemption: amounts 0, the rest NULL. */
const none: Readonly<Record<string, Cell>> = {
  order_id: null,
  redeem_at: null,
  redeem_ds: null,
  redeem_seq: null,
  line_cnt: 0,
  discount_amt: "0.00",
  platform_subsidy_amt: "0.00",
  merchant_subsidy_amt: "0.00",
  returned_discount_amt: "0.00",
  net_platform_subsidy_amt: "0.00",
  net_merchant_subsidy_amt: "0.00",
  order_dgmv_amt: "0.00",
  alloc_dgmv_amt: "0.00",
  net_dgmv_amt: "0.00",
  refund_amt: "0.00",
  order_refund_amt: "0.00",
  is_returned: false,
  is_partly_returned: false,
  is_first_row: true,
};

/** The redemption columns of section 6; `seq` counts the redemptions of the benefit from 1. */
export function redemptionColumns(
  redeemed: Redemption | undefined,
  seq: number,
): Readonly<Record<string, Cell>> {
  if (!redeemed) return none;
  return {
    order_id: redeemed.orderId,
    redeem_at: redeemed.redeemAt,
    redeem_ds: redeemed.redeemDs,
    redeem_seq: seq,
    ...redeemed.amounts,
    is_first_row: seq === 1,
  };
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

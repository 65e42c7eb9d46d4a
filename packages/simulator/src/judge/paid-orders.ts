/** Paid orders from their paid lines: the pay day is that of the earliest one, and so is the user. */
import type { PaidLine } from "./lines.ts";
import { type Cents, sum } from "./money.ts";
import { groupBy } from "./redemptions.ts";
import { textOrder } from "./row-text.ts";
import { type Day, type Instant, instantOf } from "./time.ts";

export interface PaidOrder {
  readonly orderId: string;
  readonly userId: string;
  readonly paidAt: string;
  readonly paid: Instant;
  readonly ds: Day;
  readonly lineCount: number;
  readonly dgmv: Cents;
  readonly netDgmv: Cents;
  readonly isFullyRefunded: boolean;
}

/** In order of payment; of orders paid at one instant the smaller order_id first. */
export function paidOrders(lines: readonly PaidLine[]): PaidOrder[] {
  return [...groupBy(lines, ({ line }) => line.order_id)]
    .map(([orderId, own]) => {
      const first = own.toSorted(
        (a, b) =>
          instantOf(a.paidAt) - instantOf(b.paidAt) || textOrder(a.line.order_line_id, b.line.order_line_id),
      )[0] as PaidLine;
      return {
        orderId,
        userId: first.line.user_id,
        paidAt: first.paidAt,
        paid: instantOf(first.paidAt),
        ds: first.ds,
        lineCount: own.length,
        dgmv: sum(own.map(({ dgmv }) => dgmv)),
        netDgmv: sum(own.map(({ netDgmv }) => netDgmv)),
        isFullyRefunded: own.every(({ isFullyRefunded }) => isFullyRefunded),
      };
    })
    .sort((a, b) => a.paid - b.paid || textOrder(a.orderId, b.orderId));
}

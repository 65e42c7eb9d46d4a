/** Orders that count, as known at the end of a day: paid, and not with all their paid lines fully refunded. */
import type { Known } from "./known.ts";
import { centsOf, sum } from "./money.ts";
import { groupBy } from "./redemptions.ts";
import { type Day, instantOf } from "./time.ts";

export interface Customer {
  /** The earliest pay day of any paid line, refunded or not. */
  readonly firstPayDay: Day;
  /** Pay day of each valid order: that of its earliest paid line. */
  readonly validPayDays: readonly Day[];
}

/** Every user with a paid line, as known at the end of a day. */
export function customersOn(known: Known, day: Day): Map<string, Customer> {
  const end = known.endOf(day);
  const happened = (at: string | null): at is string => at !== null && instantOf(at) < end;
  const refunds = known
    .stateOn("refund", day)
    .filter(({ refund_status, refunded_at }) => refund_status === "succeeded" && happened(refunded_at));
  const lines = known.stateOn("orderLine", day).filter(({ paid_at }) => happened(paid_at));
  const payDay = (of: typeof lines) =>
    of.map(({ paid_at }) => known.dayOf(paid_at as string)).sort()[0] as Day;
  const isRefunded = ({ order_line_id, pay_amt }: (typeof lines)[number]) => {
    const own = refunds.filter((refund) => refund.order_line_id === order_line_id);
    return own.length > 0 && sum(own.map(({ refund_amt }) => centsOf(refund_amt))) >= centsOf(pay_amt);
  };
  return new Map(
    [...groupBy(lines, ({ user_id }) => user_id)].map(([user, own]) => {
      const orders = [...groupBy(own, ({ order_id }) => order_id).values()];
      const valid = orders.filter((order) => !order.every(isRefunded));
      return [user, { firstPayDay: payDay(own), validPayDays: valid.map(payDay) }] as const;
    }),
  );
}

/**
 * Paid order lines with what hangs on them.
 *
 * dgmv = list_amt - sum of merchant_amt. Fully refunded: there is a succeeded refund, and the succeeded refunds add up to
 * pay_amt or more. Net dgmv = 0 if fully refunded, else dgmv - refunds - platform part of returned discounts. A coupon's
 * or promotion's record is returned, whole, once its returned_at has passed; of an allowance comes back what the ledger
 * says for the line, platform part in proportion, on the allowance's first record of the line. Net subsidies leave out
 * what was returned and fully refunded lines. dgmv, net dgmv and refunds are split over the records by |discount_amt|.
 */
import type { Known } from "./known.ts";
import type { Ledger } from "./ledger.ts";
import { type Cents, centsOf, proportion, split, sum } from "./money.ts";
import { textOrder } from "./row-text.ts";
import type { OrderBenefit, OrderLine } from "./rows.ts";
import type { Day } from "./time.ts";

export interface PaidLine {
  readonly line: OrderLine;
  readonly paidAt: string;
  readonly ds: Day;
  readonly platform: Cents;
  readonly merchant: Cents;
  readonly dgmv: Cents;
  readonly refunded: Cents;
  readonly netDgmv: Cents;
  readonly isFullyRefunded: boolean;
  readonly records: readonly DiscountRecord[];
}

export interface DiscountRecord {
  readonly row: OrderBenefit;
  readonly discount: Cents;
  readonly platform: Cents;
  readonly merchant: Cents;
  readonly returned: Cents;
  readonly netPlatform: Cents;
  readonly netMerchant: Cents;
  readonly dgmv: Cents;
  readonly netDgmv: Cents;
  readonly refunded: Cents;
}

export function paidLines(known: Known, ledger: Ledger): PaidLine[] {
  const records = known.state("orderBenefit");
  const refunds = known
    .state("refund")
    .filter((refund) => refund.refund_status === "succeeded" && known.happened(refund.refunded_at));
  return known
    .state("orderLine")
    .filter((line) => known.happened(line.paid_at))
    .map((line) => {
      const own = records
        .filter((record) => record.order_line_id === line.order_line_id)
        .sort((a, b) => textOrder(a.order_benefit_id, b.order_benefit_id));
      const amounts = refunds
        .filter((refund) => refund.order_line_id === line.order_line_id)
        .map((refund) => centsOf(refund.refund_amt));
      return paidLine(known, ledger, line, own, amounts);
    });
}

function paidLine(
  known: Known,
  ledger: Ledger,
  line: OrderLine,
  rows: readonly OrderBenefit[],
  refunds: readonly Cents[],
): PaidLine {
  const paidAt = line.paid_at as string;
  const platform = sum(rows.map((row) => centsOf(row.platform_amt)));
  const merchant = sum(rows.map((row) => centsOf(row.merchant_amt)));
  const dgmv = centsOf(line.list_amt) - merchant;
  const refunded = sum(refunds);
  const isFullyRefunded = refunds.length > 0 && refunded >= centsOf(line.pay_amt);
  const returned = rows.map((row) => returnedOf(known, ledger, row, rows));
  const platformReturned = sum(returned.map((part) => part.platform));
  const netDgmv = isFullyRefunded ? 0n : dgmv - refunded - platformReturned;
  const weights = rows.map((row) => centsOf(row.discount_amt));
  const shares = [dgmv, netDgmv, refunded].map((amount) => split(amount, weights));
  const net = (amount: string, back: Cents) => (isFullyRefunded ? 0n : centsOf(amount) - back);
  return {
    line,
    paidAt,
    ds: known.dayOf(paidAt),
    platform,
    merchant,
    dgmv,
    refunded,
    netDgmv,
    isFullyRefunded,
    records: rows.map((row, at) => {
      const back = returned[at] ?? { whole: 0n, platform: 0n };
      const [dgmvShare = 0n, netShare = 0n, refundShare = 0n] = shares.map((share) => share[at]);
      return {
        row,
        discount: centsOf(row.discount_amt),
        platform: centsOf(row.platform_amt),
        merchant: centsOf(row.merchant_amt),
        returned: back.whole,
        netPlatform: net(row.platform_amt, back.platform),
        netMerchant: net(row.merchant_amt, back.whole - back.platform),
        dgmv: dgmvShare,
        netDgmv: netShare,
        refunded: refundShare,
      };
    }),
  };
}

/** What came back of a record, and the platform's part of it. */
function returnedOf(
  known: Known,
  ledger: Ledger,
  row: OrderBenefit,
  onLine: readonly OrderBenefit[],
): { whole: Cents; platform: Cents } {
  const nothing = { whole: 0n, platform: 0n };
  if (row.benefit_type !== "allowance") {
    if (!known.happened(row.returned_at)) return nothing;
    return { whole: centsOf(row.discount_amt), platform: centsOf(row.platform_amt) };
  }
  const same = onLine.filter(
    (other) => other.benefit_type === "allowance" && other.benefit_id === row.benefit_id,
  );
  if (same[0] !== row) return nothing;
  const whole = sum(
    ledger
      .entries(row.benefit_id, "return")
      .filter(({ flow }) => flow.order_line_id === row.order_line_id)
      .map(({ amount }) => amount),
  );
  const platform = sum(same.map((other) => centsOf(other.platform_amt)));
  const discount = sum(same.map((other) => centsOf(other.discount_amt)));
  return { whole, platform: proportion(whole, platform, discount) };
}

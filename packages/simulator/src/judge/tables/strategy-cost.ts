/** Cost by strategy, one row per day and strategy on which it cost something or a version of it was valid. */
import type { AggregateTable } from "../aggregates.ts";
import { amountText, type Cents, centsOf, sum } from "../money.ts";
import type { ExpectedRow } from "../rows.ts";
import { addDays, type Day } from "../time.ts";

const PACE_DAYS = 7;

export const strategyCost: AggregateTable = {
  table: "redcdm.dm_ecm_mkt_strategy_cost_1d_di",
  key: ["ds", "strategy_id"],
  rows: ({ known, orders, growthRecords, growthRedemptions, strategies }) => {
    const first = orders.map(({ ds }) => ds).sort()[0];
    if (first === undefined) return [];
    const ids = new Set([
      ...growthRecords.map(({ strategy }) => strategy),
      ...growthRedemptions.map(({ strategy }) => strategy),
      ...strategies.map(({ strategy_id }) => strategy_id),
    ]);
    return [...ids].flatMap((id) => {
      const records = growthRecords.filter(({ strategy }) => strategy === id);
      const redemptions = growthRedemptions.filter(({ strategy }) => strategy === id);
      const versions = strategies
        .filter(({ strategy_id }) => strategy_id === id)
        .map(({ budget_amt, valid_from, valid_to }) => ({
          budget: budget_amt,
          from: valid_from === null ? null : known.dayOf(valid_from),
          to: valid_to === null ? null : known.dayOf(valid_to),
        }));
      const net = (from: Day, to: Day) =>
        sum(records.filter(({ on }) => from <= on.ds && on.ds <= to).map(({ record }) => record.netPlatform));
      const rows: ExpectedRow[] = [];
      for (let ds: Day = first; ds <= known.runDate; ds = addDays(ds, 1)) {
        const spent = records.filter(({ on }) => on.ds === ds);
        const redeemed = redemptions.filter(({ redemption }) => redemption.redeemDs === ds);
        const total = (of: (record: (typeof spent)[number]["record"]) => Cents) =>
          sum(spent.map(({ record }) => of(record)));
        const amounts = [
          total((record) => record.platform),
          total((record) => record.merchant),
          total((record) => record.netPlatform),
          total((record) => record.netMerchant),
        ] as const;
        const valid = versions.filter(
          ({ from, to }) => (from === null || from <= ds) && (to === null || ds <= to),
        );
        const isThere =
          redeemed.length > 0 ||
          amounts.some((amount) => amount !== 0n) ||
          valid.some(({ from }) => from !== null);
        if (!isThere) continue;
        const lastWhole = known.days.endOf(ds) <= known.asOf ? ds : addDays(ds, -1);
        const pace = quotient(net(addDays(lastWhole, 1 - PACE_DAYS), lastWhole), PACE_DAYS);
        const cumulative = net("0001-01-01", ds);
        const budget =
          valid.length === 0 || valid.some(({ budget }) => budget === null)
            ? null
            : sum(valid.map(({ budget }) => centsOf(budget as string)));
        const left = budget === null ? null : budget > cumulative ? budget - cumulative : 0n;
        const users = new Set(redeemed.map(({ redemption }) => redemption.userId)).size;
        rows.push({
          ds,
          strategy_id: id,
          platform_subsidy_amt: amountText(amounts[0]),
          merchant_subsidy_amt: amountText(amounts[1]),
          net_platform_subsidy_amt: amountText(amounts[2]),
          net_merchant_subsidy_amt: amountText(amounts[3]),
          redeem_order_cnt: new Set(redeemed.map(({ redemption }) => redemption.orderId)).size,
          redeem_uv: users,
          cost_per_redeemer_amt: users === 0 ? null : quotient(amounts[0], users),
          cumulative_subsidy_amt: amountText(cumulative),
          budget_amt: budget === null ? null : amountText(budget),
          budget_used_rate: budget === null || budget === 0n ? null : units(cumulative) / units(budget),
          pace_amt: pace,
          days_left: left === null || Number(pace) <= 0 ? null : units(left) / Number(pace),
        });
      }
      return rows;
    });
  },
};

/** An amount divided, as NUMERIC has it: nine decimals, half away from zero. */
function quotient(cents: Cents, divisor: number): string {
  const scaled = (cents < 0n ? -cents : cents) * 10_000_000n;
  const n = BigInt(divisor);
  const nanos = (2n * scaled + n) / (2n * n);
  const digits = String(nanos).padStart(10, "0");
  return `${cents < 0n && nanos > 0n ? "-" : ""}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

function units(cents: Cents): number {
  return Number(amountText(cents));
}

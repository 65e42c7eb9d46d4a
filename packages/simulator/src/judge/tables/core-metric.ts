/** Core metrics, one row per day from the first paid order to the run's; every count is taken anew for every day. */
import type { AggregateTable } from "../aggregates.ts";
import { amountText, type Cents, sum } from "../money.ts";
import { groupBy } from "../redemptions.ts";
import { textOrder } from "../row-text.ts";
import { addDays, type Day, instantOf } from "../time.ts";

const REPURCHASE_DAYS = 30;
const ROLLING_DAYS = 30;

export const coreMetric: AggregateTable = {
  table: "redcdm.dm_ecm_mkt_core_metric_1d_di",
  key: ["ds"],
  rows: ({ known, lines, orders, growthRecords, growthRedemptions, stages }) => {
    const first = orders.map(({ ds }) => ds).sort()[0];
    if (first === undefined) return [];
    const byUser = groupBy(orders, ({ userId }) => userId);
    const rows = [];
    for (let ds: Day = first; ds <= known.runDate; ds = addDays(ds, 1)) {
      const today = orders.filter((order) => order.ds === ds);
      const buyers = [...new Set(today.map(({ userId }) => userId))];
      const paid = lines.filter((line) => line.ds === ds);
      const yesterday = addDays(ds, -1);
      const stageOf = (user: string) =>
        stages.find(
          (row) =>
            row.user_id === user && String(row.start_ds) <= yesterday && yesterday < String(row.until_ds),
        )?.customer_stage ?? "unknown";
      const ofStage = (stage: string) => buyers.filter((user) => stageOf(user) === stage).length;
      const recent = [...byUser.values()]
        .map(
          (own) => own.filter((order) => order.ds <= ds && order.ds >= addDays(ds, 1 - ROLLING_DAYS)).length,
        )
        .filter((count) => count > 0);
      const redeemers = [
        ...groupBy(
          growthRedemptions.map(({ redemption }) => redemption).filter(({ redeemDs }) => redeemDs === ds),
          ({ userId }) => userId,
        ),
      ];
      const again = redeemers.filter(([user, own]) => {
        const [start] = own.toSorted(
          (a, b) => instantOf(a.redeemAt) - instantOf(b.redeemAt) || textOrder(a.orderId, b.orderId),
        );
        if (!start) return false;
        const at = instantOf(start.redeemAt);
        return (byUser.get(user) ?? []).some(
          (order) =>
            order.orderId !== start.orderId &&
            (order.paid > at || (order.paid === at && textOrder(order.orderId, start.orderId) > 0)) &&
            order.ds >= ds &&
            order.ds <= addDays(ds, REPURCHASE_DAYS),
        );
      });
      const dgmv = sum(paid.map((line) => line.dgmv));
      const platform = sum(paid.map((line) => line.platform));
      rows.push({
        ds,
        dab: buyers.length,
        redeem_dab: redeemers.length,
        redeem_dab_share: ratio(redeemers.length, buyers.length),
        order_cnt: today.length,
        dgmv_amt: amountText(dgmv),
        net_dgmv_amt: amountText(sum(paid.map((line) => line.netDgmv))),
        platform_subsidy_amt: amountText(platform),
        growth_platform_subsidy_amt: amountText(
          sum(growthRecords.filter(({ on }) => on.ds === ds).map(({ record }) => record.platform)),
        ),
        net_platform_subsidy_amt: amountText(
          sum(paid.flatMap(({ records }) => records.map(({ netPlatform }) => netPlatform))),
        ),
        subsidy_rate: ratio(units(platform), units(dgmv)),
        new_buyer_uv: buyers.filter((user) => byUser.get(user)?.[0]?.ds === ds).length,
        buyer_uv_stage_potential: ofStage("potential"),
        buyer_uv_stage_new: ofStage("new"),
        buyer_uv_stage_mature: ofStage("mature"),
        buyer_uv_stage_churned: ofStage("churned"),
        buyer_uv_stage_unknown: ofStage("unknown"),
        buyer_uv_30d: recent.length,
        repeat_buyer_uv_30d: recent.filter((count) => count > 1).length,
        repurchase_rate: ratio(recent.filter((count) => count > 1).length, recent.length),
        redeem_repurchase_uv: again.length,
        redeem_repurchase_rate: ratio(again.length, redeemers.length),
        is_repurchase_mature: known.days.endOf(addDays(ds, REPURCHASE_DAYS)) <= known.asOf,
      });
    }
    return rows;
  },
};

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function units(cents: Cents): number {
  return Number(amountText(cents));
}

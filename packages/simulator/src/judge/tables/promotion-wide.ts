/**
 * Promotion targets and their use, the last 500 days. A discount belongs to the most specific target of its promotion that
 * matches its line (goods, seller, category, all); where none does, to target 'unmatched'. ds is the pay day of the
 * order, that of its earliest paid line. A target never redeemed has one row at its start day, once that has begun.
 */
import { type Facts, type JudgedTable, rowKey } from "../facts.ts";
import { groupBy, redemption, redemptionColumns, type Use } from "../redemptions.ts";
import { textOrder } from "../row-text.ts";
import type { ExpectedRow, OrderLine, PromotionTarget } from "../rows.ts";
import { addDays, type Day, instantOf } from "../time.ts";

const WINDOW_DAYS = 500;
const MOST_SPECIFIC_FIRST = ["goods", "seller", "category", "all"];

export const promotionWide: JudgedTable = {
  table: "redcdm.dm_ecm_trd_mkt_promotion_use_dtl_500d_nd_di",
  key: ["row_key"],
  rows: (facts) => {
    const targets = facts.known.state("promotionTarget");
    const uses = facts.uses
      .filter(({ record }) => record.row.benefit_type === "promotion")
      .map((use) => ({ use, target: targetOf(targets, use) }));
    const used = [
      ...groupBy(uses, ({ use: { record }, target }) =>
        JSON.stringify([record.row.benefit_id, target?.target_type, target?.target_id, record.row.order_id]),
      ).values(),
    ].map((group) =>
      usedRow(
        facts,
        group[0]?.target,
        group.map(({ use }) => use),
      ),
    );
    const unused = targets
      .filter((target) => facts.known.happened(target.start_at) && !uses.some((use) => use.target === target))
      .map((target) => ({
        row_key: rowKey(target.promotion_id, target.target_type, target.target_id, null),
        ...targetColumns(target.promotion_id, target),
        user_id: null,
        ...redemptionColumns(undefined, 1),
        ds: facts.known.dayOf(target.start_at),
      }));
    const first = addDays(facts.known.runDate, 1 - WINDOW_DAYS);
    return [...used, ...unused].filter(({ ds }) => ds >= first && ds <= facts.known.runDate);
  },
};

function usedRow(
  facts: Facts,
  target: PromotionTarget | undefined,
  uses: readonly Use[],
): ExpectedRow & { ds: Day } {
  const redeemed = redemption(facts.known, uses);
  const promotionId = uses[0]?.record.row.benefit_id ?? "";
  return {
    row_key: rowKey(promotionId, target?.target_type ?? "unmatched", target?.target_id, redeemed.orderId),
    ...targetColumns(promotionId, target),
    user_id: redeemed.userId,
    ...redemptionColumns(redeemed, 1),
    ds: payDay(facts, redeemed.orderId),
  };
}

function targetColumns(promotionId: string, target: PromotionTarget | undefined): ExpectedRow {
  return {
    promotion_id: promotionId,
    target_type: target?.target_type ?? "unmatched",
    target_id: target?.target_id ?? null,
    promotion_type: target?.promotion_type ?? null,
    platform_share: target?.platform_share ?? null,
    start_at: target?.start_at ?? null,
    end_at: target?.end_at ?? null,
  };
}

/** Of several targets of one kind that match, the one with the smallest target_id. */
function targetOf(targets: readonly PromotionTarget[], { record, on }: Use): PromotionTarget | undefined {
  const matching = targets.filter(
    (target) => target.promotion_id === record.row.benefit_id && matches(target, on.line),
  );
  return matching.sort(
    (a, b) =>
      MOST_SPECIFIC_FIRST.indexOf(a.target_type) - MOST_SPECIFIC_FIRST.indexOf(b.target_type) ||
      textOrder(a.target_id ?? "", b.target_id ?? ""),
  )[0];
}

function matches(target: PromotionTarget, line: OrderLine): boolean {
  switch (target.target_type) {
    case "goods":
      return target.target_id === line.goods_id;
    case "seller":
      return target.target_id === line.seller_id;
    case "category":
      return target.target_id === line.category_id;
    default:
      return target.target_type === "all";
  }
}

function payDay({ known, lines }: Facts, orderId: string): Day {
  const paid = lines.filter(({ line }) => line.order_id === orderId).map(({ paidAt }) => paidAt);
  const [earliest] = paid.sort((a, b) => instantOf(a) - instantOf(b));
  return known.dayOf(earliest as string);
}

/**
 * What every public and wide table must hold at a moment, worked out from the raw source versions in the plainest way
 * that the definitions allow: no SQL, nothing incremental, nothing shared with the models. Quadratic: for small worlds.
 */
import { factsOf, type JudgedTable } from "./facts.ts";
import { Known, type Moment } from "./known.ts";
import type { ExpectedRow, RawSources } from "./rows.ts";
import { allowanceChain } from "./tables/allowance-chain.ts";
import { allowanceWide } from "./tables/allowance-wide.ts";
import { couponChain } from "./tables/coupon-chain.ts";
import { couponWide } from "./tables/coupon-wide.ts";
import { executionAllowance } from "./tables/execution-allowance.ts";
import { executionBenefit } from "./tables/execution-benefit.ts";
import { executionCoupon } from "./tables/execution-coupon.ts";
import { couponTemplateFunnel, sceneFunnel, strategyFunnel } from "./tables/funnels.ts";
import { lifecycle } from "./tables/lifecycle.ts";
import { order } from "./tables/order.ts";
import { orderBenefit } from "./tables/order-benefit.ts";
import { orderLine } from "./tables/order-line.ts";
import { promotionWide } from "./tables/promotion-wide.ts";
import { redemption } from "./tables/redemption.ts";
import { userTagCost, userTagFunnel } from "./tables/user-tags.ts";

const tables: readonly JudgedTable[] = [
  orderLine,
  executionBenefit,
  executionCoupon,
  executionAllowance,
  orderBenefit,
  redemption,
  couponChain,
  allowanceChain,
  couponWide,
  allowanceWide,
  promotionWide,
  strategyFunnel,
  sceneFunnel,
  couponTemplateFunnel,
  userTagFunnel,
  userTagCost,
  order,
  lifecycle,
];

export interface Expected {
  /** `<dataset>.<table>`. */
  readonly table: string;
  readonly key: readonly string[];
  readonly rows: readonly ExpectedRow[];
}

/** The rows that the judged tables must hold, as known at the moment; of some tables only, where they are named. */
export function judge(sources: RawSources, moment: Moment, names?: readonly string[]): Expected[] {
  const facts = factsOf(new Known(sources, moment));
  return tables
    .filter(({ table }) => names?.includes(table) ?? true)
    .map(({ table, key, rows }) => ({ table, key, rows: rows(facts) }));
}

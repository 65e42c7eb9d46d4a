import { type GrantedAllowance, grantedAllowances } from "./allowances.ts";
import { type ClaimedCoupon, claimedCoupons } from "./coupons.ts";
import type { Known } from "./known.ts";
import { Ledger } from "./ledger.ts";
import { type PaidLine, paidLines } from "./lines.ts";
import { type Use, usesOf } from "./redemptions.ts";
import type { ExpectedRow } from "./rows.ts";
import { type TriggeredBenefit, triggeredBenefits } from "./triggers.ts";

/** What happened, as known at the moment; the tables only choose and name. */
export interface Facts {
  readonly known: Known;
  readonly ledger: Ledger;
  readonly lines: readonly PaidLine[];
  readonly uses: readonly Use[];
  readonly triggered: readonly TriggeredBenefit[];
  readonly coupons: readonly ClaimedCoupon[];
  readonly allowances: readonly GrantedAllowance[];
}

/** A table that the judge works out. */
export interface JudgedTable {
  readonly table: string;
  readonly key: readonly string[];
  rows(facts: Facts): ExpectedRow[];
}

export function factsOf(known: Known): Facts {
  const ledger = new Ledger(known);
  const lines = paidLines(known, ledger);
  const uses = usesOf(lines);
  const triggered = triggeredBenefits(known);
  return {
    known,
    ledger,
    lines,
    uses,
    triggered,
    coupons: claimedCoupons(known, uses, triggered),
    allowances: grantedAllowances(known, ledger, uses, triggered),
  };
}

/** The parts of a grain joined by '|', NULL as the empty set sign. */
export function rowKey(...parts: readonly (string | number | null | undefined)[]): string {
  return parts.map((part) => part ?? "∅").join("|");
}

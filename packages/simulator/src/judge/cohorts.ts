/**
 * Cohorts: the benefits triggered on a day, control left out, with their claims; and what a window of them holds. A window
 * is worked out in a world in which nothing happened after its last day.
 */
import type { Facts } from "./facts.ts";
import type { Known } from "./known.ts";
import { Ledger } from "./ledger.ts";
import { paidLines } from "./lines.ts";
import { amountText, type Cents, centsOf, sum } from "./money.ts";
import { groupBy, type Use, usesOf } from "./redemptions.ts";
import type { Cell } from "./rows.ts";
import { templateAt } from "./tables/coupon-wide.ts";
import { addDays, type Day } from "./time.ts";
import type { TriggeredBenefit } from "./triggers.ts";

export interface CohortClaim {
  readonly type: string;
  readonly id: string;
  readonly ds: Day;
  /** What the benefit is worth; undefined: not known. */
  readonly face: Cents | undefined;
}
export interface CohortBenefit {
  readonly trigger: TriggeredBenefit;
  readonly claims: readonly CohortClaim[];
}

/** Every triggered benefit that is not a control user's. */
export function cohortBenefits({ known, triggered, coupons, allowances }: Facts): CohortBenefit[] {
  return triggered
    .filter(({ isControl }) => !isControl)
    .map((trigger) => ({
      trigger,
      claims: [
        ...coupons
          .filter((coupon) => coupon.trigger === trigger)
          .map(({ row, claimDs }): CohortClaim => {
            const template = templateAt(known, row.coupon_template_id, claimDs);
            const face = template?.coupon_type === "percent_off" ? template.max_discount_amt : row.face_amt;
            return {
              type: "coupon",
              id: row.coupon_id,
              ds: claimDs,
              face: face === null || face === undefined ? undefined : centsOf(face),
            };
          }),
        ...allowances
          .filter((allowance) => allowance.trigger === trigger)
          .map(
            ({ grant, granted, grantDs }): CohortClaim => ({
              type: "allowance",
              id: grant.allowance_id,
              ds: grantDs,
              face: granted,
            }),
          ),
      ],
    }));
}

type UsesByClaim = ReadonlyMap<string, readonly Use[]>;
const usesByDay = new WeakMap<Known, Map<Day, UsesByClaim>>();

/** The uses of benefits on paid lines, as they stood at the end of a day, by type and id of the benefit. */
function usesUntil(known: Known, day: Day): UsesByClaim {
  const cut = day < known.runDate ? day : known.runDate;
  const days = usesByDay.get(known) ?? new Map<Day, UsesByClaim>();
  usesByDay.set(known, days);
  const found = days.get(cut);
  if (found) return found;
  const then = known.until(cut);
  const uses = groupBy(
    usesOf(paidLines(then, new Ledger(then))),
    ({ record }) => `${record.row.benefit_type} ${record.row.benefit_id}`,
  );
  days.set(cut, uses);
  return uses;
}

/** The metric columns of the benefits of one cohort day within a window. */
export function windowOf(
  known: Known,
  ds: Day,
  windowDays: number,
  benefits: readonly CohortBenefit[],
): Record<string, Cell> {
  const last = addDays(ds, windowDays);
  const uses = usesUntil(known, last);
  const own = benefits.flatMap(({ trigger, claims }) => claims.map((claim) => ({ trigger, claim })));
  const claimed = own.filter(({ claim }) => claim.ds <= last);
  const redeemed = own.flatMap(({ trigger, claim }) =>
    (uses.get(`${claim.type} ${claim.id}`) ?? []).map((use) => ({ trigger, claim, use })),
  );
  const distinct = (texts: readonly string[]) => new Set(texts).size;
  const total = (of: (use: Use) => Cents) => sum(redeemed.map(({ use }) => of(use)));
  const lines = [...new Set(redeemed.map(({ use }) => use.on))];
  const faced = redeemed.filter(({ claim }) => claim.face !== undefined);

  const counts = {
    trigger_uv: distinct(benefits.map(({ trigger }) => trigger.log.user_id)),
    trigger_cnt: distinct(benefits.map(({ trigger }) => trigger.log.execution_id)),
    trigger_benefit_cnt: benefits.length,
    claim_uv: distinct(claimed.map(({ trigger }) => trigger.log.user_id)),
    claim_cnt: claimed.length,
    redeem_uv: distinct(redeemed.map(({ trigger }) => trigger.log.user_id)),
    redeem_cnt: distinct(
      redeemed.map(({ claim, use }) => `${claim.type} ${claim.id} ${use.on.line.order_id}`),
    ),
    redeem_order_cnt: distinct(redeemed.map(({ use }) => use.on.line.order_id)),
  };
  const amounts = {
    dgmv_amt: sum(lines.map(({ dgmv }) => dgmv)),
    alloc_dgmv_amt: total(({ record }) => record.dgmv),
    net_dgmv_amt: sum(lines.map(({ netDgmv }) => netDgmv)),
    platform_subsidy_amt: total(({ record }) => record.platform),
    merchant_subsidy_amt: total(({ record }) => record.merchant),
    net_platform_subsidy_amt: total(({ record }) => record.netPlatform),
    claimed_face_amt: sum(claimed.map(({ claim }) => claim.face ?? 0n)),
    redeemed_discount_amt: total(({ record }) => record.discount),
    returned_discount_amt: total(({ record }) => record.returned),
    faced_discount_amt: sum(faced.map(({ use }) => use.record.discount - use.record.returned)),
    refund_amt: total(({ record }) => record.refunded),
    order_refund_amt: sum(lines.map(({ refunded }) => refunded)),
  };
  const units = (cents: Cents) => Number(amountText(cents));
  const rate = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  return {
    ...counts,
    ...Object.fromEntries(Object.entries(amounts).map(([name, cents]) => [name, amountText(cents)])),
    claim_rate: rate(counts.claim_uv, counts.trigger_uv),
    redeem_rate: rate(counts.redeem_uv, counts.claim_uv),
    trigger_redeem_rate: rate(counts.redeem_uv, counts.trigger_uv),
    avg_buyer_amt: average(amounts.dgmv_amt, counts.redeem_uv),
    avg_order_amt: average(amounts.dgmv_amt, counts.redeem_order_cnt),
    roi: rate(units(amounts.dgmv_amt), units(amounts.platform_subsidy_amt)),
    net_roi: rate(units(amounts.net_dgmv_amt), units(amounts.net_platform_subsidy_amt)),
    amount_redeem_rate: rate(units(amounts.faced_discount_amt), units(amounts.claimed_face_amt)),
  };
}

/** Whether the window has ended at the moment, and whether late records have had their time. */
export function stateOfWindow(known: Known, ds: Day, windowDays: number): Record<string, Cell> {
  const last = addDays(ds, windowDays);
  return {
    is_mature: known.days.endOf(last) <= known.asOf,
    is_final: known.runDate >= addDays(last, known.lateDays),
  };
}

/** Amount per piece as NUMERIC divides: to nine decimals, half up (away from zero). */
function average(amount: Cents, pieces: number): string | null {
  if (pieces === 0) return null;
  const scaled = (amount < 0n ? -amount : amount) * 10_000_000n;
  const whole = BigInt(pieces);
  const rounded = (2n * scaled + whole) / (2n * whole);
  const digits = String(rounded).padStart(10, "0");
  return `${amount < 0n ? "-" : ""}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

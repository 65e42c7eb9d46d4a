/** Kaplan-Meier survival of the silence after a buying day, 1 to 730 days, spell by spell. */
import type { AggregateTable } from "../aggregates.ts";
import { groupBy } from "../redemptions.ts";
import { daysFrom } from "../time.ts";

const DAYS = 730;
const YEAR = 365;
const Z = 1.959963984540054;

export const purchaseGapEvidence: AggregateTable = {
  table: "redcdm.dm_ecm_user_purchase_gap_evidence_df",
  key: ["gap_days"],
  rows: ({ known, validOrders }) => {
    const spells = [...groupBy(validOrders, ({ userId }) => userId).values()].flatMap((own) => {
      const days = [...new Set(own.map(({ ds }) => ds))].sort();
      return days.map((day, at) => {
        const next = days[at + 1];
        return { gap: daysFrom(day, next ?? known.runDate), isEvent: next !== undefined };
      });
    });
    const curve = survivalCurve(spells, DAYS + YEAR);
    return curve.slice(0, DAYS).map((point, at) => {
      const later = curve[at + YEAR];
      const ends = point.survival === 0 ? [null, null] : logLog(point.survival, point.variance);
      return {
        gap_days: at + 1,
        at_risk_cnt: point.atRisk,
        event_cnt: point.events,
        survival_rate: point.survival,
        ci_low: ends[0] ?? null,
        ci_high: ends[1] ?? null,
        return_rate_after:
          later === undefined || later.atRisk === 0 || point.survival === 0
            ? null
            : 1 - later.survival / point.survival,
      };
    });
  },
};

export interface CurvePoint {
  readonly atRisk: number;
  readonly events: number;
  readonly survival: number;
  /** Greenwood's sum. */
  readonly variance: number;
}

/** Points of days 1, 2, ...: of those at risk (the censored of the day included) the share without an event, multiplied up. */
export function survivalCurve(
  spells: readonly { readonly gap: number; readonly isEvent: boolean }[],
  days: number,
): CurvePoint[] {
  const points: CurvePoint[] = [];
  let [survival, variance] = [1, 0];
  for (let day = 1; day <= days; day++) {
    const atRisk = spells.filter(({ gap }) => gap >= day).length;
    const events = spells.filter(({ gap, isEvent }) => isEvent && gap === day).length;
    if (atRisk > 0) {
      survival *= (atRisk - events) / atRisk;
      if (events > 0) variance += events / (atRisk * (atRisk - events));
    }
    points.push({ atRisk, events, survival, variance });
  }
  return points;
}

function logLog(survival: number, variance: number): [number, number] {
  if (survival === 1) return [1, 1];
  const deviation = (Z * Math.sqrt(variance)) / Math.log(survival);
  return [survival ** Math.exp(-deviation), survival ** Math.exp(deviation)];
}

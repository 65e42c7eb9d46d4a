/**
 * Stages of every user, one row per user and interval. The stage of a day is what was known at its end: the user's valid
 * orders (a paid line of them is not fully refunded) are counted anew on every day on which anything may have changed.
 */
import type { JudgedTable } from "../facts.ts";
import type { Known } from "../known.ts";
import { customersOn } from "../orders.ts";
import type { ExpectedRow } from "../rows.ts";
import { addDays, type Day, daysFrom } from "../time.ts";

const OPEN_END = "2159-12-31";

export const lifecycle: JudgedTable = {
  table: "redcdm.dim_ecm_user_lifecycle_df",
  key: ["user_id", "start_ds"],
  rows: ({ known }) => {
    const starts = new Map<string, Day>();
    const seen = (user: string, day: Day) => {
      const start = starts.get(user);
      if (start === undefined || day < start) starts.set(user, day);
    };
    for (const user of known.state("user"))
      if (known.happened(user.registered_at)) seen(user.user_id, known.dayOf(user.registered_at));
    const days = eventfulDays(known);
    const customers = days.map((day) => ({ day, users: customersOn(known, day) }));
    for (const { users } of customers) for (const [user, { firstPayDay }] of users) seen(user, firstPayDay);
    return [...starts].flatMap(([user, start]) => {
      const states = [start, ...days.filter((day) => day > start)].map((day) => {
        const orders = customers.findLast((known) => known.day <= day)?.users.get(user)?.validPayDays ?? [];
        return { day, orders, stage: stageOf(known, orders, day) };
      });
      const intervals = states.filter(({ stage }, at) => stage !== states[at - 1]?.stage);
      return intervals.map(({ day, stage }, at): ExpectedRow => {
        const end = intervals[at + 1]?.day;
        const last = states.findLast((state) => end === undefined || state.day < end);
        const orders = last?.orders ?? [];
        return {
          user_id: user,
          customer_stage: stage,
          previous_stage: intervals[at - 1]?.stage ?? null,
          valid_order_cnt: orders.length,
          start_ds: day,
          end_ds: end ?? null,
          first_paid_ds: orders.toSorted()[0] ?? null,
          last_paid_ds: orders.toSorted().at(-1) ?? null,
          until_ds: end ?? OPEN_END,
        };
      });
    });
  },
};

/** Potential: no valid order; churned: the last one is churn_days old; mature or new by their number. */
export function stageOf(known: Known, validPayDays: readonly Day[], day: Day): string {
  const last = validPayDays.toSorted().at(-1);
  if (last === undefined) return "potential";
  if (daysFrom(last, day) >= known.churnDays) return "churned";
  return validPayDays.length >= known.matureOrders ? "mature" : "new";
}

/** The days, up to the run's, on which a version arrived, an event happened or a user may have churned; in order. */
function eventfulDays(known: Known): Day[] {
  const days = new Set<Day>([known.runDate]);
  const add = (at: string | null) => at !== null && days.add(known.dayOf(at));
  for (const name of ["orderLine", "refund", "user"] as const)
    for (const { ingested_at } of known.versions(name)) add(ingested_at);
  for (const { paid_at } of known.versions("orderLine")) {
    add(paid_at);
    if (paid_at !== null) days.add(addDays(known.dayOf(paid_at), known.churnDays));
  }
  for (const { refunded_at } of known.versions("refund")) add(refunded_at);
  for (const { registered_at } of known.versions("user")) add(registered_at);
  return [...days].filter((day) => day <= known.runDate).sort();
}

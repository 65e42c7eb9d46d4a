/** Recency, frequency and money of the run's day, one row per user with a valid order in the last 365 days. */
import type { AggregateTable } from "../aggregates.ts";
import { amountText, sum } from "../money.ts";
import { groupBy } from "../redemptions.ts";
import { addDays, daysFrom } from "../time.ts";

const WINDOW_DAYS = 365;
const HIGH = 4;

export const rfm: AggregateTable = {
  table: "redcdm.dm_ecm_user_rfm_df",
  key: ["ds", "user_id"],
  rows: ({ known, validOrders }) => {
    const first = addDays(known.runDate, 1 - WINDOW_DAYS);
    const users = [
      ...groupBy(
        validOrders.filter(({ ds }) => ds >= first),
        ({ userId }) => userId,
      ),
    ].map(([user, own]) => ({
      user,
      recency: daysFrom(
        own
          .map(({ ds }) => ds)
          .sort()
          .at(-1) as string,
        known.runDate,
      ),
      frequency: own.length,
      money: sum(own.map(({ netDgmv }) => netDgmv)),
    }));
    type User = (typeof users)[number];
    const score = (isWorse: (other: User) => boolean) =>
      1 + Math.floor((5 * users.filter(isWorse).length) / users.length);
    return users.map((own) => {
      const r = score(({ recency }) => recency > own.recency);
      const f = score(({ frequency }) => frequency < own.frequency);
      const m = score(({ money }) => money < own.money);
      return {
        user_id: own.user,
        recency_days: own.recency,
        frequency_cnt: own.frequency,
        monetary_amt: amountText(own.money),
        r_score: r,
        f_score: f,
        m_score: m,
        segment_code: [r, f, m].map((value) => (value >= HIGH ? "1" : "0")).join(""),
        ds: known.runDate,
      };
    });
  },
};

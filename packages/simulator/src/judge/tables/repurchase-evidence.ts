/** Repurchase by order number, 1 to 20, of users whose order is 180 days old or older; Wilson's interval solved as a quadratic. */
import type { AggregateTable } from "../aggregates.ts";
import { groupBy } from "../redemptions.ts";
import { addDays } from "../time.ts";

const HORIZON_DAYS = 180;
const ORDERS = 20;
const Z = 1.959963984540054;

export const repurchaseEvidence: AggregateTable = {
  table: "redcdm.dm_ecm_user_repurchase_evidence_df",
  key: ["order_no"],
  rows: ({ known, validOrders }) => {
    const users = [...groupBy(validOrders, ({ userId }) => userId).values()];
    const counted = Array.from({ length: ORDERS }, (_, at) => {
      const reached = users.filter((own) => {
        const order = own[at];
        return order !== undefined && addDays(order.ds, HORIZON_DAYS) <= known.runDate;
      });
      const again = reached.filter((own) => {
        const [order, next] = [own[at], own[at + 1]];
        return order && next && next.ds <= addDays(order.ds, HORIZON_DAYS);
      });
      return { reached: reached.length, again: again.length };
    });
    const rates = counted.map(({ reached, again }) => (reached === 0 ? null : again / reached));
    return counted.map(({ reached, again }, at) => {
      const [rate, before] = [rates[at] ?? null, rates[at - 1] ?? null];
      const ends = rate === null ? [null, null] : wilson(rate, reached);
      return {
        order_no: at + 1,
        reached_uv: reached,
        next_uv: again,
        repurchase_rate: rate,
        ci_low: ends[0] ?? null,
        ci_high: ends[1] ?? null,
        gain: rate === null || before === null ? null : rate - before,
      };
    });
  },
};

/** The shares q for which |rate - q| = z sqrt(q (1 - q) / n). */
function wilson(rate: number, n: number): [number, number] {
  const [a, b, c] = [1 + (Z * Z) / n, -2 * rate - (Z * Z) / n, rate * rate];
  const root = Math.sqrt(Math.max(0, b * b - 4 * a * c));
  return [rate === 0 ? 0 : (-b - root) / (2 * a), rate === 1 ? 1 : (-b + root) / (2 * a)];
}

import { DAY, iso } from "../period.ts";
import type { Log } from "./log.ts";
import type { SourceName, SourceRow } from "./rows.ts";
import type { Delivery, Event } from "./script.ts";

/** Changes that a platform makes to rows it has handed over already; `size` days, units or places. */
type Change = (row: SourceRow, size: number, log: Log) => SourceRow;

const shift =
  (column: string, days: number): Change =>
  (row, size) =>
    row[column] === null || row[column] === undefined
      ? row
      : { ...row, [column]: iso(Date.parse(String(row[column])) * 1000 + days * size * DAY) };
const add =
  (...columns: string[]): Change =>
  (row, size) => ({
    ...row,
    ...Object.fromEntries(
      columns
        .filter((column) => row[column] !== null)
        .map((column) => [column, (Number(row[column]) + size).toFixed(2)]),
    ),
  });
const set =
  (values: SourceRow): Change =>
  (row) => ({ ...row, ...values });
/** The column takes the value that another row of a table has there. */
const other =
  (column: string, source: SourceName, from = column): Change =>
  (row, size, log) => {
    const values = log
      .all(source)
      .map((one) => one[from])
      .filter((value) => value !== undefined && value !== row[column]);
    const value = values[size % Math.max(1, values.length)];
    return value === undefined ? row : { ...row, [column]: value };
  };

/** By table; a table that is not here is not corrected. */
const changes: Partial<Record<SourceName, readonly Change[]>> = {
  execution: [
    shift("triggered_at", 1),
    shift("triggered_at", -1),
    set({ scene_code: "cart" }),
    set({ scene_code: null }),
    (row) => ({ ...row, execution_id: `${row.execution_id}x` }),
    other("execution_id", "execution"),
    set({ benefits: [] }),
    set({ strategy_id: "S2", strategy_version: 1 }),
    set({ experiment_id: "X1", experiment_group: "control" }),
    set({ experiment_id: null, experiment_group: null }),
  ],
  coupon: [
    shift("claim_at", 1),
    shift("claim_at", -1),
    shift("valid_to", -1),
    shift("valid_to", 1),
    add("face_amt"),
    set({ execution_id: null, benefit_seq: null }),
    other("execution_id", "execution"),
    set({ coupon_template_id: "T1" }),
    set({ coupon_status: "voided" }),
    other("user_id", "line"),
  ],
  flow: [
    add("amt"),
    shift("occurred_at", 1),
    shift("occurred_at", -1),
    other("order_line_id", "line"),
    other("allowance_id", "flow"),
    set({ execution_id: null, benefit_seq: null }),
  ],
  line: [
    add("list_amt", "pay_amt"),
    add("pay_amt"),
    shift("paid_at", 1),
    shift("paid_at", -1),
    set({ paid_at: null, order_status: "cancelled" }),
    set({ category_id: "K2", goods_id: "G2" }),
    other("user_id", "line"),
    other("order_id", "line"),
  ],
  discount: [
    add("discount_amt", "platform_amt"),
    add("discount_amt", "merchant_amt"),
    set({ discount_amt: "0.00", platform_amt: "0.00", merchant_amt: "0.00" }),
    other("benefit_id", "discount"),
    (row, size, log) =>
      row.benefit_type === "coupon" ? other("benefit_id", "coupon", "coupon_id")(row, size, log) : row,
    (row, size, log) => {
      const lines = log.all("line").filter((line) => line.order_id === row.order_id);
      return {
        ...row,
        order_line_id: lines[size % Math.max(1, lines.length)]?.order_line_id ?? row.order_line_id ?? null,
      };
    },
    set({ returned_at: null }),
    shift("returned_at", 1),
  ],
  refund: [
    add("refund_amt"),
    set({ refund_status: "rejected" }),
    set({ refund_status: "succeeded" }),
    shift("refunded_at", 1),
    other("order_line_id", "line"),
  ],
  couponTemplate: [
    add("face_amt"),
    set({ platform_share: "0.2500" }),
    set({ coupon_type: "threshold_off", threshold_amt: "50.00" }),
  ],
  promotion: [
    shift("start_at", 1),
    set({ promotion_type: "flash_sale" }),
    set({ promotion_status: "offline" }),
  ],
  strategy: [add("budget_amt"), set({ valid_to: null })],
  scene: [set({ scene_group: "other" })],
  user: [shift("registered_at", -10), shift("registered_at", 10)],
  tag: [set({ consumption_level: "L5" }), set({ crowd_code: null })],
  assignment: [shift("assigned_at", 1)],
};

/** A row that was written arrives again, changed. */
export function correct(
  log: Log,
  event: Extract<Event, { kind: "correct" }>,
  at: number,
  delivery: Delivery,
): void {
  // Counted from the last: the first rows are the configuration.
  const target = log.keys[log.keys.length - 1 - (event.row % log.keys.length)];
  if (!target) return;
  const possible = changes[target.source] ?? [];
  const change = possible[event.change % Math.max(1, possible.length)];
  if (!change) return;
  const row = log.latest(target.key);
  log.write(target.source, change(row, event.size, log), at, delivery);
}

import { DIRT } from "../delivery/batches.ts";
import type { Platform } from "../platform.ts";

export type Row = Readonly<Record<string, number | string>>;

/** Rows of a query; whole numbers as numbers, decimals as text. */
export async function rowsOf(platform: Platform, query: string): Promise<Row[]> {
  const reader = await platform.connection.runAndReadAll(query);
  return reader
    .getRowObjects()
    .map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          typeof value === "bigint" ? Number(value) : typeof value === "number" ? value : String(value),
        ]),
      ),
    );
}

/** View `now_<stream>`: of every key the version that arrived last. Tied ones differ in nothing that is added up. */
export async function latest(platform: Platform, stream: string): Promise<void> {
  const sent = `sent_${stream}`;
  // Most keys of most tables came once: only the others are compared.
  await platform.sql(`CREATE TABLE several AS
SELECT DISTINCT key FROM ${sent} WHERE seq > 0 OR dirt & ${DIRT.duplicate | DIRT.redelivery | DIRT.doubled_day | DIRT.tie} != 0`);
  await platform.sql(`CREATE TABLE old_${stream} AS
WITH candidate AS (SELECT key, ${sent}.rowid AS r, ing FROM ${sent} SEMI JOIN several USING (key))
SELECT r FROM candidate ANTI JOIN (SELECT arg_max(r, ing) AS r FROM candidate GROUP BY key) AS last USING (r)`);
  await platform.sql(`CREATE VIEW now_${stream} AS
SELECT ${sent}.* FROM ${sent} ANTI JOIN old_${stream} ON old_${stream}.r = ${sent}.rowid`);
  await platform.sql("DROP TABLE several");
}

/** Cents, an integer expression, as currency units. */
export const units = (cents: string) => `(coalesce(${cents}, 0) * 0.01)::DECIMAL(18,2)`;

/** The big source tables: their streams, sums worth comparing, and the event whose time may be ahead of its arrival. */
export const streamTables: readonly {
  readonly stream: string;
  readonly table: string;
  readonly sums?: string;
  readonly event?: string;
}[] = [
  {
    stream: "execution",
    table: "redods.ods_ecm_mkt_strategy_execution_log_di",
    event: "triggered",
  },
  {
    stream: "coupon",
    table: "reddw.dw_trd_goods_coupon_day",
    sums: `${units("sum(face)")} AS face_amt`,
    event: "claimed",
  },
  {
    stream: "flow",
    table: "reddw.dw_trd_user_allowance_flow_day",
    sums: `${units("sum(amount)")} AS amt`,
    event: "happened",
  },
  {
    stream: "line",
    table: "reddw.dw_trd_order_goods_day",
    sums: `${units("sum(list)")} AS list_amt, ${units("sum(pay)")} AS pay_amt`,
    event: "coalesce(paid, created)",
  },
  {
    stream: "discount",
    table: "reddw.dw_trd_order_benefit_day",
    sums: `${units("sum(off)")} AS discount_amt, ${units("sum(platform)")} AS platform_amt, ${units("sum(off - platform)")} AS merchant_amt`,
  },
  {
    stream: "refund",
    table: "reddw.dw_trd_refund_day",
    sums: `${units("sum(amount)")} AS refund_amt`,
    event: "refunded",
  },
  { stream: "user", table: "redcdm.dim_ecm_user_df" },
  { stream: "tag", table: "redcdm.dim_ecm_user_tag_df" },
  { stream: "assignment", table: "redcdm.dwd_ecm_experiment_assignment_di" },
];

import { expect, test } from "vitest";
import { type SimulatedFiles, simulated, sources } from "./simulated.ts";

const END = "TIMESTAMPTZ '2025-06-29 16:00:00Z'";

async function check({ truth, query, number }: SimulatedFiles): Promise<void> {
  for (const [name, [table, key]] of Object.entries(sources)) {
    const counts = truth.tables[table];
    expect([table, counts?.rows]).toEqual([table, await number(`SELECT count(*) FROM log_${name}`)]);
    expect([table, counts?.keys]).toEqual([
      table,
      await number(`SELECT count(*) FROM (SELECT DISTINCT ${key.join(", ")} FROM log_${name})`),
    ]);
  }
  const sums = async (name: string, columns: string[]) =>
    (await query(`SELECT ${columns.map((c) => `sum(${c})::VARCHAR AS ${c}`).join(", ")} FROM ${name}`))[0];
  expect(truth.tables["reddw.dw_trd_order_goods_day"]).toMatchObject(
    (await sums("line", ["list_amt", "pay_amt"])) ?? {},
  );
  expect(truth.tables["reddw.dw_trd_order_benefit_day"]).toMatchObject(
    (await sums("discount", ["discount_amt", "platform_amt", "merchant_amt"])) ?? {},
  );
  expect(truth.tables["reddw.dw_trd_user_allowance_flow_day"]).toMatchObject(
    (await sums("flow", ["amt"])) ?? {},
  );
  expect(truth.tables["reddw.dw_trd_refund_day"]).toMatchObject((await sums("refund", ["refund_amt"])) ?? {});
  expect(truth.tables["reddw.dw_trd_goods_coupon_day"]).toMatchObject(
    (await sums("coupon", ["face_amt"])) ?? {},
  );

  await query(`CREATE TABLE paid AS FROM line WHERE paid_at < ${END}`);
  await query("CREATE TABLE used AS FROM discount WHERE order_line_id IN (SELECT order_line_id FROM paid)");
  const [paid] =
    await query(`SELECT count(*)::INT AS lines, count(DISTINCT order_id)::INT AS orders, count(DISTINCT user_id)::INT AS users,
    sum(list_amt)::VARCHAR AS list_amt, sum(pay_amt)::VARCHAR AS pay_amt,
    (sum(list_amt) - (SELECT sum(merchant_amt) FROM used))::VARCHAR AS dgmv_amt FROM paid`);
  expect(truth.totals.paid_lines).toMatchObject(paid ?? {});
  const redemptions =
    await query(`SELECT benefit_type, count(DISTINCT (benefit_id, order_id))::INT AS pairs, count(*)::INT AS records,
    sum(discount_amt)::VARCHAR AS discount_amt, sum(platform_amt)::VARCHAR AS platform_subsidy_amt, sum(merchant_amt)::VARCHAR AS merchant_subsidy_amt,
    coalesce(sum(discount_amt) FILTER (returned_at < ${END}), 0)::VARCHAR AS returned_amt FROM used GROUP BY 1 ORDER BY 1`);
  expect(truth.totals.redemptions).toEqual(redemptions);
  const [executions] = await query(`WITH winner AS (
      SELECT execution_id, arg_min(benefits, (triggered_at, log_id)) AS benefits, arg_min(experiment_group = 'control', (triggered_at, log_id)) AS is_control
      FROM execution WHERE triggered_at < ${END} GROUP BY execution_id)
    SELECT count(*)::INT AS executions, count_if(is_control)::INT AS control_executions,
      sum(len(list_distinct([b.benefit_seq FOR b IN benefits])))::INT AS benefits FROM winner`);
  expect(truth.totals.executions).toEqual(executions);
  const [refunds] =
    await query(`SELECT count(*)::INT AS refunds, count(DISTINCT order_line_id)::INT AS lines, sum(refund_amt)::VARCHAR AS refund_amt
    FROM refund WHERE refund_status = 'succeeded' AND refunded_at < ${END} AND order_line_id IN (SELECT order_line_id FROM paid)`);
  expect(truth.totals.refunds).toEqual(refunds);
  const ledger = await query(`SELECT flow_type, count(*)::INT AS flows, sum(amt)::VARCHAR AS amt FROM flow
    WHERE occurred_at < ${END} GROUP BY 1 ORDER BY 1`);
  expect(truth.totals.ledger).toEqual(ledger);
}

for (const dirt of ["clean", "everyday", "all"]) {
  test(`truth.json says what the files add up to with ${dirt} dirt`, async () => {
    await check(await simulated({ preset: "small", dirt, users: 800, from: "2025-03-01", seed: 5 }));
  });
}

test("truth.json says what the files add up to where history was handed over at once", async () => {
  await check(
    await simulated({ preset: "small", dirt: "all", users: 800, from: "2025-03-01", bootstrap_days: 40 }),
  );
});

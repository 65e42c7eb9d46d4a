import { simulationOf } from "@growth/simulator";
import { expect, test } from "vitest";
import { simulated, sources } from "./simulated.ts";

const options = { preset: "small", users: 1500, from: "2025-03-01", seed: 4 } as const;

test("a clean world has every version once, in order, soon after its event", async () => {
  const { number, truth } = await simulated({ ...options, dirt: "clean" });
  for (const [name, [, key]] of Object.entries(sources))
    expect(
      await number(
        `SELECT count(*) FROM (SELECT 1 FROM log_${name} GROUP BY ${key.join(", ")}, ingested_at HAVING count(*) > 1)`,
      ),
    ).toBe(0);
  expect(
    await number(
      "SELECT count(*) FROM log_execution WHERE ingested_at - triggered_at NOT BETWEEN INTERVAL 0 SECONDS AND INTERVAL 31 MINUTES",
    ),
  ).toBe(0);
  expect(
    await number(
      "SELECT count(*) FROM log_coupon WHERE coupon_status = 'claimed' AND ingested_at < claim_at",
    ),
  ).toBe(0);
  for (const kind of [
    "late",
    "very_late",
    "duplicate",
    "tie",
    "clock_skew",
    "retry",
    "order_correction",
  ] as const)
    expect([kind, truth.dirt[kind]]).toEqual([kind, {}]);
});

test("every kind of dirt is there when it is on, at its rate, and truth.json counts it", async () => {
  const { number, truth } = await simulated({ ...options, dirt: "all" });
  const rates = simulationOf({ ...options, dirt: "all" }).dirt;
  const log = "redods.ods_ecm_mkt_strategy_execution_log_di";
  const executions = await number("SELECT count(DISTINCT execution_id) FROM log_execution");
  const near = (found: number, rate: number) => {
    expect(found).toBeGreaterThan(executions * rate * 0.6);
    expect(found).toBeLessThan(executions * rate * 1.5);
  };
  near(truth.dirt.late[log] ?? 0, rates.late_rate);
  near(truth.dirt.very_late[log] ?? 0, rates.very_late_rate);
  near(truth.dirt.out_of_order[log] ?? 0, rates.out_of_order_rate);
  near(truth.dirt.retry[log] ?? 0, rates.retry_rate);
  near(truth.dirt.duplicate[log] ?? 0, rates.duplicate_rate);
  near(truth.dirt.redelivery[log] ?? 0, rates.redelivery_rate);
  near(truth.dirt.executions_with_empty_benefits, rates.empty_benefits_rate);
  near(truth.dirt.executions_with_repeated_seq, rates.repeated_seq_rate);

  // What arrives twice at once, what arrives days later, and what the clock says before it arrives.
  expect(
    await number("SELECT count(*) FROM (SELECT * FROM log_execution GROUP BY ALL HAVING count(*) > 1)"),
  ).toBeGreaterThan(10);
  expect(
    await number("SELECT count(*) FROM log_execution WHERE ingested_at - triggered_at > INTERVAL 4 DAYS"),
  ).toBeGreaterThan(10);
  expect(await number("SELECT count(*) FROM log_execution WHERE ingested_at <= triggered_at")).toBe(
    truth.dirt.events_after_ingestion[log],
  );
  expect(await number("SELECT count(*) FROM log_execution WHERE len(benefits) = 0")).toBeGreaterThan(10);
  expect(
    await number(
      "SELECT count(*) FROM log_execution WHERE len(benefits) > len(list_distinct([b.benefit_seq FOR b IN benefits]))",
    ),
  ).toBeGreaterThan(10);
  expect(
    await number(
      "SELECT count(*) FROM (SELECT execution_id FROM log_execution GROUP BY 1 HAVING count(DISTINCT log_id) > 1)",
    ),
  ).toBeGreaterThan(10);
  expect(
    await number(`SELECT count(*) FROM (
    SELECT log_id, ingested_at FROM log_execution GROUP BY ALL HAVING count(DISTINCT scene_code) > 1)`),
  ).toBeGreaterThan(3);
  // A claim before its trigger, a discount before its line.
  expect(
    await number(`SELECT count(*) FROM
    (SELECT execution_id, min(ingested_at) AS first FROM log_coupon GROUP BY 1) AS claim
    JOIN (SELECT execution_id, min(ingested_at) AS first FROM log_execution GROUP BY 1) AS trigger USING (execution_id)
    WHERE claim.first < trigger.first`),
  ).toBeGreaterThan(10);
  expect(
    await number(`SELECT count(*) FROM
    (SELECT order_line_id, min(ingested_at) AS first FROM log_discount GROUP BY 1) AS discount
    JOIN (SELECT order_line_id, min(ingested_at) AS first FROM log_line GROUP BY 1) AS line USING (order_line_id)
    WHERE discount.first < line.first`),
  ).toBeGreaterThan(3);
  // Within two seconds of midnight, here and in UTC.
  for (const hour of [16, 0])
    expect(
      await number(
        `SELECT count(*) FROM execution WHERE abs(epoch(triggered_at - ${hour} * INTERVAL 1 HOUR - date_trunc('day', triggered_at - ${hour} * INTERVAL 1 HOUR + INTERVAL 12 HOURS))) <= 2.5`,
      ),
    ).toBeGreaterThan(20);
});

test("a day arrives empty, another one twice", async () => {
  const { number, query, truth } = await simulated({ ...options, dirt: "all" });
  const day = "date_trunc('day', ingested_at + INTERVAL 8 HOURS)::DATE";
  for (const empty of truth.dirt.empty_days)
    for (const name of ["execution", "line", "discount", "coupon", "flow"])
      expect([
        name,
        await number(
          `SELECT count(*) FROM log_${name} WHERE ${day} = DATE '${empty}' AND hour(ingested_at) != 16`,
        ),
      ]).toEqual([name, 0]);
  const [doubled] = truth.dirt.doubled_days;
  const rows =
    await query(`SELECT (SELECT count(*)::INT FROM log_execution WHERE ${day} = DATE '${doubled}') AS first,
    (SELECT count(*)::INT FROM log_execution AS log WHERE ${day} = DATE '${doubled}' + 1
      AND EXISTS (FROM log_execution AS before WHERE before.log_id = log.log_id AND before.ingested_at < log.ingested_at AND date_trunc('day', before.ingested_at + INTERVAL 8 HOURS)::DATE = DATE '${doubled}')) AS again`);
  expect(Number(rows[0]?.again)).toBeGreaterThan(Number(rows[0]?.first) * 0.8);
});

test("no two versions of a key arrive at one instant unless they are to", async () => {
  const { number } = await simulated({
    ...options,
    dirt: { ...simulationOf({ ...options, dirt: "all" }).dirt, tie_rate: 0 },
  });
  for (const [name, [, key]] of Object.entries(sources))
    expect([
      name,
      await number(`SELECT count(*) FROM (
        SELECT 1 FROM (SELECT DISTINCT * FROM log_${name}) GROUP BY ${key.join(", ")}, ingested_at HAVING count(*) > 1)`),
    ]).toEqual([name, 0]);
});

test("templates and promotions come late or never, users miss snapshots or are in two groups", async () => {
  const { number, truth } = await simulated({ ...options, dirt: "all" });
  expect(truth.dirt.never_templates).toHaveLength(1);
  expect(truth.dirt.late_templates).toHaveLength(2);
  expect(
    await number(
      `SELECT count(*) FROM coupon_template WHERE coupon_template_id = '${truth.dirt.never_templates[0]}'`,
    ),
  ).toBe(0);
  for (const late of truth.dirt.late_templates)
    expect(
      await number(`SELECT count(*) FROM log_coupon WHERE coupon_template_id = '${late}' AND claim_at < (
      SELECT min(ingested_at) FROM log_coupon_template WHERE coupon_template_id = '${late}')`),
    ).toBeGreaterThanOrEqual(0);
  expect(truth.dirt.snapshots_without_user).toBeGreaterThan(100);
  expect(
    await number(
      `SELECT count(*) FROM (SELECT experiment_id, user_id FROM assignment GROUP BY ALL HAVING count(*) > 1)`,
    ),
  ).toBe(truth.dirt.users_with_two_groups);
});

test("corrections change amounts with their companions, paydays, benefits, lines, claims and triggers", async () => {
  const { number, truth } = await simulated({
    ...options,
    users: 4000,
    dirt: { correction_rate: 0.2, rekey_rate: 0.01 },
  });
  for (const kind of ["price", "coupon", "allowance", "payday", "benefit", "line", "reversed"])
    expect([kind, (truth.dirt.corrections[`order ${kind}`] ?? 0) > 0]).toEqual([kind, true]);
  for (const kind of [
    "execution scene",
    "execution planned",
    "execution moved",
    "execution rekeyed",
    "coupon claim day",
    "allowance claim day",
  ])
    expect([kind, (truth.dirt.corrections[kind] ?? 0) > 0]).toEqual([kind, true]);
  const changed = (name: string, key: string, column: string) =>
    number(
      `SELECT count(*) FROM (SELECT 1 FROM log_${name} GROUP BY ${key} HAVING count(DISTINCT ${column}) > 1)`,
    );
  expect(await changed("line", "order_line_id", "list_amt")).toBeGreaterThan(0);
  expect(await changed("line", "order_line_id", "paid_at")).toBeGreaterThan(0);
  expect(await changed("discount", "order_benefit_id", "benefit_id")).toBeGreaterThan(0);
  expect(await changed("discount", "order_benefit_id", "order_line_id")).toBeGreaterThan(0);
  expect(await changed("discount", "order_benefit_id", "discount_amt")).toBeGreaterThan(0);
  expect(await changed("flow", "flow_id", "amt")).toBeGreaterThan(0);
  expect(await changed("flow", "flow_id", "occurred_at")).toBeGreaterThan(0);
  expect(await changed("coupon", "coupon_id", "claim_at")).toBeGreaterThan(0);
  expect(await changed("execution", "log_id", "triggered_at")).toBeGreaterThan(0);
  expect(await changed("execution", "log_id", "execution_id")).toBeGreaterThan(0);
});

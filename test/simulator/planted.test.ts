import { beforeAll, describe, expect, test } from "vitest";
import { type SimulatedFiles, simulated } from "./simulated.ts";

/** Mean and variance of the mean of paid orders a user, by experiment and group; orders after the assignment. */
const ordersByGroup = `
  SELECT experiment_id, group_code, count(*)::INT AS users, avg(orders) AS mean, var_samp(orders) / count(*) AS variance
  FROM (
    SELECT experiment_id, group_code, assignment.user_id, count(DISTINCT order_id) AS orders
    FROM assignment LEFT JOIN line ON line.user_id = assignment.user_id AND paid_at >= assigned_at
    GROUP BY ALL)
  GROUP BY ALL`;

describe("planted truths can be found again", () => {
  let world: SimulatedFiles;
  const groups = new Map<string, { users: number; mean: number; variance: number }>();
  const group = (key: string) => {
    const found = groups.get(key);
    if (!found) throw new Error(`There is no group ${key}.`);
    return found;
  };
  /** Difference of means in standard errors, less what truth.json says was planted. */
  const surprise = (experiment: string, baseline: string, treated: string, planted: number) => {
    const [a, b] = [group(`${experiment} ${baseline}`), group(`${experiment} ${treated}`)];
    return (b.mean - a.mean - planted) / Math.sqrt(a.variance + b.variance);
  };
  const caused = (experiment: string, code: string) => {
    const rows = world.truth.planted.experiments.filter(
      (e) => e.experiment_id === experiment && e.group_code === code,
    );
    const sum = (of: (row: (typeof rows)[number]) => number) =>
      rows.reduce((total, row) => total + of(row), 0);
    return sum((row) => row.caused_orders) / sum((row) => row.assigned_users);
  };

  beforeAll(async () => {
    world = await simulated(
      { seed: 11, users: 20_000, from: "2025-01-01", to: "2025-06-30", dirt: "clean" },
      "file",
    );
    for (const row of await world.query(ordersByGroup))
      groups.set(`${row.experiment_id} ${row.group_code}`, {
        users: Number(row.users),
        mean: Number(row.mean),
        variance: Number(row.variance),
      });
  });

  test("an A/B experiment's groups differ by the orders that were planted", () => {
    expect(caused("X01", "treatment")).toBeGreaterThan(0.03);
    expect(Math.abs(surprise("X01", "control", "treatment", caused("X01", "treatment")))).toBeLessThan(3);
  });

  test("each lifecycle stage has the effect planted for it", () => {
    for (const row of world.truth.planted.experiments.filter(
      (e) => e.experiment_id === "X01" && e.lift > 0,
    )) {
      const found = row.caused_orders / row.triggered_users;
      // A trigger is claimed by some, and some users are triggered twice or never get to pay.
      expect([row.stage, found > row.lift * 0.4, found < row.lift * 1.4]).toEqual([row.stage, true, true]);
    }
  });

  test("an experiment without an effect has none", () => {
    expect(caused("X02", "treatment")).toBe(0);
    expect(Math.abs(surprise("X02", "control", "treatment", 0))).toBeLessThan(3);
  });

  test("the broken split is off by more than chance", () => {
    const [control, treatment] = [group("X03 control").users, group("X03 treatment").users];
    const expected = (control + treatment) / 2;
    expect((control - expected) ** 2 / expected + (treatment - expected) ** 2 / expected).toBeGreaterThan(20);
    const [a, b] = [group("X01 control").users, group("X01 treatment").users];
    expect((a - b) ** 2 / (a + b)).toBeLessThan(10);
  });

  test("a benefit that moves purchases forward adds none", async () => {
    expect(Math.abs(surprise("X04", "control", "treatment", 0))).toBeLessThan(3);
    const moved = world.truth.planted.experiments.filter((e) => e.experiment_id === "X04");
    expect(moved.reduce((sum, e) => sum + e.forward_orders, 0)).toBeGreaterThan(100);
    // Right after the trigger the treated order more than the control group does.
    const soon = await world.query(`
      SELECT experiment_group AS grp, avg(CASE WHEN EXISTS (FROM line WHERE line.user_id = execution.user_id
        AND created_at > triggered_at AND created_at < triggered_at + INTERVAL 3 DAYS) THEN 1 ELSE 0 END) AS share
      FROM execution WHERE experiment_id = 'X04' GROUP BY 1 ORDER BY 1`);
    expect(Number(soon[1]?.share)).toBeGreaterThan(1.3 * Number(soon[0]?.share));
  });

  test("users held out make fewer orders, by what was planted", () => {
    expect(Math.abs(surprise("X06", "holdout", "normal", caused("X06", "normal")))).toBeLessThan(3);
  });

  test("control users' triggers are kept, with what they would have got", async () => {
    expect(
      await world.number(
        "SELECT count(*) FROM execution WHERE experiment_group = 'control' AND len(benefits) > 0",
      ),
    ).toBeGreaterThan(500);
    // Users kept on the old policy get benefits, under the old version.
    expect(
      await world.query(`SELECT DISTINCT group_code, strategy_version::INT AS version, experiment_group FROM execution
        JOIN assignment USING (experiment_id, user_id) WHERE experiment_id = 'X05' ORDER BY 1`),
    ).toEqual([
      { group_code: "new_policy", version: 2, experiment_group: "treatment" },
      { group_code: "old_policy", version: 1, experiment_group: "treatment" },
    ]);
  });

  test("the more orders a user has made, the likelier is another one", async () => {
    const rows = await world.query(`
      SELECT orders, count(*)::INT AS users FROM (SELECT count(DISTINCT order_id) AS orders FROM line WHERE created_at < TIMESTAMPTZ '2025-05-01' GROUP BY user_id)
      GROUP BY 1 ORDER BY 1`);
    const reached = (k: number) =>
      rows.filter((r) => Number(r.orders) >= k).reduce((sum, r) => sum + Number(r.users), 0);
    expect(reached(2) / reached(1)).toBeLessThan(reached(4) / reached(3));
    expect(reached(4) / reached(3)).toBeLessThan(reached(8) / reached(7));
  });

  test("sale days stand out", async () => {
    const [{ sale, usual } = {}] = await world.query(`
      SELECT avg(n) FILTER (day = DATE '2025-06-18') AS sale, avg(n) FILTER (day BETWEEN DATE '2025-05-01' AND DATE '2025-05-31') AS usual
      FROM (SELECT (created_at + INTERVAL 8 HOURS)::DATE AS day, count(DISTINCT order_id) AS n FROM line GROUP BY 1)`);
    expect(Number(sale)).toBeGreaterThan(2 * Number(usual));
  });

  test("every behaviour that the warehouse must know occurs", async () => {
    const occurs: Record<string, string> = {
      "a coupon used again after it came back": `SELECT count(*) FROM (SELECT benefit_id FROM discount JOIN line USING (order_line_id)
        WHERE benefit_type = 'coupon' AND paid_at IS NOT NULL GROUP BY 1 HAVING count(DISTINCT discount.order_id) > 1)`,
      "an allowance used in three orders": `SELECT count(*) FROM (SELECT allowance_id FROM flow JOIN line USING (order_line_id)
        WHERE flow_type = 'use' GROUP BY 1 HAVING count(DISTINCT order_id) >= 3)`,
      "coupon, allowance and promotion on one line": `SELECT count(*) FROM (SELECT order_line_id FROM discount GROUP BY 1 HAVING count(DISTINCT benefit_type) = 3)`,
      "lines of an order paid at different times": `SELECT count(*) FROM (SELECT order_id FROM line GROUP BY 1 HAVING count(DISTINCT paid_at) > 1)`,
      "an order paid in part": `SELECT count(*) FROM (SELECT order_id FROM line GROUP BY 1 HAVING count(paid_at) BETWEEN 1 AND count(*) - 1)`,
      "a cancelled order with a coupon that came back": `SELECT count(*) FROM discount JOIN line USING (order_line_id)
        WHERE benefit_type = 'coupon' AND paid_at IS NULL AND returned_at IS NOT NULL`,
      "a refund in two steps": `SELECT count(*) FROM (SELECT order_line_id FROM refund WHERE refund_status = 'succeeded' GROUP BY 1 HAVING count(*) > 1)`,
      "a refund of a part": `SELECT count(*) FROM refund JOIN line USING (order_line_id) WHERE refund_status = 'succeeded' AND refund_amt < pay_amt * 0.6 AND refund_amt > 0`,
      "a refund without benefits": `SELECT count(*) FROM refund WHERE refund_status = 'succeeded' AND NOT is_benefit_returned`,
      "a rejected refund": `SELECT count(*) FROM refund WHERE refund_status = 'rejected'`,
      "a part of an allowance that came back": `SELECT count(*) FROM (SELECT allowance_id, order_line_id FROM flow WHERE order_line_id IS NOT NULL GROUP BY ALL
        HAVING sum(amt) FILTER (flow_type = 'return') < sum(amt) FILTER (flow_type = 'use'))`,
      "a coupon that came back in part": `SELECT count(*) FROM (SELECT benefit_id, order_id FROM discount WHERE benefit_type = 'coupon' GROUP BY ALL
        HAVING count(returned_at) BETWEEN 1 AND count(*) - 1)`,
      "a free line": `SELECT count(*) FROM line WHERE pay_amt = 0 AND list_amt > 0`,
      "a voided coupon": `SELECT count(*) FROM coupon WHERE coupon_status = 'voided'`,
      "an expired coupon": `SELECT count(*) FROM coupon WHERE coupon_status = 'expired'`,
      "a revoked allowance": `SELECT count(*) FROM flow WHERE flow_type = 'revoke'`,
      "a coupon of the coupon centre": `SELECT count(*) FROM coupon WHERE execution_id IS NULL AND NOT is_synthetic`,
      "a coupon whose claim nobody saw": `SELECT count(*) FROM coupon WHERE is_synthetic`,
      "an allowance of no strategy": `SELECT count(*) FROM flow WHERE flow_type = 'grant' AND execution_id IS NULL`,
      "a strategy's claim without seq": `SELECT count(*) FROM coupon WHERE execution_id IS NOT NULL AND benefit_seq IS NULL`,
      "a coupon redeemed more than 60 days after its claim": `SELECT count(*) FROM discount JOIN coupon ON coupon_id = benefit_id WHERE used_at - claim_at > INTERVAL 60 DAYS`,
      "a percent_off coupon without a limit": `SELECT count(*) FROM coupon JOIN coupon_template USING (coupon_template_id) WHERE coupon_type = 'percent_off' AND max_discount_amt IS NULL`,
      "a template whose face changed": `SELECT count(*) FROM (SELECT coupon_template_id FROM coupon GROUP BY 1 HAVING count(DISTINCT face_amt) > 1)`,
    };
    const missing: string[] = [];
    for (const [what, sql] of Object.entries(occurs)) if ((await world.number(sql)) === 0) missing.push(what);
    expect(missing).toEqual([]);
    const types = await world.query(
      "SELECT DISTINCT promotion_type, target_type FROM promotion JOIN discount ON benefit_id = promotion_id ORDER BY ALL",
    );
    expect(new Set(types.map((t) => t.promotion_type)).size).toBe(5);
    expect(new Set(types.map((t) => t.target_type)).size).toBe(4);
  });
});

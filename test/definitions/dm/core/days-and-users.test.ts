/** Days, strategies and users as an analyst sees them: core metrics, strategy cost, RFM, and the evidence for the thresholds. */

import { loadMetrics } from "@growth/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judgementText } from "../../../../packages/cli/src/steps/judgement.ts";
import { Client } from "../../../../packages/cli/src/warehouse/client.ts";
import { expressionOf } from "../../../../packages/contracts/src/metrics/ossie.ts";
import { projectContracts } from "../../../support/contracts.ts";
import { project } from "../../../support/dataform.ts";
import { QuickStory } from "../../../support/quick-story.ts";
import { expectRows, type Rows } from "../../../support/table-text.ts";
import { daysAfter, type Moment } from "../../../support/time.ts";
import { coupon, World } from "../../../support/world.ts";

const core = "redcdm.v_dm_ecm_mkt_core_metric_1d_di";
const cost = "redcdm.v_dm_ecm_mkt_strategy_cost_1d_di";
const rfm = "redcdm.v_dm_ecm_user_rfm_df";
const repurchase = "redcdm.v_dm_ecm_user_repurchase_evidence_df";
const gap = "redcdm.v_dm_ecm_user_purchase_gap_evidence_df";
const threshold = "redcdm.v_dm_ecm_user_threshold_evidence";
const life = "redcdm.v_dim_ecm_user_lifecycle_df";
const calendar = "redcdm.dim_ecm_calendar";
const DAY = 86_400_000;

/** An order of one line. */
function order(
  world: World,
  user: string,
  id: string,
  paid: Moment,
  list = 10,
  off = [] as ReturnType<typeof coupon>[],
) {
  world.order({
    order: `${user}-${id}`,
    user,
    created: paid,
    paid,
    lines: [{ line: `${user}-${id}`, list, off }],
  });
}

/** A coupon that strategy S1 or S2 issued. */
function issue(world: World, user: string, id: string, at: Moment, strategy = "S1") {
  world.trigger({
    execution: `E-${id}`,
    user,
    at,
    strategy,
    benefits: [{ seq: 1, coupon: "T", planned: 5 }],
  });
  world.claimCoupon({
    coupon: id,
    template: "T",
    user,
    at,
    face: 5,
    execution: `E-${id}`,
    seq: 1,
    validTo: daysAfter(at, 60),
  });
}

const undecidedOrders =
  "Nobody reached order 3 long enough ago. Fewer than 100 users reached a second order: the data cannot tell.";
const undecidedDays =
  "No silence was followed for 180 days. No silence was followed for a year: the data cannot tell.";
/** Days without an order are days, too. */
const quiet = Array.from({ length: 27 }, (_, n) => `06-${String(n + 4).padStart(2, "0")}`);
// Of the silences from 06-02 on one ends after 31 days, when three are left; the product is taken by logarithms.
const twoThirds = 0.6666666666666696;

/** What the questions of the contracts are answered after the first story's last day, 2024-07-03. */
const answers: Readonly<Record<string, string>> = {
  "How does a sale day compare with the usual day?": `sale_name | dab\n- | ${7 / 31}\n618 | 0`,
  // a, all of whose orders were refunded, is potential again.
  "How many users were in which stage on a day?": "customer_stage | user_cnt\nnew | 4\npotential | 1",
  "How large is growth, and does it last?": `ds | redeem_dab | redeem_dab_share | redeem_repurchase_rate
    06-02 | 3 | 0.75 | ${1 / 3}
    06-03 | 0 | 0    | -`,
  "Does subsidy buy more GMV, or only cost more?": `ds | dgmv | net_dgmv | subsidy_rate | growth_platform_subsidy | is_sale_day
    06-02 | 203 | 120 | ${24 / 203} | 20 | no
    06-03 | 7   | 7   | 0           | 0  | no
    ${quiet.map((ds) => `${ds} | 0 | 0 | - | 0 | ${ds === "06-18" ? "yes" : "no"}`).join("\n")}`,
  // No version of the strategy is known, and so no budget and no name.
  "Which budget runs out this week?": "strategy_id | days_left",
  "What does a redeemer cost, strategy by strategy?":
    "strategy_name | net_platform_subsidy | redeem_order_cnt\n- | 10 | 3",
  "After how many silent days does a customer hardly come back?": `gap_days | survival_rate | return_rate_after
    30 | 1 | -
    ${[60, 90, 180, 365].map((days) => `${days} | ${twoThirds} | -`).join("\n")}`,
  "Do the data support the thresholds?": `threshold_code | current_value | suggested_value | judgement
    mature_orders | 3   | - | ${undecidedOrders}
    churn_days    | 180 | - | ${undecidedDays}`,
  "Are three orders and 180 days the right thresholds?": `threshold_code | current_value | verdict_code | judgement
    churn_days    | 180 | undecided | ${undecidedDays}
    mature_orders | 3   | undecided | ${undecidedOrders}`,
  "From which order on do customers stay?": `order_no | reached_uv | repurchase_rate | gain
    ${Array.from({ length: 20 }, (_, n) => `${n + 1} | 0 | - | -`).join("\n")}`,
  "Which valuable customers are about to be lost?": "user_id | recency_days | monetary\nc | 31 | 40",
  "How many customers are in which segment, and what are they worth?": `segment_name | user_cnt | monetary
    重要价值 | 1 | 60
    重要保持 | 1 | 40
    一般挽留 | 2 | 37
    一般发展 | 1 | 10`,
};

describe("days and users", () => {
  let story: QuickStory;
  beforeAll(async () => {
    const facts = ["order", "order_benefit", "redemption"].map((name) => `redcdm.v_dwd_ecm_trd_${name}_di`);
    story = await QuickStory.open([core, cost, rfm, repurchase, gap, threshold, life, ...facts]);
  });
  afterAll(() => story?.close());

  it("shows a day's redeemers, who of them comes back, and what refunds leave", async () => {
    const world = new World();
    world.user({ user: "a", registered: "05-01 09:00" });
    issue(world, "a", "K1", "06-01 10:00");
    issue(world, "b", "K2", "06-01 10:00");
    issue(world, "c", "K3", "06-01 10:00");
    world.claimCoupon({ coupon: "centre", template: "T", user: "d", at: "06-01 09:00", face: 5 });
    order(world, "a", "1", "06-02 10:00", 83, [coupon("K1", 10)]);
    order(world, "b", "1", "06-02 10:00", 50, [coupon("K2", 5)]);
    order(world, "c", "1", "06-02 09:00", 20);
    order(world, "c", "2", "06-02 10:00", 20, [coupon("K3", 5)]);
    // A coupon of the coupon centre is a subsidy, and not growth's.
    order(world, "d", "1", "06-02 10:00", 30, [coupon("centre", 4)]);
    // a comes back on the last day of the window, b a day after it; what c bought before redeeming does not count.
    order(world, "a", "2", "07-02 23:00");
    order(world, "b", "2", "07-03 10:00");
    world.refund({ line: "a-1", at: "06-08 10:00", withBenefits: true });
    world.returnBenefit({ benefit: "K1", order: "a-1", at: "06-08 10:01" });
    // Arrives two days late.
    world.order({
      order: "e-1",
      user: "e",
      created: "06-03 10:00",
      paid: "06-03 10:00",
      ingested: "06-05 10:00",
      lines: [{ line: "e-1", list: 7 }],
    });
    await story.tell(world);
    await story.run("06-02", "06-04");
    const days = async (columns: string, where: string) =>
      story.query(`SELECT ${columns} FROM \`${core}\` WHERE ${where}`);
    expectRows(
      await days(
        "ds, dab, redeem_dab, order_cnt, dgmv_amt, net_dgmv_amt, platform_subsidy_amt, growth_platform_subsidy_amt, net_platform_subsidy_amt, new_buyer_uv, redeem_repurchase_uv, is_repurchase_mature",
        "TRUE",
      ),
      `ds    | dab | redeem_dab | order | dgmv | net_dgmv | platform_subsidy | growth_platform_subsidy | net_platform_subsidy | new_buyer_uv | redeem_repurchase_uv | repurchase_mature
       06-02 | 4   | 3          | 5     | 203  | 203      | 24               | 20                      | 24                   | 4            | 0                    | no
       06-03 | 0   | 0          | 0     | 0    | 0        | 0                | 0                       | 0                    | 0            | 0                    | no
       06-04 | 0   | 0          | 0     | 0    | 0        | 0                | 0                       | 0                    | 0            | 0                    | no`,
    );
    await story.run("06-05", "06-08", "07-01", "07-02", "07-03");
    expectRows(
      await days(
        "ds, dab, dgmv_amt, net_dgmv_amt, net_platform_subsidy_amt, buyer_uv_stage_potential, buyer_uv_stage_unknown, buyer_uv_30d, repeat_buyer_uv_30d, redeem_repurchase_uv, is_repurchase_mature, avg_buyer_amt",
        "ds IN ('2024-06-02', '2024-06-03', '2024-07-01', '2024-07-02', '2024-07-03')",
      ),
      `ds    | dab | dgmv | net_dgmv | net_platform_subsidy | buyer_uv_stage_potential | buyer_uv_stage_unknown | buyer_uv_30d | repeat_buyer_uv_30d | redeem_repurchase_uv | repurchase_mature | avg_buyer
       06-02 | 4   | 203  | 120      | 14                   | 1                        | 3                      | 4            | 1                   | 1                    | yes               | 50.75
       06-03 | 1   | 7    | 7        | 0                    | 0                        | 1                      | 5            | 1                   | 0                    | yes               | 7
       07-01 | 0   | 0    | 0        | 0                    | 0                        | 0                      | 5            | 1                   | 0                    | no                | -
       07-02 | 1   | 10   | 10       | 0                    | 1                        | 0                      | 2            | 0                   | 0                    | no                | 10
       07-03 | 1   | 10   | 10       | 0                    | 0                        | 0                      | 2            | 0                   | 0                    | no                | 10`,
    );
    expect(await story.refreshed("redcdm.dm_ecm_mkt_core_metric_1d_di")).toEqual([]);
  });

  it("shows of each day what the metrics' formulas say of its orders", async () => {
    const file = loadMetrics(project, projectContracts());
    const table = "redcdm.dm_ecm_mkt_core_metric_1d_di";
    const shown = file.tables?.find((entry) => entry.table === table)?.metrics ?? [];
    expect(shown.length).toBe(21);
    for (const metric of file.metrics.filter(({ grain, code }) => grain === "day" && shown.includes(code))) {
      const { formula } = metric;
      if ("numerator" in formula) continue;
      const fact = file.facts[metric.fact ?? ""];
      const days = "last_days" in formula ? Number(formula.last_days) : 1;
      const rows = `FROM ${table} AS day
        INNER JOIN ${fact?.table} AS ${metric.fact}
          ON ${metric.fact}.${fact?.day} BETWEEN DATE_SUB(day.ds, INTERVAL ${days - 1} DAY) AND day.ds`;
      const often = "at_least" in formula ? (formula.at_least ?? 1) : 1;
      const given =
        often > 1
          ? `SELECT ds, COUNT(*) AS value FROM (SELECT day.ds, user_id ${rows} GROUP BY ds, user_id HAVING COUNT(*) >= ${often}) GROUP BY ds`
          : `SELECT day.ds, ${expressionOf(metric, file)} AS value ${rows} GROUP BY ds`;
      const differing = await story.query(
        `SELECT shown.ds, shown.${metric.code}, given.value FROM ${table} AS shown LEFT JOIN (${given}) AS given USING (ds)
         WHERE shown.${metric.code} != COALESCE(given.value, 0)`,
      );
      expect(differing.rows, metric.code).toEqual([]);
    }
    expectRows(
      await story.query(
        `SELECT SUM(dab) AS dab, SUM(redeem_dab) AS redeem_dab, SUM(repeat_buyer_uv_30d) > 0 AS repeated FROM ${table}`,
      ),
      "dab | redeem_dab | repeated\n7 | 3 | yes",
    );
  });

  it("answers the questions of the contracts", async () => {
    const built = [core, cost, rfm, repurchase, gap, life].map((view) => view.replace(".v_", "."));
    const asked = projectContracts().filter(({ table }) => [...built, threshold, calendar].includes(table));
    expect(asked.length).toBe(built.length + 2);
    for (const { table, questions } of asked) {
      expect(questions.length, table).toBeGreaterThan(0);
      for (const { question, sql } of questions)
        expectRows(await story.query(sql), answers[question] ?? `no answer to: ${question}`);
    }
  });

  it("has a calendar of ISO weeks and the year's sales", async () => {
    const days = await story.query(`SELECT ds, week, weekday, sale_name FROM ${calendar}`);
    const shown = days.rows.map(([ds, week, weekday]) => `${ds} ${week} ${weekday}`).sort();
    // The week of a day is that of its Thursday, counted from the year's first Thursday: worked out here with Date.
    const expected: string[] = [];
    for (let at = Date.UTC(2015, 0, 1); at <= Date.UTC(2035, 11, 31); at += DAY) {
      const weekday = new Date(at).getUTCDay() || 7;
      const thursday = new Date(at + (4 - weekday) * DAY);
      const year = thursday.getUTCFullYear();
      const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * DAY));
      expected.push(
        `${new Date(at).toISOString().slice(0, 10)} ${year}-W${String(week).padStart(2, "0")} ${weekday}`,
      );
    }
    expect(shown).toEqual(expected.sort());
    const sales = days.rows.filter(([ds, , , sale]) => String(ds).startsWith("2024") && sale !== null);
    expect(sales.map(([ds, , , sale]) => `${String(ds).slice(5)} ${sale}`).sort()).toEqual([
      "01-05 年货节",
      "03-08 38节",
      "05-20 520",
      "06-18 618",
      "08-08 88会员节",
      "09-09 99大促",
      "11-11 双11",
      "12-12 双12",
    ]);
  });

  it("paces a strategy's budget by the last seven complete days", async () => {
    const world = new World();
    world.strategy({ strategy: "S1", from: "06-01 00:00", to: "06-20 23:59:59", budget: 60 });
    world.strategy({ strategy: "S1", version: 2, from: "06-10 12:00", budget: 40 });
    world.strategy({ strategy: "S2", from: "06-02 00:00" });
    for (const [id, user] of [
      ["K1", "a"],
      ["K2", "b"],
      ["K3", "c"],
      ["K4", "a"],
    ] as const)
      issue(world, user, id, "06-01 10:00");
    issue(world, "d", "K5", "06-01 10:00", "S2");
    // A claim whose trigger nobody knows.
    world.claimCoupon({
      coupon: "K6",
      template: "T",
      user: "d",
      at: "06-01 10:00",
      face: 5,
      execution: "lost",
      seq: 1,
    });
    order(world, "a", "1", "06-02 10:00", 50, [coupon("K1", 14)]);
    order(world, "b", "1", "06-02 10:00", 50, [coupon("K2", 7)]);
    order(world, "c", "1", "06-09 10:00", 50, [coupon("K3", 21)]);
    order(world, "d", "1", "06-09 10:00", 50, [coupon("K5", 3), coupon("K6", 2)]);
    world.refund({ line: "b-1", at: "06-11 10:00" });
    await story.tell(world);
    const rows = (where: string): Promise<Rows> => story.query(`SELECT * FROM \`${cost}\` WHERE ${where}`);
    await story.run("06-08");
    await story.runAt("06-09 12:00");
    expectRows(
      await rows("ds >= '2024-06-08'"),
      `ds    | strategy | platform_subsidy | redeem_uv | cost_per_redeemer | cumulative_subsidy | budget | pace | days_left | budget_label
       06-08 | S1       | 0                | 0         | -                 | 21                 | 60     | 3    | 13        | 正常
       06-08 | S2       | 0                | 0         | -                 | 0                  | -      | 0    | -         | 无预算
       06-09 | S1       | 21               | 1         | 21                | 42                 | 60     | 3    | 6         | 7天内用完
       06-09 | S2       | 3                | 1         | 3                 | 3                  | -      | 0    | -         | 无预算
       06-09 | unknown  | 2                | 1         | 2                 | 2                  | -      | 0    | -         | 无预算`,
    );
    await story.run("06-09", "06-12");
    expectRows(
      await rows("strategy_id = 'S1' AND ds IN ('2024-06-02', '2024-06-09', '2024-06-10', '2024-06-12')"),
      `ds    | platform_subsidy | net_platform_subsidy | redeem_order | cumulative_subsidy | budget | pace        | budget_left
       06-02 | 21               | 14                   | 2            | 14                 | 60     | 2           | 46
       06-09 | 21               | 21                   | 1            | 35                 | 60     | 3           | 25
       06-10 | 0                | 0                    | 0            | 35                 | 100    | 3           | 65
       06-12 | 0                | 0                    | 0            | 35                 | 100    | 3           | 65`,
    );
    expect(await story.refreshed("redcdm.dm_ecm_mkt_strategy_cost_1d_di")).toEqual([]);

    // The same from the metrics' formulas, over the discounts and redemptions of each strategy's benefits.
    const file = loadMetrics(project, projectContracts());
    const table = "redcdm.dm_ecm_mkt_strategy_cost_1d_di";
    const claimed = `SELECT 'coupon' AS benefit_type, coupon_id AS benefit_id, COALESCE(strategy_id, 'unknown') AS strategy_id
      FROM redcdm.dwd_ecm_mkt_user_strategy_execution_coupon_df`;
    const checked = file.metrics.filter(
      ({ grain, fact }) => grain === "strategy_day" && ["discount", "redemption"].includes(fact ?? ""),
    );
    expect(checked.length).toBe(8);
    for (const metric of checked) {
      const { formula, fact = "" } = metric;
      const { table: from, day } = file.facts[fact] ?? {};
      const last = "last_days" in formula ? formula.last_days : 1;
      const since =
        last === "all" ? "DATE '2024-01-01'" : `DATE_SUB(shown.ds, INTERVAL ${Number(last) - 1} DAY)`;
      const days = "per_day" in formula && formula.per_day ? Number(last) : 1;
      const differing = await story.query(
        `SELECT shown.ds, shown.strategy_id, shown.${metric.code}, given.value
         FROM ${table} AS shown
         LEFT JOIN (
           SELECT shown.ds, shown.strategy_id, ${expressionOf(metric, file)} / ${days} AS value
           FROM ${table} AS shown
           INNER JOIN (${claimed}) AS claimed ON claimed.strategy_id = shown.strategy_id
           INNER JOIN ${from} AS ${fact}
             ON ${fact}.benefit_type = claimed.benefit_type AND ${fact}.benefit_id = claimed.benefit_id
               AND ${fact}.${day} BETWEEN ${since} AND shown.ds
           GROUP BY ds, strategy_id
         ) AS given ON given.ds = shown.ds AND given.strategy_id = shown.strategy_id
         WHERE shown.${metric.code} != CAST(COALESCE(given.value, 0) AS NUMERIC)`,
      );
      expect(differing.rows, metric.code).toEqual([]);
    }
  });

  it("scores equal users equal (worked example 5), and keeps 90 days and month ends", async () => {
    const world = new World();
    const frequencies = { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 2, h: 2, i: 3, j: 5 };
    for (const [user, orders] of Object.entries(frequencies))
      for (let n = 1; n <= orders; n++) order(world, user, String(n), `05-2${n} 10:00`);
    // A refunded order is none, and outside the window there is nobody.
    order(world, "a", "refunded", "05-30 10:00");
    world.refund({ line: "a-refunded", at: "05-30 11:00" });
    order(world, "gone", "1", "2023-05-30 10:00");
    await story.tell(world);
    await story.run("05-31", "06-01");
    expectRows(
      await story.query(`SELECT * FROM \`${rfm}\` WHERE is_latest`),
      `user | recency_days | frequency | monetary | r_score | f_score | m_score | segment_code | segment_name
       a    | 11           | 1         | 10       | 1       | 1       | 1       | 000          | 一般挽留
       b    | 11           | 1         | 10       | 1       | 1       | 1       | 000          | 一般挽留
       c    | 11           | 1         | 10       | 1       | 1       | 1       | 000          | 一般挽留
       d    | 11           | 1         | 10       | 1       | 1       | 1       | 000          | 一般挽留
       e    | 11           | 1         | 10       | 1       | 1       | 1       | 000          | 一般挽留
       f    | 11           | 1         | 10       | 1       | 1       | 1       | 000          | 一般挽留
       g    | 10           | 2         | 20       | 4       | 4       | 4       | 111          | 重要价值
       h    | 10           | 2         | 20       | 4       | 4       | 4       | 111          | 重要价值
       i    | 9            | 3         | 30       | 5       | 5       | 5       | 111          | 重要价值
       j    | 7            | 5         | 50       | 5       | 5       | 5       | 111          | 重要价值`,
    );
    await story.run("09-15");
    const kept = await story.query(`SELECT DISTINCT ds FROM redcdm.dm_ecm_user_rfm_df`);
    expectRows(kept, `ds\n05-31\n09-15`);
  });

  it("follows the silence after a purchase (worked example 6), and counts who buys again", async () => {
    const world = new World();
    const spells = { a: [1], b: [2], c: [2], d: [-2], e: [5], f: [-7] };
    for (const [user, [days = 0]] of Object.entries(spells)) {
      order(world, user, "1", daysAfter("10-10 10:00", -Math.abs(days)));
      if (days > 0) order(world, user, "2", "10-10 10:00");
    }
    await story.tell(world);
    await story.run("10-10");
    const survival = await story.query(
      `SELECT gap_days, at_risk_cnt, event_cnt, ROUND(survival_rate, 4) AS survival, return_rate_after FROM \`${gap}\` WHERE gap_days IN (1, 2, 3, 5, 7, 8)`,
    );
    expectRows(
      survival,
      `gap_days | at_risk | event | survival | return_rate_after
       1        | 6       | 1     | 0.8333   | -
       2        | 5       | 2     | 0.5      | -
       3        | 2       | 0     | 0.5      | -
       5        | 2       | 1     | 0.25     | -
       7        | 1       | 0     | 0.25     | -
       8        | 0       | 0     | 0.25     | -`,
    );
    // 180 days on, all six have had their time to buy again: four did. Wilson's interval of 4 of 6, from his formula.
    await story.run("2025-04-10");
    expectRows(
      await story.query(
        `SELECT order_no, reached_uv, next_uv, ROUND(ci_low, 4) AS low, ROUND(ci_high, 4) AS high, ROUND(gain, 4) AS more, is_reported FROM \`${repurchase}\` WHERE order_no <= 3`,
      ),
      `order_no | reached_uv | next_uv | low   | high   | more    | reported
       1        | 6          | 4       | 0.3   | 0.9032 | -       | no
       2        | 4          | 0       | 0     | 0.4899 | -0.6667 | no
       3        | 0          | 0       | -     | -      | -       | no`,
    );
    // By then the four last purchases are spells, too, still open: of ten, 0.9 x 7/9 x 6/7 last longer than five days.
    expectRows(
      await story.query(`SELECT threshold_code AS about, verdict_code, judgement FROM \`${threshold}\``),
      `about         | verdict_code | judgement
       mature_orders | undecided    | Nobody reached order 3 long enough ago. Fewer than 100 users reached a second order: the data cannot tell.
       churn_days    | undecided    | 60.0% of silences last longer than 180 days; who comes back in the year after was not followed up. No silence was followed for a year: the data cannot tell.`,
    );
  });

  it("says in words what the data support, and what they suggest instead", async () => {
    const judge = async (rates: readonly number[], returns: (day: number) => number) => {
      await story.query(`CREATE OR REPLACE TABLE redcdm.dm_ecm_user_repurchase_evidence_df AS
        SELECT place + 1 AS order_no, 1000 AS reached_uv, 0 AS next_uv, rate AS repurchase_rate, 0.0 AS ci_low, 1.0 AS ci_high, 0.0 AS gain
        FROM UNNEST([${rates.map((rate) => rate.toFixed(2)).join(", ")}]) AS rate WITH OFFSET AS place`);
      const days = [1, 90, 179, 180, 200].map((day) => `(${day}, ${returns(day).toFixed(2)})`);
      await story.query(`CREATE OR REPLACE TABLE redcdm.dm_ecm_user_purchase_gap_evidence_df AS
        SELECT d AS gap_days, 1000 AS at_risk_cnt, 0 AS event_cnt, 0.5 AS survival_rate, 0.0 AS ci_low, 1.0 AS ci_high, back AS return_rate_after
        FROM UNNEST(ARRAY<STRUCT<d INT64, back FLOAT64>>[${days.join(", ")}])`);
      return story.query(
        `SELECT threshold_code AS about, suggested_value AS suggests, verdict_code, judgement FROM \`${threshold}\``,
      );
    };
    expectRows(
      await judge([0.3, 0.5, 0.7, 0.7, 0.71], (day) => (day < 180 ? 0.2 : 0.1)),
      `about         | suggests | verdict_code | judgement
       mature_orders | 3        | confirmed    | Of the users who reached order 3, 70.0% bought again within 180 days; one order more changes that by +0.0 points. Over the three orders after order 3 it no longer rises measurably: the data support 3.
       churn_days    | 180      | confirmed    | After 180 silent days 10.0% still buy within the next 365. That is the first day with 10% or fewer: the data support 180.`,
    );
    expectRows(
      await judge([0.3, 0.5, 0.51, 0.52, 0.52], (day) => (day < 90 ? 0.2 : 0.05)),
      `about         | suggests | verdict_code | judgement
       mature_orders | 2        | lower        | Of the users who reached order 3, 51.0% bought again within 180 days; one order more changes that by +1.0 points. Over the three orders after order 2 it no longer rises measurably: the data suggest 2, not 3.
       churn_days    | 90       | lower        | After 180 silent days 5.0% still buy within the next 365. 10% or fewer come back after 90 silent days: the data suggest 90, not 180.`,
    );
    // A slow rise: 0.53 to 0.56 is z = 1.3 and shows nothing; to the next three, 0.573 together, it is 2.4. From 0.56 it is 1.0.
    expectRows(
      await judge([0.5, 0.53, 0.56, 0.58, 0.58], (day) => (day < 200 ? 0.2 : 0.1)),
      `about         | suggests | verdict_code | judgement
       mature_orders | 3        | confirmed    | Of the users who reached order 3, 56.0% bought again within 180 days; one order more changes that by +2.0 points. Over the three orders after order 3 it no longer rises measurably: the data support 3.
       churn_days    | 200      | higher       | After 180 silent days 20.0% still buy within the next 365. 10% or fewer come back after 200 silent days: the data suggest 200, not 180.`,
    );
    expectRows(
      await judge([0.1, 0.2, 0.3, 0.4, 0.5], () => 0.3),
      `about         | suggests | verdict_code | judgement
       mature_orders | -        | undecided    | Of the users who reached order 3, 30.0% bought again within 180 days; one order more changes that by +10.0 points. The chance to buy again rises with every order up to 5, as far as 100 users went: no order stands out.
       churn_days    | -        | undecided    | After 180 silent days 30.0% still buy within the next 365. More than 10% come back after every silence that was followed up, 200 days at most: no day stands out.`,
    );
    // As `growth start` prints it.
    const client = new Client(story.url, "local");
    const printed = await judgementText(client, [{ name: threshold, kind: "view", rows: null, seconds: 0 }]);
    expect(printed?.split("\n").map((line) => line.slice(0, 45))).toEqual([
      "Of the users who reached order 3, 30.0% bough",
      "After 180 silent days 30.0% still buy within ",
    ]);
    expect(
      await judgementText(client, [{ name: core, kind: "view", rows: null, seconds: 0 }]),
    ).toBeUndefined();
  });
});

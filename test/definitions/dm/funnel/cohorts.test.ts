/**
 * Cohorts worked by hand: a user triggered twice in two scenes the same day, a coupon redeemed two days after its claim, one order
 * with coupons of two strategies, two coupons of one strategy on one line, refunds and returns on days of their own, control
 * users, users whose stage changes on the day, and denominators that are zero.
 */

import { loadMetrics } from "@growth/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expressionOf } from "../../../../packages/contracts/src/metrics/ossie.ts";
import { projectContracts } from "../../../support/contracts.ts";
import { project } from "../../../support/dataform.ts";
import { QuickStory } from "../../../support/quick-story.ts";
import { expectRows } from "../../../support/table-text.ts";
import { tables } from "../../../support/tables.ts";
import type { Moment } from "../../../support/time.ts";
import { coupon, World } from "../../../support/world.ts";

function story(): World {
  const world = new World();
  world.strategy({ strategy: "S1", name: "welcome", from: "05-20 00:00", budget: 100 });
  world.strategy({ strategy: "S2", name: "cart reminder", from: "05-20 00:00" });
  world.scene({ scene: "home", group: "feed", known: "05-20 00:00" });
  world.scene({ scene: "cart", group: "shop", known: "05-20 00:00" });
  for (const template of ["T1", "T2", "T3"])
    world.couponTemplate({ template, face: 10, known: "05-20 00:00" });
  world.couponTemplate({ template: "TP", type: "percent_off", known: "05-20 00:00" });
  for (const user of ["u1", "u2", "u3", "u4"]) world.user({ user, registered: "05-01 12:00" });

  // u1, S1 in home and S2 in cart on one day; both coupons go into one order of 06-03, on one line.
  const trigger = (
    execution: string,
    user: string,
    strategy: string,
    scene: string,
    coupons: string[],
    group?: "control",
  ) =>
    world.trigger({
      execution,
      user,
      strategy,
      scene,
      at: "06-01 10:00",
      benefits: coupons.map((template, at) => ({ seq: at + 1, coupon: template, planned: 10 })),
      ...(group ? { experiment: "X1", group } : {}),
    });
  const claim = (execution: string, user: string, seq: number, id: string, template: string, at: string) =>
    world.claimCoupon({ coupon: id, template, user, at, face: 10, execution, seq });
  trigger("E1", "u1", "S1", "home", ["T1"]);
  trigger("E2", "u1", "S2", "cart", ["T2"]);
  claim("E1", "u1", 1, "C1", "T1", "06-01 11:00");
  claim("E2", "u1", 1, "C2", "T2", "06-02 11:00");
  world.order({
    order: "O1",
    user: "u1",
    created: "06-03 09:00",
    paid: "06-03 09:01",
    lines: [{ line: "L1", list: 100, off: [coupon("C1", 10), coupon("C2", 10)] }],
  });
  world.refund({ line: "L1", at: "06-07 09:00", amount: 40 });
  world.returnBenefit({ benefit: "C2", order: "O1", at: "06-10 09:00" });
  // She comes back without any benefit: no figure of a funnel, but an answer to who does.
  world.order({
    order: "O3",
    user: "u1",
    created: "06-11 09:00",
    paid: "06-11 09:01",
    lines: [{ line: "L3", list: 30 }],
  });

  // u2, whose first order is of the same day: two coupons of S1 on one line.
  trigger("E3", "u2", "S1", "home", ["T1", "T3"]);
  claim("E3", "u2", 1, "C3", "T1", "06-01 10:30");
  claim("E3", "u2", 2, "C4", "T3", "06-01 10:31");
  world.order({
    order: "O2",
    user: "u2",
    created: "06-01 12:00",
    paid: "06-01 12:01",
    lines: [{ line: "L2", list: 50, off: [coupon("C3", 10), coupon("C4", 10)] }],
  });

  // u3 is in the control group; u4 is triggered in a scene that nobody knows, and claims a coupon without a face value.
  trigger("E4", "u3", "S1", "home", ["T1"], "control");
  trigger("E5", "u4", "S3", "somewhere", ["TP"]);
  claim("E5", "u4", 1, "C5", "TP", "06-01 10:30");
  world.userTag({ ds: "05-24", user: "u1", level: "L1", crowd: "old", ingested: "05-25 02:00" });
  world.userTag({
    ds: "05-31",
    user: "u1",
    level: "L2",
    crowd: "loyal",
    live: "high",
    ingested: "06-01 02:00",
  });
  world.userTag({ ds: "05-24", user: "u2", level: "L3", crowd: "new", live: "low", ingested: "05-25 02:00" });
  world.userTag({ ds: "05-25", user: "u2", level: "L4", ingested: "05-26 02:00" });
  world.userTag({
    ds: "06-01",
    user: "u2",
    level: "L5",
    crowd: "buyer",
    live: "mid",
    ingested: "06-02 02:00",
  });
  world.userTag({ ds: "05-24", user: "u4", level: "L3", ingested: "05-25 02:00" });
  return world;
}

const views = projectContracts()
  .filter(({ tags }) => tags.includes("funnel") && tags.includes("view"))
  .map(({ table }) => table);

const rules = [
  "funnel_redeemers_claimed",
  "funnel_windows_hold_each_other",
  "funnel_levels_add_up",
  "funnels_agree",
  "funnels_count_the_triggers",
  "funnel_events_are_the_redemptions",
].map((name) => `growth_assertions.rule_${name}`);

/** What the questions of the contracts are answered after 2024-06-12. */
const answers: Readonly<Record<string, string>> = {
  // No window of 14 days has ended yet.
  "Which coupon templates are claimed but not used?": "template_name | claim_cnt",
  "In which scenes do triggered users claim, and where do they stop?": `scene_group | scene_name | trigger_benefit | claim | benefit_claim_rate
    feed        | scene home | 3               | 3     | 1
    shop        | scene cart | 1               | 1     | 1
    unknown     | somewhere  | 1               | 1     | 1`,
  "How does the strategy that I configured today do so far?": "strategy_name | trigger_uv",
  // Of O1 half the line is each coupon's, and half the refund of 40.
  "Which strategies return the most for what the platform pays, after refunds?": `strategy_name | net_platform_subsidy | alloc_dgmv | net_alloc_roi
    cart reminder | 10                   | 50         | 3
    welcome       | 30                   | 100        | 2.666666667
    S3            | 0                    | 0          | -`,
  "Which crowd redeems but is not worth its subsidy?": `crowd_code | claim | redeem | benefit_redeem_rate | net_alloc_roi
    loyal      | 2     | 2      | 1                   | 3
    unknown    | 3     | 2      | ${2 / 3}            | 2.5`,
  // C2 comes back on 06-10, after the window.
  "On which users does each strategy spend?": `strategy_id | customer_stage_name | platform_subsidy | net_platform_subsidy
    S1 | 潜客 | 30 | 30
    S2 | 潜客 | 10 | 10
    S3 | 潜客 | 0  | 0`,
  "Do churned users answer to what new users answer to?": "customer_stage_name | trigger_uv",
  // u2 of no known crowd does not come back; u1 does.
  "Which crowd redeems but does not come back?": `crowd_code | redeem_uv | later_order_uv
    unknown    | 1         | 0
    loyal      | 1         | 1`,
};

describe("cohorts worked by hand", () => {
  let warehouse: QuickStory;
  beforeAll(async () => {
    warehouse = await QuickStory.open([...views, ...rules, "redcdm.v_dwd_ecm_trd_redemption_di"]);
    await warehouse.tell(story());
    await warehouse.run("06-01", "06-02", "06-04", "06-12");
  });
  afterAll(() => warehouse?.close());
  const rows = (table: string, where: string) =>
    warehouse.query(`SELECT * FROM \`${table}\` WHERE ds = '2024-06-01' AND ${where}`);

  it("count a user once in each strategy and once in all, and each order line once in a row", async () => {
    expectRows(
      await rows(
        tables.funnelStrategy,
        "level != 'strategy_id+strategy_version' AND window_days IN (1, 3, 7, 14)",
      ),
      `strategy_id | window_days | trigger_uv | trigger | claim_uv | claim | redeem_uv | redeem_cnt | redeem_order | dgmv | alloc_dgmv | refund | order_refund | net_dgmv | net_platform_subsidy
       ALL         | 1           | 3          | 4       | 3        | 5     | 1         | 2          | 1            | 50   | 50         | 0      | 0            | 50       | 20
       ALL         | 3           | 3          | 4       | 3        | 5     | 2         | 4          | 2            | 150  | 150        | 0      | 0            | 150      | 40
       ALL         | 7           | 3          | 4       | 3        | 5     | 2         | 4          | 2            | 150  | 150        | 40     | 40           | 110      | 40
       ALL         | 14          | 3          | 4       | 3        | 5     | 2         | 4          | 2            | 150  | 150        | 40     | 40           | 100      | 30
       S1          | 1           | 2          | 2       | 2        | 3     | 1         | 2          | 1            | 50   | 50         | 0      | 0            | 50       | 20
       S1          | 3           | 2          | 2       | 2        | 3     | 2         | 3          | 2            | 150  | 100        | 0      | 0            | 150      | 30
       S1          | 7           | 2          | 2       | 2        | 3     | 2         | 3          | 2            | 150  | 100        | 20     | 40           | 110      | 30
       S1          | 14          | 2          | 2       | 2        | 3     | 2         | 3          | 2            | 150  | 100        | 20     | 40           | 100      | 30
       S2          | 1           | 1          | 1       | 1        | 1     | 0         | 0          | 0            | 0    | 0          | 0      | 0            | 0        | 0
       S2          | 3           | 1          | 1       | 1        | 1     | 1         | 1          | 1            | 100  | 50         | 0      | 0            | 100      | 10
       S2          | 7           | 1          | 1       | 1        | 1     | 1         | 1          | 1            | 100  | 50         | 20     | 40           | 60       | 10
       S2          | 14          | 1          | 1       | 1        | 1     | 1         | 1          | 1            | 100  | 50         | 20     | 40           | 50       | 0
       S3          | 1           | 1          | 1       | 1        | 1     | 0         | 0          | 0            | 0    | 0          | 0      | 0            | 0        | 0
       S3          | 3           | 1          | 1       | 1        | 1     | 0         | 0          | 0            | 0    | 0          | 0      | 0            | 0        | 0
       S3          | 7           | 1          | 1       | 1        | 1     | 0         | 0          | 0            | 0    | 0          | 0      | 0            | 0        | 0
       S3          | 14          | 1          | 1       | 1        | 1     | 0         | 0          | 0            | 0    | 0          | 0      | 0            | 0        | 0`,
    );
  });

  it("have no rate where there is nothing to divide by", async () => {
    expectRows(
      await rows(tables.funnelStrategy, "level = 'strategy_id' AND window_days = 0"),
      `strategy_id | claim_uv | claim_rate | redeem_rate | trigger_redeem_rate | claimed_face | redeemed_discount | amount_redeem_rate | avg_buyer | roi | net_roi
       S1          | 2        | 1          | 0.5         | 0.5                 | 30           | 20                | ${20 / 30}         | 50        | 2.5 | 2.5
       S2          | 0        | 0          | -           | 0                   | 0            | 0                 | -                  | -         | -   | -
       S3          | 1        | 1          | 0           | 0                   | 0            | 0                 | -                  | -         | -   | -`,
    );
  });

  it("tell scenes and their groups apart, and a coupon's template", async () => {
    expectRows(
      await rows(tables.funnelScene, "window_days = 3"),
      `level                  | scene_group | scene_code | trigger_uv | redeem_uv | dgmv
       all                    | ALL         | ALL        | 3          | 2         | 150
       scene_group            | feed        | ALL        | 2          | 2         | 150
       scene_group            | shop        | ALL        | 1          | 1         | 100
       scene_group            | unknown     | ALL        | 1          | 0         | 0
       scene_group+scene_code | feed        | home       | 2          | 2         | 150
       scene_group+scene_code | shop        | cart       | 1          | 1         | 100
       scene_group+scene_code | unknown     | somewhere  | 1          | 0         | 0`,
    );
    expectRows(
      await rows(tables.funnelTemplate, "window_days = 3"),
      `level              | coupon_template_id | trigger_uv | redeem_uv | redeem_cnt | dgmv | alloc_dgmv
       all                | ALL                | 3          | 2         | 4          | 150  | 150
       coupon_template_id | T1                 | 2          | 2         | 2          | 150  | 75
       coupon_template_id | T2                 | 1          | 1         | 1          | 100  | 50
       coupon_template_id | T3                 | 1          | 1         | 1          | 50   | 25
       coupon_template_id | TP                 | 1          | 0         | 0          | 0    | 0`,
    );
  });

  it("know users as they were the day before: u2's first order of the day and its snapshot are not known yet", async () => {
    const finest = "customer_stage+consumption_level+is_new_buyer+crowd_code+live_activity_level";
    const funnel = "redcdm.dm_ecm_mkt_trigger_funnel_user_tag_1d_di";
    expectRows(
      await rows(funnel, `window_days = 3 AND level = '${finest}'`),
      `customer_stage | consumption_level | new_buyer | crowd_code | live_activity_level | trigger_uv | trigger | redeem_uv | dgmv
       potential      | L2                | yes       | loyal      | high                | 1          | 2       | 1         | 100
       potential      | L4                | yes       | unknown    | unknown             | 1          | 1       | 1         | 50
       potential      | unknown           | yes       | unknown    | unknown             | 1          | 1       | 0         | 0`,
    );
    expectRows(
      await rows(funnel, "window_days = 3 AND level IN ('all', 'customer_stage', 'is_new_buyer+crowd_code')"),
      `level                   | customer_stage | consumption_level | new_buyer | crowd_code | trigger_uv | redeem_order | dgmv
       all                     | ALL            | ALL               | -         | ALL        | 3          | 2            | 150
       customer_stage          | potential      | ALL               | -         | ALL        | 3          | 2            | 150
       is_new_buyer+crowd_code | ALL            | ALL               | yes       | loyal      | 1          | 1            | 100
       is_new_buyer+crowd_code | ALL            | ALL               | yes       | unknown    | 2          | 1            | 50`,
    );
    const levels = await rows(funnel, "window_days = 0");
    const at = levels.columns.findIndex(({ name }) => name === "level");
    expect(new Set(levels.rows.map((row) => row[at])).size).toBe(32);
    expectRows(
      await rows("redcdm.dm_ecm_mkt_trigger_strategy_cost_user_tag_1d_di", "window_days = 14"),
      `strategy_id | consumption_level | platform_subsidy | net_platform_subsidy
       S1          | L2                | 10               | 10
       S1          | L4                | 20               | 20
       S2          | L2                | 10               | 0
       S3          | unknown           | 0                | 0`,
    );
  });

  it("read with names, and answer the questions of their contracts", async () => {
    expectRows(
      await rows(
        "redcdm.v_dm_ecm_mkt_trigger_funnel_strategy_1d_di",
        "level != 'strategy_id' AND window_days = 7",
      ),
      `strategy_id | strategy_version | strategy_name | redeem_uv | maturity_name
       ALL         | ALL              | 合计            | 2         | 已定稿
       S1          | 1                | welcome       | 2         | 已定稿
       S2          | 1                | cart reminder | 1         | 已定稿
       S3          | 1                | S3            | 0         | 已定稿`,
    );
    expectRows(
      await rows(
        "redcdm.v_dm_ecm_mkt_trigger_funnel_strategy_1d_di",
        "level = 'strategy_id' AND window_days = 7",
      ),
      `strategy_id | budget | cumulative_subsidy | budget_used_rate
       S1          | 100    | 20                 | 0.2
       S2          | -      | 0                  | -
       S3          | -      | -                  | -`,
    );
    for (const { table, questions } of projectContracts().filter((contract) =>
      views.includes(contract.table),
    )) {
      expect(questions.length, table).toBeGreaterThan(0);
      for (const { question, sql } of questions)
        expectRows(await warehouse.query(sql), answers[question] ?? `no answer to: ${question}`);
    }
  });

  it("are what the exported formulas give over the events", async () => {
    const file = loadMetrics(project, projectContracts());
    const metrics = file.metrics.filter(({ grain }) => grain === "trigger_cohort");
    expect(metrics.length).toBeGreaterThan(25);
    const formulas = metrics.map((metric) => `COALESCE(${expressionOf(metric, file)}, 0) AS ${metric.code}`);
    const given = await warehouse.query(
      `SELECT ${formulas.join(", ")} FROM ${tables.funnelEvent} AS funnel_event
       WHERE ds = '2024-06-01' AND DATE_DIFF(event_ds, ds, DAY) <= 14`,
    );
    const shown = await warehouse.query(
      `SELECT ${metrics.map(({ code }) => `COALESCE(${code}, 0) AS ${code}`).join(", ")} FROM ${tables.funnelStrategy}
       WHERE ds = '2024-06-01' AND window_days = 14 AND level = 'all'`,
    );
    expect(given.rows[0]?.map(Number)).toEqual(shown.rows[0]?.map(Number));
  });

  it("keep the rules over the funnels, each of which notices what breaks it", async () => {
    const broken = async () => {
      const found = await warehouse.query(
        rules.map((view) => `SELECT DISTINCT rule_name FROM \`${view}\``).join(" UNION ALL "),
      );
      return found.rows.map(([name]) => String(name)).sort();
    };
    expect(await broken()).toEqual([]);
    const { funnelStrategy, funnelTemplate, funnelEvent } = tables;
    const breaking: [statement: string, rules: string[]][] = [
      [
        `UPDATE ${funnelStrategy} SET claim_uv = claim_uv - 1 WHERE level = 'strategy_id' AND strategy_id = 'S2'`,
        ["funnel_redeemers_claimed"],
      ],
      [
        `UPDATE ${funnelStrategy} SET redeem_cnt = 0 WHERE level = 'strategy_id' AND window_days = 30`,
        ["funnel_windows_hold_each_other"],
      ],
      [
        `UPDATE ${funnelStrategy} SET alloc_dgmv_amt = 1 WHERE level = 'strategy_id' AND window_days = 30`,
        ["funnel_levels_add_up"],
      ],
      [
        `UPDATE ${funnelStrategy} SET order_refund_amt = 1 WHERE level = 'all' AND window_days = 30`,
        ["funnels_agree"],
      ],
      [
        `UPDATE ${funnelTemplate} SET alloc_dgmv_amt = 1 WHERE level = 'all' AND window_days = 30`,
        ["funnels_agree"],
      ],
      [
        `UPDATE ${funnelStrategy} SET trigger_cnt = 9 WHERE level = 'all' AND window_days = 0`,
        ["funnels_agree", "funnels_count_the_triggers"],
      ],
      [`DELETE FROM ${funnelEvent} WHERE event_type = 'change'`, ["funnel_events_are_the_redemptions"]],
    ];
    for (const [statement, expected] of breaking) {
      await warehouse.query(statement);
      expect(await broken(), statement).toEqual(expect.arrayContaining(expected));
      await warehouse.refreshed(funnelStrategy);
    }
  });

  it("are what a full refresh gives", async () => {
    expect(await warehouse.refreshed("redcdm.dm_ecm_mkt_trigger_funnel_user_tag_1d_di")).toEqual([]);
  });

  it("know users as they were the day before: who becomes mature or churned on the day is so from the next day's cohort on", async () => {
    const world = new World();
    const buys = (user: string, at: Moment) =>
      world.order({
        order: `${user} ${at}`,
        user,
        created: at,
        paid: at,
        lines: [{ line: `${user} ${at}`, list: 10 }],
      });
    // The third order, an hour before the trigger of its day; and 180 days of silence, full on 06-01.
    for (const at of ["05-01 09:00", "05-10 09:00", "06-01 09:00"] as const) buys("becomes mature", at);
    buys("becomes churned", "2023-12-04 09:00");
    // Bought again on the day, and is triggered after it: churned the day before.
    buys("comes back", "2023-10-01 09:00");
    buys("comes back", "06-01 09:00");
    for (const user of ["becomes mature", "becomes churned", "comes back"])
      for (const day of ["06-01", "06-02"] as const)
        world.trigger({
          execution: `${user} ${day}`,
          user,
          at: `${day} 10:00`,
          benefits: [{ seq: 1, coupon: "T1", planned: 10 }],
        });
    await warehouse.tell(world);
    await warehouse.run("05-31", "06-01", "06-02");
    expectRows(
      await warehouse.query(
        "SELECT user_id, ds, customer_stage, is_new_buyer FROM redcdm.dwd_ecm_mkt_trigger_user_tag_di",
      ),
      `user            | ds    | customer_stage | new_buyer
       becomes churned | 06-01 | new            | no
       becomes churned | 06-02 | churned        | no
       becomes mature  | 06-01 | new            | no
       becomes mature  | 06-02 | mature         | no
       comes back      | 06-01 | churned        | no
       comes back      | 06-02 | new            | no`,
    );
    expectRows(
      await warehouse.query(
        `SELECT ds, customer_stage, trigger_uv FROM redcdm.dm_ecm_mkt_trigger_funnel_user_tag_1d_di
         WHERE window_days = 0 AND level = 'customer_stage'`,
      ),
      `ds    | customer_stage | trigger_uv
       06-01 | churned        | 1
       06-01 | new            | 2
       06-02 | churned        | 1
       06-02 | mature         | 1
       06-02 | new            | 1`,
    );
  });
});

/**
 * The platform delivers triggers twice, late, changed, and after their claims.
 *
 * Assumed where the definitions are silent: a claim without a trigger keeps the execution_id it came with; an unclaimed
 * benefit is its own first row in the chain.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectRows } from "../../support/table-text.ts";
import { openWarehouse, type Warehouse } from "../../support/warehouse.ts";
import { coupon, type Planned, World } from "../../support/world.ts";

const T1: Planned[] = [{ seq: 1, coupon: "T1", planned: 10 }];

function story(): World {
  const world = new World();
  for (const template of ["T1", "T3"]) world.couponTemplate({ template, face: 10, known: "05-20 00:00" });
  world.allowanceTemplate({ template: "T2", face: 5, known: "05-20 00:00" });
  world.strategy({ strategy: "S1", from: "05-20 00:00" });
  world.strategy({ strategy: "S1", version: 2, from: "07-04 00:00" });
  retriedWithAnotherContent(world);
  retriedAtTheSameInstant(world);
  claimedBeforeItsTrigger(world);
  triggeredLongAgo(world);
  claimedWithoutSequence(world);
  oddArrays(world);
  experiment(world);
  return world;
}

/** E10: what comes first is a retry; the original, of the day before, comes two days late and is corrected later. */
function retriedWithAnotherContent(world: World): void {
  world.trigger({
    execution: "E10",
    log: "log-10b",
    user: "u10",
    at: "07-01 00:02",
    benefits: [...T1, { seq: 2, allowance: "T2", planned: 5 }],
  });
  world.claimCoupon({
    coupon: "K10",
    template: "T1",
    user: "u10",
    at: "07-01 09:00",
    face: 10,
    execution: "E10",
    seq: 1,
  });
  world.grantAllowance({
    allowance: "W10",
    template: "T2",
    user: "u10",
    at: "07-01 09:01",
    amount: 5,
    execution: "E10",
    seq: 2,
  });

  const original = { execution: "E10", log: "log-10a", user: "u10", at: "06-30 23:59" };
  const T3: Planned = { seq: 3, coupon: "T3", planned: 8 };
  world.trigger({
    ...original,
    benefits: [{ seq: 1, coupon: "T1", planned: 12 }, T3],
    ingested: "07-03 02:00",
  });
  world.trigger({
    ...original,
    version: 2,
    benefits: [{ seq: 1, coupon: "T1", planned: 15 }, T3],
    ingested: "07-04 02:00",
  });
}

/** E11: two deliveries of the same instant; the smaller log_id wins, and comes a day later. */
function retriedAtTheSameInstant(world: World): void {
  const delivery = { execution: "E11", user: "u11", at: "07-01 10:00" };
  world.trigger({ ...delivery, log: "log-11b", benefits: T1 });
  world.trigger({
    ...delivery,
    log: "log-11a",
    scene: "search",
    benefits: [{ seq: 1, coupon: "T1", planned: 11 }],
    ingested: "07-02 03:00",
  });
}

/** E12: claimed on 07-02, redeemed on 07-03; its trigger of 07-02 is delivered on 07-04. */
function claimedBeforeItsTrigger(world: World): void {
  world.claimCoupon({
    coupon: "K12",
    template: "T1",
    user: "u12",
    at: "07-02 12:00",
    face: 10,
    execution: "E12",
    seq: 1,
  });
  world.order({
    order: "O12",
    user: "u12",
    created: "07-03 10:00",
    paid: "07-03 10:01",
    lines: [{ line: "L12", list: 30, off: [coupon("K12", 10)] }],
  });
  world.trigger({ execution: "E12", user: "u12", at: "07-02 11:59", benefits: T1, ingested: "07-04 08:00" });
}

/** Triggers of 31 and of 30 days before their claims of 07-01, and one of the day after its claim. */
function triggeredLongAgo(world: World): void {
  const claim = { template: "T1", at: "07-01 12:00", face: 10, seq: 1 };
  world.trigger({ execution: "E13", user: "u13", at: "05-31 23:59", benefits: T1 });
  world.claimCoupon({ ...claim, coupon: "K13", user: "u13", execution: "E13" });
  world.trigger({ execution: "E14", user: "u14", at: "06-01 00:00", benefits: T1 });
  world.claimCoupon({ ...claim, coupon: "K14", user: "u14", execution: "E14" });
  world.trigger({ execution: "E15", user: "u15", at: "07-02 00:00", benefits: T1 });
  world.claimCoupon({ ...claim, coupon: "K15", user: "u15", execution: "E15" });
}

/** Claims that name no benefit_seq: one can only mean E16's second benefit, the other one of two of E17. */
function claimedWithoutSequence(world: World): void {
  const claim = { at: "07-01 13:00", face: 10 };
  world.trigger({
    execution: "E16",
    user: "u16",
    at: "07-01 08:00",
    benefits: [...T1, { seq: 2, coupon: "T3", planned: 8 }],
  });
  world.claimCoupon({ ...claim, coupon: "K16", template: "T3", user: "u16", execution: "E16" });
  world.trigger({
    execution: "E17",
    user: "u17",
    at: "07-01 08:00",
    benefits: [...T1, { seq: 2, coupon: "T1", planned: 20 }],
  });
  world.claimCoupon({ ...claim, coupon: "K17", template: "T1", user: "u17", execution: "E17" });
}

/** E18 repeats a benefit_seq, E19 has no benefit at all. */
function oddArrays(world: World): void {
  world.trigger({
    execution: "E18",
    user: "u18",
    at: "07-01 08:00",
    benefits: [
      { seq: 1, coupon: "T3", planned: 8 },
      { seq: 1, coupon: "T1", planned: 10 },
    ],
  });
  world.trigger({ execution: "E19", user: "u19", at: "07-01 08:00", benefits: [] });
}

/** X1 has E20 in control and E21 in treatment. */
function experiment(world: World): void {
  const at = "07-02 09:00";
  world.trigger({ execution: "E20", user: "u20", at, benefits: T1, experiment: "X1", group: "control" });
  world.trigger({ execution: "E21", user: "u21", at, benefits: T1, experiment: "X1", group: "treatment" });
  world.claimCoupon({
    coupon: "K21",
    template: "T1",
    user: "u21",
    at: "07-02 09:30",
    face: 10,
    execution: "E21",
    seq: 1,
  });
}

describe("triggers delivered twice, late and changed", () => {
  let warehouse: Warehouse;
  beforeAll(async () => {
    warehouse = await openWarehouse(story());
  });
  afterAll(() => warehouse?.close());
  const triggered = (execution: string) =>
    warehouse.rows("executionBenefit", `execution_id = '${execution}'`);

  describe("07-01: the first deliveries", () => {
    beforeAll(() => warehouse.run("07-01"));

    it("shows E10 and E11 as their retries say", async () => {
      expectRows(
        await triggered("E10"),
        `execution | benefit_seq | ds    | triggered_at | strategy_version | benefit_type | template | planned
         E10       | 1           | 07-01 | 07-01 00:02  | 1                | coupon       | T1       | 10
         E10       | 2           | 07-01 | 07-01 00:02  | 1                | allowance    | T2       | 5`,
      );
      expectRows(
        await triggered("E11"),
        `execution | benefit_seq | ds    | scene_code | planned
         E11       | 1           | 07-01 | home       | 10`,
      );
    });

    it("joins K10 and W10 to E10's benefits", async () => {
      expectRows(
        await warehouse.rows("executionCoupon", "coupon_id = 'K10'"),
        `coupon | execution | benefit_seq | has_trigger | trigger_ds | triggered_at
         K10    | E10       | 1           | yes         | 07-01      | 07-01 00:02`,
      );
      expectRows(
        await warehouse.rows("executionAllowance"),
        `allowance | execution | benefit_seq | has_trigger | trigger_ds | triggered_at
         W10       | E10       | 2           | yes         | 07-01      | 07-01 00:02`,
      );
    });

    it("finds a trigger of 30 days before the claim, none of 31, and none of a later day", async () => {
      expectRows(
        await warehouse.rows("executionCoupon", "coupon_id IN ('K13', 'K14', 'K15')"),
        `coupon | execution | has_trigger | trigger_ds | triggered_at | strategy | strategy_version | scene_code | claim_ds
         K13    | E13       | no          | -          | -            | -        | -                | -          | 07-01
         K14    | E14       | yes         | 06-01      | 06-01 00:00  | S1       | 1                | home       | 07-01
         K15    | E15       | no          | -          | -            | -        | -                | -          | 07-01`,
      );
      expectRows(
        await warehouse.rows("couponChain", "execution_id IN ('E13', 'E14')"),
        `row_key     | ds    | is_claimed | planned
         E13|1|∅|∅   | 05-31 | no         | 10
         E14|1|K14|∅ | 06-01 | yes        | 10`,
      );
    });

    it("matches a claim without benefit_seq only where a single benefit of its template exists", async () => {
      expectRows(
        await warehouse.rows("executionCoupon", "coupon_id IN ('K16', 'K17')"),
        `coupon | has_trigger | trigger_ds
         K16    | yes         | 07-01
         K17    | no          | -`,
      );
      expectRows(
        await warehouse.rows("couponChain", "execution_id IN ('E16', 'E17')"),
        `row_key     | template | is_claimed
         E16|1|∅|∅   | T1       | no
         E16|2|K16|∅ | T3       | yes
         E17|1|∅|∅   | T1       | no
         E17|2|∅|∅   | T1       | no`,
      );
    });

    it("takes the first element of a repeated benefit_seq, and no row of an empty array", async () => {
      expectRows(
        await warehouse.rows("executionBenefit", "execution_id IN ('E18', 'E19')"),
        `execution | benefit_seq | template | planned
         E18       | 1           | T3       | 8`,
      );
    });
  });

  describe("07-02: E11's other delivery arrives; K12 is claimed without a trigger; X1 triggers", () => {
    beforeAll(() => warehouse.run("07-02"));

    it("takes E11 from the smaller log_id", async () => {
      expectRows(
        await triggered("E11"),
        `execution | benefit_seq | ds    | scene_code | planned
         E11       | 1           | 07-01 | search     | 11`,
      );
      expectRows(
        await warehouse.rows("couponChain", "execution_id = 'E11'"),
        `row_key   | ds    | scene_code | planned
         E11|1|∅|∅ | 07-01 | search     | 11`,
      );
    });

    it("keeps K12 with has_trigger FALSE and out of the chain", async () => {
      expectRows(
        await warehouse.rows("executionCoupon", "coupon_id = 'K12'"),
        `coupon | execution | has_trigger | trigger_ds | triggered_at | strategy | scene_code | user | claim_ds | coupon_state
         K12    | E12       | no          | -          | -            | -        | -          | u12  | 07-02    | available`,
      );
      expect((await warehouse.rows("couponChain", "execution_id = 'E12'")).rows).toEqual([]);
      expectRows(
        await warehouse.rows("couponWide", "coupon_id = 'K12'"),
        `row_key | ds    | execution | use_state
         K12|∅   | 07-02 | E12       | unused`,
      );
    });

    it("keeps the control user's trigger, marked, and leaves it out of the chain", async () => {
      expectRows(
        await warehouse.rows("executionBenefit", "experiment_id = 'X1'"),
        `execution | benefit_seq | ds    | experiment | experiment_group | control | template | planned
         E20       | 1           | 07-02 | X1         | control          | yes     | T1       | 10
         E21       | 1           | 07-02 | X1         | treatment        | no      | T1       | 10`,
      );
      expectRows(
        await warehouse.rows("couponChain", "ds = '2024-07-02'"),
        `row_key     | is_claimed
         E15|1|∅|∅   | no
         E21|1|K21|∅ | yes`,
      );
    });

    it("is what a full refresh gives", () => warehouse.expectSameAsFullRefresh());
  });

  describe("07-03: E10's original delivery arrives; K12 is redeemed", () => {
    beforeAll(() => warehouse.run("07-03"));

    it("takes E10 whole from the original: another day, other benefits, nothing merged", async () => {
      expectRows(
        await triggered("E10"),
        `execution | benefit_seq | ds    | triggered_at | strategy_version | benefit_type | template | planned
         E10       | 1           | 06-30 | 06-30 23:59  | 1                | coupon       | T1       | 12
         E10       | 3           | 06-30 | 06-30 23:59  | 1                | coupon       | T3       | 8`,
      );
      expectRows(
        await warehouse.rows("couponChain", "execution_id = 'E10'"),
        `row_key     | ds    | triggered_at | is_claimed | planned | claim_at
         E10|1|K10|∅ | 06-30 | 06-30 23:59  | yes        | 12      | 07-01 09:00
         E10|3|∅|∅   | 06-30 | 06-30 23:59  | no         | 8       | -`,
      );
    });

    it("takes W10's trigger away: the winning delivery has no such benefit", async () => {
      expectRows(
        await warehouse.rows("executionAllowance"),
        `allowance | execution | has_trigger | trigger_ds | triggered_at | strategy | grant
         W10       | E10       | no          | -          | -            | -        | 5`,
      );
      expect((await warehouse.rows("allowanceChain")).rows).toEqual([]);
    });

    it("shows K12's redemption where no trigger is needed", async () => {
      expectRows(
        await warehouse.rows("couponWide", "coupon_id = 'K12'"),
        `row_key | ds    | use_state | coupon_state | claim_to_redeem_days | discount
         K12|O12 | 07-02 | redeemed  | redeemed     | 1                    | 10`,
      );
      expectRows(
        await warehouse.rows("executionCoupon", "coupon_id = 'K12'"),
        `coupon | has_trigger | coupon_state
         K12    | no          | redeemed`,
      );
      expect((await warehouse.rows("couponChain", "execution_id = 'E12'")).rows).toEqual([]);
    });

    it("is what a full refresh gives", () => warehouse.expectSameAsFullRefresh());
  });

  describe("07-04: E10's original is delivered again, changed; E12's trigger arrives", () => {
    beforeAll(() => warehouse.run("07-04"));

    it("shows E10 as the latest version of its winning log row says", async () => {
      expectRows(
        await triggered("E10"),
        `execution | benefit_seq | ds    | strategy_version | template | planned
         E10       | 1           | 06-30 | 2                | T1       | 15
         E10       | 3           | 06-30 | 2                | T3       | 8`,
      );
      expectRows(
        await warehouse.rows("executionCoupon", "coupon_id = 'K10'"),
        `coupon | has_trigger | trigger_ds | strategy_version
         K10    | yes         | 06-30      | 2`,
      );
    });

    it("joins K12 to its trigger, redemption and all", async () => {
      expectRows(
        await warehouse.rows("executionCoupon", "coupon_id = 'K12'"),
        `coupon | execution | has_trigger | trigger_ds | triggered_at | strategy | scene_code
         K12    | E12       | yes         | 07-02      | 07-02 11:59  | S1       | home`,
      );
      expectRows(
        await warehouse.rows("couponChain", "execution_id = 'E12'"),
        `row_key       | ds    | is_claimed | is_redeemed | claim_ds | redeem_ds | discount | alloc_dgmv
         E12|1|K12|O12 | 07-02 | yes        | yes         | 07-02    | 07-03     | 10       | 30`,
      );
    });

    it("has each execution's benefit once", async () => {
      expectRows(
        await warehouse.query(
          `SELECT COUNT(*) AS row_cnt, COUNT(DISTINCT FORMAT('%s|%d', execution_id, benefit_seq)) AS key_cnt
           FROM \`redcdm.dwd_ecm_mkt_user_strategy_execution_benefit_di\``,
        ),
        `row_cnt | key_cnt
         14      | 14`,
      );
    });

    it("is what a full refresh gives", () => warehouse.expectSameAsFullRefresh());
  });
});

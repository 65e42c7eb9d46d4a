/**
 * Tiny worlds in the funnels: every row of every table, cell by cell, is what the judge works out from the raw versions of
 * all worlds together; and day by day gives what a full refresh gives.
 *
 * WORLDS_SEED runs other worlds.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judge } from "../../packages/simulator/src/judge/judge.ts";
import { addDays } from "../../packages/simulator/src/judge/time.ts";
import type { Run } from "../support/compiled.ts";
import { checkWorlds, type Plan, told } from "./check-worlds.ts";
import { FastWarehouse } from "./fast-warehouse.ts";
import { smallest } from "./shrink.ts";
import { FIRST_DAY, type TinyWorld, tinyWorld } from "./tiny-world.ts";

const SEED = Number(process.env.WORLDS_SEED ?? 1);
const WORLDS = 100;
const funnels = judge({}, { run_date: FIRST_DAY })
  .map(({ table }) => table)
  .filter((table) => table.includes("_mkt_trigger_"));
const events = "redcdm.dwd_ecm_mkt_trigger_funnel_event_di";
const states = [events, "redcdm.dwd_ecm_mkt_trigger_user_tag_di", "redcdm.dim_ecm_user_paid_df"];

/** A run at the end of a day, or at noon. */
function run(day: number, noon = false): Run {
  const runDate = addDays(FIRST_DAY, day);
  return { runDate, asOf: noon ? `${runDate} 12:00:00+08:00` : `${addDays(runDate, 1)} 00:00:00+08:00` };
}

const plan = (runs: readonly Run[], apart = false): Plan => ({ runs, apart, tables: [], together: funnels });
const plans: Readonly<Record<string, Plan>> = {
  "day by day": plan([0, 2, 4].map((day) => run(day))),
  "with unfinished days and days left out, every world in days of its own": plan(
    [run(0, true), run(3, true), run(5)],
    true,
  ),
  "until windows have closed": plan([run(4), run(12)]),
};

describe("funnels of tiny worlds", () => {
  let warehouse: FastWarehouse;
  beforeAll(async () => {
    warehouse = await FastWarehouse.open([...funnels, ...states]);
  });
  afterAll(() => warehouse?.close());

  for (const [at, [name, plan]] of Object.entries(plans).entries()) {
    it(`are what the judge says, run ${name}`, async () => {
      const worlds = fc.sample(tinyWorld, { seed: SEED + at, numRuns: WORLDS });
      const found = await checkWorlds(warehouse, worlds, plan, states);
      const failing = found.find(({ world }) => world >= 0);
      const smaller = failing && (await smallest(warehouse, worlds[failing.world] as TinyWorld, plan));
      expect(smaller ? told(smaller.differences) : told(found), told(found)).toBe("");
    });
  }

  it("name a funnel that is broken on purpose", async () => {
    const table = "redcdm.dm_ecm_mkt_trigger_funnel_strategy_1d_di";
    const worlds = fc.sample(tinyWorld, { seed: SEED, numRuns: WORLDS });
    const broken = async (model: string, from: string, to: string) => {
      const changed = warehouse.broken(model, (script) => script.replaceAll(from, to), [table]);
      const found = await checkWorlds(changed, worlds, { runs: [run(4)], tables: [], together: [table] });
      return new Set(found.map(({ column }) => column));
    };
    // A partly refunded line counts as fully refunded; an order line is counted once per benefit on it.
    expect(await broken(events, "refund_amt >= line.pay_amt", "refund_amt > 0")).toContain("net_dgmv_amt");
    expect(
      await broken(
        table,
        "fact.order_line_id, fact.event_ds",
        "fact.claim_id, fact.order_line_id, fact.event_ds",
      ),
    ).toContain("dgmv_amt");
  });
});

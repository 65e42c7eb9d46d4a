/**
 * Whatever the platform delivers, every public and wide table holds, cell by cell, what the judge works out from the raw
 * versions; and day by day gives what a full refresh gives. A failure shows the smallest world that fails.
 *
 * WORLDS_SEED and WORLDS_ROUNDS run other worlds, and more of them.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judge } from "../../packages/simulator/src/judge/judge.ts";
import { addDays } from "../../packages/simulator/src/judge/time.ts";
import type { Run } from "../support/compiled.ts";
import { checkWorlds, type Plan, told, toldWorld } from "./check-worlds.ts";
import { runByCli, sentTo } from "./cli-warehouse.ts";
import { FastWarehouse } from "./fast-warehouse.ts";
import { smallest } from "./shrink.ts";
import { FIRST_DAY, type TinyWorld, tinyWorld } from "./tiny-world.ts";

const SEED = Number(process.env.WORLDS_SEED ?? 1);
const ROUNDS = Number(process.env.WORLDS_ROUNDS ?? 1);
const WORLDS = 25;

/** A run at the end of a day, or at noon. */
function run(day: number, noon = false): Run {
  const runDate = addDays(FIRST_DAY, day);
  return { runDate, asOf: noon ? `${runDate} 12:00:00+08:00` : `${addDays(runDate, 1)} 00:00:00+08:00` };
}

// Rows of the funnels belong to many worlds at once: funnel-worlds.test.ts holds them against the judge.
const judgedTables = judge({}, { run_date: FIRST_DAY })
  .map(({ table }) => table)
  .filter((table) => !table.includes("_mkt_trigger_"));
const plans: Readonly<Record<string, Plan>> = {
  "day by day": { runs: [0, 1, 2, 3, 4, 5].map((day) => run(day)), tables: judgedTables },
  "with unfinished days and days left out": {
    runs: [run(0, true), run(0), run(1, true), run(3, true), run(3), run(5)],
    apart: true,
    tables: judgedTables,
  },
  "late, every world in days of its own": {
    runs: [run(1), run(2), run(3), run(4)],
    apart: true,
    tables: judgedTables,
  },
  "until the windows have passed": { runs: [run(4), run(40), run(504), run(604)], tables: judgedTables },
};

const stateTables = [
  "allowance_flow",
  "coupon",
  "order_benefit",
  "order_line",
  "promotion_target",
  "refund",
  "strategy_execution_log",
].map((name) => `growth_state.${name}`);

describe("tiny worlds", () => {
  let warehouse: FastWarehouse;
  beforeAll(async () => {
    warehouse = await FastWarehouse.open([...judgedTables, ...stateTables]);
  });
  afterAll(() => warehouse?.close());

  for (const [name, plan] of Object.entries(plans)) {
    for (let round = 0; round < ROUNDS; round++) {
      const seed = SEED + round;
      it(`are what the judge says, run ${name} (seed ${seed})`, async () => {
        const worlds = fc.sample(tinyWorld, { seed, numRuns: WORLDS });
        const found = await checkWorlds(warehouse, worlds, plan, stateTables);
        expect(await explained(worlds, plan, found[0]?.world), told(found)).toBe("");
      });
    }
  }

  it("are what the judge says when the stock Dataform CLI runs them, which sends these very scripts", async () => {
    const worlds = fc.sample(tinyWorld, { seed: SEED, numRuns: WORLDS });
    // Days that no other test of this file runs, so that nobody else can have sent their scripts.
    const plan = { runs: [run(12), run(14)], tables: judgedTables };
    expect(told(await checkWorlds(runByCli(warehouse), worlds, plan, stateTables))).toBe("");
    const sent = await sentTo(warehouse.url);
    const ours = [
      ...(await warehouse.scripts(run(12), true)),
      ...(await warehouse.scripts(run(14), false)),
      ...(await warehouse.scripts(run(14), true)),
    ];
    expect(ours.filter((script) => !sent.has(script))).toEqual([]);
    expect(ours).toHaveLength(3 * warehouse.actions.length);
  });

  it("name a model that is broken on purpose, in a world of a few versions", async () => {
    const table = "redcdm.dwd_ecm_mkt_user_strategy_execution_benefit_di";
    const broken = warehouse.broken(table, (script) =>
      script.replaceAll(
        "PARTITION BY execution_id ORDER BY triggered_at",
        "PARTITION BY log_id ORDER BY triggered_at",
      ),
    );
    const worlds = fc.sample(tinyWorld, { seed: SEED, numRuns: WORLDS });
    const plan = { runs: [run(4)], tables: [table] };
    const found = await checkWorlds(broken, worlds, plan);
    expect(new Set(found.map((difference) => difference.table))).toEqual(new Set([table]));
    const shrunk = await smallest(broken, worlds[found[0]?.world ?? 0] as TinyWorld, plan);
    expect(shrunk?.world.length, told(shrunk?.differences ?? [])).toBe(2);
  });

  /** The smallest world that fails as the given one does, with its versions. */
  async function explained(
    worlds: readonly TinyWorld[],
    plan: Plan,
    failing: number | undefined,
  ): Promise<string> {
    if (failing === undefined) return "";
    const found = await smallest(warehouse, worlds[failing] as TinyWorld, plan);
    if (!found) return `World ${failing} fails beside the others only.`;
    return `${told(found.differences)}\n\nin a world of these versions:\n${toldWorld(found.world)}\n`;
  }
});

/**
 * Worlds of users with several orders each, refunded, corrected and late: the tables of users hold, cell by cell, what the
 * judge works out from the raw versions, and day by day gives what a full refresh gives.
 *
 * WORLDS_SEED runs other worlds.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addDays } from "../../packages/simulator/src/judge/time.ts";
import type { Run } from "../support/compiled.ts";
import { checkWorlds, type Plan, told, toldWorld } from "./check-worlds.ts";
import { FastWarehouse } from "./fast-warehouse.ts";
import { smallest } from "./shrink.ts";
import { FIRST_DAY, type TinyWorld, worldsWith } from "./tiny-world.ts";

const SEED = Number(process.env.WORLDS_SEED ?? 1);
const WORLDS = 100;
const tables = ["redcdm.dim_ecm_user_lifecycle_df"];

/** A run at the end of a day, or at noon. */
function run(day: number, noon = false): Run {
  const runDate = addDays(FIRST_DAY, day);
  return { runDate, asOf: noon ? `${runDate} 12:00:00+08:00` : `${addDays(runDate, 1)} 00:00:00+08:00` };
}

const plans: Readonly<Record<string, Plan>> = {
  "day by day": { runs: [0, 1, 2, 3, 4, 5].map((day) => run(day)), tables },
  "with unfinished days and days left out": {
    runs: [run(0, true), run(0), run(2, true), run(4), run(5)],
    tables,
  },
  "until the customers have churned": { runs: [run(3), run(150), run(182), run(184), run(185)], tables },
};

describe("worlds of users", () => {
  let warehouse: FastWarehouse;
  beforeAll(async () => {
    warehouse = await FastWarehouse.open(tables);
  });
  afterAll(() => warehouse?.close());

  for (const [at, [name, plan]] of Object.entries(plans).entries()) {
    it(`are what the judge says, run ${name}`, async () => {
      const worlds = fc.sample(worldsWith(8), { seed: SEED + at, numRuns: WORLDS });
      const found = await checkWorlds(warehouse, worlds, plan);
      const failing = found[0] && (worlds[found[0].world] as TinyWorld);
      const smaller = failing && (await smallest(warehouse, failing, plan));
      expect(
        smaller
          ? `${told(smaller.differences)}\n\nin a world of these versions:\n${toldWorld(smaller.world)}`
          : "",
        told(found),
      ).toBe("");
    });
  }
});

/**
 * Worlds of users with several orders each, refunded, corrected and late, all in one warehouse: the tables of users, days and
 * strategies hold, cell by cell, what the judge works out from the raw versions of all of them together, and day by day give
 * what a full refresh gives.
 *
 * WORLDS_SEED runs other worlds.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judgeAggregates } from "../../packages/simulator/src/judge/aggregates.ts";
import type { RawSources } from "../../packages/simulator/src/judge/rows.ts";
import { addDays } from "../../packages/simulator/src/judge/time.ts";
import { differences } from "../support/compare.ts";
import type { Run } from "../support/compiled.ts";
import type { Rows } from "../support/table-text.ts";
import { together } from "./check-worlds.ts";
import { FastWarehouse } from "./fast-warehouse.ts";
import { typedRows } from "./judged.ts";
import { FIRST_DAY, versionsOf, worldsWith } from "./tiny-world.ts";

const SEED = Number(process.env.WORLDS_SEED ?? 1);
const WORLDS = 100;
const DAYS_APART = 8;
const rfm = "redcdm.dm_ecm_user_rfm_df";
const RFM_DAYS = 90;
const tables = judgeAggregates([], { run_date: FIRST_DAY }).map(({ table }) => table);

/** A run at the end of a day, or at noon. */
function run(day: number, noon = false): Run {
  const runDate = addDays(FIRST_DAY, day);
  return { runDate, asOf: noon ? `${runDate} 12:00:00+08:00` : `${addDays(runDate, 1)} 00:00:00+08:00` };
}

interface Plan {
  readonly runs: readonly Run[];
  /** Every world's events lie in days of their own. */
  readonly apart?: boolean;
}
const plans: Readonly<Record<string, Plan>> = {
  "day by day": { runs: [0, 1, 2, 4, 5].map((day) => run(day)) },
  "late, with unfinished days and days left out": {
    runs: [run(0, true), run(0), run(3, true), run(5)],
    apart: true,
  },
  "until the customers have churned": { runs: [run(3), run(35), run(150), run(185)] },
};

describe("worlds of users", () => {
  let warehouse: FastWarehouse;
  beforeAll(async () => {
    warehouse = await FastWarehouse.open(tables);
  });
  afterAll(() => warehouse?.close());

  for (const [at, [name, plan]] of Object.entries(plans).entries()) {
    it(`are what the judge says, run ${name}`, async () => {
      const worlds = fc
        .sample(worldsWith(8), { seed: SEED + at, numRuns: WORLDS })
        .map((world, n) => versionsOf(world, { prefix: `w${n}.`, late: plan.apart ? DAYS_APART * n : 0 }));
      expect(await failures(worlds, plan)).toEqual([]);
    });
  }

  /** What differs from the judge after a run, or from a full refresh after the last one; the first few. */
  async function failures(worlds: readonly RawSources[], { runs }: Plan): Promise<string[]> {
    await warehouse.fill(together(worlds));
    let kept: Rows["rows"] = [];
    for (const run of runs) {
      await warehouse.run(run);
      const found: string[] = [];
      for (const judged of judgeAggregates(worlds, { run_date: run.runDate, as_of_at: run.asOf })) {
        const own = typedRows(judged);
        const expected =
          judged.table === rfm ? { ...own, rows: withPartitions(own, kept, run.runDate) } : own;
        if (judged.table === rfm) kept = expected.rows;
        const rows = await warehouse.rows(judged.table);
        found.push(...differences(judged.table, judged.key, expected, settled(rows, expected, judged.key)));
      }
      if (found.length > 0) return [`as of ${run.asOf}, the judge against the table:`, ...found.slice(0, 20)];
    }
    const last = runs.at(-1) as Run;
    const built = await Promise.all(tables.map((table) => warehouse.rows(table)));
    await warehouse.run(last, { fullRefresh: true });
    const found: string[] = [];
    for (const [at, table] of tables.entries()) {
      const before = built[at] as Rows;
      const ds = before.columns.findIndex(({ name }) => name === "ds");
      const rows = table === rfm ? before.rows.filter((row) => row[ds] === last.runDate) : before.rows;
      found.push(...differences(table, [], { ...before, rows }, await warehouse.rows(table)));
    }
    return found.length === 0 ? [] : ["incrementally against a full refresh:", ...found.slice(0, 20)];
  }
});

/** The run's partition beside those of earlier runs: the last 90 days', and month ends. */
function withPartitions({ columns, rows }: Rows, kept: Rows["rows"], runDate: string): Rows["rows"] {
  const ds = columns.findIndex(({ name }) => name === "ds");
  const stays = (day: string) =>
    day !== runDate && (day > addDays(runDate, -RFM_DAYS) || addDays(day, 1).endsWith("-01"));
  return [...kept.filter((row) => stays(String(row[ds]))), ...rows];
}

/** The rows with every share that is the expected one but for 1e-10 made that one: the judge multiplies in another order. */
function settled(actual: Rows, expected: Rows, key: readonly string[]): Rows {
  const places = key.map((name) => actual.columns.findIndex((column) => column.name === name));
  const idOf = (row: readonly unknown[]) => places.map((at) => String(row[at])).join("|");
  const wanted = new Map(expected.rows.map((row) => [idOf(row), row]));
  const rows = actual.rows.map((row) => {
    const expectedRow = wanted.get(idOf(row));
    return row.map((value, at) => {
      const other = expectedRow?.[at];
      const isShare = actual.columns[at]?.type.kind === "FLOAT64" && typeof value === "number";
      return isShare &&
        typeof other === "number" &&
        Math.abs(value - other) < 1e-10 * Math.max(1, Math.abs(value))
        ? other
        : value;
    });
  });
  return { columns: actual.columns, rows };
}

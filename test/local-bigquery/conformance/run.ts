import { beforeAll, describe, expect, test } from "vitest";
import { type TestEngine, testEngine } from "../../support/engine.ts";
import { conform, type Grid } from "./grid.ts";

/** A test of each grid: nothing differs, and nothing is refused but what the grid says. */
export function runGrids(grids: Readonly<Record<string, Grid>>): void {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await testEngine();
  });
  describe.each(Object.entries(grids))("%s", (_name, grid) => {
    test("agrees with the reference implementation", async () => {
      const { differing, refused } = await conform(engine, grid);
      expect([...differing, ...refused]).toEqual([]);
    });
  });
}

import fc from "fast-check";
import { beforeAll, describe, it } from "vitest";
import type { TestEngine } from "../../support/engine.ts";
import { smallTables } from "./fixture.ts";
import { randomQuery } from "./random-query.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await smallTables();
});

/** More by RANDOM_QUERIES=1000, others by RANDOM_SEED=7. */
const runs = Number(process.env.RANDOM_QUERIES ?? 40);
const seed = Number(process.env.RANDOM_SEED ?? 20240618);

describe("random queries", () => {
  it("give what the reference implementation gives", () =>
    fc.assert(
      fc.asyncProperty(fc.noShrink(fc.integer()), async (number) => {
        const query = randomQuery(number);
        // The generator knows kinds, not every rule: what the reference implementation refuses proves nothing.
        const accepted = await engine.oracle(query).then(
          () => true,
          () => false,
        );
        if (accepted) await engine.same(query);
      }),
      { numRuns: runs, seed },
    ));
});

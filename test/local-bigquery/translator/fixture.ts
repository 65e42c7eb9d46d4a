import { type TestEngine, testEngine } from "../../support/engine.ts";

/** Two small tables with the values that go wrong: NULL keys, duplicates, NaN, empty and NULL arrays and structs. */
export async function smallTables(): Promise<TestEngine> {
  const engine = await testEngine();
  await engine.table(
    "t",
    "a INT64, b STRING, f FLOAT64, arr ARRAY<INT64>, ds DATE, st STRUCT<x INT64, y STRING>",
    `(1, 'x', 1.5, [3, 1, 2], DATE '2024-01-01', (1, 'p')),
     (2, 'y', NULL, [], DATE '2024-01-02', (2, 'q')),
     (3, 'x', -0.5, [5, 5], NULL, NULL),
     (NULL, NULL, 2.5, [7], DATE '2024-01-04', (NULL, 'r')),
     (5, 'z', CAST('nan' AS FLOAT64), NULL, DATE '2024-01-03', (5, NULL))`,
  );
  await engine.table(
    "u",
    "a INT64, c STRING, v INT64",
    "(1, 'one', 10), (1, 'uno', 11), (3, 'three', 30), (NULL, 'null', 0), (9, 'nine', 90)",
  );
  return engine;
}

/** Holds each query against the reference implementation; a leading "!" says that the order of rows counts. */
export async function allSame(engine: TestEngine, queries: readonly string[]): Promise<void> {
  for (const query of queries) {
    const ordered = query.startsWith("!");
    await engine.same(ordered ? query.slice(1) : query, { ordered });
  }
}

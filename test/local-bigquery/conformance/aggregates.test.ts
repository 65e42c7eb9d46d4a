import { beforeAll, describe, expect, test } from "vitest";
import { type TestEngine, testEngine } from "../../support/engine.ts";
import { disagreement } from "./statement.ts";

/** g groups of 0, 1 and more rows, with NULLs, repeats, NaN and numbers that make rounding show. */
const ROWS = `
  ('a', 1, 1.5, NUMERIC '1.10', 'x', DATE '2024-01-01', TRUE, 1),
  ('a', 2, 2.5, NUMERIC '2.205', 'y', DATE '2024-02-01', FALSE, 2),
  ('a', 2, 0.1, NUMERIC '0.000000001', 'x', DATE '2023-01-01', TRUE, 3),
  ('a', NULL, NULL, NULL, NULL, NULL, NULL, 4),
  ('b', 9223372036854775807, 1e300, NUMERIC '99999999999999999999999999999.999999999', '日本', DATE '9999-12-31', FALSE, 5),
  ('c', NULL, NULL, NULL, NULL, NULL, NULL, 6),
  ('d', 3, CAST('nan' AS FLOAT64), NUMERIC '1', 'b', DATE '2024-01-01', TRUE, 7),
  ('d', -4, 1.0, NUMERIC '1', 'a', DATE '2024-01-01', TRUE, 8),
  ('d', 5, CAST('inf' AS FLOAT64), NUMERIC '0', '', DATE '2024-03-01', NULL, 9)`;

let engine: TestEngine;
beforeAll(async () => {
  engine = await testEngine();
  await engine.table("t", "g STRING, i INT64, f FLOAT64, n NUMERIC, s STRING, d DATE, b BOOL, o INT64", ROWS);
});

const AGGREGATES = [
  "COUNT(*)",
  "COUNT(i)",
  "COUNT(DISTINCT i)",
  "COUNT(DISTINCT s)",
  "COUNT(DISTINCT f)",
  "COUNTIF(b)",
  "COUNTIF(i > 1)",
  "SUM(i)",
  "SUM(n)",
  "SUM(DISTINCT i)",
  "AVG(i)",
  "AVG(n)",
  "AVG(DISTINCT n)",
  "SUM(f)",
  "AVG(f)",
  "MIN(i)",
  "MAX(i)",
  "MIN(f)",
  "MAX(f)",
  "MIN(n)",
  "MAX(n)",
  "MIN(s)",
  "MAX(s)",
  "MIN(d)",
  "MAX(d)",
  "MIN(b)",
  "MAX(b)",
  "LOGICAL_AND(b)",
  "LOGICAL_OR(b)",
  "BIT_AND(i)",
  "BIT_OR(i)",
  "BIT_XOR(i)",
  "BIT_XOR(DISTINCT i)",
  "ARRAY_AGG(i IGNORE NULLS ORDER BY o)",
  "ARRAY_AGG(s ORDER BY o DESC)",
  "ARRAY_AGG(i ORDER BY i, o)",
  "ARRAY_AGG(i ORDER BY i DESC, o LIMIT 2)",
  "ARRAY_AGG(DISTINCT s IGNORE NULLS ORDER BY s)",
  "ARRAY_AGG(STRUCT(i, s) ORDER BY o DESC LIMIT 1)[OFFSET(0)].s",
  "ARRAY_AGG(f ORDER BY f, o)",
  "ARRAY_AGG(f ORDER BY f DESC, o)",
  "ARRAY_AGG(i IGNORE NULLS ORDER BY o LIMIT 1)[SAFE_OFFSET(0)]",
  "STRING_AGG(s ORDER BY o)",
  "STRING_AGG(s, '|' ORDER BY o DESC)",
  "STRING_AGG(DISTINCT s ORDER BY s)",
  "STRING_AGG(s, '-' ORDER BY o LIMIT 2)",
  "ARRAY_CONCAT_AGG([i, o] ORDER BY o)",
  "ARRAY_CONCAT_AGG(IF(b, [s], NULL) ORDER BY o)",
  "ANY_VALUE(i HAVING MAX o)",
  "ANY_VALUE(s HAVING MIN d)",
  "ANY_VALUE(o HAVING MAX s)",
  "ANY_VALUE(g)",
  "VAR_POP(n)",
  "VAR_SAMP(n)",
  "STDDEV_POP(n)",
  "STDDEV_SAMP(n)",
  "VARIANCE(f)",
  "STDDEV(f)",
  "VAR_POP(f)",
  "COVAR_POP(n, i)",
  "COVAR_SAMP(f, o)",
  "CORR(f, o)",
  "CORR(n, n)",
  "MAX(i) - MIN(o)",
  "SUM(IF(b, n, 0))",
  "SUM(i * 0)",
  "COUNT(DISTINCT IF(b, s, NULL))",
  "SUM(CAST(f AS NUMERIC)) IS NULL",
];

/** So many expressions share a statement. */
const TOGETHER = 8;

function chunks(list: readonly string[]): string[] {
  return Array.from({ length: Math.ceil(list.length / TOGETHER) }, (_, i) =>
    list.slice(i * TOGETHER, (i + 1) * TOGETHER).join(", "),
  );
}

describe("aggregate functions", () => {
  test.each(chunks(AGGREGATES))("%s agree by group, over everything and over nothing", async (aggregates) => {
    const groups = aggregates.includes("CAST(f") ? "WHERE g IN ('a', 'c')" : "";
    const found = [
      await disagreement(engine, `SELECT g, ${aggregates} FROM t ${groups} GROUP BY g ORDER BY g`),
      await disagreement(engine, `SELECT ${aggregates} FROM t WHERE g IN ('a', 'c')`),
      await disagreement(engine, `SELECT ${aggregates} FROM t WHERE FALSE`),
    ];
    expect(found.filter(Boolean)).toEqual([]);
  });

  test("a sum beyond the type is an error", async () => {
    for (const sql of [
      "SELECT SUM(i) FROM t",
      "SELECT SUM(n) FROM t",
      "SELECT SUM(f * 1e8) FROM t, UNNEST([1, 2]) WHERE g = 'b'",
    ]) {
      await expect(engine.query(sql), sql).rejects.toThrow();
      await expect(engine.oracle(sql), sql).rejects.toThrow();
    }
  });

  test("distinct values are counted exactly", async () => {
    const { rows } = await engine.query("SELECT APPROX_COUNT_DISTINCT(i), APPROX_COUNT_DISTINCT(s) FROM t");
    expect(rows).toEqual([[6n, 6n]]);
  });

  test("quantiles are the exact elements at each rank", async () => {
    const { rows } = await engine.query(
      "SELECT APPROX_QUANTILES(x, 4), APPROX_QUANTILES(x, 2)[OFFSET(1)] FROM UNNEST([5, 1, 4, 2, 3, NULL]) x",
    );
    expect(rows).toEqual([[[1n, 2n, 3n, 4n, 5n], 3n]]);
  });
});

const FRAME = "ROWS BETWEEN 1 PRECEDING AND CURRENT ROW";
const WINDOWS = [
  "ROW_NUMBER() OVER (PARTITION BY g ORDER BY o)",
  "RANK() OVER (PARTITION BY g ORDER BY i)",
  "DENSE_RANK() OVER (ORDER BY d)",
  "PERCENT_RANK() OVER (PARTITION BY g ORDER BY i)",
  "CUME_DIST() OVER (PARTITION BY g ORDER BY i DESC)",
  "NTILE(2) OVER (PARTITION BY g ORDER BY o)",
  "LAG(i) OVER (PARTITION BY g ORDER BY o)",
  "LEAD(s, 2) OVER (PARTITION BY g ORDER BY o)",
  "LAG(i, 1, -1) OVER (ORDER BY o)",
  "LEAD(n, 1, NUMERIC '0') OVER (ORDER BY o)",
  "FIRST_VALUE(s) OVER (PARTITION BY g ORDER BY o)",
  "FIRST_VALUE(s IGNORE NULLS) OVER (PARTITION BY g ORDER BY o DESC)",
  `LAST_VALUE(i) OVER (PARTITION BY g ORDER BY o ${FRAME})`,
  "LAST_VALUE(i IGNORE NULLS) OVER (PARTITION BY g ORDER BY o)",
  "NTH_VALUE(s, 2) OVER (PARTITION BY g ORDER BY o)",
  "NTH_VALUE(s, 2 IGNORE NULLS) OVER (PARTITION BY g ORDER BY o ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)",
  "SUM(o) OVER (PARTITION BY g ORDER BY o)",
  `SUM(IF(g = 'b', 0, n)) OVER (ORDER BY o ${FRAME})`,
  "AVG(IF(g = 'b', 0, n)) OVER (PARTITION BY g)",
  "AVG(o) OVER (ORDER BY o ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING)",
  "COUNT(*) OVER (PARTITION BY g)",
  "COUNT(i) OVER (ORDER BY o)",
  "COUNT(DISTINCT s) OVER (PARTITION BY g)",
  "COUNTIF(b) OVER (PARTITION BY g ORDER BY o)",
  "MIN(f) OVER (PARTITION BY g)",
  "MAX(f) OVER (PARTITION BY g)",
  "MAX(s) OVER (PARTITION BY g ORDER BY o)",
  "MIN(d) OVER ()",
  "LOGICAL_OR(b) OVER (PARTITION BY g)",
  "STRING_AGG(s) OVER (PARTITION BY g ORDER BY o)",
  "ARRAY_AGG(o) OVER (PARTITION BY g ORDER BY o)",
  "STDDEV_SAMP(o) OVER (PARTITION BY g)",
  "ANY_VALUE(g) OVER (PARTITION BY g)",
  "SUM(o) OVER (ORDER BY o RANGE BETWEEN 2 PRECEDING AND 1 FOLLOWING)",
  "SUM(o) OVER (PARTITION BY g ORDER BY o ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)",
  "PERCENTILE_CONT(IF(g = 'd', NULL, f), 0.5) OVER (PARTITION BY g)",
  "PERCENTILE_CONT(o, 0.25) OVER (PARTITION BY g)",
  "PERCENTILE_DISC(i, 0.5) OVER (PARTITION BY g)",
  "PERCENTILE_DISC(s, 0.9) OVER (PARTITION BY g)",
  "PERCENTILE_DISC(n, 0) OVER ()",
];

describe("functions over windows", () => {
  test.each(chunks(WINDOWS))("%s agree", async (analytic) => {
    expect(await disagreement(engine, `SELECT o, ${analytic} FROM t ORDER BY o`)).toBeUndefined();
  });
});

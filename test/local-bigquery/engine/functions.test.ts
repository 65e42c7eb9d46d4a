import { createLocalBigQuery, defaultFiles, type LocalBigQuery } from "@growth/local-bigquery";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectFolder } from "../../support/bigquery-client.ts";

let engine: LocalBigQuery;
beforeAll(async () => {
  engine = await createLocalBigQuery({ files: defaultFiles(projectFolder) });
  await engine.query(`
    CREATE SCHEMA f;
    CREATE TABLE f.orders AS SELECT * FROM UNNEST([STRUCT(1 AS id, NUMERIC '10.50' AS amt), (2, 20), (3, NULL)]);`);
});
afterAll(() => engine.close());

async function value(sql: string): Promise<unknown> {
  const { rows } = await engine.query(sql);
  expect(rows).toHaveLength(1);
  return rows[0]?.[0];
}

test("a temporary function computes with its arguments, and may call another", async () => {
  expect(
    await value(`CREATE TEMP FUNCTION add_one(x INT64) AS (x + 1);
      CREATE TEMP FUNCTION twice(x INT64) RETURNS FLOAT64 AS (add_one(x) * 2);
      SELECT twice(4)`),
  ).toBe(10);
});

test("arguments are coerced to the declared types, the result to the declared one; ANY TYPE takes what comes", async () => {
  expect(await value("CREATE TEMP FUNCTION half(x FLOAT64) AS (x / 2); SELECT half(3)")).toBe(1.5);
  expect(await value("CREATE TEMP FUNCTION n(x INT64) RETURNS NUMERIC AS (x); SELECT n(3) / 2")).toBe("1.5");
  expect(
    await value(
      "CREATE TEMP FUNCTION last_of(a ANY TYPE) AS (a[SAFE_ORDINAL(ARRAY_LENGTH(a))]); SELECT last_of(['x', 'y'])",
    ),
  ).toBe("y");
  await expect(engine.query("CREATE TEMP FUNCTION f(x INT64) AS (x); SELECT f('a')")).rejects.toThrow(
    /No matching signature for function F/i,
  );
  await expect(
    engine.query("CREATE TEMP FUNCTION f(x INT64) RETURNS DATE AS (x); SELECT f(1)"),
  ).rejects.toThrow(/DATE/);
});

test("an argument is computed once per row and keeps its NULL", async () => {
  const { rows } = await engine.query(
    "CREATE TEMP FUNCTION or_zero(x NUMERIC) AS (IF(x IS NULL, 0, x)); SELECT id, or_zero(amt) FROM f.orders ORDER BY id",
  );
  expect(rows).toEqual([
    [1n, "10.5"],
    [2n, "20"],
    [3n, "0"],
  ]);
});

test("a temporary function does not outlive its script", async () => {
  await engine.query("CREATE TEMP FUNCTION gone(x INT64) AS (x); SELECT gone(1)");
  await expect(engine.query("SELECT gone(1)")).rejects.toThrow(/Function not found: gone/);
});

test("a permanent function is called by its path, in views too, and a new one takes its place at once", async () => {
  await engine.query("CREATE FUNCTION f.discounted(x NUMERIC, rate NUMERIC) AS (ROUND(x * (1 - rate), 2))");
  await engine.query("CREATE VIEW f.cheap AS SELECT id, f.discounted(amt, 0.1) AS amt FROM f.orders");
  expect(await value("SELECT amt FROM f.cheap WHERE id = 1")).toBe("9.45");
  expect(await value("SELECT `local.f.discounted`(10, 0.5)")).toBe("5");
  await expect(engine.query("CREATE FUNCTION f.discounted() AS (1)")).rejects.toThrow(
    "Already Exists: Routine local:f.discounted",
  );
  await engine.query("CREATE OR REPLACE FUNCTION f.discounted(x NUMERIC, rate NUMERIC) AS (x)");
  expect(await value("SELECT amt FROM f.cheap WHERE id = 1")).toBe("10.5");
  await engine.query("DROP VIEW f.cheap; DROP FUNCTION f.discounted; DROP FUNCTION IF EXISTS f.discounted");
  await expect(engine.query("SELECT f.discounted(1, 0.5)")).rejects.toThrow(/Function not found/);
});

test("a function's body may read tables", async () => {
  expect(
    await value(
      "CREATE TEMP FUNCTION amount_of(wanted INT64) AS ((SELECT amt FROM f.orders WHERE id = wanted)); SELECT amount_of(2)",
    ),
  ).toBe("20");
});

test("aggregate functions of aggregates, and table functions", async () => {
  await engine.query("CREATE AGGREGATE FUNCTION f.spread(x NUMERIC) AS (MAX(x) - MIN(x))");
  expect(await value("SELECT f.spread(amt) FROM f.orders")).toBe("9.5");
  await engine.query(
    "CREATE TABLE FUNCTION f.above(least NUMERIC) AS SELECT id FROM f.orders WHERE amt > least",
  );
  expect(await value("SELECT SUM(a.id) FROM f.above(15) AS a JOIN f.orders USING (id)")).toBe(2n);
  await engine.query("DROP TABLE FUNCTION f.above");
});

test("a dry run knows the functions its script makes", async () => {
  const { client, close } = await (await import("../../support/bigquery-client.ts")).startBigQuery();
  const query = "CREATE TEMP FUNCTION f(x INT64) AS (x + 1); SELECT f(1) AS y";
  const [job] = await client.createQueryJob({ query, dryRun: true });
  expect(job.metadata.statistics.query.schema.fields).toMatchObject([{ name: "y", type: "INTEGER" }]);
  await close();
});

test("JavaScript functions are refused by name", async () => {
  await expect(
    engine.query('CREATE TEMP FUNCTION f(x FLOAT64) RETURNS FLOAT64 LANGUAGE js AS "return x;"; SELECT f(1)'),
  ).rejects.toThrow(/Unsupported: functions in JS/);
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBigQuery } from "../../support/bigquery-client.ts";

let server: Awaited<ReturnType<typeof startBigQuery>>;
beforeAll(async () => {
  server = await startBigQuery({ measureBytes: true });
  // Three days of two rows each and one row without a day: 8 bytes the number, 8 the day, 2 + length the text.
  await server.local.query(`
    CREATE SCHEMA b;
    CREATE TABLE b.days (ds DATE, n INT64, s STRING) PARTITION BY ds;
    INSERT INTO b.days VALUES
      (DATE '2024-01-01', 1, 'a'), (DATE '2024-01-01', 2, 'bb'),
      (DATE '2024-01-02', 3, 'ccc'), (DATE '2024-01-02', NULL, NULL),
      (DATE '2024-01-03', 5, '数'), (DATE '2024-01-03', 6, ''), (NULL, 7, 'x');
    CREATE TABLE b.plain AS SELECT x AS k, CONCAT('t', CAST(x AS STRING)) AS t FROM UNNEST([1, 2, 3]) AS x;
    CREATE VIEW b.recent AS SELECT ds AS day, n, CONCAT(s, '!') AS text FROM b.days WHERE n IS NOT NULL;`);
});
afterAll(() => server.close());

async function dry(query: string, options: object = {}): Promise<number> {
  const [job] = await server.client.createQueryJob({ query, dryRun: true, ...options });
  const { totalBytesProcessed, query: statistics } = job.metadata.statistics;
  expect(statistics.totalBytesProcessed).toBe(totalBytesProcessed);
  return Number(totalBytesProcessed);
}

async function run(query: string): Promise<number> {
  const [job] = await server.client.createQueryJob({ query });
  await job.getQueryResults();
  const [metadata] = await job.getMetadata();
  expect(metadata.statistics.query.totalBytesProcessed).toBe(metadata.statistics.totalBytesProcessed);
  return Number(metadata.statistics.totalBytesProcessed);
}

/** Each query's bytes: a dry run and a run say the same where nothing but literals prunes. */
async function all(cases: readonly (readonly [query: string, bytes: number])[]): Promise<void> {
  const dryRuns: Record<string, number> = {};
  const runs: Record<string, number> = {};
  for (const [query] of cases) {
    dryRuns[query] = await dry(query);
    runs[query] = await run(query);
  }
  expect(dryRuns).toEqual(Object.fromEntries(cases));
  expect(runs).toEqual(Object.fromEntries(cases));
}

test("a value of each type has the size of the documentation's table, NULL none", async () => {
  await server.local.query(`
    CREATE TABLE b.types (i INT64, f FLOAT64, n NUMERIC, b BOOL, s STRING, y BYTES, d DATE, dt DATETIME, t TIME, ts TIMESTAMP,
      iv INTERVAL, j JSON, ints ARRAY<INT64>, texts ARRAY<STRING>, st STRUCT<a INT64, s STRING>, sts ARRAY<STRUCT<a INT64, s STRING>>);
    INSERT INTO b.types VALUES (1, 1.5, 2, TRUE, 'ü数', b'\\x00\\x01\\x02', DATE '2024-01-01', DATETIME '2024-01-01 00:00:00', TIME '01:02:03',
      TIMESTAMP '2024-01-01 00:00:00+00', INTERVAL 1 DAY, JSON '{"k":1}', [1, 2, 3], ['a', 'bc'], (1, 'abc'), [(1, 'a'), (NULL, 'bcd')]);
    INSERT INTO b.types (i) VALUES (NULL)`);
  const sizes = {
    ...{ i: 8, f: 8, n: 16, b: 1, s: 2 + 5, y: 2 + 3, d: 8, dt: 8, t: 8, ts: 8, iv: 16, j: 7 },
    ...{ ints: 24, texts: 3 + 4, st: 8 + 5, sts: 8 + 3 + 5 },
  };
  const measured: Record<string, number> = {};
  for (const name of Object.keys(sizes)) measured[name] = await dry(`SELECT ${name} FROM b.types`);
  expect(measured).toEqual(sizes);
  expect(await dry("SELECT * FROM b.types")).toBe(Object.values(sizes).reduce((a, b) => a + b));
});

test("columns that nothing needs are not read, of structs only the fields", async () => {
  await all([
    ["SELECT COUNT(*) FROM b.days", 0],
    ["SELECT n FROM b.days", 48],
    ["SELECT n FROM (SELECT n, s, ds FROM b.days)", 48],
    ["WITH x AS (SELECT n, s FROM b.days) SELECT a.n FROM x AS a JOIN x AS c ON a.n = c.n", 48],
    ["SELECT 1 FROM b.days ORDER BY s", 22],
    ["SELECT k FROM b.plain UNION ALL SELECT n FROM b.days", 24 + 48],
    ["SELECT k FROM b.plain WHERE k IN (SELECT n FROM b.days)", 24 + 48],
    ["SELECT n, ROW_NUMBER() OVER (PARTITION BY ds ORDER BY s) AS r FROM b.days", 48 + 48 + 22],
    ["SELECT n FROM (SELECT n, ROW_NUMBER() OVER (ORDER BY s) AS r FROM b.days)", 48],
    ["SELECT MAX(n) FROM (SELECT ds, MAX(n) AS n, MAX(s) AS s FROM b.days GROUP BY ds)", 48 + 48],
    ["SELECT st.a FROM b.types", 8],
    ["SELECT st.s FROM b.types WHERE st.a = 1", 13],
    ["SELECT e.s FROM b.types, UNNEST(sts) AS e", 8],
    ["SELECT sts[SAFE_OFFSET(0)].a FROM b.types", 8],
    ["SELECT (SELECT MAX(e.a) FROM UNNEST(sts) AS e) FROM b.types", 8],
    ["SELECT TO_JSON_STRING(p) FROM b.plain AS p", 24 + 12],
    ["SELECT text FROM b.recent", 22 + 48],
    ["CREATE TEMP TABLE made AS SELECT s FROM b.days", 22],
    ["SELECT table_name FROM b.INFORMATION_SCHEMA.TABLES", 0],
  ]);
});

test("constant conditions on the partition column leave partitions out", async () => {
  const day = (condition: string) => `SELECT n FROM b.days WHERE ${condition}`;
  await all([
    [day("ds = '2024-01-01'"), 32],
    [day("'2024-01-02' >= ds"), 24 + 32],
    [day("ds > '2024-01-02'"), 32],
    [day("ds BETWEEN '2024-01-02' AND '2024-01-03'"), 24 + 32],
    [day("ds IN ('2024-01-01', '2024-01-03', '2030-01-01')"), 64],
    [day("ds IN UNNEST([DATE '2024-01-01'])"), 32],
    [day("ds NOT IN ('2024-01-01', '2024-01-03')"), 24],
    [day("NOT (ds < '2024-01-03')"), 32],
    [day("ds != '2024-01-02'"), 64],
    [day("ds IS NULL"), 8],
    [day("ds IS NOT NULL"), 40 + 48],
    [day("ds >= DATE_SUB(DATE '2024-01-04', INTERVAL 1 DAY)"), 32],
    [day("ds >= CURRENT_DATE()"), 0],
    [day("ds = '2024-01-01' AND s = 'a'"), 32 + 7],
    [day("ds = '2024-01-01' OR ds = '2024-01-03'"), 64],
    [day("DATE_TRUNC(ds, MONTH) = '2024-02-01'"), 0],
    [day("CAST(ds AS TIMESTAMP) >= TIMESTAMP '2024-01-03 00:00:00+00'"), 32],
    // Nothing is known of a condition on something else, nor of a function that is not on the column's side alone.
    [day("ds = '2024-01-01' OR s = 'a'"), 48 + 48 + 22],
    [day("ds = (SELECT DATE '2024-01-01')"), 96],
    [day("DATE_ADD(ds, INTERVAL 1 DAY) = '2024-01-02'"), 96],
    [day("ds = '2024-01-01' AND FALSE"), 0],
  ]);
});

test("the conditions reach the table through joins, subqueries, common table expressions and views", async () => {
  await all([
    ["SELECT n FROM (SELECT ds AS x, n FROM b.days) WHERE x = '2024-01-01'", 32],
    ["WITH d AS (SELECT * FROM b.days) SELECT n FROM d WHERE ds = '2024-01-01'", 32],
    // Two uses, two sets of partitions: each partition's column once.
    [
      "WITH d AS (SELECT ds, n FROM b.days) SELECT n FROM d WHERE ds <= '2024-01-02' UNION ALL SELECT n FROM d WHERE ds = '2024-01-02'",
      32 + 24,
    ],
    ["SELECT text FROM b.recent WHERE day = '2024-01-01'", 32 + 7],
    ["SELECT n FROM b.plain JOIN b.days ON k = n AND ds = '2024-01-01'", 24 + 32],
    ["SELECT n FROM b.plain LEFT JOIN b.days ON k = n AND ds = '2024-01-01'", 24 + 32],
    ["SELECT n FROM b.days LEFT JOIN b.plain ON k = n AND ds = '2024-01-01'", 24 + 96],
    ["SELECT n FROM b.plain LEFT JOIN b.days ON k = n WHERE ds = '2024-01-01'", 24 + 32],
    ["SELECT n FROM b.plain LEFT JOIN b.days ON k = n WHERE ds IS NULL", 24 + 96],
    ["SELECT n FROM b.plain RIGHT JOIN b.days ON k = n WHERE ds = '2024-01-01'", 24 + 32],
    ["SELECT ds, SUM(n) FROM b.days GROUP BY ds HAVING ds = '2024-01-01'", 32],
    ["SELECT ds, SUM(n) AS t FROM b.days GROUP BY ds HAVING t > 3", 96],
    [
      "SELECT n FROM b.days WHERE ds = '2024-01-01' QUALIFY ROW_NUMBER() OVER (PARTITION BY s ORDER BY n) = 1",
      39,
    ],
    ["SELECT n FROM (SELECT n, ds FROM b.days LIMIT 3) WHERE ds = '2024-01-01'", 96],
    [
      "SELECT n FROM (SELECT ds, n FROM b.days UNION ALL SELECT DATE '2024-01-01', 1) WHERE ds = '2024-01-01'",
      32,
    ],
    ["SELECT n FROM b.days, UNNEST([1, 2]) AS u WHERE ds = '2024-01-01'", 32],
    ["SELECT k FROM b.plain WHERE EXISTS (SELECT 1 FROM b.days WHERE n = k AND ds = '2024-01-01')", 24 + 32],
  ]);
});

describe("partitions of a time unit and of integer ranges", () => {
  beforeAll(() =>
    server.local.query(`
    CREATE TABLE b.months (ds DATE, n INT64) PARTITION BY DATE_TRUNC(ds, MONTH);
    INSERT INTO b.months VALUES ('2024-01-01', 1), ('2024-01-31', 2), ('2024-02-01', 3), (NULL, 4);
    CREATE TABLE b.hours (ts TIMESTAMP, n INT64) PARTITION BY TIMESTAMP_TRUNC(ts, HOUR);
    INSERT INTO b.hours VALUES ('2024-01-01 00:10:00+00', 1), ('2024-01-01 00:59:00+00', 2), ('2024-01-01 01:00:00+00', 3), ('2024-01-02 00:00:00+00', 4);
    CREATE TABLE b.tsdays (ts TIMESTAMP, n INT64) PARTITION BY DATE(ts);
    INSERT INTO b.tsdays SELECT ts, n FROM b.hours;
    CREATE TABLE b.years (dt DATETIME, n INT64) PARTITION BY DATETIME_TRUNC(dt, YEAR);
    INSERT INTO b.years VALUES ('2023-06-01 00:00:00', 1), ('2024-06-01 00:00:00', 2), ('2024-12-31 23:59:59', 3);
    CREATE TABLE b.ranges (id INT64, n INT64) PARTITION BY RANGE_BUCKET(id, GENERATE_ARRAY(0, 100, 10));
    INSERT INTO b.ranges VALUES (0, 1), (9, 2), (10, 3), (99, 4), (100, 5), (-1, 6), (NULL, 7);`),
  );

  test("a partition is scanned whole if any of its values may fulfil the condition", async () => {
    await all([
      ["SELECT n FROM b.months WHERE ds = '2024-01-15'", 32],
      ["SELECT n FROM b.months WHERE ds > '2024-01-31'", 16],
      ["SELECT n FROM b.months WHERE ds >= '2024-01-31'", 32 + 16],
      ["SELECT n FROM b.months WHERE ds IN UNNEST([DATE '2024-01-05', DATE '2025-01-01'])", 32],
      ["SELECT n FROM b.months WHERE ds IS NULL", 8],
      ["SELECT n FROM b.hours WHERE ts >= '2024-01-01 00:30:00+00' AND ts < '2024-01-01 01:00:00+00'", 32],
      ["SELECT n FROM b.hours WHERE ts < '2024-01-01 01:00:00.000001+00'", 32 + 16],
      ["SELECT n FROM b.tsdays WHERE ts = '2024-01-01 12:00:00+00'", 48],
      ["SELECT n FROM b.tsdays WHERE DATE(ts) = '2024-01-02'", 16],
      ["SELECT n FROM b.tsdays WHERE TIMESTAMP_TRUNC(ts, DAY) = '2024-01-01 00:00:00+00'", 48],
      ["SELECT n FROM b.tsdays WHERE EXTRACT(DATE FROM ts) = '2024-01-02'", 16],
      ["SELECT n FROM b.years WHERE dt < '2024-01-01'", 16],
      ["SELECT n FROM b.years WHERE dt >= '2024-07-01 00:00:00'", 32],
      // Rows outside the range share one partition, which is always scanned.
      ["SELECT n FROM b.ranges WHERE id = 5", 32 + 32],
      ["SELECT n FROM b.ranges WHERE id >= 10 AND id < 20", 16 + 32],
      ["SELECT n FROM b.ranges WHERE id IS NULL", 8],
      ["SELECT n FROM b.ranges WHERE id IN (0, 99)", 32 + 16 + 32],
    ]);
  });
});

test("query parameters prune by their values", async () => {
  const query = "SELECT n FROM b.days WHERE ds BETWEEN @a AND @b";
  const params = { a: server.client.date("2024-01-02"), b: server.client.date("2024-01-02") };
  expect(await dry(query, { params })).toBe(24);
  expect(
    await dry("SELECT n FROM b.days WHERE ds IN UNNEST(?)", { params: [[server.client.date("2024-01-01")]] }),
  ).toBe(32);
});

describe("DML by the documentation's q + t", () => {
  test("UPDATE reads its columns and rewrites all columns of the partitions scanned", async () => {
    await all([["INSERT INTO b.plain VALUES (4, 't4')", 0]]);
    expect(await dry("INSERT INTO b.plain SELECT n, s FROM b.days WHERE ds = '2024-01-01'")).toBe(32 + 7);
    expect(await dry("UPDATE b.days SET n = n + 1 WHERE ds = '2024-01-01'")).toBe(32 + 39);
    expect(await dry("UPDATE b.days SET n = 0 WHERE s = 'a'")).toBe(22 + 118);
    expect(await dry("UPDATE b.days AS d SET n = k FROM b.plain WHERE k = d.n AND d.ds = '2024-01-03'")).toBe(
      32 + 32 + 39,
    );
    expect(await dry("UPDATE b.plain SET t = 'x' WHERE k = 1")).toBe(32 + 48);
  });

  test("DELETE takes whole partitions away for nothing", async () => {
    expect(await dry("DELETE FROM b.days WHERE ds = '2024-01-01'")).toBe(0);
    expect(
      await dry("DELETE FROM b.days WHERE ds IN ('2024-01-01', '2024-01-02') OR ds > '2030-01-01'"),
    ).toBe(0);
    expect(await dry("DELETE FROM b.days WHERE TRUE")).toBe(0);
    expect(await dry("DELETE FROM b.days WHERE ds = '2024-01-01' AND n = 1")).toBe(32 + 39);
    expect(await dry("DELETE FROM b.months WHERE ds < '2024-02-01'")).toBe(0);
    expect(await dry("DELETE FROM b.months WHERE ds < '2024-01-20'")).toBe(16 + 32);
    expect(await dry("DELETE FROM b.plain WHERE TRUE")).toBe(4 * 8 + 4 * 4);
    expect(await dry("TRUNCATE TABLE b.days")).toBe(0);
  });

  test("MERGE prunes each side by the conditions that hold for it", async () => {
    const merge = (source: string, on: string, clauses: string) =>
      `MERGE b.days AS d USING ${source} ON ${on} ${clauses}`;
    const update = "WHEN MATCHED THEN UPDATE SET n = 1";
    // source k 32; target n of every partition 48, all columns 48 + 48 + 22
    expect(await dry(merge("b.plain AS p", "d.n = p.k", update))).toBe(32 + 48 + 118);
    expect(await dry(merge("b.plain AS p", "d.n = p.k AND d.ds = '2024-01-01'", update))).toBe(32 + 32 + 39);
    expect(
      await dry(
        merge(
          "b.plain AS p",
          "d.n = p.k AND d.ds = '2024-01-01'",
          `${update} WHEN NOT MATCHED BY SOURCE THEN DELETE`,
        ),
      ),
    ).toBe(32 + 96 + 118);
    expect(
      await dry(merge("b.plain AS p", "d.n = p.k", "WHEN NOT MATCHED THEN INSERT (n, s) VALUES (k, t)")),
    ).toBe(32 + 16 + 48);
    expect(
      await dry(
        merge(
          "(SELECT * FROM b.days WHERE ds = '2024-01-01') AS p",
          "FALSE",
          "WHEN NOT MATCHED BY SOURCE AND d.ds = '2024-01-01' THEN DELETE WHEN NOT MATCHED THEN INSERT ROW",
        ),
      ),
    ).toBe(39 + 39);
  });
});

describe("scripts", () => {
  const script = `
    DECLARE touched ARRAY<DATE>;
    DECLARE day DATE;
    SET touched = ARRAY(SELECT DISTINCT ds FROM b.days WHERE n >= 5 AND ds IS NOT NULL);
    SET day = DATE '2024-01-02';
    CREATE TEMP TABLE part AS SELECT ds, n FROM b.days WHERE ds IN UNNEST(touched);
    SELECT n FROM part;
    SELECT n FROM b.days WHERE ds >= DATE_SUB(day, INTERVAL 1 DAY) AND ds < day;
    BEGIN TRANSACTION;
    DELETE FROM b.days WHERE ds IN UNNEST(touched);
    INSERT INTO b.days SELECT ds, n, 'new' FROM part;
    SELECT s FROM b.days WHERE ds IN UNNEST(touched);
    ROLLBACK TRANSACTION;`;

  test("a script that ran reports the sum over its statements, with the values its variables had", async () => {
    // touched_ds: n and ds of the days 40 + 48; then the temporary table 32; its n 16; the one day 32; nothing for the
    // DELETE; the temporary table 32; the rows the transaction has inserted: ds 16, text 2 x 5.
    expect(await run(script)).toBe(88 + 32 + 16 + 32 + 0 + 32 + 26);
  });

  test("in a dry run a variable whose value is not known prunes nothing", async () => {
    // The temporary table has no rows yet; the DELETE may leave rows in every partition: ds once, and all columns.
    expect(await dry(script)).toBe(88 + 96 + 96 + (48 + 118) + (48 + 22));
  });

  test("the statements of a script are its child jobs", async () => {
    const [job] = await server.client.createQueryJob({ query: script });
    await job.getQueryResults();
    const [children] = await server.client.getJobs({ parentJobId: job.id } as object);
    expect(children.map((child) => Number(child.metadata.statistics.totalBytesProcessed)).reverse()).toEqual([
      32, 16, 32, 0, 32, 26,
    ]);
  });
});

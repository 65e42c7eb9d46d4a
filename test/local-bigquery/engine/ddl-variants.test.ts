import { createLocalBigQuery, defaultFiles, type LocalBigQuery } from "@growth/local-bigquery";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectFolder } from "../../support/bigquery-client.ts";

let engine: LocalBigQuery;
beforeAll(async () => {
  engine = await createLocalBigQuery({ files: defaultFiles(projectFolder) });
  await engine.query(
    "CREATE SCHEMA v; CREATE TABLE v.base AS SELECT 1 AS a, 'x' AS s UNION ALL SELECT 2, 'y'",
  );
});
afterAll(() => engine.close());

test("CREATE VIEW's column list names the columns, for those who filter by them too", async () => {
  await engine.query("CREATE VIEW v.named (n, text) AS SELECT a, s FROM v.base");
  const { columns, rows } = await engine.query("SELECT * FROM v.named WHERE n = 2");
  expect([columns.map(({ name }) => name), rows]).toEqual([["n", "text"], [[2n, "y"]]]);
});

test("a table that requires a partition filter is not scanned without one, directly or through a view", async () => {
  await engine.query(`CREATE TABLE v.days (ds DATE, n INT64) PARTITION BY ds OPTIONS (require_partition_filter = TRUE);
    CREATE VIEW v.all_days AS SELECT ds AS day, n FROM v.days;
    INSERT INTO v.days VALUES ('2024-01-01', 1), ('2024-01-02', 2)`);
  const refused = /Cannot query over table 'local.v.days' without a filter over column\(s\) 'ds'/;
  for (const sql of [
    "SELECT n FROM v.days",
    "SELECT n FROM v.days WHERE n = 1",
    "SELECT n FROM v.days WHERE ds = '2024-01-01' OR n = 1",
    "SELECT n FROM v.days WHERE ds = (SELECT MAX(d) FROM UNNEST([DATE '2024-01-01']) AS d)",
    "SELECT n FROM v.all_days",
    "UPDATE v.days SET n = 3 WHERE n = 1",
    "DELETE FROM v.days WHERE TRUE",
    "MERGE v.days AS d USING v.base AS b ON d.n = b.a WHEN MATCHED THEN DELETE",
  ]) {
    await expect(engine.query(sql), sql).rejects.toThrow(refused);
  }
  for (const sql of [
    "SELECT n FROM v.days WHERE ds = '2024-01-01'",
    "SELECT n FROM v.all_days WHERE day < '2024-01-02'",
    "DECLARE d DATE DEFAULT '2024-01-01'; SELECT n FROM v.days WHERE ds BETWEEN d AND d",
    "SELECT n FROM v.base JOIN v.days ON a = n AND ds < '2024-01-02'",
  ]) {
    expect((await engine.query(sql)).rows, sql).toEqual([[1n]]);
  }
  await engine.query("ALTER TABLE v.days SET OPTIONS (require_partition_filter = FALSE)");
  expect((await engine.query("SELECT SUM(n) FROM v.days")).rows).toEqual([[3n]]);
});

test("SET DATA TYPE widens a column and refuses to narrow one", async () => {
  await engine.query("CREATE TABLE v.wide AS SELECT 9007199254740993 AS a");
  await engine.query("ALTER TABLE v.wide ALTER COLUMN a SET DATA TYPE NUMERIC");
  expect((await engine.query("SELECT a / 2 FROM v.wide")).rows).toEqual([["4503599627370496.5"]]);
  await expect(engine.query("ALTER TABLE v.wide ALTER COLUMN a SET DATA TYPE INT64")).rejects.toThrow(
    /existing column type \(NUMERIC\) is assignable to the new type \(INT64\)/,
  );
});

test("LIKE copies the shape, COPY and CLONE the rows", async () => {
  await engine.query(
    "CREATE TABLE v.shape LIKE v.base; CREATE TABLE v.copied COPY v.base; CREATE TABLE v.cloned CLONE v.base; DELETE FROM v.cloned WHERE a = 1",
  );
  const counts = await engine.query(
    "SELECT (SELECT COUNT(*) FROM v.shape), (SELECT COUNT(*) FROM v.copied), (SELECT COUNT(*) FROM v.cloned), (SELECT COUNT(*) FROM v.base)",
  );
  expect(counts.rows).toEqual([[0n, 2n, 1n, 2n]]);
});

test("keys are taken as what they are, not enforced", async () => {
  await engine.query(
    "CREATE TABLE v.keyed (a INT64, PRIMARY KEY (a) NOT ENFORCED); INSERT INTO v.keyed VALUES (1), (1)",
  );
  expect((await engine.query("SELECT COUNT(*) FROM v.keyed")).rows).toEqual([[2n]]);
});

test("EXECUTE IMMEDIATE ... INTO coerces as an assignment does", async () => {
  const { rows } = await engine.query("DECLARE x FLOAT64; EXECUTE IMMEDIATE 'SELECT 1' INTO x; SELECT x / 4");
  expect(rows).toEqual([[0.25]]);
  await expect(
    engine.query("DECLARE x INT64; EXECUTE IMMEDIATE 'SELECT 1.5' INTO x; SELECT x"),
  ).rejects.toThrow(/INT64/);
});

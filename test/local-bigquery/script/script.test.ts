import { createLocalBigQuery, defaultFiles, type LocalBigQuery } from "@growth/local-bigquery";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectFolder } from "../../support/bigquery-client.ts";

let engine: LocalBigQuery;
beforeAll(async () => {
  engine = await createLocalBigQuery({ files: defaultFiles(projectFolder) });
  await engine.query(
    "CREATE SCHEMA s; CREATE TABLE s.t (k INT64, ds DATE); INSERT INTO s.t VALUES (1, '2024-01-01'), (2, '2024-01-02')",
  );
});
afterAll(() => engine.close());

async function rows(sql: string): Promise<unknown[][]> {
  return (await engine.query(sql)).rows;
}
async function message(sql: string): Promise<string> {
  return engine.query(sql).then(
    () => "no error",
    (error) => error.message,
  );
}

test("variables take declared and inferred types, literals coerce, NULL is the start", async () => {
  expect(
    await rows(`
      DECLARE a, b INT64 DEFAULT 3;
      DECLARE d DATE DEFAULT '2024-02-29';
      DECLARE n NUMERIC DEFAULT 1;
      DECLARE days ARRAY<DATE> DEFAULT ['2024-01-01', '2024-01-02'];
      DECLARE inferred DEFAULT (SELECT AS STRUCT 1 AS x, 'y' AS y);
      DECLARE nothing STRING;
      SET b = a + 1;
      SET (a, nothing) = (10, 'set');
      SELECT a, b, d, n, days, inferred.y, nothing;`),
  ).toEqual([[10n, 4n, "2024-02-29", "1", ["2024-01-01", "2024-01-02"], "y", "set"]]);
});

test("what an assignment would not coerce is refused where it stands", async () => {
  expect(await message("DECLARE x INT64;\nSET x =\n  'abc';")).toMatch(
    /Cannot coerce expression 'abc' to type INT64 at \[3:3\]/,
  );
  expect(await message("DECLARE x INT64 DEFAULT 1.5;")).toMatch(/Cannot coerce expression 1.5 to type INT64/);
});

test("IF, CASE and every loop do what they say, with labels", async () => {
  expect(
    await rows(`
      DECLARE i, found INT64 DEFAULT 0;
      DECLARE text STRING DEFAULT '';
      WHILE i < 3 DO SET i = i + 1; IF i = 2 THEN CONTINUE; END IF; SET text = text || CAST(i AS STRING); END WHILE;
      REPEAT SET i = i - 1; UNTIL i = 0 END REPEAT;
      outer_loop: LOOP
        LOOP
          SET i = i + 1;
          IF i > 5 THEN LEAVE outer_loop; END IF;
        END LOOP;
      END LOOP outer_loop;
      FOR r IN (SELECT k FROM s.t ORDER BY k) DO SET found = found * 10 + r.k; END FOR;
      CASE WHEN i = 1 THEN SET text = 'no'; ELSE SET text = text || '!'; END CASE;
      CASE i WHEN 6 THEN SET text = text || '6'; END CASE;
      SELECT i, found, text;`),
  ).toEqual([[6n, 12n, "13!6"]]);
});

test("blocks have variables of their own and handlers catch what happens in them", async () => {
  expect(
    await rows(`
      DECLARE said STRING;
      BEGIN
        DECLARE inner_variable INT64 DEFAULT 1;
        RAISE USING MESSAGE = 'boom';
      EXCEPTION WHEN ERROR THEN
        SET said = @@error.message;
      END;
      SELECT said;`),
  ).toEqual([["boom at [5:9]"]]);
  expect(await message("BEGIN DECLARE v INT64; END; SELECT v;")).toMatch(/Unrecognized name: v/);
  expect(
    await message("BEGIN SELECT 1; SELECT ERROR('first'); EXCEPTION WHEN ERROR THEN RAISE; END"),
  ).toMatch(/first/);
});

test("errors stand where they stand in the whole script, after any alphabet", async () => {
  expect(await message("DECLARE x STRING DEFAULT '数据';\nSELECT\n  nope FROM s.t")).toBe(
    "Unrecognized name: nope at [3:3]",
  );
  expect(await message("DECLARE x INT64; /* 数 */ SELECT nope")).toBe("Unrecognized name: nope at [1:33]");
  expect(await message("DECLARE x INT64;\nSET x = (SELECT k FROM s.t);")).toMatch(
    /more than one element at \[2:9\]/,
  );
  expect(await message("SELECT 1;\nSELEC 2;")).toMatch(/Syntax error: .* at \[2:1\]/);
  expect(await message("IF 1 THEN SELECT 1; END IF")).toMatch(
    /Cannot coerce expression 1 to type BOOL at \[1:4\]/,
  );
});

test("a variable of one request is unknown to the next", async () => {
  await rows("DECLARE leaked INT64 DEFAULT 1; SELECT leaked");
  expect(await message("SELECT leaked")).toMatch(/Unrecognized name: leaked/);
});

test("a temporary table belongs to its script and hides no table of a dataset", async () => {
  expect(
    await rows(
      "CREATE TEMP TABLE t AS SELECT 99 AS k; INSERT INTO t VALUES (100); SELECT (SELECT SUM(k) FROM t), (SELECT SUM(k) FROM s.t)",
    ),
  ).toEqual([[199n, 3n]]);
  expect(await message("SELECT * FROM t")).toMatch(/must be qualified with a dataset/);
});

test("a temporary table can be replaced by a query over itself, and dropped", async () => {
  expect(
    await rows(`CREATE TEMP TABLE t AS SELECT 1 AS k;
      CREATE OR REPLACE TEMP TABLE t AS SELECT k + 1 AS k, 'x' AS l FROM t;
      CREATE TEMP TABLE u AS SELECT * FROM t; DROP TABLE t; SELECT * FROM u`),
  ).toEqual([[2n, "x"]]);
});

test("a rollback takes back rows and temporary tables alike", async () => {
  expect(
    await rows(`CREATE TEMP TABLE kept AS SELECT 1 AS k;
      BEGIN TRANSACTION;
      INSERT INTO s.t VALUES (50, NULL); INSERT INTO kept VALUES (2);
      CREATE TEMP TABLE gone AS SELECT 1 AS k; CREATE OR REPLACE TEMP TABLE kept AS SELECT 'other' AS k;
      ROLLBACK TRANSACTION;
      CREATE TEMP TABLE gone AS SELECT 7 AS k;
      SELECT (SELECT SUM(k) FROM kept), (SELECT SUM(k) FROM gone), (SELECT SUM(k) FROM s.t)`),
  ).toEqual([[1n, 7n, 3n]]);
});

test("dynamic SQL takes parameters and gives values back", async () => {
  expect(
    await rows(`
      DECLARE total INT64;
      EXECUTE IMMEDIATE 'SELECT SUM(k) + @more + ? FROM s.t'  INTO total USING 5 AS more;
      SELECT total;`).catch((error) => error.message),
  ).toMatch(/mix|parameter/i);
  expect(
    await rows(`
      DECLARE total INT64;
      EXECUTE IMMEDIATE 'SELECT SUM(k) + @more FROM s.t' INTO total USING 5 AS more;
      EXECUTE IMMEDIATE FORMAT('CREATE OR REPLACE TABLE s.%s AS SELECT %d AS n', 'made', total);
      SELECT n FROM s.made;`),
  ).toEqual([[8n]]);
});

test("procedures take and give values, and vanish when dropped", async () => {
  await rows(`
    CREATE OR REPLACE PROCEDURE s.add(a INT64, OUT total INT64)
    BEGIN
      DECLARE extra INT64 DEFAULT (SELECT MAX(k) FROM s.t);
      SET total = a + extra;
    END;`);
  expect(await rows("DECLARE r INT64; CALL s.add(40, r); SELECT r")).toEqual([[42n]]);
  expect(await message("CALL s.add(1)")).toMatch(/expects 2 arguments, got 1/);
  await rows("DROP PROCEDURE s.add");
  expect(await message("CALL s.add(1, 2)")).toMatch(/Not found: Routine local:s.add/);
});

test("ASSERT, @@row_count and unknown system variables", async () => {
  expect(await message("ASSERT (SELECT COUNT(*) FROM s.t) = 5 AS 'five rows'")).toMatch(/five rows/);
  expect(
    await rows("CREATE TEMP TABLE x AS SELECT k FROM s.t; DELETE FROM x WHERE TRUE; SELECT @@row_count"),
  ).toEqual([[2n]]);
  expect(await message("SELECT @@current_job_id")).toMatch(
    /Unsupported: system variable @@current_job_id, at 1:8/,
  );
});

test("a script that never ends yields to others and stops when it is told", async () => {
  const endless = engine.query(
    "DECLARE i INT64 DEFAULT 0; LOOP SET i = i + 1; IF i > 40 THEN BREAK; END IF; END LOOP; SELECT i",
  );
  expect(await rows("SELECT 1")).toEqual([[1n]]);
  expect((await endless).rows).toEqual([[41n]]);
});

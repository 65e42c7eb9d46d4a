import { afterAll, beforeAll, expect, test } from "vitest";
import { growth, type Running, startGrowth, temporaryFolder } from "./growth.ts";

const state = temporaryFolder();
let server: Running;

// With a server on the state a query need not open the database and start the analyzer itself.
beforeAll(async () => {
  server = await startGrowth(["bigquery", "--port", "0", "--state", state]);
  await server.until(/ready at/);
});
afterAll(() => server.child.kill("SIGKILL"));

function query(sql: string, ...options: string[]) {
  return growth(["query", sql, "--state", state, ...options]);
}

test("a result is a table with numbers to the right and the number of rows below", async () => {
  const { code, stdout } = await query(
    "SELECT 'shoes' AS goods, 12 AS sold UNION ALL SELECT '券', NULL ORDER BY sold DESC",
  );
  expect(code).toBe(0);
  expect(stdout).toBe("goods  sold\n───────────\nshoes    12\n券     NULL\n2 rows\n");
});

test("JSON is an array of objects with exact values", async () => {
  const { code, stdout } = await query(
    `SELECT 1 AS n, NUMERIC '4569679.68' AS amt, TIMESTAMP '2024-06-18 00:00:00+08' AS paid_at, TRUE AS yes, NULL AS nothing,
       [STRUCT('G1' AS goods_id, 2 AS qty)] AS lines, DATE '2024-06-18' AS ds, 0.1 AS ratio`,
    "--format",
    "json",
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual([
    {
      n: 1,
      amt: "4569679.68",
      paid_at: "2024-06-17T16:00:00Z",
      yes: true,
      nothing: null,
      lines: [{ goods_id: "G1", qty: 2 }],
      ds: "2024-06-18",
      ratio: 0.1,
    },
  ]);
});

test("an empty result is an empty JSON array, and a CSV file with nothing but its heading", async () => {
  expect((await query("SELECT 1 AS n FROM UNNEST([1]) WHERE FALSE", "--format", "json")).stdout).toBe("[]\n");
  expect((await query("SELECT 1 AS n FROM UNNEST([1]) WHERE FALSE", "--format", "csv")).stdout).toBe("n\n");
});

test("a long result comes whole in CSV, and cut short with a note in a table", async () => {
  const sql = `WITH digits AS (SELECT digit FROM UNNEST([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) AS digit)
    SELECT a.digit + 10 * b.digit + 100 * c.digit + 1000 * d.digit + 10000 * e.digit AS n
    FROM digits AS a, digits AS b, digits AS c, digits AS d, UNNEST([0, 1, 2]) AS digit, UNNEST([STRUCT(digit)]) AS e
    WHERE 1000 * d.digit + 10000 * e.digit < 25000
    ORDER BY n`;
  const csv = await query(sql, "--format", "csv");
  expect(csv.stdout.trimEnd().split("\n")).toEqual([
    "n",
    ...Array.from({ length: 25_000 }, (_, n) => String(n)),
  ]);
  const table = await query(sql);
  expect(table.stdout.split("\n").slice(-2)).toEqual(["25,000 rows", ""]);
  expect(table.stdout.split("\n")).toHaveLength(104);
  expect(table.stderr).toContain("--max-rows 25000 shows them");
});

test("the statement can come from standard input", async () => {
  const { code, stdout } = await growth(["query", "-", "--state", state, "--format", "csv"], {
    input: "SELECT 7 AS n\n",
  });
  expect([code, stdout]).toEqual([0, "n\n7\n"]);
});

test("GoogleSQL's own message comes with a caret under its place", async () => {
  const { code, stdout, stderr } = await query(
    "SELECT order_id,\n       pay_amnt\nFROM (SELECT 1 AS order_id, 2 AS pay_amt)",
  );
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toContain("Unrecognized name: pay_amnt; Did you mean pay_amt?");
  expect(stderr).toContain("  1 │ SELECT order_id,\n  2 │        pay_amnt\n    │        ^\n");
});

test("a dry run says what the statement would return and changes nothing", async () => {
  const plan = await query("CREATE TABLE nowhere.orders AS SELECT 1 AS n", "--dry-run");
  expect(plan.code).not.toBe(0);
  const columns = await query("SELECT 1 AS n, ['a'] AS names", "--dry-run");
  expect(columns.code).toBe(0);
  expect(columns.stdout).toContain("Valid SELECT.");
  expect(columns.stdout).toMatch(/names\s+ARRAY<STRING>/);
});

test("a statement that changes rows says how many", async () => {
  await query("CREATE SCHEMA shop; CREATE TABLE shop.orders AS SELECT 1 AS order_id");
  expect((await query("INSERT INTO shop.orders (order_id) VALUES (2), (3)")).stdout).toBe(
    "Done: 2 rows changed.\n",
  );
  const plan = await query("SELECT order_id FROM shop.orders", "--dry-run");
  expect(plan.stdout).toContain("Valid SELECT. Processes 24 B of shop.orders.");
  expect((await query("SELECT COUNT(*) AS n FROM shop.orders", "--format", "csv")).stdout).toBe("n\n3\n");
});

test("without a server several commands at once take turns, and one reads what another wrote", async () => {
  const alone = ["--format", "csv", "--state", temporaryFolder()];
  await growth(["query", "CREATE SCHEMA shop; CREATE TABLE shop.numbers AS SELECT 7 AS n", ...alone]);
  const answers = await Promise.all(
    [1, 2].map(() => growth(["query", "SELECT n FROM shop.numbers", ...alone])),
  );
  expect(answers.map((answer) => [answer.code, answer.stdout])).toEqual([
    [0, "n\n7\n"],
    [0, "n\n7\n"],
  ]);
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { growth, type Running, startGrowth } from "./growth.ts";
import { change, shopProject } from "./project.ts";

// One project, told in order. With a server on its state a command need not start the engine itself.
const cwd = shopProject();
const days = "SELECT * FROM shop.days ORDER BY ds";
let server: Running;

beforeAll(async () => {
  server = await startGrowth(["bigquery", "--port", "0"], { cwd });
  await server.until(/ready at/);
});
afterAll(() => server.child.kill("SIGKILL"));

async function csv(sql: string): Promise<string> {
  return (await growth(["query", sql, "--format", "csv"], { cwd })).stdout;
}

test("run builds tables and views for a day but no assertions, shows each, and ends with a table of figures", async () => {
  const { code, stdout } = await growth(["run", "--date", "2024-06-17"], { cwd });
  expect(code).toBe(0);
  expect(stdout).toMatch(/✔ shop\.orders {2}table\n/);
  expect(stdout).toMatch(/✔ Build the models: 3 built, 4 rows/);
  expect(stdout).toMatch(/shop\.days\s+1\s+\d+\.\d\n/);
  expect(stdout).toMatch(/shop\.best\s+view\s+\d+\.\d\n/);
  expect(stdout).not.toContain("shop_checks");
  expect(await csv(days)).toBe("ds,order_cnt,pay_amt\n2024-06-17,1,10.5\n");
});

test("a run for a later day goes on from there", async () => {
  const { code } = await growth(["run", "--date", "2024-06-18"], { cwd });
  expect(code).toBe(0);
  expect(await csv(days)).toBe("ds,order_cnt,pay_amt\n2024-06-17,1,10.5\n2024-06-18,2,20.25\n");
});

test("a step back in time is refused; a full refresh takes it", async () => {
  const back = await growth(["run", "--date", "2024-06-17"], { cwd });
  expect(back.code).toBe(2);
  expect(back.stderr).toContain("Add --full-refresh to rebuild the tables from scratch.");
  expect((await growth(["run", "--date", "2024-06-17", "--full-refresh"], { cwd })).code).toBe(0);
  expect(await csv("SELECT ds FROM shop.days")).toBe("ds\n2024-06-17\n");
});

test("assert passes on sound tables and counts what it ran", async () => {
  const { code, stdout } = await growth(["assert"], { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain("✔ Run the assertions: 2 passed");
});

test("a failed assertion, chosen by a table it reads, shows the rows it found", async () => {
  await growth(["query", "UPDATE shop.days SET pay_amt = 1 WHERE ds = '2024-06-17'"], { cwd });
  const { code, stderr } = await growth(["assert", "--select", "days"], { cwd });
  expect(code).toBe(1);
  expect(stderr).toContain("1 of 1 assertions failed.");
  expect(stderr).toContain("shop_checks.days_add_up  definitions/days_add_up.sqlx");
  expect(stderr).toMatch(/ds\s+pay_amt\s+expected\n.*\n\s+2024-06-17\s+1\s+10\.5/);
});

test("--select takes names with * and tags", async () => {
  const { code, stdout } = await growth(["run", "--select", "shop.b*", "daily"], { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain("3 tables");
  const one = await growth(["run", "--select", "best"], { cwd });
  expect(one.stdout).toContain("✔ Build the models: 1 built");
});

test("a selector that matches nothing is wrong usage, with the nearest name", async () => {
  const { code, stderr } = await growth(["run", "--select", "shop.ordrs"], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain("Did you mean shop.orders?");
  expect(stderr).toContain("Tags: daily.");
});

test("a typo in a column name gives GoogleSQL's message with the model's file and line; its readers are skipped", async () => {
  change(cwd, {
    "definitions/best.sqlx":
      'config { type: "view" }\n\nSELECT order_id,\n  pay_amnt\nFROM ${ref("orders")}\n',
    "definitions/later.sqlx": 'config { type: "table" }\n\nSELECT * FROM ${ref("best")}\n',
  });
  const { code, stdout, stderr } = await growth(["run", "--select", "best", "later"], { cwd });
  expect(code).toBe(1);
  expect(stderr).toContain("1 of 2 models failed.");
  expect(stderr).toContain("shop.best  definitions/best.sqlx:4:3");
  expect(stderr).toContain("Unrecognized name: pay_amnt; Did you mean pay_amt?");
  expect(stderr).toContain("4 │   pay_amnt\n      │   ^");
  expect(stdout).toContain("○ shop.later  something it reads failed");
});

test("a project that does not compile shows its errors with their files", async () => {
  change(cwd, { "definitions/best.sqlx": 'config { type: "view" }\nSELECT * FROM ${ref("ordrs")}\n' });
  const { code, stderr } = await growth(["run"], { cwd });
  expect(code).toBe(1);
  expect(stderr).toContain("definitions/best.sqlx: Missing dependency");
  expect(stderr).toContain('"ordrs"');
});

test("models that read sources which were never loaded are not even tried", async () => {
  change(cwd, {
    "definitions/raw.sqlx": 'config { type: "declaration", schema: "raw", name: "events" }\n',
    "definitions/best.sqlx": 'config { type: "table" }\nSELECT * FROM ${ref("raw", "events")}\n',
  });
  const { code, stderr } = await growth(["run"], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain("Nothing is loaded in .growth");
  expect(stderr).toContain("growth load");
});

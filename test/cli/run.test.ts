import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { growth, startGrowth } from "./growth.ts";
import { shopProject } from "./project.ts";

async function csv(cwd: string, sql: string): Promise<string> {
  return (await growth(["query", sql, "--format", "csv"], { cwd })).stdout;
}

test("run builds tables and views but no assertions, shows each, and ends with a table of figures", async () => {
  const cwd = shopProject();
  const { code, stdout } = await growth(["run"], { cwd });
  expect(code).toBe(0);
  expect(stdout).toMatch(/✔ shop\.orders {2}table\n/);
  expect(stdout).toMatch(/✔ Build the models: 3 built, 5 rows/);
  expect(stdout).toMatch(/shop\.days\s+2\s+\d+\.\d\n/);
  expect(stdout).toMatch(/shop\.best\s+view\s+\d+\.\d\n/);
  expect(stdout).not.toContain("shop_checks");
  expect(await csv(cwd, "SELECT * FROM shop.days ORDER BY ds")).toBe(
    "ds,order_cnt,pay_amt\n2024-06-17,1,10.5\n2024-06-18,2,20.25\n",
  );
});

test("--date is the day that the models see", async () => {
  const cwd = shopProject();
  await growth(["run", "--date", "2024-06-17"], { cwd });
  expect(await csv(cwd, "SELECT MAX(ds) AS ds FROM shop.days")).toBe("ds\n2024-06-17\n");
  await growth(["run", "--date", "2024-06-18"], { cwd });
  expect(await csv(cwd, "SELECT ds FROM shop.days ORDER BY ds")).toBe("ds\n2024-06-17\n2024-06-18\n");
});

test("a step back in time is refused; a full refresh takes it", async () => {
  const cwd = shopProject();
  await growth(["run", "--date", "2024-06-18"], { cwd });
  const back = await growth(["run", "--date", "2024-06-17"], { cwd });
  expect(back.code).toBe(2);
  expect(back.stderr).toContain("Add --full-refresh to rebuild them as of that day.");
  expect((await growth(["run", "--date", "2024-06-17", "--full-refresh"], { cwd })).code).toBe(0);
  expect(await csv(cwd, "SELECT ds FROM shop.days")).toBe("ds\n2024-06-17\n");
});

test("--select takes table names, patterns and tags", async () => {
  const cwd = shopProject();
  const tag = await growth(["run", "--select", "daily"], { cwd });
  expect(tag.stdout).toContain("2 tables");
  expect(await csv(cwd, "SELECT * FROM shop.best")).toBe("");
  const pattern = await growth(["run", "--select", "shop.b*"], { cwd });
  expect(pattern.stdout).toContain("Build shop.best");
  expect(pattern.code).toBe(0);
});

test("a selector that matches nothing is wrong usage, with the nearest name", async () => {
  const { code, stderr } = await growth(["run", "--select", "shop.ordrs"], { cwd: shopProject() });
  expect(code).toBe(2);
  expect(stderr).toContain("Did you mean shop.orders?");
  expect(stderr).toContain("Tags: daily.");
});

test("a typo in a column name gives GoogleSQL's message with the model's file and line", async () => {
  const cwd = shopProject({
    "definitions/best.sqlx":
      'config { type: "view" }\n\nSELECT order_id,\n  pay_amnt\nFROM ${ref("orders")}\n',
  });
  const { code, stderr } = await growth(["run"], { cwd });
  expect(code).toBe(1);
  expect(stderr).toContain("1 of 3 models failed.");
  expect(stderr).toContain("shop.best  definitions/best.sqlx:4:3");
  expect(stderr).toContain("Unrecognized name: pay_amnt; Did you mean pay_amt?");
  expect(stderr).toContain("4 │   pay_amnt\n      │   ^");
});

test("what reads a failed model is skipped and said so", async () => {
  const cwd = shopProject({
    "definitions/orders.sqlx": 'config { type: "table" }\nSELECT 1 AS order_id, missing\n',
  });
  const { code, stdout } = await growth(["run"], { cwd });
  expect(code).toBe(1);
  expect(stdout).toContain("✖ shop.orders");
  expect(stdout).toContain("○ shop.days  something it reads failed");
});

test("a project that does not compile shows its errors with their files", async () => {
  const cwd = shopProject({
    "definitions/best.sqlx": 'config { type: "view" }\nSELECT * FROM ${ref("ordrs")}\n',
  });
  const { code, stderr } = await growth(["run"], { cwd });
  expect(code).toBe(1);
  expect(stderr).toContain("definitions/best.sqlx: Missing dependency");
  expect(stderr).toContain('"ordrs"');
});

test("assert passes on sound tables", async () => {
  const cwd = shopProject();
  await growth(["run"], { cwd });
  const { code, stdout } = await growth(["assert"], { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain("✔ Run the assertions: 2 passed");
});

test("a failed assertion shows the rows it found", async () => {
  const cwd = shopProject();
  await growth(["run"], { cwd });
  await growth(["query", "UPDATE shop.days SET pay_amt = 1 WHERE ds = '2024-06-17'"], { cwd });
  const { code, stderr } = await growth(["assert"], { cwd });
  expect(code).toBe(1);
  expect(stderr).toContain("1 of 2 assertions failed.");
  expect(stderr).toContain("shop_checks.days_add_up  definitions/days_add_up.sqlx");
  expect(stderr).toMatch(/ds\s+pay_amt\s+expected\n.*\n\s+2024-06-17\s+1\s+10\.5/);
});

test("assertions can be selected by the table they read", async () => {
  const cwd = shopProject();
  await growth(["run"], { cwd });
  expect((await growth(["assert", "--select", "days"], { cwd })).stdout).toContain("1 passed");
});

test("of two runs at once the second says so and stops", async () => {
  const cwd = shopProject();
  const first = await startGrowth(["run"], { cwd });
  await first.until(/→ Build the models/);
  const second = await growth(["run"], { cwd });
  expect(second.code).toBe(2);
  expect(second.stderr).toContain("growth run is at work in .growth");
  expect((await first.ended).code).toBe(0);
});

test("a killed run is run again to the same result", async () => {
  const cwd = shopProject();
  const expected = "ds,order_cnt,pay_amt\n2024-06-17,1,10.5\n2024-06-18,2,20.25\n";
  for (const delay of [500, 1200, 1800, 2400]) {
    const killed = await startGrowth(["run"], { cwd });
    await sleep(delay);
    killed.child.kill("SIGKILL");
    await killed.ended;
    if (existsSync(join(cwd, ".growth/build.json")))
      JSON.parse(readFileSync(join(cwd, ".growth/build.json"), "utf8"));
  }
  expect((await growth(["run"], { cwd })).code).toBe(0);
  expect(await csv(cwd, "SELECT * FROM shop.days ORDER BY ds")).toBe(expected);
});

test("models that read sources which were never loaded are not even tried", async () => {
  const cwd = shopProject({
    "definitions/raw.sqlx": 'config { type: "declaration", schema: "raw", name: "orders" }\n',
    "definitions/from_raw.sqlx": 'config { type: "table" }\nSELECT * FROM ${ref("raw", "orders")}\n',
  });
  const { code, stderr } = await growth(["run"], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain("Nothing is loaded in .growth");
  expect(stderr).toContain("growth load --data complete-journey");
});

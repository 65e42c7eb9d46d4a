import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { growth, startGrowth } from "./growth.ts";
import { change, shopProject, sourced } from "./project.ts";

const cwd = shopProject(sourced);
const start = ["start", "--data", "data", "--no-docs"];
const days = ["query", "SELECT * FROM shop.days ORDER BY ds", "--format", "csv"];
const result = "ds,order_cnt,pay_amt\n2024-06-17,1,10.5\n2024-06-18,2,20.25\n";
const record = (name: string) => JSON.parse(readFileSync(join(cwd, ".growth", name), "utf8"));
/** Figures without the seconds, which differ from run to run. */
const tableOf = (stdout: string) => stdout.slice(stdout.indexOf("\ntable ")).replace(/Done in .*/, "");
let first = "";

test("data against its contract is refused with file, column and row, and nothing is loaded", async () => {
  change(cwd, {
    "data/raw.bought.csv": `${sourced["data/raw.bought.csv"]}4,2024-06-31,1,2024-06-18T12:00:00Z\n`,
  });
  const { code, stderr } = await growth(["load", "--data", "data"], { cwd });
  expect(code).toBe(1);
  expect(stderr).toContain("data has 1 problem; nothing was loaded.");
  expect(stderr).toMatch(/raw\.bought\.csv\s+ds\s+4\s+/);
  expect(existsSync(join(cwd, ".growth/load.json"))).toBe(false);
  change(cwd, sourced);
});

test("start goes from files to a table of what was built", async () => {
  const { code, stdout } = await growth(start, { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain("✔ Load data: 3 rows in 1 table");
  expect(stdout).toContain("✔ Build the models: 3 built, 5 rows");
  expect(stdout).toContain("✔ Run the assertions: 2 passed");
  expect(stdout).toMatch(/shop\.orders\s+3\s+\d+\.\d\s+2 passed\n/);
  expect(stdout).toMatch(/3 tables\s+5\s+\d+\.\d\s+2 passed\n/);
  expect(stdout).toContain('npx growth query "SELECT * FROM shop.days LIMIT 10"');
  expect((await growth(days, { cwd })).stdout).toBe(result);
  first = tableOf(stdout);
});

test("started again it does nothing again, says so, and prints the same table", async () => {
  const { code, stdout } = await growth(start, { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain("✔ Load data: data unchanged");
  expect(stdout).toContain("✔ Build the models: models unchanged, data unchanged");
  expect(tableOf(stdout)).toBe(first);
});

test("what somebody else changed in a table is noticed and built again", async () => {
  await growth(["query", "DELETE FROM shop.days WHERE TRUE"], { cwd });
  const { stdout } = await growth(start, { cwd });
  expect(stdout).toContain("✔ Build the models: 3 built, 5 rows");
  expect((await growth(days, { cwd })).stdout).toBe(result);
});

test("killed between any two steps and started again it gives the same", async () => {
  for (const pattern of [/→ Load/, /→ Build/, /✔ shop\.orders/, /→ Run the assertions/]) {
    const killed = await startGrowth([...start, "--fresh"], { cwd });
    await killed.until(pattern);
    killed.child.kill("SIGKILL");
    await killed.ended;
    if (existsSync(join(cwd, ".growth/load.json"))) expect(record("load.json").tables).toHaveLength(1);
  }
  expect((await growth(start, { cwd })).code).toBe(0);
  expect((await growth(days, { cwd })).stdout).toBe(result);
});

test("changed data is loaded, and everything is built from scratch", async () => {
  change(cwd, { "data/raw.bought.csv": (sourced["data/raw.bought.csv"] ?? "").replace("10.5", "11.5") });
  const { code, stdout } = await growth(start, { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain("✔ Load data: 3 rows in 1 table");
  expect((await growth(days, { cwd })).stdout).toBe(result.replace("10.5", "11.5"));
});

test("run does not go on incrementally from tables of other data; after more of the same data it says what to look at", async () => {
  const before = sourced["data/raw.bought.csv"]?.replace("10.5", "11.5");
  const bought = `${before}4,2024-06-19,1,2024-06-19T12:00:00Z\n`;
  change(cwd, { "other/raw.bought.csv": bought, "data/raw.bought.csv": bought });
  await growth(["load", "--data", "other"], { cwd });
  const refused = await growth(["run"], { cwd });
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/The tables are built from .*data, and now .*other is loaded\./);
  await growth(["load", "--data", "data"], { cwd });
  const more = await growth(["run"], { cwd });
  expect(more.code, more.stderr).toBe(0);
  expect(more.stderr).toContain("Data was loaded since the last build.");
  expect((await growth(days, { cwd })).stdout).toContain("2024-06-19,1,1\n");
});

test("a failed assertion ends it with exit code 1; the tables stay, and the next start only asserts again", async () => {
  change(cwd, {
    "definitions/cheap.sqlx":
      'config { type: "assertion" }\n\nSELECT * FROM ${ref("orders")} WHERE pay_amt > 11\n',
  });
  const failed = await growth(start, { cwd });
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain("1 of 3 assertions failed.");
  expect(failed.stderr).toMatch(/2 rows:\n\n\s+order_id\s+ds\s+pay_amt\n/);
  const again = await growth(start, { cwd });
  expect(again.code).toBe(1);
  expect(again.stdout).toContain("models unchanged, data unchanged");
});

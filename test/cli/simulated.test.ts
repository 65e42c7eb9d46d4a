import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { growth, temporaryFolder } from "./growth.ts";

const state = temporaryFolder();
const load = (...args: string[]) => growth(["load", "--state", state, "--preset", "small", ...args]);
const file = join(state, "data/simulated/dataset.json");

test("load simulates a world, loads it, and knows it again", async () => {
  const first = await load("--users", "20");
  expect(first.stderr).toBe("");
  expect(first.stdout).toMatch(
    /✔ Load simulated data \(--preset small --users 20\): [\d,]+ rows in 15 tables/,
  );
  const record = JSON.parse(readFileSync(join(state, "load.json"), "utf8"));
  expect(record).toMatchObject({ timezone: "Asia/Shanghai", run_date: "2025-06-29" });
  const made = statSync(file).mtimeMs;
  expect((await load("--users", "20")).stdout).toContain("data unchanged");
  expect(statSync(file).mtimeMs).toBe(made);
});

test("another seed is another world", async () => {
  const { code, stdout } = await load("--users", "20", "--seed", "2");
  expect(code).toBe(0);
  expect(stdout).toMatch(/\(--preset small --seed 2 --users 20\): [\d,]+ rows/);
  expect(JSON.parse(readFileSync(file, "utf8")).seed).toBe(2);
});

test("what the simulator refuses is wrong usage, and the loaded data stays", async () => {
  const { code, stderr } = await load("--users", "0");
  expect(code).toBe(2);
  expect(stderr).toContain("users is 0: expected a whole number from 1 to 16 million.");
  expect(JSON.parse(readFileSync(file, "utf8")).seed).toBe(2);
});

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { growth, type Running, startGrowth } from "./growth.ts";
import { change, shopProject } from "./project.ts";

// One project, told in order; a table that remembers the days on which it was built, and one that nothing reads.
const cwd = shopProject({
  "definitions/built.sqlx": `config { type: "incremental" }

SELECT DATE '\${dataform.projectConfig.vars.run_date}' AS ds, COUNT(*) AS order_cnt FROM \${ref("days")}
`,
  "definitions/apart.sqlx": 'config { type: "table" }\n\nSELECT 1 AS n\n',
});
const period = ["--from", "2024-06-17", "--to", "2024-06-20"];
const built = "SELECT STRING_AGG(CAST(ds AS STRING) ORDER BY ds) AS days FROM shop.built";
const four = 'days\n"2024-06-17,2024-06-18,2024-06-19,2024-06-20"\n';
let server: Running;
let url = "";

beforeAll(async () => {
  server = await startGrowth(["bigquery", "--port", "0"], { cwd });
  url = (await server.until(/ready at (\S+)/))[1] ?? "";
});
afterAll(() => server.child.kill("SIGKILL"));

const csv = async (sql: string) => (await growth(["query", sql, "--format", "csv"], { cwd })).stdout;

test("backfill builds every day once, tells the pace, and goes on after a kill with the first unfinished day", async () => {
  const killed = await startGrowth(["backfill", ...period], { cwd });
  await killed.until(/✔ 2024-06-18 {2}/);
  killed.child.kill("SIGKILL");
  await killed.ended;
  expect(JSON.parse(readFileSync(join(cwd, ".growth/backfill.json"), "utf8")).done).toBe("2024-06-18");
  const { code, stdout, stderr } = await growth(["backfill", ...period], { cwd });
  expect(code, stderr).toBe(0);
  expect(stdout).toContain("○ days up to 2024-06-18  finished before");
  expect(stdout).toMatch(/✔ 2024-06-19 {2}\d+\.\d s\n {2}✔ 2024-06-20/);
  expect(stdout).toContain("2 of 4 days, 5 models");
  expect(existsSync(join(cwd, ".growth/backfill.json"))).toBe(false);
  expect(await csv(built)).toBe(four);
});

test("a selection takes along what depends on it and what these read, and begins with a full refresh", async () => {
  await growth(["query", "DROP TABLE shop.apart"], { cwd });
  const { code, stdout, stderr } = await growth(["backfill", ...period, "--select", "days"], { cwd });
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/✔ 2024-06-17 {2}\d+\.\d s, full refresh/);
  expect(stdout).toContain("4 of 4 days, 3 models");
  expect(await csv(built)).toBe(four);
});

test("a day that fails is named; with a mended model the same command begins again", async () => {
  const last = ["--from", "2024-06-21", "--to", "2024-06-22", "--continue"];
  const good = readFileSync(join(cwd, "definitions/apart.sqlx"), "utf8");
  change(cwd, {
    "definitions/apart.sqlx":
      'config { type: "table" }\n\nSELECT ${dataform.projectConfig.vars.run_date === "2024-06-22" ? "m" : "1"} AS n\n',
  });
  const failed = await growth(["backfill", ...last], { cwd });
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain("2024-06-22: 1 of 5 models failed.");
  expect(failed.stderr).toContain(
    "The same command goes on with 2024-06-22; once models or data change, it begins again with 2024-06-21.",
  );
  change(cwd, { "definitions/apart.sqlx": good });
  const mended = await growth(["backfill", ...last], { cwd });
  expect(mended.code, mended.stderr).toBe(0);
  expect(mended.stdout).toContain("2 of 2 days, 5 models");
});

test("with credentials it drives the stock CLI on BigQuery, wherever that is", async () => {
  writeFileSync(join(cwd, "credentials.json"), JSON.stringify({ projectId: "local", location: "US" }));
  const elsewhere = ["--credentials", "credentials.json", "--state", "elsewhere", "--vars", "timezone=UTC"];
  const { code, stderr } = await growth(
    ["backfill", "--from", "2024-06-17", "--to", "2024-06-18", ...elsewhere],
    { cwd, env: { BIGQUERY_EMULATOR_HOST: url, METADATA_SERVER_DETECTION: "none" } },
  );
  expect(code, stderr).toBe(0);
  expect(existsSync(join(cwd, "elsewhere/warehouse.duckdb"))).toBe(false);
  expect(await csv(built)).toBe('days\n"2024-06-17,2024-06-18"\n');
});

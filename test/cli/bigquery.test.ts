import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { growth, type Running, repository, startGrowth, temporaryFolder } from "./growth.ts";
import { shopProject } from "./project.ts";

const project = shopProject();
const state = join(project, ".growth");
let server: Running;
let url = "";

beforeAll(async () => {
  server = await startGrowth(["bigquery", "--port", "0"], { cwd: project });
  const ready = await server.until(
    /ready at (http:\/\/127\.0\.0\.1:\d+) \(project local, database \.growth\/warehouse\.duckdb\)\n/,
  );
  url = ready[1] ?? "";
});
afterAll(() => server.child.kill("SIGKILL"));

/** The stock Dataform CLI, told nothing but where BigQuery is. */
function dataform(...args: string[]) {
  return spawnSync(
    process.execPath,
    [
      join(repository, "node_modules/@dataform/cli/bundle.js"),
      ...args,
      `--credentials=${state}/.df-credentials.json`,
    ],
    {
      cwd: project,
      encoding: "utf8",
      env: { ...process.env, BIGQUERY_EMULATOR_HOST: url, METADATA_SERVER_DETECTION: "none" },
    },
  );
}

test("the ready line is all it prints", () => {
  expect(server.output()).toMatch(/^Local BigQuery ready at .*\n$/);
});

test("the stock Dataform CLI runs a project on it", () => {
  const dry = dataform("run", "--dry-run", "--actions=shop.orders");
  expect(dry.stderr).toBe("");
  expect(dry.status).toBe(0);
  const { status, stdout } = dataform("run");
  expect(stdout).toMatch(/Table created: .*shop\.days/);
  expect(stdout).toMatch(/Assertion passed: .*shop_checks\.days_add_up/);
  expect(status).toBe(0);
});

test("other commands on the same state ask the server instead of opening the database", async () => {
  const { code, stdout } = await growth(["query", "SELECT pay_amt FROM shop.best", "--format", "csv"], {
    cwd: project,
  });
  expect([code, stdout]).toEqual([0, "pay_amt\n20\n"]);
});

test("a second server on the same state is refused with the first one's address", async () => {
  const { code, stderr } = await growth(["bigquery", "--port", "0"], { cwd: project });
  expect(code).toBe(2);
  expect(stderr).toContain(`.growth is already served at ${url}`);
});

test("--fresh does not remove a warehouse that is being served", async () => {
  const { code, stderr } = await growth(["start", "--fresh"], { cwd: project });
  expect(code).toBe(2);
  expect(stderr).toContain("--fresh can not remove .growth");
  expect(existsSync(join(state, "warehouse.duckdb"))).toBe(true);
});

test("a taken port is a problem of the environment", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.on("listening", resolve));
  const { port } = other.address() as { port: number };
  const { code, stderr } = await growth(["bigquery", "--port", String(port), "--state", temporaryFolder()]);
  other.close();
  expect(code).toBe(2);
  expect(stderr).toContain(`Port ${port} is taken by another program.`);
});

test("after kill -9 the next command opens the database itself", async () => {
  server.child.kill("SIGKILL");
  await server.ended;
  expect(JSON.parse(readFileSync(join(state, "server.json"), "utf8")).url).toBe(url);
  const { code, stdout } = await growth(
    ["query", "SELECT COUNT(*) AS n FROM shop.orders", "--format", "csv"],
    { cwd: project },
  );
  expect([code, stdout]).toEqual([0, "n\n3\n"]);
});

test("SIGTERM closes it: exit code 0, the data in the file, server.json gone", async () => {
  const again = await startGrowth(["bigquery", "--port", "0"], { cwd: project });
  await again.until(/ready at/);
  expect((await growth(["query", "CREATE TABLE shop.kept AS SELECT 1 AS n"], { cwd: project })).code).toBe(0);
  again.child.kill("SIGTERM");
  expect((await again.ended).code).toBe(0);
  expect(existsSync(join(state, "server.json"))).toBe(false);
  expect(
    (await growth(["query", "SELECT n FROM shop.kept", "--format", "csv"], { cwd: project })).stdout,
  ).toBe("n\n1\n");
});

test("--database serves another file and leaves the state alone", async () => {
  const folder = temporaryFolder();
  const other = await startGrowth(
    ["bigquery", "--port", "0", "--database", "other.duckdb", "--state", "mine"],
    { cwd: folder },
  );
  await other.until(/database other\.duckdb/);
  other.child.kill("SIGINT");
  expect((await other.ended).code).toBe(0);
  expect(existsSync(join(folder, "other.duckdb"))).toBe(true);
  expect(existsSync(join(folder, "mine/server.json"))).toBe(false);
});

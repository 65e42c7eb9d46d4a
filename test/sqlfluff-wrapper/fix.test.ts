// A fix comes to an end, compiles once a round, changes nothing the second time, and leaves alone what it cannot mend harmlessly.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FixResult, fixProject } from "../../packages/sqlfluff-wrapper/src/fix/fix.ts";
import { Engine } from "../../packages/sqlfluff-wrapper/src/lint/linter.ts";
import { pythonPath, writeProject } from "./project.ts";

const folder = mkdtempSync(join(tmpdir(), "fixed-project-"));
const counted =
  'config { type: "view", description: "x" }\n\n${sql.counted(`\n  SELECT  t.x AS x\n  FROM ${ref("raw")} AS t`)}\n';
const engine = new Engine({
  project: folder,
  settings: { pythonPath, excludeRules: ["SW11", "SW12"] },
});
let builds = 0;
const build = engine.builder.build.bind(engine.builder);
engine.builder.build = (...given) => {
  builds++;
  return build(...given);
};

const texts = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(folder, "definitions")).map((name) => [
      name,
      readFileSync(join(folder, "definitions", name), "utf8"),
    ]),
  );

let first: FixResult;
let firstBuilds = 0;

beforeAll(async () => {
  writeProject(folder, {
    "dataform.json": '{ "warehouse": "bigquery", "defaultSchema": "s", "defaultDatabase": "p" }',
    "package.json": "{}",
    ".sqlfluff":
      "[sqlfluff]\ndialect = bigquery\nrules = layout, capitalisation, AL01\n[sqlfluff:rules:capitalisation.keywords]\ncapitalisation_policy = upper\n",
    // A function whose result hangs on the layout of what it is given.
    "includes/sql.js":
      'module.exports = { counted: (query) => query + (query.includes("SELECT  ") ? " LIMIT 2" : " LIMIT 1") };\n',
    "definitions/raw.sqlx": 'config { type: "declaration", description: "x" }\n',
    "definitions/daily.sqlx":
      'config { type: "incremental", description: "x" }\n\n' +
      'Select  t.x as x,t.y  AS y\nfrom ${ref("raw")} t\n${when(incremental(), `where t.x  > 0`, `where t.x>1 and t.y is  not NULL`)}\n',
    "definitions/counted.sqlx": counted,
    "definitions/published.js":
      'publish("made", { type: "view", description: "x" }).query((ctx) => `select  t.x as x\nFROM ${ctx.ref("raw")} as t`);\n',
  });
  first = await fixProject(engine, {});
  firstBuilds = builds;
});
afterAll(() => {
  engine.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe("a fix", () => {
  test("comes to an end, with one compilation a round and one where a file is left alone", () => {
    expect([...first.changed.keys()].sort()).toEqual(["definitions/daily.sqlx", "definitions/published.js"]);
    expect(texts()["daily.sqlx"]).toContain(
      'SELECT\n    t.x AS x,\n    t.y AS y\nFROM ${ref("raw")} AS t\n${when(incremental(), `WHERE t.x > 0`, `WHERE t.x > 1 AND t.y IS NOT NULL`)}',
    );
    // Before, round by round, and once more without the file that was left alone.
    expect(firstBuilds).toBeLessThanOrEqual(4);
  });

  test("does not write where the compiled meaning would change, and says why", () => {
    expect(first.refused).toEqual([
      { file: "definitions/counted.sqlx", why: expect.stringMatching(/what a placeholder of s\.counted/) },
    ]);
    expect(texts()["counted.sqlx"]).toBe(counted);
  });

  test("changes nothing the second time, and finds the project as the first left it", async () => {
    const before = texts();
    builds = 0;
    const second = await fixProject(engine, {});
    expect(second.changed.size).toBe(0);
    expect(second.refused).toEqual(first.refused);
    expect(second.after?.violations).toEqual(first.after?.violations);
    expect(texts()).toEqual(before);
    expect(builds).toBeLessThanOrEqual(3);
  });

  test("only tells with `check`", async () => {
    const before = texts();
    const told = await fixProject(engine, { check: true, paths: ["definitions/daily.sqlx"] });
    expect([told.changed.size, told.after]).toEqual([0, undefined]);
    expect(texts()).toEqual(before);
  });
});

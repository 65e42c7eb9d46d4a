// The command line: exit codes as sqlfluff's, one sentence where something is missing, a Python that is made once and kept.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../packages/sqlfluff-wrapper/src/cli/run.ts";
import { findPython } from "../../packages/sqlfluff-wrapper/src/python/find.ts";
import { cachedFolder } from "../../packages/sqlfluff-wrapper/src/python/install.ts";
import { pythonPath, writeProject } from "./project.ts";

const folder = mkdtempSync(join(tmpdir(), "linted-by-command-"));
const sound = 'config { type: "view", description: "x" }\n\nSELECT 1 AS one\n';

beforeAll(() =>
  writeProject(folder, {
    "dataform.json": '{ "warehouse": "bigquery", "defaultSchema": "s", "defaultDatabase": "p" }',
    "package.json": JSON.stringify({ "sqlfluff-wrapper": { pythonPath } }),
    ".sqlfluff": "[sqlfluff]\ndialect = bigquery\nrules = layout, capitalisation\n",
    "definitions/sound.sqlx": sound,
    "definitions/loose.sqlx": 'config { type: "view", description: "x" }\n\nSELECT  2 AS two\n',
  }),
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function command(argv: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const code = await run(argv, { stdout, stderr, env, cwd: folder });
  return { code, stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? "") };
}

test("lint ends with 0 where nothing is found, and with 1 and the place where something is", async () => {
  const clean = await command(["lint", "definitions/sound.sqlx"]);
  expect(clean).toMatchObject({ code: 0, stderr: "" });
  const found = await command(["lint"]);
  expect(found.code).toBe(1);
  expect(found.stdout).toMatch(/definitions\/loose\.sqlx[\s\S]*3:7[\s\S]*LT01/);
});

test("wrong usage ends with 2 and one sentence", async () => {
  const nothing = await command(["lint", "definitions/missing.sqlx"]);
  expect(nothing).toMatchObject({ code: 2, stdout: "" });
  expect(nothing.stderr).toMatch(/^\S+definitions\/missing\.sqlx does not exist\.\n$/);
  expect((await command(["lint", "--format", "xml"])).code).toBe(2);
});

test("fix --check tells and writes nothing; fix mends what lint told, and nothing of a clean file", async () => {
  const check = await command(["fix", "--check"]);
  expect(check).toMatchObject({ code: 1, stderr: "would mend definitions/loose.sqlx\n" });
  const mended = await command(["fix"]);
  expect(mended).toMatchObject({ code: 0, stderr: "mended definitions/loose.sqlx\n" });
});

test("a layout that lint does not tell of is left as it is", async () => {
  // The indentation of a script's SQL is the script's.
  writeFileSync(
    join(folder, "definitions/script.js"),
    'publish("made", { type: "view", description: "x" }).query(\n  () => `SELECT one\n          FROM x`,\n);\n',
  );
  const { code, stdout, stderr } = await command(["fix"]);
  expect({ code, stdout, stderr }).toMatchObject({ code: 0, stderr: "" });
});

test("without a Python there is one sentence, and exit code 2", async () => {
  const { code, stderr } = await command(["lint"], { HOME: folder, PATH: folder });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^Python 3\.10 or later was not found, .*\n$/);
});

test("a sqlfluff in the cache is taken, not installed again", () => {
  const cache = mkdtempSync(join(tmpdir(), "linter-cache-"));
  try {
    const env = { ...process.env, XDG_CACHE_HOME: cache, PYTHONPATH: "" };
    const first = findPython(folder, { pythonPath }, env);
    expect(first.path).toEqual([pythonPath]);
    // What an earlier installation left, under the name of this release and Python: pip is not asked, which would need the network.
    const kept = cachedFolder(first.command, env);
    expect(kept.startsWith(join(cache, "sqlfluff-wrapper"))).toBe(true);
    mkdirSync(dirname(kept));
    symlinkSync(pythonPath, kept);
    const offline = { ...env, PIP_NO_INDEX: "1" };
    expect(findPython(folder, {}, offline)).toMatchObject({
      path: [kept],
      how: "the cache of sqlfluff-wrapper",
    });
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
});

/** The analyzer's answers are kept on disk: never another request's, never a damaged one, never an error. */
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createAnalyzer } from "../../../packages/local-bigquery/src/analyzer/analyzer.ts";
import { Answers } from "../../../packages/local-bigquery/src/analyzer/answers.ts";
import { defaultFiles } from "../../../packages/local-bigquery/src/files.ts";
import { project } from "../../support/dataform.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "growth-answers-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (answer: Uint8Array) => new TextDecoder().decode(answer);

/** Asks as a process of its own would, and tells whether the analyzer had to answer. */
async function ask(parts: readonly string[], answer: string, identity = "wasm") {
  let asked = false;
  const got = await new Answers(folder, identity).get(parts, async () => {
    asked = true;
    return bytes(answer);
  });
  return { got: text(got), asked };
}

/** Files below the folder, once there are some and none is being written. */
async function files(): Promise<string[]> {
  for (let seen = -1; ; ) {
    const all = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => !name.startsWith("tmp"))
      .map((name) => join(folder, name))
      .filter((name) => statSync(name).isFile());
    if (all.length > 1 && all.length === seen) return all;
    seen = all.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test("the same request is answered once; another request, or another analyzer, asks anew", async () => {
  expect(await ask(["Analyze", "SELECT 1"], "one")).toEqual({ got: "one", asked: true });
  await files();
  expect(await ask(["Analyze", "SELECT 1"], "other")).toEqual({ got: "one", asked: false });
  expect(await ask(["Analyze", "SELECT 2"], "two")).toEqual({ got: "two", asked: true });
  // Where one part ends and the next begins is part of the request.
  expect(await ask(["AnalyzeS", "ELECT 1"], "three")).toEqual({ got: "three", asked: true });
  expect(await ask(["Analyze", "SELECT 1"], "four", "newer wasm")).toEqual({ got: "four", asked: true });
});

test("a damaged file counts as none", async () => {
  await ask(["Analyze", "SELECT 1"], "one");
  for (const file of await files()) if (file.includes("content")) truncateSync(file, 2);
  expect(await ask(["Analyze", "SELECT 1"], "new")).toEqual({ got: "new", asked: true });
});

test("a folder that cannot be written costs time, nothing else", async () => {
  const blocked = () => new Answers("/dev/null/answers", "wasm");
  expect(text(await blocked().get(["Analyze"], async () => bytes("one")))).toBe("one");
  expect(text(await blocked().get(["Analyze"], async () => bytes("two")))).toBe("two");
});

test("an analysis kept by one analyzer is the next one's, tree for tree; a table of other columns is another request", async () => {
  const open = () => createAnalyzer({ ...defaultFiles(project), answers: folder });
  const columns = [{ name: "x", type: { kind: "INT64" } }] as const;
  const sql = "SELECT x + 1 AS y, * FROM t WHERE x > 2";
  const request = { sql, tables: [{ path: ["t"], columns }] };
  const first = await (await open()).analyze(request);
  await files();
  const second = await open();
  expect(await second.analyze(request)).toEqual(first);
  const wider = [...columns, { name: "z", type: { kind: "STRING" } } as const];
  const tree = await second.analyze({ sql, tables: [{ path: ["t"], columns: wider }] });
  expect(JSON.stringify(tree, plain)).toContain('"z"');
  await expect(second.analyze({ sql: "SELECT nope FROM t", tables: request.tables })).rejects.toThrow(
    "Unrecognized name: nope",
  );
  await expect((await open()).analyze({ sql: "SELECT nope FROM t", tables: request.tables })).rejects.toThrow(
    "Unrecognized name: nope",
  );
});

function plain(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

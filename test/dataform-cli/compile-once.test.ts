import { execFileSync, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { dataformArguments } from "@growth/dataform-cli";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeProject } from "../sqlfluff-wrapper/project.ts";

const require = createRequire(import.meta.url);
const cli = dirname(require.resolve("@dataform/cli/package.json"));
const [flag = "", hook = ""] = dataformArguments(cli, []);
const project = mkdtempSync(join(tmpdir(), "compile-once-"));

beforeAll(() =>
  writeProject(project, {
    "dataform.json":
      '{ "warehouse": "bigquery", "defaultSchema": "shop", "defaultDatabase": "p", "defaultLocation": "US" }',
    "package.json": '{ "name": "shop" }',
    "definitions/one.sqlx": 'config { type: "table" }\n\nSELECT 1 AS n\n',
  }),
);
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** What the stock CLI's worker answers to one request, in the time that a second compilation takes. */
function answers(execArgv: readonly string[]): Promise<string[]> {
  const worker = fork(join(cli, "worker_bundle.js"), [], { cwd: project, execArgv: [...execArgv] });
  const given: string[] = [];
  return new Promise((resolve, reject) => {
    let asked = false;
    worker.on("error", reject);
    worker.on("message", (message) => {
      if (typeof message === "string") {
        given.push(message);
        setTimeout(() => {
          worker.kill("SIGKILL");
          resolve(given);
        }, 3000);
      } else if (!asked) {
        asked = true;
        worker.send({ projectDir: project, timeoutMillis: 60_000 });
      }
    });
  });
}

describe("the stock Dataform CLI", () => {
  it("compiles once for a request, with the answer that it gives twice by itself", async () => {
    const [plain, once] = await Promise.all([answers([]), answers([flag, hook])]);
    // As soon as the CLI itself answers once, the script is to go.
    expect(plain).toHaveLength(2);
    expect(once).toEqual([plain[0]]);
  });

  it("prints the same", () => {
    const run = (args: readonly string[]) =>
      execFileSync(process.execPath, [...args], { cwd: project, encoding: "utf8" });
    const args = ["compile", "--json", "."];
    expect(run(dataformArguments(cli, args))).toBe(run([join(cli, "bundle.js"), ...args]));
  });
});

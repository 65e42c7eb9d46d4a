import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { run } from "../../packages/cli/src/index.ts";
import { repository } from "./growth.ts";

/** A command line in this process, with streams of its own. */
async function growth(...argv: string[]) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const code = await run(argv, { stdin: new PassThrough(), stdout, stderr, env: {}, cwd: repository });
  return { code, stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? "") };
}

test("--help lists the commands that exist, and no others", async () => {
  const { code, stdout } = await growth("--help");
  expect(code).toBe(0);
  const listed = [...stdout.matchAll(/^ {2}([a-z]+) {2,}/gm)].map((match) => match[1]);
  expect(listed).toEqual([
    "start",
    "load",
    "run",
    "assert",
    "backfill",
    "replay",
    "bench",
    "query",
    "bigquery",
    "lint",
    "doctor",
  ]);
});

test.each([
  "start",
  "load",
  "run",
  "assert",
  "backfill",
  "replay",
  "bench",
  "query",
  "bigquery",
  "lint",
  "doctor",
])("%s --help shows its options, --state among them, and an example", async (command) => {
  const { code, stdout } = await growth(command, "--help");
  expect(code).toBe(0);
  expect(stdout).toContain("--state <dir>");
  expect(stdout).toMatch(/Examples:\n {2}\S*.*growth/);
});

test("without a command it shows the help and says that this is wrong usage", async () => {
  const { code, stderr } = await growth();
  expect(code).toBe(2);
  expect(stderr).toContain("Commands:");
});

test("a mistyped command gets the nearest one suggested", async () => {
  const { code, stderr } = await growth("qery", "SELECT 1");
  expect(code).toBe(2);
  expect(stderr).toContain("There is no command qery.");
  expect(stderr).toContain("Did you mean: growth query");
});

test.each([
  [["query"], "Missing required argument 'sql'"],
  [["query", "SELECT 1", "--format", "xml"], "Allowed choices are table, json, csv."],
  [["query", "SELECT 1", "--max-rows", "none"], "--max-rows none is not a number of rows."],
  [["query", "   "], "The statement is empty."],
  [["run", "--date", "2024-02-30"], "--date 2024-02-30 is not a date."],
  [["start", "--date", "yesterday"], "--date yesterday is not a date."],
  [["bigquery", "--port", "70000"], "--port 70000 is not a port."],
  [["load", "--data", "complete-jurney"], "Did you mean --data complete-journey?"],
  [["load", "--data", "nowhere"], "There is --data simulated, --data complete-journey, or a folder"],
  [["load", "--data", "simulatd"], "Did you mean --data simulated?"],
  [["load", "--seed", "one"], "--seed one is not a whole number."],
  [["load", "--data", "complete-journey", "--users", "5"], "--users 5: only simulated data takes this"],
  [["run", "--fast"], "Unknown option '--fast'"],
  [["bench", "engines"], "There is no bench engines."],
  [["bench", "incremental", "--histories", "30,x"], "--histories 30,x are not numbers of days."],
  [["backfill", "--to", "2025-06-01"], "--from is missing."],
  [
    ["backfill", "--from", "2025-06-01", "--to", "2025-06-02", "--credentials", "none.json"],
    "There is no credentials file none.json.",
  ],
  [["replay", "--from", "2025-06-02", "--to", "2025-06-01"], "--to 2025-06-01 is before --from 2025-06-02."],
])("%j is wrong usage and says what is wrong", async (argv, message) => {
  const { code, stderr } = await growth(...argv);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

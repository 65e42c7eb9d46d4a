import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { run } from "../../packages/cli/src/index.ts";
import { repository, temporaryFolder } from "./growth.ts";

const days = ["--from", "2025-11-10", "--to", "2025-11-12"];
/** Few users with a long past, so that windows have something to drop; many with a short one, so that days are full. */
const long = ["--seed", "4", "--users", "150", "--history", "610", "--dirt", "all"];
const dense = ["--seed", "4", "--users", "800", "--history", "30", "--dirt", "all"];

/** A command line in this process. */
async function growth(cwd: string, ...argv: string[]) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const code = await run(argv, { stdin: new PassThrough(), stdout, stderr, env: process.env, cwd });
  return { code, stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? "") };
}

/** The project, with one line of some files changed; a line that is not there fails. */
function changedProject(changes: Readonly<Record<string, readonly [was: string, is: string]>>): string {
  const folder = temporaryFolder();
  const parts = ["definitions", "includes", "assertions", "dataform.json", "package.json"];
  for (const part of parts) cpSync(join(repository, part), join(folder, part), { recursive: true });
  cpSync(join(repository, "node_modules/@dataform/core"), join(folder, "node_modules/@dataform/core"), {
    recursive: true,
  });
  for (const [file, [was, is]] of Object.entries(changes)) {
    const text = readFileSync(join(folder, file), "utf8");
    if (!text.includes(was)) throw new Error(`${file} has no ${was}`);
    writeFileSync(join(folder, file), text.replace(was, is));
  }
  return folder;
}

test("hostile days run one by one leave in every table what a full refresh gives, and the totals that were planted", async () => {
  const state = temporaryFolder();
  const { code, stdout, stderr } = await growth(repository, "replay", ...days, ...long, "--state", state);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(stdout).toMatch(/✔ Compare every table: [\d,]+ rows in \d+ tables, none differs/);
  expect(stdout).toMatch(/✔ Compare with what was planted: \d+ totals, all as planted/);
  expect(stdout).toMatch(/redcdm\.dwd_ecm_trd_order_line_di\s+[1-9][\d,]+\s+[\d,]+\s+0\s+0\s+0\s+0\s+0\n/);
  const built = readdirSync(join(repository, "definitions"), { recursive: true, encoding: "utf8" })
    .filter((name) => /^(state|dim|dwd|dm)\/.*\.sqlx$/.test(name))
    .filter((name) =>
      /type: "(incremental|table)"/.test(readFileSync(join(repository, "definitions", name), "utf8")),
    )
    // What a run writes down for itself on the way is no state to compare.
    .filter((name) => {
      const contract = join(repository, "definitions", name.replace(/sqlx$/, "yaml"));
      return !existsSync(contract) || !/^tags: .*working/m.test(readFileSync(contract, "utf8"));
    });
  expect(stdout).toMatch(new RegExp(`\\n${built.length} tables `));
});

test("a model broken on purpose is found and named", async () => {
  const orderLine = "redcdm.dwd_ecm_trd_order_line_di";
  const benefit = "redcdm.dwd_ecm_mkt_user_strategy_execution_benefit_di";
  const cwd = changedProject({
    [`definitions/dwd/${orderLine.slice(7)}.sqlx`]: [
      "  paid_at,\n  ds\nFROM",
      "  paid_at,\n  DATE(paid_at, 'UTC') AS ds\nFROM",
    ],
    [`definitions/dwd/${benefit.slice(7)}.sqlx`]: [
      "  QUALIFY ROW_NUMBER() OVER (PARTITION BY execution_id ORDER BY triggered_at, log_id) = 1\n",
      "",
    ],
  });
  const state = temporaryFolder();
  const broken = await growth(
    cwd,
    "replay",
    ...days,
    ...dense,
    "--state",
    state,
    "--select",
    orderLine,
    benefit,
  );
  expect(broken.code, broken.stderr).toBe(1);
  expect(broken.stderr).toContain(`${benefit} is the first table, in the order data flows`);
  expect(broken.stderr).toContain(`Others, which may only follow from it: ${orderLine}`);
  expect(broken.stdout).toMatch(/redcdm\.dwd_ecm_trd_order_line_di {2}order_line_id O\d+-\d+: /);
  expect(broken.stdout).toMatch(/growth_state\.order_line\s+[1-9][\d,]+\s+[\d,]+\s+0\s+0\s+0\s+0\s+0\n/);
  // Where the key is not one, the two ways may agree, and both are wrong.
  expect(broken.stdout).toMatch(new RegExp(`${benefit}(\\s+[\\d,]+){6}\\s+[1-9][\\d,]*\\n`));
});

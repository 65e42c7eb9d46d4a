// How long a simulation takes, step by step: node packages/simulator/scripts/bench.mjs [preset] [name=value ...]
// with users, from, to, seed, dirt, bootstrap_days or threads as names. Needs the build.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { simulate } from "../dist/index.js";

const [preset = "million", ...pairs] = process.argv.slice(2);
const numbers = ["users", "seed", "bootstrap_days", "threads"];
const options = Object.fromEntries(
  pairs.map((pair) => {
    const [name = "", value = ""] = pair.split("=");
    return [name, numbers.includes(name) ? Number(value) : value];
  }),
);

const out = mkdtempSync(join(tmpdir(), "simulator-bench-"));
const begin = { wall: performance.now(), cpu: process.cpuUsage() };
let last = { step: "", ...begin };
const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`.padStart(9);
const cpuSince = (start) => {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
};
const tick = (step) => {
  if (last.step)
    console.log(
      `${last.step.padEnd(46)} ${seconds(performance.now() - last.wall)} ${seconds(cpuSince(last.cpu))} of CPU`,
    );
  last = { step, wall: performance.now(), cpu: process.cpuUsage() };
};

try {
  const { truth, rows } = await simulate({ preset, ...options, out, progress: ({ step }) => tick(step) });
  tick("");
  const total = Object.values(rows).reduce((sum, n) => sum + n, 0);
  console.log(
    `\n${truth.totals.executions.executions} executions, ${truth.totals.paid_lines.lines} paid lines, ${total} rows in ${Object.keys(rows).length} files:` +
      ` ${seconds(performance.now() - begin.wall).trim()}, ${seconds(cpuSince(begin.cpu)).trim()} of CPU`,
  );
} finally {
  rmSync(out, { recursive: true, force: true });
}

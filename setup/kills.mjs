// The long proof that a rerun is safe: commands are killed (kill -9) at random moments and given again, on a warehouse that
// must end as one that was left alone. Minutes, not seconds.
import { spawn } from "node:child_process";
import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { loadContracts } from "@growth/contracts";
import { isRunning } from "./lock.mjs";
import { ROOT, readJson } from "./state.mjs";
import { compareFiles, contents } from "./warehouse-files.mjs";

const WORLD = ["--preset", "small", "--users", "100"];
const HISTORY_TO = "2025-06-20";
const DAYS = ["2025-06-21", "2025-06-22", "2025-06-23", "2025-06-24"];
const REFRESHED = "2025-06-25";

const run = (day, ...more) => ["run", "--date", day, ...more];
/**
 * What is done to both warehouses, one after another. `again`: what follows a kill, in turn; the last of it runs to its end.
 * @type {{ title: string, command: string[], kills: number, again?: string[][], day?: string }[]}
 */
const STAGES = [
  { title: "load", command: ["load", ...WORLD], kills: 3 },
  { title: `first build, ${HISTORY_TO}`, command: run(HISTORY_TO, "--full-refresh"), kills: 7 },
  ...DAYS.map((day) => ({ title: `day ${day}`, command: run(day), kills: 5 })),
  {
    // A full refresh that was killed is gone on with by a daily run, too.
    title: `full refresh, ${REFRESHED}`,
    command: run(REFRESHED, "--full-refresh"),
    again: [run(REFRESHED, "--full-refresh"), run(REFRESHED)],
    kills: 5,
    day: REFRESHED,
  },
];
/** One kill in so many is at any moment of the usual length, the others in its second half, when tables are made. */
const ANYWHERE = 3;
/** One in so many hits the command alone and leaves its child behind, the others the whole group. */
const ALONE = 4;
/** A command that ends before its kill does not count: at most so many are given for each kill. */
const TRIES = 3;

const { values } = parseArgs({ options: { seed: { type: "string", default: "1" } } });
const random = randomFrom(Number(values.seed));
const folder = join(ROOT, ".growth/kills");
const warehouses = { undisturbed: join(folder, "undisturbed"), killed: join(folder, "killed") };
const beginning = join(folder, "beginning");
const groups = new Set();
const contracts = new Map(loadContracts(ROOT).map((contract) => [contract.table, contract]));

process.on("exit", () => groups.forEach(end));
process.on("SIGINT", () => process.exit(130)).on("SIGTERM", () => process.exit(143));

const began = performance.now();
const planned = STAGES.reduce((sum, { kills }) => sum + kills, 0);
let killed = 0;
/** Kills that a stage owes to the next, since its commands ended before them. */
let owed = 0;
let before = new Map();
refuseTwoAtOnce();
rmSync(folder, { recursive: true, force: true });
console.log(`${planned} kills, seed ${values.seed}`);
for (const stage of STAGES) await proven(stage);
if (killed < planned) fail(`Only ${killed} of ${planned} kills came before the command's end.`);
console.log(`\n${killed} kills, nothing differs (${minutes()} min)`);

/** A stage on both warehouses, and whether they are the same afterwards. */
async function proven({ title, command, kills, again = [command], day }) {
  console.log(`\n→ ${title}`);
  keep();
  let { seconds } = await toTheEnd(command, warehouses.undisturbed);
  console.log(`  undisturbed: ${shown(seconds)}`);
  const tables = comparedTables(day);
  const after = await contents(database(warehouses.undisturbed), join(folder, "copy"), tables);
  let turn = 0;
  const next = () => (turn === 0 ? command : again[turn % again.length]);
  owed += kills;
  for (let tries = 0; owed > 0 && tries < kills * TRIES; tries++) {
    const moment = momentIn(seconds);
    const attempt = start(next(), warehouses.killed);
    turn++;
    const done = await attempt.killedAt(moment);
    const where = `${shown(done.seconds)}${done.last ? `, last ${done.last}` : ""}`;
    let isThrough = !done.killed;
    if (done.killed) {
      owed--;
      killed++;
      const found = await standing(tables, after);
      isThrough = found.made === tables.size;
      const aim = moment.isAlone ? "killed without its child" : "killed";
      console.log(`  ${killed} of ${planned}: ${aim} after ${where}; ${found.text}`);
    } else {
      if (done.code !== 0) fail(`The command after a kill failed.\n${attempt.output()}`);
      console.log(`    ended before its kill, after ${where}`);
      seconds = Math.min(seconds, done.seconds);
    }
    // Where nothing is left to do, the next kill would hit nothing.
    if (isThrough && owed > 0) {
      putBack();
      turn = 0;
    }
  }
  while (turn % again.length !== again.length - 1) turn++;
  const rerun = await toTheEnd(next(), warehouses.killed);
  const files = { undisturbed: database(warehouses.undisturbed), killed: database(warehouses.killed) };
  const { rows, differences } = await compareFiles(files, tables);
  if (differences.length > 0) {
    const what = differences.map((one) => `${one.name}\n  ${one.what.join("\n  ")}`).join("\n");
    fail(`${differences.length} tables differ after ${title}:\n${what}`);
  }
  console.log(
    `  run again to its end: ${shown(rerun.seconds)}; ${tables.size} tables, ${rows.toLocaleString("en-US")} rows, none differs (${minutes()} min)`,
  );
  before = await contents(database(warehouses.undisturbed), join(folder, "copy"), comparedTables());
}

/** Keeps the killed warehouse as it is before a stage. */
function keep() {
  rmSync(beginning, { recursive: true, force: true });
  if (existsSync(warehouses.killed)) cpSync(warehouses.killed, beginning, { recursive: true });
}

/** The stage begins anew. */
function putBack() {
  groups.forEach(end);
  rmSync(warehouses.killed, { recursive: true, force: true });
  if (existsSync(beginning)) cpSync(beginning, warehouses.killed, { recursive: true });
}

/**
 * After a kill every table stands as before the command or as after it. Of a table of one partition per run, a full refresh
 * makes that of its own day only, and what the others are depends on what was killed.
 */
async function standing(tables, after) {
  const now = await contents(database(warehouses.killed), join(folder, "copy"), tables);
  let made = 0;
  for (const [name, where] of tables) {
    const content = now.get(name);
    if (content === after.get(name)) made++;
    else if (content !== before.get(name) && where === undefined)
      fail(
        `${name} is neither as before the command nor as after it: ${content}, not ${before.get(name)} or ${after.get(name)}.`,
      );
  }
  return { made, text: `${made} of ${tables.size} tables as after it, the others as before` };
}

/** What both warehouses must have alike, with a condition on the rows: not what builds keep for themselves. */
function comparedTables(day) {
  const { tables: loaded } = JSON.parse(readFileSync(join(warehouses.undisturbed, "load.json"), "utf8"));
  const built = readJson(join(warehouses.undisturbed, "build.json"))?.run?.tables ?? [];
  const tables = built.filter(({ kind }) => kind === "table" || kind === "incremental");
  return new Map(
    [...loaded, ...tables].flatMap(({ name }) => {
      const { tags = [], partitionBy } = contracts.get(name) ?? {};
      if (tags.includes("working")) return [];
      const isPerRun = day && tags.includes("per-run");
      return [[name, isPerRun ? `${partitionBy} = DATE '${day}'` : undefined]];
    }),
  );
}

function momentIn(seconds) {
  const isAnywhere = random() < 1 / ANYWHERE;
  const isAlone = random() < 1 / ALONE;
  return { isAlone, seconds: seconds * (isAnywhere ? random() : (1 + random()) / 2) };
}

async function toTheEnd(args, state) {
  const attempt = start(args, state);
  const done = await attempt.ended;
  if (done.code !== 0) fail(`growth ${args.join(" ")} failed.\n${attempt.output()}`);
  return done;
}

/** Starts a command in a process group of its own, so that it can be killed with its children. */
function start(args, state) {
  const started = performance.now();
  const since = () => (performance.now() - started) / 1000;
  const child = spawn(
    process.execPath,
    [join(ROOT, "packages/cli/bin/growth.js"), ...args, "--state", state],
    { cwd: ROOT, detached: true, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1" } },
  );
  groups.add(child.pid);
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
    });
  const ended = new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const last = [...text.matchAll(/^ *[→✔] (\S.*?)(?: {2}|$)/gm)].at(-1)?.[1];
      resolve({ code, killed: signal === "SIGKILL", seconds: since(), last });
    });
  });
  const killedAt = async ({ isAlone, seconds }) => {
    await Promise.race([sleep(seconds * 1000), ended]);
    if (child.exitCode === null && child.signalCode === null)
      process.kill(isAlone ? child.pid : -child.pid, "SIGKILL");
    return ended;
  };
  return { ended, killedAt, output: () => text };
}

function end(group) {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // All of it has ended.
  }
}

/** A killed script leaves a command at work in the folder that this one would remove. */
function refuseTwoAtOnce() {
  for (const state of Object.values(warehouses)) {
    const { pid } = readJson(join(state, "lock.json")) ?? {};
    if (pid && isRunning(pid)) {
      console.error(`Process ${pid} is at work in ${state}: wait until it has ended.`);
      process.exit(2);
    }
  }
}

function database(state) {
  return join(state, "warehouse.duckdb");
}

function shown(seconds) {
  return `${seconds.toFixed(1)} s`;
}

function minutes() {
  return ((performance.now() - began) / 60_000).toFixed(1);
}

function fail(message) {
  console.error(`\n${message}\n\nBoth warehouses are kept in ${folder}.`);
  process.exit(1);
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Vars } from "../dataform/cli.ts";
import type { CompiledGraph } from "../dataform/graph.ts";
import { type ExitCode, exitCode, wrongUse } from "../errors.ts";
import { home } from "../home.ts";
import { type Io, write } from "../io.ts";
import { runSteps } from "../progress/progress.ts";
import { withLock } from "../state/lock.ts";
import { State } from "../state/state.ts";
import { backfill as run } from "../steps/backfill.ts";
import { inputsOf } from "../steps/run.ts";
import { checkSetUp } from "../steps/set-up.ts";
import { requireSources } from "../steps/sources.ts";
import { checkedDate, daysBetween, varsFor } from "../steps/vars.ts";
import { withWarehouse } from "../warehouse/session.ts";
import { type Command, flag, list, type Options, stateOption, text } from "./command.ts";

export const backfill: Command = {
  name: "backfill",
  summary: "build days one by one, from a day on",
  description:
    "The first day is a full refresh as of --from, each later one an incremental run, all by the stock Dataform CLI. Killed at any moment, the " +
    "same command goes on after the last finished day. With --select: these tables, what depends on them, and what all of these read, since a day " +
    "is built from tables of that day.",
  options: [
    { flags: "--from <date>", description: "first day" },
    { flags: "--to <date>", description: "last day" },
    {
      flags: "--select <names...>",
      description: "tables (dataset.table, with * for any text) or tags (default: all)",
    },
    { flags: "--continue", description: "the tables stand as of the day before --from: no full refresh" },
    {
      flags: "--credentials <file>",
      description:
        "on BigQuery, with this credentials file of `dataform init-creds` (default: the local warehouse)",
    },
    { flags: "--vars <pairs>", description: "on BigQuery: more variables, as name=value,name=value" },
    stateOption,
  ],
  examples: [
    ["growth backfill --from 2025-12-01 --to 2025-12-30", "the last month of the simulated data, day by day"],
    [
      "growth backfill --from 2025-12-01 --to 2025-12-30 --credentials .df-credentials.json",
      "the same on BigQuery",
    ],
  ],
  run: backfillCommand,
};

async function backfillCommand(io: Io, options: Options): Promise<ExitCode> {
  const state = new State(io.cwd, options.state);
  const credentials = text(options, "credentials");
  const [from, to] = [day(options, "from"), day(options, "to")];
  if (daysBetween(from, to).length === 0) throw wrongUse(`--to ${to} is before --from ${from}.`);
  const { run_date: _, ...inputs } = inputsOf(state, {});
  const task = {
    ...{ io, state, from, to, selectors: list(options, "select"), continues: flag(options, "continue") },
  };
  const title = `Build ${from} to ${to}`;
  if (credentials !== undefined) {
    const file = resolve(io.cwd, credentials);
    if (!existsSync(file))
      throw wrongUse(`There is no credentials file ${credentials}.`, "npx dataform init-creds writes one.");
    const vars = (runDate: string) => ({ ...pairs(text(options, "vars")), run_date: runDate });
    const order = { ...task, inputs: { ...inputs, data: "", source: "BigQuery" }, vars };
    await withLock(state, "backfill", async (lock) => {
      if (state.project === home()) await checkSetUp(io.env);
      state.prepare();
      await runSteps(io, [
        { title, run: (view) => run({ ...order, lock, view, target: { credentials: file } }) },
      ]);
    });
    return exitCode.ok;
  }
  if (text(options, "vars") !== undefined)
    throw wrongUse("--vars goes with --credentials: the local warehouse's variables come with its data.");
  const order = { ...task, inputs, vars: (runDate: string) => varsFor(state.load, runDate, "--from") };
  order.vars(from);
  await withLock(state, "backfill", async (lock) => {
    if (state.project === home()) await checkSetUp(io.env);
    await withWarehouse(state, async (client) => {
      const ready = (graph: CompiledGraph) => requireSources(state, client, graph);
      const target = { url: client.url };
      await runSteps(io, [{ title, run: (view) => run({ ...order, lock, view, target, ready }) }]);
    });
  });
  const place = state.isDefault ? "" : ` --state ${state.shown}`;
  await write(
    io.stdout,
    `\nThe tables are as of ${to}. Their assertions: growth assert --date ${to}${place}\n`,
  );
  return exitCode.ok;
}

function day(options: Options, name: "from" | "to"): string {
  const value = text(options, name);
  if (value === undefined)
    throw wrongUse(`--${name} is missing.`, "For example: growth backfill --from 2025-12-01 --to 2025-12-30");
  return checkedDate(`--${name}`, value);
}

function pairs(option: string | undefined): Vars {
  const entries = (option ?? "")
    .split(",")
    .filter(Boolean)
    .map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw wrongUse(`--vars ${option}: ${pair} is not name=value.`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    });
  return Object.fromEntries(entries);
}

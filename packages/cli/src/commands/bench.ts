import { join } from "node:path";
import { IncrementalBench, measuredDays } from "../bench/incremental.ts";
import { benchReport } from "../bench/report.ts";
import { type ExitCode, exitCode, wrongUse } from "../errors.ts";
import { home } from "../home.ts";
import { type Io, write } from "../io.ts";
import { runSteps } from "../progress/progress.ts";
import { withLock } from "../state/lock.ts";
import { State } from "../state/state.ts";
import { dataSource } from "../steps/data-source.ts";
import { checkSetUp } from "../steps/set-up.ts";
import { addDays } from "../steps/vars.ts";
import type { Client } from "../warehouse/client.ts";
import { withWarehouse } from "../warehouse/session.ts";
import { type Command, list, type Options, stateOption, text, wholeNumber } from "./command.ts";

const usual = { histories: "30,120,365,730", users: 3000, to: "2025-12-30" };

export const bench: Command = {
  name: "bench",
  summary: "what a daily run and a full refresh cost as history grows",
  description:
    "bench incremental: the same days of one simulated world, run on histories of several lengths. Prints seconds and the bytes that BigQuery " +
    "would bill (columns read, partitions left after pruning) of a daily run and of a full refresh, in all and by table.",
  argument: { usage: "<what>", description: "incremental" },
  options: [
    { flags: "--histories <days>", description: `days of history, as ${usual.histories} (the default)` },
    { flags: "--users <number>", description: `users of the longest history (default: ${usual.users})` },
    { flags: "--select <names...>", description: "only these tables and what they read (default: all)" },
    {
      ...stateOption,
      description: "folder of the bench's warehouse, emptied first (default: .growth/bench)",
    },
  ],
  examples: [
    ["growth bench incremental --histories 30,240 --users 1000", "a shorter one"],
    ["growth bench incremental --select redcdm.dm_*_600d_di", "what one table costs, with all that it reads"],
  ],
  run: benchCommand,
};

async function benchCommand(io: Io, options: Options, what: string): Promise<ExitCode> {
  if (what !== "incremental")
    throw wrongUse(`There is no bench ${what}.`, "There is: growth bench incremental");
  const histories = (text(options, "histories") ?? usual.histories).split(",").map(Number);
  if (!histories.every((days) => Number.isSafeInteger(days) && days > 0))
    throw wrongUse(
      `--histories ${text(options, "histories")} are not numbers of days.`,
      `Write them as in ${usual.histories}.`,
    );
  const own = new State(io.cwd, undefined);
  const state = new State(io.cwd, options.state ?? join(own.folder, "bench"));
  const source = dataSource(io.cwd, "simulated", {
    users: wholeNumber(options, "users") ?? usual.users,
    from: addDays(usual.to, -(Math.max(...histories) + measuredDays)),
    to: usual.to,
    bootstrap_days: 0,
  });
  const measured = await withLock(state, "bench", async () => {
    if (state.project === home()) await checkSetUp(io.env);
    state.removeDatabase();
    const measure = async (client: Client) => {
      const selectors = list(options, "select");
      const work = new IncrementalBench({ io, state, client, source, to: usual.to, histories, selectors });
      await runSteps(io, work.steps());
      return work.measured;
    };
    return withWarehouse(state, measure, { measureBytes: true });
  });
  await write(io.stdout, `\n${await benchReport(io, measured)}\n`);
  return exitCode.ok;
}

import { type ExitCode, exitCode, wrongUse } from "../errors.ts";
import { seconds } from "../format/table.ts";
import { home } from "../home.ts";
import { colorsFor, type Io, write } from "../io.ts";
import { runSteps } from "../progress/progress.ts";
import { withLock } from "../state/lock.ts";
import { State } from "../state/state.ts";
import { Job } from "../steps/job.ts";
import { checkSetUp } from "../steps/set-up.ts";
import { exampleQuery, summary } from "../steps/summary.ts";
import { checkedDate } from "../steps/vars.ts";
import { liveServer, withWarehouse } from "../warehouse/session.ts";
import { type Command, flag, type Options, stateOption, text } from "./command.ts";
import { dataOptions, sourceOf } from "./load.ts";
import { dateOption } from "./run.ts";

export const start: Command = {
  name: "start",
  summary: "load data, build every model, run every assertion, show the result",
  description:
    "The main job, from nothing to tables that can be asked. What is already done and unchanged is not done again, so it can be " +
    "stopped at any moment and started again.",
  options: [
    ...dataOptions,
    dateOption,
    { flags: "--fresh", description: "remove the local warehouse first" },
    { flags: "--no-docs", description: "leave out the documentation pages" },
    stateOption,
  ],
  examples: [
    ["growth start", "two years of a simulated platform, from raw logs to funnels"],
    ["growth start --data complete-journey", "a year of real purchases"],
    ["growth start --data ./export --date 2024-06-18", "your own tables, as of a day"],
  ],
  run: startCommand,
};

async function startCommand(io: Io, options: Options): Promise<ExitCode> {
  const state = new State(io.cwd, options.state);
  const date = text(options, "date");
  if (date !== undefined) checkedDate("--date", date);
  const source = sourceOf(io.cwd, options);
  const began = performance.now();
  await withLock(state, "start", async (lock) => {
    if (flag(options, "fresh")) startOver(state);
    if (state.project === home()) await checkSetUp(io.env);
    await withWarehouse(state, async (client) => {
      const job = new Job({ io, state, client, lock }, source, date);
      try {
        await runSteps(io, job.steps());
      } finally {
        await job.stop();
      }
      await write(io.stdout, `\n${await summary(io, state, client)}\n`);
      const { dim } = colorsFor(io.stdout, io.env);
      const took = seconds((performance.now() - began) / 1000);
      await write(io.stdout, `\n${dim(`Done in ${took}.`)} Ask the warehouse:\n\n  ${exampleQuery(state)}\n`);
    });
  });
  return exitCode.ok;
}

function startOver(state: State): void {
  const live = liveServer(state);
  if (live) {
    throw wrongUse(
      `--fresh can not remove ${state.shown}: it is served at ${live.url} (process ${live.pid}).`,
      `Stop that first: kill ${live.pid}`,
    );
  }
  state.removeWarehouse();
}

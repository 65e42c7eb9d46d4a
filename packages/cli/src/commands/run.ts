import { compile, type Vars } from "../dataform/cli.ts";
import { models } from "../dataform/graph.ts";
import { select } from "../dataform/select.ts";
import { type ExitCode, exitCode, wrongUse } from "../errors.ts";
import { builtTable } from "../format/built.ts";
import { home } from "../home.ts";
import { type Io, write } from "../io.ts";
import { runSteps } from "../progress/progress.ts";
import { withLock } from "../state/lock.ts";
import type { RunRecord } from "../state/records.ts";
import { State } from "../state/state.ts";
import { inputsOf, runModels } from "../steps/run.ts";
import { checkSetUp } from "../steps/set-up.ts";
import { requireSources } from "../steps/sources.ts";
import { checkedDate, varsFor } from "../steps/vars.ts";
import { withWarehouse } from "../warehouse/session.ts";
import { type Command, flag, list, type Options, stateOption, text } from "./command.ts";

export const selectOption = {
  flags: "--select <names...>",
  description: "only these: table names (dataset.table, with * for any text) or tags",
};
export const dateOption = {
  flags: "--date <date>",
  description: "business day to build, as 2024-06-18 (default: the last day of the loaded data)",
};

export const run: Command = {
  name: "run",
  summary: "build the models with the stock Dataform CLI",
  description:
    "Builds tables, views and operations for one business day; assertions are a command of their own.",
  options: [
    dateOption,
    selectOption,
    { flags: "--full-refresh", description: "rebuild incremental tables from scratch" },
    stateOption,
  ],
  examples: [
    ["growth run", "build everything"],
    ["growth run --select redcdm.dm_*_600d_di --full-refresh", "rebuild what matches"],
  ],
  run: (io, options) => runCommand(io, options),
};

async function runCommand(io: Io, options: Options): Promise<ExitCode> {
  const state = new State(io.cwd, options.state);
  const date = text(options, "date");
  const vars = varsFor(state.load, date === undefined ? undefined : checkedDate("--date", date));
  const fullRefresh = flag(options, "fullRefresh");
  if (!fullRefresh) {
    const doubt = incrementalDoubt(state, vars);
    if (doubt) await write(io.stderr, `${doubt}\n`);
  }
  let record: RunRecord | undefined;
  await withLock(state, "run", async (lock) => {
    if (state.project === home()) await checkSetUp(io.env);
    await withWarehouse(state, (client) =>
      runSteps(io, [
        {
          title: "Build the models",
          run: async (view) => {
            view.status("compiling");
            const graph = await compile(state.project, vars, io.env);
            const chosen = select(models(graph), list(options, "select"));
            if (chosen.length === 0) throw wrongUse("The project has no models to build.");
            await requireSources(state, client, graph);
            record = await runModels({ io, state, client, lock, graph, vars, chosen, fullRefresh, view });
          },
        },
      ]),
    );
  });
  if (record) await write(io.stdout, `\n${await builtTable(io, record)}\n`);
  return exitCode.ok;
}

/**
 * What speaks against going on from what is built. Another data set and an earlier day are refused; changed models and
 * newly loaded rows of the same data may be right or wrong to go on with, which only the user knows.
 */
function incrementalDoubt(state: State, vars: Vars): string | undefined {
  const base = state.build.base ?? state.build.run;
  if (!base) return undefined;
  const now = inputsOf(state, vars);
  const remedy = "Add --full-refresh to rebuild the tables from scratch.";
  if (base.source !== now.source) {
    throw wrongUse(`The tables are built from ${base.source}, and now ${now.source} is loaded.`, remedy);
  }
  if (now.run_date !== "" && now.run_date < base.run_date) {
    throw wrongUse(
      `The tables are built as of ${base.run_date}; an incremental run for ${now.run_date} would be a step back.`,
      remedy,
    );
  }
  if (base.data !== now.data) {
    return `Data was loaded since the last build. If rows were not only added: ${remedy}`;
  }
  if (base.models !== now.models) {
    return `The models changed since the last build. If old rows are to change too: ${remedy}`;
  }
  return undefined;
}

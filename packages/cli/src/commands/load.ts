import { exitCode } from "../errors.ts";
import { home } from "../home.ts";
import { runSteps } from "../progress/progress.ts";
import { withLock } from "../state/lock.ts";
import { State } from "../state/state.ts";
import { dataSource } from "../steps/data-source.ts";
import { loadSource } from "../steps/load.ts";
import { checkSetUp } from "../steps/set-up.ts";
import { withWarehouse } from "../warehouse/session.ts";
import { type Command, type Option, stateOption, text } from "./command.ts";

export const dataOption: Option = {
  flags: "--data <data>",
  description:
    "complete-journey, or a folder with <dataset>.<table>.parquet|csv files (default: complete-journey)",
};

export const load: Command = {
  name: "load",
  summary: "check source data against its contracts and load it",
  description:
    "Every file is checked first: a wrong column, type or key is refused with file, column and row, and then nothing is loaded. " +
    "A source table without a file is empty. In CSV an empty cell is NULL, and arrays and structs are JSON.",
  options: [dataOption, stateOption],
  examples: [
    ["growth load", "a year of grocery purchases of 2,469 households (Complete Journey)"],
    ["growth load --data ./export", "your own tables, a Parquet or CSV file each"],
  ],
  async run(io, options) {
    const state = new State(io.cwd, options.state);
    const source = dataSource(io.cwd, text(options, "data"));
    await withLock(state, "load", async () => {
      if (state.project === home()) await checkSetUp(io.env);
      await withWarehouse(state, (client) =>
        runSteps(io, [
          { title: `Load ${source.shown}`, run: (view) => loadSource({ io, state, client, source, view }) },
        ]),
      );
    });
    return exitCode.ok;
  },
};

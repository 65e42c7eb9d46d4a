import { exitCode } from "../errors.ts";
import { home } from "../home.ts";
import { runSteps } from "../progress/progress.ts";
import { withLock } from "../state/lock.ts";
import { State } from "../state/state.ts";
import { type DataSource, dataSource } from "../steps/data-source.ts";
import { loadSource } from "../steps/load.ts";
import { checkSetUp } from "../steps/set-up.ts";
import { withWarehouse } from "../warehouse/session.ts";
import {
  type Command,
  type Option,
  type Options,
  optional,
  stateOption,
  text,
  wholeNumber,
} from "./command.ts";

/** What is loaded, as `start` and `load` take it. */
export const dataOptions: readonly Option[] = [
  {
    flags: "--data <data>",
    description:
      "simulated, complete-journey, or a folder with <dataset>.<table>.parquet|csv files (default: simulated)",
  },
  { flags: "--preset <name>", description: "size of the simulation: small, default or million" },
  { flags: "--seed <number>", description: "another simulated world of the same size" },
  { flags: "--users <number>", description: "users of the simulation" },
];

/** The source that these options name. */
export function sourceOf(cwd: string, options: Options): DataSource {
  return dataSource(cwd, text(options, "data"), {
    ...optional("preset", text(options, "preset")),
    ...optional("seed", wholeNumber(options, "seed")),
    ...optional("users", wholeNumber(options, "users")),
  });
}

export const load: Command = {
  name: "load",
  summary: "check source data against its contracts and load it",
  description:
    "Every file is checked first: a wrong column, type or key is refused with file, column and row, and then nothing is loaded. " +
    "A source table without a file is empty. In CSV an empty cell is NULL, and arrays and structs are JSON.",
  options: [...dataOptions, stateOption],
  examples: [
    ["growth load", "two years of a simulated marketing platform"],
    ["growth load --seed 7 --users 500", "another one, smaller"],
    ["growth load --data complete-journey", "a year of grocery purchases of 2,469 households"],
    ["growth load --data ./export", "your own tables, a Parquet or CSV file each"],
  ],
  async run(io, options) {
    const state = new State(io.cwd, options.state);
    const source = sourceOf(io.cwd, options);
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

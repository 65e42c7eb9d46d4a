import { join } from "node:path";
import { atFault, type ExitCode, exitCode, wrongUse } from "../errors.ts";
import { home } from "../home.ts";
import { type Io, write } from "../io.ts";
import { runSteps } from "../progress/progress.ts";
import { isDifferent, Replay, wrongTotals } from "../replay/replay.ts";
import { replayReport } from "../replay/report.ts";
import { withLock } from "../state/lock.ts";
import { State } from "../state/state.ts";
import { type DataSource, dataSource } from "../steps/data-source.ts";
import { checkSetUp } from "../steps/set-up.ts";
import { addDays, checkedDate, daysBetween } from "../steps/vars.ts";
import { withWarehouse } from "../warehouse/session.ts";
import { type Command, list, type Options, optional, stateOption, text, wholeNumber } from "./command.ts";

/** The world that is simulated unless told otherwise: with a past, so that whatever a window drops has something to drop. */
const usual = { from: "2025-11-01", to: "2025-11-30", users: 400, history: 610, dirt: "all" };

export const replay: Command = {
  name: "replay",
  summary: "prove that days run one by one give what a full refresh gives",
  description:
    "Runs the days from --from to --to one by one on a warehouse of its own, then a full refresh as of the last of them, and compares every " +
    "table cell by cell. Exit code 1 if anything differs; the first table that does, in the order data flows, is named.",
  options: [
    { flags: "--from <date>", description: `first day (default: ${usual.from})` },
    { flags: "--to <date>", description: `last day (default: ${usual.to})` },
    {
      flags: "--data <data>",
      description: "simulated, or a folder as `growth load` takes it (default: simulated)",
    },
    { flags: "--seed <number>", description: "another simulated world" },
    { flags: "--users <number>", description: `users of the simulation (default: ${usual.users})` },
    { flags: "--dirt <name>", description: "what goes wrong: clean, everyday or all (default: all)" },
    {
      flags: "--history <days>",
      description: `days before --from that arrive at once, as they then stand (default: ${usual.history})`,
    },
    { flags: "--select <names...>", description: "only these tables and what they read (default: all)" },
    {
      ...stateOption,
      description: "folder of the replay's warehouse, emptied first (default: .growth/replay)",
    },
  ],
  examples: [
    ["growth replay", "30 days of a small, hostile world"],
    ["growth replay --from 2025-08-01 --to 2025-11-28 --seed 2", "120 days of another one"],
    [
      'growth query --state .growth/replay "SELECT * FROM replay_redcdm.dwd_ecm_trd_order_line_di LIMIT 10"',
      "what the days left, after a replay",
    ],
  ],
  run: replayCommand,
};

async function replayCommand(io: Io, options: Options): Promise<ExitCode> {
  const own = new State(io.cwd, undefined);
  const state = new State(io.cwd, options.state ?? join(own.folder, "replay"));
  const from = checkedDate("--from", text(options, "from") ?? usual.from);
  const to = checkedDate("--to", text(options, "to") ?? usual.to);
  if (daysBetween(from, to).length === 0) throw wrongUse(`--to ${to} is before --from ${from}.`);
  const source = sourceOf(io.cwd, options, from, to);
  const { comparisons, totals } = await withLock(state, "replay", async () => {
    if (state.project === home()) await checkSetUp(io.env);
    state.removeDatabase();
    return withWarehouse(state, async (client) => {
      const work = new Replay({
        ...{ io, state, client, source, from, to },
        selectors: list(options, "select"),
      });
      await runSteps(io, work.steps());
      return work;
    });
  });
  await write(io.stdout, `\n${await replayReport(io, comparisons, totals)}\n`);
  const [first, ...others] = comparisons.filter(isDifferent);
  const wrong = wrongTotals(totals);
  if (!first && wrong.length > 0)
    throw atFault(
      `${wrong.length} totals are not what was planted, though day by day is what a full refresh gives.`,
    );
  if (!first) return exitCode.ok;
  throw atFault(
    `${first.name} is the first table, in the order data flows, that is not the same day by day as after a full refresh${first.repeated > 0 ? ", or whose key repeats" : ""}.`,
    others.length === 0
      ? ""
      : `Others, which may only follow from it: ${others.map(({ name }) => name).join(", ")}`,
  );
}

function sourceOf(cwd: string, options: Options, from: string, to: string): DataSource {
  const data = text(options, "data");
  const said = {
    ...optional("seed", wholeNumber(options, "seed")),
    ...optional("users", wholeNumber(options, "users")),
    ...optional("dirt", text(options, "dirt")),
  };
  const history = wholeNumber(options, "history") ?? usual.history;
  if (data !== undefined && data !== "simulated") return dataSource(cwd, data, said);
  return dataSource(cwd, data, {
    seed: 1,
    users: usual.users,
    dirt: usual.dirt,
    ...said,
    from: addDays(from, -history),
    to,
    bootstrap_days: history,
  });
}

import { compile } from "../dataform/cli.ts";
import { assertions, type CompiledGraph, models } from "../dataform/graph.ts";
import { type ExitCode, exitCode, wrongUse } from "../errors.ts";
import { builtTable } from "../format/built.ts";
import { seconds } from "../format/table.ts";
import { home } from "../home.ts";
import { colorsFor, type Io, write } from "../io.ts";
import { runSteps, type Step } from "../progress/progress.ts";
import { type Lock, withLock } from "../state/lock.ts";
import { State } from "../state/state.ts";
import { runAssertions, warningCount } from "../steps/assert.ts";
import { type DataSource, dataSource } from "../steps/data-source.ts";
import { funnelText } from "../steps/funnel.ts";
import { loadSource } from "../steps/load.ts";
import { continues, inputsOf, runModels, sameInputs, untouched } from "../steps/run.ts";
import { checkSetUp } from "../steps/set-up.ts";
import { checkedDate, varsFor } from "../steps/vars.ts";
import type { Client } from "../warehouse/client.ts";
import { liveServer, withWarehouse } from "../warehouse/session.ts";
import { type Command, flag, type Options, stateOption, text } from "./command.ts";
import { dataOption } from "./load.ts";
import { dateOption } from "./run.ts";

export const start: Command = {
  name: "start",
  summary: "load data, build every model, run every assertion, show the result",
  description:
    "The main job, from nothing to tables that can be asked. What is already done and unchanged is not done again, so it can be " +
    "stopped at any moment and started again.",
  options: [
    dataOption,
    dateOption,
    { flags: "--fresh", description: "remove the local warehouse first" },
    { flags: "--no-docs", description: "leave out the documentation pages" },
    stateOption,
  ],
  examples: [
    ["growth start", "a year of real purchases, from files to funnel"],
    ["growth start --data ./export --date 2024-06-18", "your own tables, as of a day"],
  ],
  run: startCommand,
};

async function startCommand(io: Io, options: Options): Promise<ExitCode> {
  const state = new State(io.cwd, options.state);
  const date = text(options, "date");
  if (date !== undefined) checkedDate("--date", date);
  const source = dataSource(io.cwd, text(options, "data"));
  const began = performance.now();
  await withLock(state, "start", async (lock) => {
    if (flag(options, "fresh")) startOver(state);
    if (state.project === home()) await checkSetUp(io.env);
    await withWarehouse(state, async (client) => {
      const job = new Job(io, state, client, lock, source, date);
      await runSteps(io, job.steps());
      await job.summary(began);
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

/** The steps of `growth start` and what they hand on to each other. */
class Job {
  readonly #io: Io;
  readonly #state: State;
  readonly #client: Client;
  readonly #lock: Lock;
  readonly #source: DataSource;
  readonly #date: string | undefined;
  #graph: CompiledGraph | undefined;

  constructor(
    io: Io,
    state: State,
    client: Client,
    lock: Lock,
    source: DataSource,
    date: string | undefined,
  ) {
    this.#io = io;
    this.#state = state;
    this.#client = client;
    this.#lock = lock;
    this.#source = source;
    this.#date = date;
  }

  steps(): Step[] {
    return [
      {
        title: `Load ${this.#source.shown}`,
        run: (view) =>
          loadSource({ io: this.#io, state: this.#state, client: this.#client, source: this.#source, view }),
      },
      { title: "Build the models", run: (view) => this.#build(view) },
      { title: "Run the assertions", run: (view) => this.#assert(view) },
    ];
  }

  get #vars() {
    return varsFor(this.#state.load, this.#date);
  }

  async #compiled(): Promise<CompiledGraph> {
    this.#graph ??= await compile(this.#state, this.#vars, this.#io.env);
    return this.#graph;
  }

  async #build(view: Parameters<Step["run"]>[0]): Promise<void> {
    const inputs = inputsOf(this.#state, this.#vars);
    const build = this.#state.build;
    const asBuilt = build.run === undefined || (await untouched(this.#client, build.run.tables));
    if (asBuilt && sameInputs(build.run, inputs)) {
      view.status("models unchanged, data unchanged");
      return;
    }
    view.status("compiling");
    const graph = await this.#compiled();
    const order = {
      io: this.#io,
      state: this.#state,
      client: this.#client,
      lock: this.#lock,
      graph,
      vars: this.#vars,
      view,
    };
    await runModels({ ...order, chosen: models(graph), fullRefresh: !asBuilt || !continues(build, inputs) });
  }

  async #assert(view: Parameters<Step["run"]>[0]): Promise<void> {
    const inputs = inputsOf(this.#state, this.#vars);
    const { assert } = this.#state.build;
    if (assert && sameInputs(assert, inputs)) {
      view.status(`${assert.passed} passed on the same tables before${warningCount(assert.warnings)}`);
      return;
    }
    const graph = await this.#compiled();
    const chosen = assertions(graph);
    if (chosen.length === 0) return view.status("none");
    const order = {
      io: this.#io,
      state: this.#state,
      client: this.#client,
      lock: this.#lock,
      graph,
      vars: this.#vars,
      view,
    };
    await runAssertions({ ...order, chosen });
  }

  async summary(began: number): Promise<void> {
    const { run, assert } = this.#state.build;
    if (!run) return;
    const say = (line: string) => write(this.#io.stdout, `${line}\n`);
    const { bold, dim } = colorsFor(this.#io.stdout, this.#io.env);
    await say(`\n${await builtTable(this.#io, run, assert ?? { passed: 0, byTable: {} })}`);
    const funnel = await funnelText(this.#io, this.#client, run.tables);
    const load = this.#state.load;
    const asOf = run.run_date ? `, as of ${run.run_date}` : "";
    if (funnel)
      await say(
        `\n${bold("Funnel")} ${dim(`${load?.data ?? ""}${asOf}, growth-issued benefits, control groups left out`)}\n\n${funnel}`,
      );
    await say(`\n${dim(`Done in ${seconds((performance.now() - began) / 1000)}.`)} Ask the warehouse:\n`);
    const table = run.tables.filter((built) => built.rows && !built.isRule).at(-1)?.name;
    await say(`  npx growth query${this.#stateFlag()} "SELECT * FROM ${table ?? "dataset.table"} LIMIT 10"`);
  }

  #stateFlag(): string {
    return this.#state.isDefault ? "" : ` --state ${this.#state.shown}`;
  }
}

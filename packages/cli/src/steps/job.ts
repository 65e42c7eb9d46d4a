import { compile, type Vars } from "../dataform/cli.ts";
import type { Execution } from "../dataform/execute.ts";
import { Gate } from "../dataform/gate.ts";
import { assertions, type CompiledGraph, models } from "../dataform/graph.ts";
import type { Io } from "../io.ts";
import type { Step, StepView } from "../progress/progress.ts";
import type { Lock } from "../state/lock.ts";
import type { State } from "../state/state.ts";
import type { Client } from "../warehouse/client.ts";
import { runAssertions, warningCount } from "./assert.ts";
import type { DataSource } from "./data-source.ts";
import { loadSource } from "./load.ts";
import { continues, executionOf, inputsOf, type RunOrder, runModels, sameInputs, untouched } from "./run.ts";
import { type LoadDates, varsFor } from "./vars.ts";

interface Place {
  readonly io: Io;
  readonly state: State;
  readonly client: Client;
  readonly lock: Lock;
}

/** A run that was started before what it reads was there. */
interface EarlyRun {
  readonly execution: Execution;
  readonly gate: Gate;
}

/**
 * The steps of `growth start`. What they share saves time: one `dataform run` builds the models and asserts on each as
 * soon as it is there, and the project is compiled, by us and by that run, while the data loads.
 */
export class Job {
  readonly #place: Place;
  readonly #source: DataSource;
  readonly #date: string | undefined;
  #graph: Promise<CompiledGraph> | undefined;
  #execution: Execution | undefined;
  #early: Promise<EarlyRun | undefined> | undefined;
  #waiting: EarlyRun | undefined;
  #isStopped = false;

  constructor(place: Place, source: DataSource, date: string | undefined) {
    this.#place = place;
    this.#source = source;
    this.#date = date;
  }

  steps(): Step[] {
    return [
      { title: `Load ${this.#source.shown}`, run: (view) => this.#load(view) },
      { title: "Build the models", run: (view) => this.#build(view) },
      { title: "Run the assertions", run: (view) => this.#assert(view) },
    ];
  }

  /** Ends what an error left at work. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#execution?.stop();
    await this.#waiting?.execution.stop();
    this.#waiting?.gate.close();
  }

  get #vars() {
    return varsFor(this.#place.state.load, this.#date);
  }

  /** What there is to run does not depend on the day, so that the graph can be had before the load knows it. */
  #compiled(): Promise<CompiledGraph> {
    const { io, state } = this.#place;
    this.#graph ??= compile(state.project, varsFor(undefined, this.#date), io.env);
    this.#graph.catch(() => {});
    return this.#graph;
  }

  #load(view: StepView): Promise<void> {
    const begins = (dates: LoadDates | undefined) => {
      this.#compiled();
      if (!dates) return;
      this.#early = this.#startEarly(varsFor(dates, this.#date));
      this.#early.catch(() => {});
    };
    return loadSource({ ...this.#place, source: this.#source, view, begins });
  }

  /** Newly loaded data is built from scratch, on the days that it says: so the run is known before its tables are. */
  async #startEarly(vars: Vars): Promise<EarlyRun | undefined> {
    const graph = await this.#compiled();
    if (this.#isStopped) return undefined;
    const gate = await Gate.before(this.#place.client.url);
    const order = { ...this.#place, graph, vars, chosen: models(graph), beside: assertions(graph) };
    this.#waiting = { execution: executionOf({ ...order, fullRefresh: true }, gate), gate };
    return this.#waiting;
  }

  /** The run that was started early, let go on; undefined where there is none or another one is needed. */
  async #earlyRun(fullRefresh: boolean): Promise<Execution | undefined> {
    const early = await this.#early;
    if (!fullRefresh) await early?.execution.stop();
    if (!early || !fullRefresh) return undefined;
    early.gate.open();
    return early.execution;
  }

  async #build(view: StepView): Promise<void> {
    const { client, state } = this.#place;
    const vars = this.#vars;
    const inputs = inputsOf(state, vars);
    const build = state.build;
    const asBuilt = build.run === undefined || (await untouched(client, build.run.tables));
    if (asBuilt && sameInputs(build.run, inputs)) return view.status("models unchanged, data unchanged");
    view.status("compiling");
    const graph = await this.#compiled();
    const fullRefresh = !asBuilt || !continues(build, inputs);
    const order = { ...this.#place, graph, vars, view, chosen: models(graph), fullRefresh };
    const begin = async (run: RunOrder) => {
      this.#execution = (await this.#earlyRun(fullRefresh)) ?? executionOf(run);
      return this.#execution;
    };
    await runModels({ ...order, beside: assertions(graph), begin });
  }

  async #assert(view: StepView): Promise<void> {
    const { state } = this.#place;
    const vars = this.#vars;
    const { assert } = state.build;
    if (assert && sameInputs(assert, inputsOf(state, vars))) {
      return view.status(`${assert.passed} passed on the same tables before${warningCount(assert.warnings)}`);
    }
    const graph = await this.#compiled();
    const chosen = assertions(graph);
    if (chosen.length === 0) return view.status("none");
    await runAssertions({ ...this.#place, graph, vars, view, chosen }, this.#execution);
  }
}

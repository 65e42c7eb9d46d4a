import { compile } from "../dataform/cli.ts";
import type { Execution } from "../dataform/execute.ts";
import { assertions, type CompiledGraph, models } from "../dataform/graph.ts";
import type { Io } from "../io.ts";
import type { Step, StepView } from "../progress/progress.ts";
import type { Lock } from "../state/lock.ts";
import type { State } from "../state/state.ts";
import type { Client } from "../warehouse/client.ts";
import { runAssertions, warningCount } from "./assert.ts";
import type { DataSource } from "./data-source.ts";
import { loadSource } from "./load.ts";
import { continues, inputsOf, runModels, sameInputs, untouched } from "./run.ts";
import { varsFor } from "./vars.ts";

interface Place {
  readonly io: Io;
  readonly state: State;
  readonly client: Client;
  readonly lock: Lock;
}

/**
 * The steps of `growth start`. What they share saves time: the project is compiled while the data loads, and one
 * `dataform run` builds the models and asserts on each as soon as it is there.
 */
export class Job {
  readonly #place: Place;
  readonly #source: DataSource;
  readonly #date: string | undefined;
  #graph: Promise<CompiledGraph> | undefined;
  #execution: Execution | undefined;

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
    await this.#execution?.stop();
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
    const begins = () => void this.#compiled();
    return loadSource({ ...this.#place, source: this.#source, view, begins });
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
    const begun = (execution: Execution) => {
      this.#execution = execution;
    };
    await runModels({ ...order, beside: assertions(graph), begun });
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

import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { atFault } from "../errors.ts";
import type { Lock } from "../state/lock.ts";
import type { State } from "../state/state.ts";
import { compileTimeout, dataform, type Vars, varsFlag } from "./cli.ts";
import { Clock } from "./clock.ts";
import { localEnvironment } from "./environment.ts";
import { type CompiledAction, fullName, shortName } from "./graph.ts";
import { type ActionEvent, type ActionFailure, RunOutput } from "./output.ts";

export interface ExecutionOrder {
  readonly state: State;
  readonly env: NodeJS.ProcessEnv;
  /** A local warehouse's API, or a credentials file for BigQuery itself. */
  readonly target: { readonly url: string } | { readonly credentials: string };
  readonly lock: Lock;
  readonly vars: Vars;
  readonly actions: readonly CompiledAction[];
  readonly fullRefresh: boolean;
  /** Name of the log file below logs/: what the Dataform CLI printed, as it printed it. */
  readonly log: string;
  /** When there is something to run on; what runs counts its time from then. Left out: at once. */
  readonly ready?: Promise<void>;
}

export interface Listener {
  started?(name: string): void;
  ended?(event: ActionEvent): void;
}

export interface Outcome {
  readonly events: ReadonlyMap<string, ActionEvent & { readonly seconds: number }>;
  readonly failures: readonly ActionFailure[];
}

/** One `dataform run`, from its start. */
export class Execution {
  readonly #order: ExecutionOrder;
  readonly #clock: Clock;
  readonly #events = new Map<string, ActionEvent & { seconds: number }>();
  readonly #listeners: Listener[] = [];
  readonly #output: RunOutput;
  readonly #process: Promise<number>;
  readonly #abort = new AbortController();
  readonly #running = new Set<string>();

  constructor(order: ExecutionOrder) {
    this.#order = order;
    this.#clock = new Clock(order.actions);
    this.#output = new RunOutput((event) => this.#end(event));
    this.#process = this.#run();
    // Who waits for an outcome hears of a failure to start; nobody else has to.
    this.#process.catch(() => {});
    if (order.ready) void order.ready.then(() => this.#begin());
    else this.#begin();
  }

  /** Tells what happens, and what has happened already. */
  on(listener: Listener): void {
    for (const event of this.#events.values()) listener.ended?.(event);
    for (const name of this.#running) listener.started?.(name);
    this.#listeners.push(listener);
  }

  /**
   * What became of some of the actions: as soon as all of them are done; if one of them is not, when everything has
   * ended and the reasons are known.
   */
  async outcome(actions: readonly CompiledAction[]): Promise<Outcome> {
    const names = actions.map((action) => shortName(action.target));
    const allDone = new Promise<void>((resolve) => {
      const left = new Set(names);
      this.on({
        ended: ({ name, outcome }) => {
          if (outcome === "done" && left.delete(name) && left.size === 0) resolve();
        },
      });
    });
    await Promise.race([allDone, this.#process]);
    const events = new Map([...this.#events].filter(([name]) => names.includes(name)));
    const failures = this.#output.failures.filter((failure) => names.includes(failure.name));
    const missing = names.length - events.size;
    if (missing > 0) throw this.#stopped(missing, names.length);
    return { events, failures };
  }

  /** Resolves when the process is gone, however it ended. */
  async ended(): Promise<void> {
    await this.#process.catch(() => {});
  }

  /** Kills it, where it still runs. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#process.catch(() => {});
  }

  async #run(): Promise<number> {
    const { state, env, target, lock, vars, actions, fullRefresh } = this.#order;
    const local = "url" in target;
    const log = join(state.logs, this.#order.log);
    const args = [
      "run",
      "--project-dir=.",
      compileTimeout,
      `--credentials=${local ? state.credentials : target.credentials}`,
      ...varsFlag(vars),
      ...(fullRefresh ? ["--full-refresh"] : []),
      `--actions=${actions.map((action) => fullName(action.target)).join(",")}`,
    ];
    writeFileSync(log, `dataform ${args.join(" ")}\n`);
    const code = await dataform({
      project: state.project,
      args,
      env: local ? localEnvironment(env, state, target.url) : env,
      signal: this.#abort.signal,
      started: (pid) => lock.workedBy(pid),
      onOut: (text) => {
        appendFileSync(log, text);
        this.#output.stdout(text);
      },
      onErr: (text) => {
        appendFileSync(log, text);
        this.#output.stderr(text);
      },
    });
    lock.workedBy(undefined);
    this.#output.end();
    return code;
  }

  #begin(): void {
    for (const name of this.#clock.begin()) {
      this.#running.add(name);
      for (const listener of this.#listeners) listener.started?.(name);
    }
  }

  #end(event: ActionEvent): void {
    this.#running.delete(event.name);
    this.#events.set(event.name, { ...event, seconds: this.#clock.end(event.name) });
    for (const listener of this.#listeners) listener.ended?.(event);
    this.#begin();
  }

  #stopped(missing: number, all: number) {
    const log = join(this.#order.state.logs, this.#order.log);
    const lines = [...this.#output.rest.slice(-20), `Its output: ${log}`];
    return atFault(`The Dataform CLI stopped: ${missing} of ${all} actions were not run.`, lines.join("\n"));
  }
}

import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { atFault } from "../errors.ts";
import type { StepView } from "../progress/progress.ts";
import type { Lock } from "../state/lock.ts";
import type { State } from "../state/state.ts";
import { dataform, type Vars, varsFlag } from "./cli.ts";
import { localEnvironment } from "./environment.ts";
import { type CompiledAction, fullName, shortName } from "./graph.ts";
import { type ActionEvent, type ActionFailure, RunOutput } from "./output.ts";

export interface Execution {
  readonly state: State;
  readonly env: NodeJS.ProcessEnv;
  readonly url: string;
  readonly lock: Lock;
  readonly vars: Vars;
  readonly actions: readonly CompiledAction[];
  readonly fullRefresh: boolean;
  /** Name of the log file below logs/: what the Dataform CLI printed, as it printed it. */
  readonly log: string;
}

export interface Executed {
  readonly events: ReadonlyMap<string, ActionEvent & { readonly seconds: number }>;
  readonly failures: readonly ActionFailure[];
}

/** Runs actions with `dataform run`, shows each as it ends, and returns what became of them. */
export async function execute(
  execution: Execution,
  view: StepView,
  onEvent: (event: ActionEvent, ended: number) => void,
): Promise<Executed> {
  const { state, actions } = execution;
  const log = join(state.logs, execution.log);
  writeFileSync(log, "");
  const clock = new Clock(actions, view);
  const events = new Map<string, ActionEvent & { seconds: number }>();
  const output = new RunOutput((event) => {
    const seconds = clock.end(event.name);
    events.set(event.name, { ...event, seconds });
    onEvent(event, events.size);
    clock.next();
  });
  const args = [
    "run",
    "--project-dir=.",
    `--credentials=${state.credentials}`,
    ...varsFlag(execution.vars),
    ...(execution.fullRefresh ? ["--full-refresh"] : []),
    `--actions=${actions.map((action) => fullName(action.target)).join(",")}`,
  ];
  appendFileSync(log, `dataform ${args.join(" ")}\n`);
  clock.next();
  const keep = (text: string) => appendFileSync(log, text);
  const code = await dataform({
    state,
    args,
    env: localEnvironment(execution.env, state, execution.url),
    started: (pid) => execution.lock.workedBy(pid),
    onOut: (text) => {
      keep(text);
      output.stdout(text);
    },
    onErr: (text) => {
      keep(text);
      output.stderr(text);
    },
  });
  execution.lock.workedBy(undefined);
  output.end();
  const incomplete = actions.length - events.size;
  if (output.failures.length === 0 && (code !== 0 || incomplete > 0)) {
    const reason =
      incomplete > 0 ? `${incomplete} of ${actions.length} actions were not run` : `exit code ${code}`;
    throw atFault(
      `The Dataform CLI stopped: ${reason}.`,
      [...output.rest.slice(-20), `Its output: ${log}`].join("\n"),
    );
  }
  return { events, failures: output.failures };
}

/** Dataform tells only ends. What runs follows from the graph: whatever has all its dependencies behind it. */
class Clock {
  readonly #started = new Map<string, number>();
  readonly #ended = new Set<string>();
  readonly #waitsFor: ReadonlyMap<string, readonly string[]>;
  readonly #view: StepView;

  constructor(actions: readonly CompiledAction[], view: StepView) {
    const names = new Set(actions.map((action) => shortName(action.target)));
    this.#view = view;
    this.#waitsFor = new Map(
      actions.map((action) => [
        shortName(action.target),
        (action.dependencyTargets ?? []).map(shortName).filter((name) => names.has(name)),
      ]),
    );
  }

  next(): void {
    for (const [name, dependencies] of this.#waitsFor) {
      if (this.#started.has(name) || !dependencies.every((dependency) => this.#ended.has(dependency)))
        continue;
      this.#started.set(name, performance.now());
      this.#view.item(name, "running");
    }
  }

  /** Seconds since the action could start. */
  end(name: string): number {
    this.#ended.add(name);
    const started = this.#started.get(name);
    this.#started.set(name, started ?? 0);
    return started === undefined ? 0 : (performance.now() - started) / 1000;
  }
}

import type { Vars } from "../dataform/cli.ts";
import { Execution, type Outcome } from "../dataform/execute.ts";
import { failureText } from "../dataform/failure.ts";
import type { Gate } from "../dataform/gate.ts";
import {
  type CompiledAction,
  type CompiledGraph,
  isRule,
  kindOf,
  models,
  shortName,
} from "../dataform/graph.ts";
import { atFault } from "../errors.ts";
import { count } from "../format/table.ts";
import { colorsFor, type Io } from "../io.ts";
import type { StepView } from "../progress/progress.ts";
import type { Lock } from "../state/lock.ts";
import type { BuildInputs, BuildRecord, RunRecord } from "../state/records.ts";
import type { State } from "../state/state.ts";
import type { Client } from "../warehouse/client.ts";
import { figures } from "./figures.ts";
import { modelsFingerprint } from "./fingerprint.ts";

export interface RunOrder {
  readonly io: Io;
  readonly state: State;
  readonly client: Client;
  readonly lock: Lock;
  readonly graph: CompiledGraph;
  readonly vars: Vars;
  /** What to build: some models, or all. */
  readonly chosen: readonly CompiledAction[];
  readonly fullRefresh: boolean;
  readonly view: StepView;
  /** Assertions to run beside the models, each as soon as what it reads is built. */
  readonly beside?: readonly CompiledAction[];
  /** Begins the run, or lets one go on; it is still at work on what runs beside when the models are built. */
  readonly begin?: (order: RunOrder) => Promise<Execution>;
}

/** What a run with these variables would be made from. */
export function inputsOf(state: State, vars: Vars): BuildInputs {
  return {
    models: modelsFingerprint(state.project),
    data: state.load?.fingerprint ?? "",
    source: state.load?.data ?? "",
    run_date: vars.run_date ?? "",
  };
}

export function sameInputs(a: BuildInputs | undefined, b: BuildInputs): boolean {
  return a?.models === b.models && a.data === b.data && a.run_date === b.run_date;
}

/** Whether an incremental run may go on from what is there: the same models and data, and no step back in time. */
export function continues(build: BuildRecord, inputs: BuildInputs): boolean {
  const { base } = build;
  return base?.models === inputs.models && base.data === inputs.data && base.run_date <= inputs.run_date;
}

/** A `dataform run` of all that is ordered; with a gate it waits for that. */
export function executionOf(order: Omit<RunOrder, "view">, gate?: Gate): Execution {
  const { io, client, chosen, beside = [] } = order;
  const actions = [...chosen, ...beside];
  const waiting = gate ? { target: gate, ready: gate.opened } : { target: client };
  return new Execution({ ...order, ...waiting, env: io.env, actions, log: "run.log" });
}

/** Builds models and records it: the record goes before the first table is touched and comes back after the last. */
export async function runModels(order: RunOrder): Promise<RunRecord> {
  const { state, graph, chosen, view } = order;
  const started = performance.now();
  const inputs = inputsOf(state, order.vars);
  const before = state.build;
  const whole = chosen.length === models(graph).length;
  const base = await baseAfter(order, before, inputs, whole);
  if (whole) state.saveBuild(base && !order.fullRefresh ? { base } : {});
  else if (!sameInputs(before.run, inputs)) state.saveBuild({});

  const execution = await (order.begin?.(order) ?? executionOf(order));
  show(order, execution);
  const outcome = await execution.outcome(chosen);
  throwIfFailed(order, outcome);

  const tables = await figures(order, outcome);
  const record: RunRecord = { ...inputs, seconds: (performance.now() - started) / 1000, tables };
  if (whole) state.saveBuild({ ...(base ? { base } : {}), run: record });
  else if (sameInputs(before.run, inputs) && before.run) {
    const rebuilt = new Map(tables.map((table) => [table.name, table]));
    const merged = before.run.tables.map((table) => rebuilt.get(table.name) ?? table);
    state.saveBuild({
      ...(before.base ? { base: before.base } : {}),
      run: { ...before.run, tables: merged },
    });
  }
  const shown = tables.filter((table) => !table.isRule);
  const rows = shown.reduce((sum, table) => sum + (table.rows ?? 0), 0);
  view.status(`${shown.length} built, ${count(rows)} rows`);
  return record;
}

function show({ graph, chosen, view }: RunOrder, execution: Execution): void {
  const names = new Set(chosen.map((action) => shortName(action.target)));
  let ended = 0;
  view.status(`0 of ${chosen.length}`);
  execution.on({
    started: (name) => {
      if (names.has(name) && !isRule(graph, name)) view.item(name, "running");
    },
    ended: ({ name, outcome }) => {
      if (!names.has(name)) return;
      ended++;
      const note = outcome === "skipped" ? "something it reads failed" : kindOf(graph, name);
      if (outcome !== "done" || !isRule(graph, name)) view.item(name, outcome, note);
      view.status(`${ended} of ${chosen.length}`);
    },
  });
}

/** What the tables go back to once this run is through; undefined where that can not be said. */
async function baseAfter(
  order: RunOrder,
  before: BuildRecord,
  inputs: BuildInputs,
  whole: boolean,
): Promise<BuildInputs | undefined> {
  if (!whole) return undefined;
  if (order.fullRefresh || continues(before, inputs)) return inputs;
  for (const action of order.chosen) {
    if (kindOf(order.graph, shortName(action.target)) !== "incremental") continue;
    if (await order.client.table(shortName(action.target))) return undefined;
  }
  return inputs;
}

function throwIfFailed(order: RunOrder, outcome: Outcome): void {
  const failed = failureDetails(order, outcome);
  if (failed) throw atFault(`${failed.summary} What was built before stands as it was.`, failed.text);
}

/** How many actions were not built and why, for people; undefined where all were. */
export function failureDetails(
  { io, state, chosen }: Pick<RunOrder, "io" | "state" | "chosen">,
  { events, failures }: Outcome,
): { readonly summary: string; readonly text: string } | undefined {
  const notBuilt = [...events.values()].filter((event) => event.outcome !== "done");
  if (notBuilt.length === 0) return undefined;
  const colors = colorsFor(io.stderr, io.env);
  const details = failures.map((failure) => {
    const action = chosen.find((candidate) => shortName(candidate.target) === failure.name);
    return failureText(failure, action, state.project, colors);
  });
  // A model may wait for an assertion on what it reads: then it is skipped and nothing of the models' own failed.
  const skipped = notBuilt.filter((event) => event.outcome === "skipped").map((event) => event.name);
  if (failures.length === 0)
    details.push(`Not built, since what they depend on failed: ${skipped.join(", ")}`);
  const summary = `${failures.length || skipped.length} of ${chosen.length} models failed.`;
  return { summary, text: details.join("\n\n") };
}

/** True while the warehouse still holds what a record says: nobody else wrote to its tables since. */
export async function untouched(
  client: Client,
  tables: readonly { readonly name: string; readonly modified?: string }[],
): Promise<boolean> {
  const facts = await Promise.all(tables.map((table) => client.table(table.name)));
  return facts.every((fact, place) => fact?.modified === tables[place]?.modified);
}

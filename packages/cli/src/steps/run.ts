import type { Vars } from "../dataform/cli.ts";
import { execute } from "../dataform/execute.ts";
import { failureText } from "../dataform/failure.ts";
import {
  type CompiledAction,
  type CompiledGraph,
  isRule,
  kindOf,
  models,
  shortName,
} from "../dataform/graph.ts";
import type { ActionEvent } from "../dataform/output.ts";
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
}

/** What a run with these variables would be made from. */
export function inputsOf(state: State, vars: Vars): BuildInputs {
  return {
    models: modelsFingerprint(state.project),
    data: state.load?.fingerprint ?? "",
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

/** Builds models and records it: the record goes before the first table is touched and comes back after the last. */
export async function runModels(order: RunOrder): Promise<RunRecord> {
  const { state, client, graph, chosen, view } = order;
  const started = performance.now();
  const inputs = inputsOf(state, order.vars);
  const before = state.build;
  const whole = chosen.length === models(graph).length;
  const base = await baseAfter(order, before, inputs, whole);
  if (whole) state.saveBuild(base && !order.fullRefresh ? { base } : {});
  else if (!sameInputs(before.run, inputs)) state.saveBuild({});

  const show = (event: ActionEvent, all: number) => {
    view.status(`${all} of ${chosen.length}`);
    const note = event.outcome === "skipped" ? "something it reads failed" : kindOf(graph, event.name);
    if (event.outcome !== "done" || !isRule(graph, event.name)) view.item(event.name, event.outcome, note);
  };
  view.status(`0 of ${chosen.length}`);
  const done = await execute(
    { ...order, env: order.io.env, url: client.url, actions: chosen, log: "run.log" },
    {
      status: (text) => view.status(text),
      item: (name, state) => {
        if (!isRule(graph, name)) view.item(name, state);
      },
    },
    show,
  );
  if (done.failures.length > 0) throw failed(order, done.failures.length, [...done.failures]);

  const tables = await figures(order, done);
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

function failed(order: RunOrder, number: number, failures: Parameters<typeof failureText>[0][]) {
  const colors = colorsFor(order.io.stderr, order.io.env);
  const details = failures.map((failure) => {
    const action = order.chosen.find((candidate) => shortName(candidate.target) === failure.name);
    return failureText(failure, action, order.state.project, colors);
  });
  return atFault(
    `${number} of ${order.chosen.length} models failed. What was built before stands as it was.`,
    details.join("\n\n"),
  );
}

/** True while the warehouse still holds what a record says: nobody else wrote to its tables since. */
export async function untouched(
  client: Client,
  tables: readonly { readonly name: string; readonly modified?: string }[],
): Promise<boolean> {
  const facts = await Promise.all(tables.map((table) => client.table(table.name)));
  return facts.every((fact, place) => fact?.modified === tables[place]?.modified);
}

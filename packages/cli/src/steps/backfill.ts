import { compile, type Vars } from "../dataform/cli.ts";
import { Execution } from "../dataform/execute.ts";
import { type CompiledAction, type CompiledGraph, isRule, models, shortName } from "../dataform/graph.ts";
import { related, select } from "../dataform/select.ts";
import { atFault, wrongUse } from "../errors.ts";
import { count } from "../format/table.ts";
import type { Io } from "../io.ts";
import type { StepView } from "../progress/progress.ts";
import { Pace } from "../replay/pace.ts";
import { readJson, remove, writeJson } from "../state/files.ts";
import type { Lock } from "../state/lock.ts";
import type { BuildInputs } from "../state/records.ts";
import type { State } from "../state/state.ts";
import { failureDetails } from "./run.ts";
import { daysBetween } from "./vars.ts";

export interface BackfillOrder {
  readonly io: Io;
  readonly state: State;
  readonly lock: Lock;
  readonly from: string;
  readonly to: string;
  readonly selectors: readonly string[];
  /** The tables stand as of the day before `from`: the first day goes on from there instead of rebuilding them. */
  readonly continues: boolean;
  /** Where the tables are: the local warehouse's API, or BigQuery with credentials of one's own. */
  readonly target: { readonly url: string } | { readonly credentials: string };
  readonly vars: (day: string) => Vars;
  /** What the tables are made from: another content is another backfill. */
  readonly inputs: Omit<BuildInputs, "run_date">;
  /** Looks whether there is anything to build from. */
  readonly ready?: (graph: CompiledGraph) => Promise<void>;
  readonly view: StepView;
}

/** backfill.json: how far a backfill came. Removed when it is through. */
interface Progress {
  readonly order: string;
  readonly done: string;
}

/** Runs the days one after another by the stock Dataform CLI. After a kill the same command goes on after the last finished day. */
export async function backfill(order: BackfillOrder): Promise<void> {
  const { io, state, from, to, selectors, continues, view } = order;
  view.status("compiling");
  const graph = await compile(state.project, order.vars(from), io.env);
  await order.ready?.(graph);
  const all = models(graph);
  const chosen = selectors.length === 0 ? all : related(all, select(all, selectors));
  if (chosen.length === 0) throw wrongUse("The project has no models to build.");
  const whole = chosen.length === all.length;
  const file = state.file("backfill.json");
  const about = JSON.stringify([
    from,
    to,
    chosen.map(({ target }) => shortName(target)).sort(),
    continues,
    order.inputs,
    order.target,
  ]);
  const key = "url" in order.target ? about.replace(/"url":"[^"]*"/, '"url":"local"') : about;
  const begun = readJson<Progress>(file);
  const done = begun?.order === key ? begun.done : "";
  if (begun && begun.order !== key) remove(file);
  const days = daysBetween(from, to);
  const left = days.filter((day) => day > done);
  if (done) view.item(`days up to ${done}`, "skipped", "finished before");

  const local = "url" in order.target;
  if (local) state.saveBuild({});
  const pace = new Pace(left.length);
  for (const day of left) {
    view.status(`${pace.text()}: ${day}, ${count(chosen.length)} models`);
    const began = performance.now();
    const fullRefresh = day === from && !continues;
    // Rules look at the day's tables when assertions run: they are wanted as of the last day only.
    const actions = day === to ? chosen : chosen.filter((action) => !isRule(graph, shortName(action.target)));
    await runDay(order, day, actions, fullRefresh);
    writeJson(file, { order: key, done: day } satisfies Progress);
    if (local && whole) state.saveBuild({ base: { ...order.inputs, run_date: day } });
    pace.step();
    view.item(
      day,
      "done",
      `${((performance.now() - began) / 1000).toFixed(1)} s${fullRefresh ? ", full refresh" : ""}`,
    );
  }
  remove(file);
  view.status(
    left.length === 0
      ? "nothing left to do"
      : `${left.length} of ${days.length} days, ${chosen.length} models`,
  );
}

async function runDay(
  order: BackfillOrder,
  day: string,
  actions: readonly CompiledAction[],
  fullRefresh: boolean,
): Promise<void> {
  const { io, state, lock, target } = order;
  const execution = new Execution({
    ...{ state, lock, target, actions, fullRefresh, env: io.env, vars: order.vars(day) },
    log: "backfill.log",
  });
  const failed = failureDetails({ io, state, chosen: actions }, await execution.outcome(actions));
  if (failed) {
    const next = `The same command goes on with ${day}; once models or data change, it begins again with ${order.from}.`;
    throw atFault(`${day}: ${failed.summary}`, `${failed.text}\n\n${next}`);
  }
  await execution.ended();
}

import { join } from "node:path";
import type { Contract } from "@growth/contracts";
import { byDepth, kindOf, shortName } from "../dataform/graph.ts";
import { DailyScripts } from "../dataform/scripts.ts";
import { wrongUse } from "../errors.ts";
import { count, seconds } from "../format/table.ts";
import type { Io } from "../io.ts";
import type { Step, StepView } from "../progress/progress.ts";
import type { State } from "../state/state.ts";
import type { DataSource } from "../steps/data-source.ts";
import { contractsOf, loadSource } from "../steps/load.ts";
import { daysBetween, varsFor } from "../steps/vars.ts";
import type { Client } from "../warehouse/client.ts";
import { type Comparison, compareTables } from "./compare.ts";
import { Days } from "./days.ts";
import { Pace } from "./pace.ts";
import { compareTotals, type Total } from "./truth.ts";

export interface ReplayOrder {
  readonly io: Io;
  readonly state: State;
  readonly client: Client;
  readonly source: DataSource;
  readonly from: string;
  readonly to: string;
  /** Tables to replay, with what they read; none: all. */
  readonly selectors: readonly string[];
}

/** Days after which a long replay says how far it is, where nothing is redrawn in place. */
const shownEvery = 10;

/** Datasets beside the models' own that keep what the days left: replay_redcdm beside redcdm. */
const keptIn = "replay_";

/**
 * The proof that incremental equals full: the days run one by one, then a full refresh as of the last, and every table
 * compared cell by cell.
 */
export class Replay {
  readonly comparisons: Comparison[] = [];
  /** Of simulated data: what was planted and what the tables make of it. */
  totals: readonly Total[] = [];
  readonly #order: ReplayOrder;
  #days: Days | undefined;
  #tables: readonly { readonly name: string; readonly contract: Contract }[] = [];

  constructor(order: ReplayOrder) {
    this.#order = order;
  }

  steps(): Step[] {
    const { source, from, to } = this.#order;
    const days = daysBetween(from, to).length;
    return [
      { title: `Load ${source.shown}`, run: (view) => loadSource({ ...this.#order, view }) },
      {
        title: days === 1 ? `Run ${from}` : `Run ${days} days, ${from} to ${to}`,
        run: (view) => this.#runDays(view),
      },
      { title: `Full refresh as of ${to}`, run: (view) => this.#refresh(view) },
      { title: "Compare every table", run: (view) => this.#compare(view) },
      ...(source.kind === "simulated" && this.#order.selectors.length === 0
        ? [{ title: "Compare with what was planted", run: (view: StepView) => this.#compareTotals(view) }]
        : []),
    ];
  }

  async #runDays(view: StepView): Promise<void> {
    const { io, state, client, from, to, selectors } = this.#order;
    view.status("compiling");
    const { run_date: _, ...vars } = varsFor(state.load, from, "--from");
    const scripts = await DailyScripts.compile(state.project, vars, io.env);
    const contracts = new Map(
      (await contractsOf(state.project)).map((contract) => [contract.table, contract]),
    );
    const actions = scripts.selected(selectors);
    if (actions.length === 0) throw wrongUse("The project has no tables to replay.");
    this.#tables = byDepth(actions)
      .map(({ target }) => shortName(target))
      .filter((name) => ["table", "incremental"].includes(kindOf(scripts.graph, name)))
      .map((name) => {
        const contract = contracts.get(name);
        if (!contract)
          throw wrongUse(`${name} has no contract: its key is not known, so its rows can not be compared.`);
        return { name, contract };
      })
      // What builds keep for themselves depends on the way that led there.
      .filter(({ contract }) => !contract.tags.includes("working"));
    this.#days = new Days(client, scripts, actions);
    await this.#days.prepare();
    const pace = new Pace(daysBetween(from, to).length);
    for (const day of daysBetween(from, to)) {
      view.status(`${pace.text()}: ${day}`);
      await this.#days.run({ runDate: day });
      pace.step();
      if (pace.done % shownEvery === 0) view.item(`through ${day}`, "done", pace.text());
    }
    view.status(`${seconds(pace.perStep())} a day`);
  }

  async #refresh(view: StepView): Promise<void> {
    const { client, to } = this.#order;
    view.status("keeping what the days left");
    for (const dataset of new Set(this.#tables.map(({ contract }) => contract.dataset)))
      await client.query(`CREATE SCHEMA IF NOT EXISTS \`${keptIn}${dataset}\``);
    for (const { name } of this.#tables)
      await client.query(`CREATE OR REPLACE TABLE \`${keptIn}${name}\` AS SELECT * FROM \`${name}\``);
    let at = 0;
    await this.#days?.run(
      { runDate: to },
      { fullRefresh: true, begins: () => view.status(`${++at} of ${this.#days?.actions.length}`) },
    );
  }

  async #compare(view: StepView): Promise<void> {
    for (const { name, contract } of this.#tables) {
      view.status(name);
      const { key } = contract;
      // A full refresh knows the run's own day only; earlier days keep what their own runs left.
      const perRun = contract.tags.includes("per-run");
      const pair = {
        name,
        key,
        days: `${keptIn}${name}`,
        refresh: name,
        ...(perRun && { where: `${contract.partitionBy} = DATE '${this.#order.to}'` }),
      };
      this.comparisons.push(await compareTables(this.#order.client, pair));
    }
    const rows = this.comparisons.reduce((sum, { rows }) => sum + rows, 0);
    const differ = this.comparisons.filter(isDifferent).length;
    view.status(
      `${count(rows)} rows in ${this.comparisons.length} tables, ${differ === 0 ? "none differs" : `${differ} tables differ`}`,
    );
  }

  async #compareTotals(view: StepView): Promise<void> {
    const { state, client, source } = this.#order;
    this.totals = await compareTotals(client, join(state.file("data"), source.kind, "truth.json"));
    const wrong = wrongTotals(this.totals).length;
    view.status(
      wrong === 0
        ? `${this.totals.length} totals, all as planted`
        : `${wrong} of ${this.totals.length} totals are not as planted`,
    );
  }
}

/** Totals that the tables do not have as they were planted. */
export function wrongTotals(totals: readonly Total[]): Total[] {
  return totals.filter(({ planted, found }) => planted !== found);
}

/** Whether a table is not what it should be: the days left something else, or its key is not one. */
export function isDifferent({ missing, extra, differing, repeated }: Comparison): boolean {
  return missing + extra + differing + repeated > 0;
}

import { shortName } from "../dataform/graph.ts";
import type { Action, DailyScripts, Day } from "../dataform/scripts.ts";
import { atFault } from "../errors.ts";
import type { Client } from "../warehouse/client.ts";

export interface DayOptions {
  readonly fullRefresh?: boolean;
  /** Told each action as it begins. */
  readonly begins?: (name: string) => void;
  /** Told each job when it is done. */
  readonly ended?: (name: string, jobId: string) => void;
  /** Changes a script before it is sent; for proofs that a broken model is found. */
  readonly change?: (name: string, script: string) => string;
}

/** Runs days on a warehouse: each action's scripts, as the stock Dataform CLI would send them, one after another. */
export class Days {
  readonly #client: Client;
  readonly #scripts: DailyScripts;
  readonly actions: readonly Action[];
  /** Columns of the tables that stand, by name. */
  readonly #standing = new Map<string, readonly string[]>();

  /** `actions`: what a day builds, each after what it reads. */
  constructor(client: Client, scripts: DailyScripts, actions: readonly Action[]) {
    this.#client = client;
    this.#scripts = scripts;
    this.actions = actions;
  }

  /** Makes the datasets, as the CLI does before it runs anything. */
  async prepare(): Promise<void> {
    for (const dataset of new Set(this.actions.map(({ target }) => target.schema)))
      await this.#client.query(`CREATE SCHEMA IF NOT EXISTS \`${dataset}\``);
  }

  /** Somebody else may have made or dropped tables. */
  forget(): void {
    this.#standing.clear();
  }

  /** Builds every table for a day; incrementally where it stands, unless a full refresh is asked for. */
  async run(day: Day, options: DayOptions = {}): Promise<void> {
    const { fullRefresh = false, begins = () => {}, ended = () => {} } = options;
    const { change = (_, script) => script } = options;
    for (const action of this.actions) {
      const name = shortName(action.target);
      begins(name);
      for (const script of await this.#scriptsOf(action, day, fullRefresh)) {
        try {
          const { jobId } = await this.#client.query(change(name, script), 1);
          ended(name, jobId);
        } catch (error) {
          throw atFault(`${name} failed on ${day.runDate}.`, (error as Error).message);
        }
      }
    }
  }

  /** All that a run would send, as the tables stand. */
  async scripts(day: Day, fullRefresh = false): Promise<string[]> {
    const all: string[] = [];
    for (const action of this.actions) all.push(...(await this.#scriptsOf(action, day, fullRefresh)));
    return all;
  }

  async #scriptsOf(action: Action, day: Day, fullRefresh: boolean): Promise<string[]> {
    const incremental = action.enumType === "INCREMENTAL" && !fullRefresh;
    const columns = incremental ? await this.#columnsOf(shortName(action.target)) : undefined;
    return this.#scripts.of(action, day, columns);
  }

  async #columnsOf(name: string): Promise<readonly string[] | undefined> {
    const known = this.#standing.get(name);
    if (known) return known;
    const columns = (await this.#client.columns(name))?.map((column) => column.name);
    if (columns) this.#standing.set(name, columns);
    return columns;
  }
}

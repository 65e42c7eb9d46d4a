import { DailyScripts } from "../dataform/scripts.ts";
import type { Io } from "../io.ts";
import type { Step, StepView } from "../progress/progress.ts";
import { Days } from "../replay/days.ts";
import type { State } from "../state/state.ts";
import type { DataSource } from "../steps/data-source.ts";
import { loadSource } from "../steps/load.ts";
import { addDays, varsFor } from "../steps/vars.ts";
import type { Client, JobFigures } from "../warehouse/client.ts";
import { type Costs, costsOf, eventLogs } from "./costs.ts";

export interface BenchOrder {
  readonly io: Io;
  readonly state: State;
  readonly client: Client;
  /** Of the longest history, up to the last measured day. */
  readonly source: DataSource;
  readonly to: string;
  /** Days of history. */
  readonly histories: readonly number[];
  /** Tables to measure, with what they read; none: all. */
  readonly selectors: readonly string[];
}

export interface Measured {
  readonly history: number;
  /** The mean of the measured days. */
  readonly daily: Costs;
  readonly refresh: Costs;
}

/** Days that are run and measured for each history, after one that is only run. */
export const measuredDays = 3;

/**
 * What a daily run and a full refresh cost as history grows: one world, of which the longest history is measured first and
 * then cut shorter and shorter, so that the same days with the same arrivals are run on each.
 */
export class IncrementalBench {
  readonly measured: Measured[] = [];
  readonly #order: BenchOrder;
  #days: Days | undefined;

  constructor(order: BenchOrder) {
    this.#order = order;
  }

  steps(): Step[] {
    const { source, histories } = this.#order;
    return [
      { title: `Load ${source.shown}`, run: (view) => loadSource({ ...this.#order, view }) },
      ...[...histories]
        .sort((a, b) => b - a)
        .map((history) => ({
          title: `${history} days of history`,
          run: (view: StepView) => this.#measure(history, view),
        })),
    ];
  }

  async #measure(history: number, view: StepView): Promise<void> {
    const { client, state, to } = this.#order;
    this.#days ??= await this.#compiled();
    const days = this.#days;
    const first = addDays(to, -measuredDays);
    view.status("cutting the logs");
    const { timezone } = varsFor(state.load, to);
    for (const log of eventLogs)
      await client.query(
        `DELETE FROM \`${log}\` WHERE ingested_at < TIMESTAMP('${addDays(first, -history)}', '${timezone}')`,
      );
    view.status("building the history");
    await days.run({ runDate: addDays(first, -1) }, { fullRefresh: true });
    await days.run({ runDate: first });
    const daily = new Map<string, JobFigures>();
    for (let n = 1; n <= measuredDays; n++) {
      view.status(`day ${n} of ${measuredDays}`);
      for (const [name, { seconds, bytes }] of await costsOf(client, days, { runDate: addDays(first, n) })) {
        const sum = daily.get(name) ?? { seconds: 0, bytes: 0 };
        daily.set(name, {
          seconds: sum.seconds + seconds / measuredDays,
          bytes: sum.bytes + bytes / measuredDays,
        });
      }
    }
    view.status("full refresh");
    const refresh = await costsOf(client, days, { runDate: to }, true);
    this.measured.unshift({ history, daily, refresh });
    view.status("");
  }

  async #compiled(): Promise<Days> {
    const { io, state, client, to } = this.#order;
    const { run_date: _, ...vars } = varsFor(state.load, to);
    const scripts = await DailyScripts.compile(state.project, vars, io.env);
    const days = new Days(client, scripts, scripts.selected(this.#order.selectors));
    await days.prepare();
    return days;
  }
}

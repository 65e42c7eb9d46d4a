import { FastWarehouse } from "../replay/fast-warehouse.ts";
import { rawSourcesOf } from "../replay/judged.ts";
import { sortedText } from "./compare.ts";
import type { Run } from "./compiled.ts";
import type { Rows } from "./table-text.ts";
import { type Day, fullDay, instant, localMoment, type Moment, OFFSET } from "./time.ts";
import type { World } from "./world.ts";

/** A story's warehouse that builds a few tables only, with what they read; several worlds can use it one after the other. */
export class QuickStory {
  readonly #warehouse: FastWarehouse;
  #last: Run | undefined;

  private constructor(warehouse: FastWarehouse) {
    this.#warehouse = warehouse;
  }

  /** `bootstrap`: up to when the history was loaded at once. */
  static async open(tables: readonly string[], bootstrap?: Moment): Promise<QuickStory> {
    return new QuickStory(await FastWarehouse.open(tables, bootstrap && variable(bootstrap)));
  }

  /** Address of the engine's API. */
  get url(): string {
    return this.#warehouse.url;
  }

  close(): Promise<void> {
    return this.#warehouse.close();
  }

  /** Forgets everything and takes a world's versions as sources. */
  tell(world: World): Promise<void> {
    return this.#warehouse.fill(rawSourcesOf(world));
  }

  /** Builds as of the end of each day; incrementally, where it was built before. */
  async run(...days: Day[]): Promise<void> {
    for (const day of days) await this.#run(day);
  }

  /** An unfinished day: what is known before a moment of it. */
  runAt(moment: Moment): Promise<void> {
    return this.#run(moment.slice(0, moment.indexOf(" ")), variable(moment));
  }

  async #run(day: Day, asOf?: string): Promise<void> {
    const runDate = fullDay(day);
    const next = new Date(Date.parse(`${runDate}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
    this.#last = { runDate, asOf: asOf ?? `${next} 00:00:00${OFFSET}` };
    await this.#warehouse.run(this.#last);
  }

  rows(table: string): Promise<Rows> {
    return this.#warehouse.rows(table);
  }

  query(sql: string): Promise<Rows> {
    return this.#warehouse.query(sql);
  }

  /** What a full refresh of the last run changes in a table: rows that go (-) and come (+); none are wanted. */
  async refreshed(table: string): Promise<string[]> {
    if (!this.#last) throw new Error("Nothing was run yet.");
    const before = sortedText(await this.rows(table));
    await this.#warehouse.run(this.#last, { fullRefresh: true });
    const after = sortedText(await this.rows(table));
    return [
      ...before.filter((row) => !after.includes(row)).map((row) => `- ${row}`),
      ...after.filter((row) => !before.includes(row)).map((row) => `+ ${row}`),
    ];
  }
}

/** A moment as the variables of dataform.json want it. */
function variable(moment: Moment): string {
  return `${localMoment(new Date(instant(moment)))}${OFFSET}`;
}

import { rowText, textOrder } from "./row-text.ts";
import { type RawSources, type SourceName, type SourceRows, sources } from "./rows.ts";
import { BusinessDays, type Day, type Instant, instantOf } from "./time.ts";

/** The moment whose knowledge is judged, and the settings that the definitions name. */
export interface Moment {
  /** The business day of the run. */
  readonly run_date: Day;
  /** ISO instant; left out: the end of run_date. */
  readonly as_of_at?: string;
  /** ISO instant of the load of the history; left out: there was none. */
  readonly bootstrap_at?: string;
  /** Default Asia/Shanghai. */
  readonly timezone?: string;
  /** Default 30. */
  readonly trigger_claim_days?: number;
  /** Default 3. */
  readonly mature_orders?: number;
  /** Default 180. */
  readonly churn_days?: number;
  /** Default 0, 1, 3, 7, 14, 30. */
  readonly funnel_windows?: readonly number[];
  /** Default 3. */
  readonly late_days?: number;
}

/** What is known of the platform at a moment: nothing that arrived at or after it. */
export class Known {
  readonly days: BusinessDays;
  readonly asOf: Instant;
  readonly runDate: Day;
  readonly bootstrapAt: Instant | undefined;
  readonly triggerClaimDays: number;
  readonly matureOrders: number;
  readonly churnDays: number;
  readonly windows: readonly number[];
  readonly lateDays: number;
  readonly #raw: RawSources;
  readonly #moment: Moment;
  /** Events from this instant on are not counted, whatever is known of them. */
  #eventsBefore: Instant;

  constructor(raw: RawSources, moment: Moment) {
    this.#raw = raw;
    this.#moment = moment;
    this.days = new BusinessDays(moment.timezone ?? "Asia/Shanghai");
    this.runDate = moment.run_date;
    this.asOf = moment.as_of_at === undefined ? this.days.endOf(moment.run_date) : instantOf(moment.as_of_at);
    this.#eventsBefore = this.asOf;
    this.windows = moment.funnel_windows ?? [0, 1, 3, 7, 14, 30];
    this.lateDays = moment.late_days ?? 3;
    this.bootstrapAt = moment.bootstrap_at === undefined ? undefined : instantOf(moment.bootstrap_at);
    this.triggerClaimDays = moment.trigger_claim_days ?? 30;
    this.matureOrders = moment.mature_orders ?? 3;
    this.churnDays = moment.churn_days ?? 180;
  }

  /** The instant at which a day of the past, or of the run, was known whole: its end, or the moment itself. */
  endOf(day: Day): Instant {
    return Math.min(this.days.endOf(day), this.asOf);
  }

  /** The latest versions as they were known at the end of a day; what came with the bootstrap load was always known. */
  stateOn<Name extends SourceName>(name: Name, day: Day): SourceRows[Name][] {
    const end = this.endOf(day);
    const { bootstrapAt } = this;
    return this.state(
      name,
      (ingestedAt) => ingestedAt < end || (bootstrapAt !== undefined && ingestedAt <= bootstrapAt),
    );
  }

  /** Every version that arrived before the moment. */
  versions<Name extends SourceName>(name: Name): SourceRows[Name][] {
    const all = (this.#raw[sources[name].table] ?? []) as readonly SourceRows[Name][];
    return all.filter(({ ingested_at }) => instantOf(ingested_at) < this.asOf);
  }

  /** The latest version of every key; by default all that arrived before the moment count. */
  state<Name extends SourceName>(
    name: Name,
    counts: (ingestedAt: Instant) => boolean = () => true,
  ): SourceRows[Name][] {
    const { table, key, columns } = sources[name];
    const latest = new Map<string, SourceRows[Name]>();
    for (const version of (this.#raw[table] ?? []) as readonly SourceRows[Name][]) {
      const ingestedAt = instantOf(version.ingested_at);
      if (ingestedAt >= this.asOf || !counts(ingestedAt)) continue;
      const id = JSON.stringify(
        key.map((column) => (version as unknown as Record<string, unknown>)[column] ?? null),
      );
      const other = latest.get(id);
      if (other === undefined || later(version, other, columns)) latest.set(id, version);
    }
    return [...latest.values()];
  }

  /** An event counts once its own time has passed; without a time it has not happened. */
  happened(at: string | null | undefined): at is string {
    return at !== null && at !== undefined && instantOf(at) < this.#eventsBefore;
  }

  /** The same knowledge of a world in which nothing happened after a day: what arrived later about it still counts. */
  until(day: Day): Known {
    const known = new Known(this.#raw, this.#moment);
    known.#eventsBefore = this.endOf(day);
    return known;
  }

  dayOf(at: string): Day {
    return this.days.dayOf(instantOf(at));
  }
}

/** The version that arrived later; of two that arrived together the one whose text is greater. */
function later(a: { ingested_at: string }, b: { ingested_at: string }, columns: string): boolean {
  const [one, other] = [instantOf(a.ingested_at), instantOf(b.ingested_at)];
  if (one !== other) return one > other;
  return textOrder(rowText(a, columns), rowText(b, columns)) > 0;
}

import { iso, MINUTE, SECOND } from "../period.ts";
import { type SourceName, type SourceRow, type SourceVersion, sourceTables } from "./rows.ts";
import type { Delivery, Moment } from "./script.ts";

/** What has been written to the platform's logs: every version with its arrival, and each key's latest as told. */
export class Log {
  readonly versions = new Map<SourceName, SourceVersion[]>();
  /** Keys in the order in which they were first written, for events that pick one. */
  readonly keys: { readonly source: SourceName; readonly key: string }[] = [];
  readonly #rows = new Map<string, { row: SourceRow; arrived: number }>();

  /**
   * Writes a version of a row, caused at an instant. A later version of a key arrives after the one before, unless its
   * delivery says that its clock is ahead: then anything may happen.
   */
  write(source: SourceName, row: SourceRow, caused: number, delivery: Delivery): void {
    const key = `${source}|${sourceTables[source].key.map((name) => row[name]).join("|")}`;
    const before = this.#rows.get(key);
    let arrived = caused + delivery.lag * MINUTE;
    if (before && delivery.lag >= 0) arrived = Math.max(arrived, before.arrived + SECOND);
    if (!before) this.keys.push({ source, key });
    this.#rows.set(key, { row, arrived });
    this.#append(source, row, arrived);
    if (delivery.again !== null) this.#append(source, row, arrived + delivery.again * MINUTE);
    if (delivery.tie) this.#append(source, tied(source, row), arrived);
  }

  /** The row as last written. */
  latest(key: string): SourceRow {
    return this.#rows.get(key)?.row ?? {};
  }

  /** The latest rows of a table, in the order in which their keys were first written. */
  all(source: SourceName): SourceRow[] {
    return this.keys.filter((k) => k.source === source).map((k) => this.latest(k.key));
  }

  #append(source: SourceName, row: SourceRow, arrived: number): void {
    const versions = this.versions.get(source) ?? [];
    versions.push({ ...row, ingested_at: iso(arrived) });
    this.versions.set(source, versions);
  }
}

/** Deliveries of an event's rows, one after the other. */
export function deliveriesOf(moment: Moment): () => Delivery {
  let next = 0;
  return () => moment.deliveries[next++ % moment.deliveries.length] as Delivery;
}

/** Another version of a row, which differs in a column that is no key. */
function tied(source: SourceName, row: SourceRow): SourceRow {
  const { key, columns } = sourceTables[source];
  for (const [name, type] of Object.entries(columns)) {
    if ((key as readonly string[]).includes(name)) continue;
    const cell = row[name];
    if (type === "NUMERIC" && typeof cell === "string")
      return { ...row, [name]: (Number(cell) + 0.01).toFixed(2) };
    if (name === "scene_code" || name === "claim_scene_code" || name === "channel_code")
      return { ...row, [name]: `${cell ?? ""}~` };
  }
  return row;
}

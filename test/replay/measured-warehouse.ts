/** A warehouse of a simulated platform that tells, table by table, the bytes that a day's build processes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadFolder } from "@growth/loaders";
import { createLocalBigQuery, defaultFiles, type LocalBigQuery } from "@growth/local-bigquery";
import { type SimulationOptions, simulate } from "@growth/simulator";
import { shortName } from "../../packages/cli/src/dataform/graph.ts";
import { DailyScripts } from "../../packages/cli/src/dataform/scripts.ts";
import { Days } from "../../packages/cli/src/replay/days.ts";
import { Client } from "../../packages/cli/src/warehouse/client.ts";
import { projectContracts } from "../support/contracts.ts";
import { project } from "../support/dataform.ts";
import type { Rows } from "../support/table-text.ts";

/** Bytes by table. */
export type Bytes = ReadonlyMap<string, number>;

export class MeasuredWarehouse {
  readonly #engine: LocalBigQuery;
  readonly #url: string;
  /** One for each action, in the order of the run. */
  readonly #days: readonly Days[];

  private constructor(engine: LocalBigQuery, url: string, days: readonly Days[]) {
    this.#engine = engine;
    this.#url = url;
    this.#days = days;
  }

  /** `tables`: what is to be built, with everything it reads. */
  static async open(tables: readonly string[], world: SimulationOptions): Promise<MeasuredWarehouse> {
    const folder = mkdtempSync(join(tmpdir(), "growth-measured-"));
    try {
      const [scripts, engine] = await Promise.all([
        DailyScripts.compile(project, {}, process.env),
        createLocalBigQuery({ files: defaultFiles(project), measureBytes: true }),
        simulate({ ...world, out: folder }),
      ]);
      const { url } = await engine.listen();
      const contracts = projectContracts().filter(({ layer }) => layer === "source");
      await loadFolder({ folder, contracts, target: { url, projectId: "local" } });
      const client = new Client(url, "local");
      const days = scripts.withUpstream(tables).map((action) => new Days(client, scripts, [action]));
      for (const day of days) await day.prepare();
      return new MeasuredWarehouse(engine, url, days);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  query(sql: string): Promise<Rows> {
    return this.#engine.query(sql);
  }

  /** Builds every table, incrementally where it stands unless a full refresh is asked for; the bytes of each. */
  async run(runDate: string, fullRefresh = false): Promise<Bytes> {
    const bytes = new Map<string, number>();
    for (const days of this.#days) {
      const name = shortName((days.actions[0] as (typeof days.actions)[0]).target);
      for (const script of await days.scripts({ runDate }, fullRefresh))
        bytes.set(name, (bytes.get(name) ?? 0) + (await this.#processed(script, `${name} on ${runDate}`)));
    }
    return bytes;
  }

  async #processed(query: string, what: string): Promise<number> {
    const answer = await fetch(`${this.#url}/bigquery/v2/projects/local/queries`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query, useLegacySql: false, timeoutMs: 600_000 }),
    });
    const { error, totalBytesProcessed } = (await answer.json()) as {
      error?: { message: string };
      totalBytesProcessed?: string;
    };
    if (error) throw new Error(`${what}: ${error.message}`);
    // A script of definitions only reads nothing, and reports nothing.
    return Number(totalBytesProcessed ?? 0);
  }
}

export function total(bytes: Bytes): number {
  return [...bytes.values()].reduce((sum, one) => sum + one, 0);
}

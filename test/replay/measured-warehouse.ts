/** A warehouse of a simulated platform that tells, table by table, the bytes that a day's build processes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadFolder } from "@growth/loaders";
import { createLocalBigQuery, defaultFiles, type LocalBigQuery } from "@growth/local-bigquery";
import { type SimulationOptions, simulate } from "@growth/simulator";
import { type Action, closure, compile, nameOf, type Run, scriptFor } from "../support/compiled.ts";
import { projectContracts } from "../support/contracts.ts";
import { project } from "../support/dataform.ts";
import type { Rows } from "../support/table-text.ts";

/** Bytes by table. */
export type Bytes = ReadonlyMap<string, number>;

export class MeasuredWarehouse {
  readonly #engine: LocalBigQuery;
  readonly #url: string;
  readonly #actions: readonly Action[];

  private constructor(engine: LocalBigQuery, url: string, actions: readonly Action[]) {
    this.#engine = engine;
    this.#url = url;
    this.#actions = actions;
  }

  /** `tables`: what is to be built, with everything it reads. */
  static async open(tables: readonly string[], world: SimulationOptions): Promise<MeasuredWarehouse> {
    const folder = mkdtempSync(join(tmpdir(), "growth-measured-"));
    try {
      const [graph, engine] = await Promise.all([
        compile(),
        createLocalBigQuery({ files: defaultFiles(project), measureBytes: true }),
        simulate({ ...world, out: folder }),
      ]);
      const { url } = await engine.listen();
      for (const dataset of new Set(graph.actions.map(({ target }) => target.schema)))
        await engine.query(`CREATE SCHEMA IF NOT EXISTS \`${dataset}\``);
      const contracts = projectContracts().filter(({ layer }) => layer === "source");
      await loadFolder({ folder, contracts, target: { url, projectId: "local" } });
      return new MeasuredWarehouse(engine, url, closure(graph.actions, tables));
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

  /** Builds every table; the bytes of each. */
  async run(run: Run, { fullRefresh = false } = {}): Promise<Bytes> {
    const bytes = new Map<string, number>();
    for (const action of this.#actions) {
      const query = scriptFor(action, !fullRefresh, run);
      const answer = await fetch(`${this.#url}/bigquery/v2/projects/local/queries`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query, useLegacySql: false, timeoutMs: 600_000 }),
      });
      const { error, totalBytesProcessed } = (await answer.json()) as {
        error?: { message: string };
        totalBytesProcessed?: string;
      };
      if (error) throw new Error(`${nameOf(action.target)} failed on ${run.runDate}: ${error.message}`);
      bytes.set(nameOf(action.target), Number(totalBytesProcessed ?? 0));
    }
    return bytes;
  }
}

export function total(bytes: Bytes): number {
  return [...bytes.values()].reduce((sum, one) => sum + one, 0);
}

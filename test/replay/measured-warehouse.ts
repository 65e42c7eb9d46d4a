/** A warehouse of a simulated platform that tells, table by table, the bytes that a day's build processes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadFolder } from "@growth/loaders";
import { createLocalBigQuery, defaultFiles, type LocalBigQuery } from "@growth/local-bigquery";
import { type SimulationOptions, simulate } from "@growth/simulator";
import { costsOf } from "../../packages/cli/src/bench/costs.ts";
import { Days } from "../../packages/cli/src/replay/days.ts";
import { Client } from "../../packages/cli/src/warehouse/client.ts";
import { projectContracts } from "../support/contracts.ts";
import { project } from "../support/dataform.ts";
import { projectScripts } from "../support/project-scripts.ts";
import type { Rows } from "../support/table-text.ts";

/** Bytes by table. */
export type Bytes = ReadonlyMap<string, number>;

export class MeasuredWarehouse {
  readonly #engine: LocalBigQuery;
  readonly #client: Client;
  readonly #days: Days;

  private constructor(engine: LocalBigQuery, client: Client, days: Days) {
    this.#engine = engine;
    this.#client = client;
    this.#days = days;
  }

  /** `tables`: what is to be built, with everything it reads. */
  static async open(tables: readonly string[], world: SimulationOptions): Promise<MeasuredWarehouse> {
    const folder = mkdtempSync(join(tmpdir(), "growth-measured-"));
    try {
      const [scripts, engine] = await Promise.all([
        projectScripts(),
        createLocalBigQuery({ files: defaultFiles(project), measureBytes: true, threads: 1 }),
        simulate({ ...world, out: folder }),
      ]);
      const { url } = await engine.listen();
      const contracts = projectContracts().filter(({ layer }) => layer === "source");
      await loadFolder({ folder, contracts, target: { url, projectId: "local" } });
      const client = new Client(url, "local");
      const days = new Days(client, scripts, scripts.withUpstream(tables));
      await days.prepare();
      return new MeasuredWarehouse(engine, client, days);
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
    const costs = await costsOf(this.#client, this.#days, { runDate }, fullRefresh);
    return new Map([...costs].map(([name, { bytes }]) => [name, bytes]));
  }
}

export function total(bytes: Bytes): number {
  return [...bytes.values()].reduce((sum, one) => sum + one, 0);
}

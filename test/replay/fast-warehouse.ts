/**
 * A warehouse for many small worlds: one engine and one compilation for all. It runs the scripts that the stock Dataform CLI
 * would send (packages/cli/src/dataform/scripts.ts); only process and compilation are left out.
 */
import { restTable } from "@growth/contracts";
import { createLocalBigQuery, defaultFiles, type LocalBigQuery } from "@growth/local-bigquery";
import { type Costs, costsOf } from "../../packages/cli/src/bench/costs.ts";
import { shortName } from "../../packages/cli/src/dataform/graph.ts";
import type { Action, DailyScripts, Day } from "../../packages/cli/src/dataform/scripts.ts";
import { type DayOptions, Days } from "../../packages/cli/src/replay/days.ts";
import { Client } from "../../packages/cli/src/warehouse/client.ts";
import type { RawSources } from "../../packages/simulator/src/judge/rows.ts";
import { contractOf } from "../support/contracts.ts";
import { project } from "../support/dataform.ts";
import { projectScripts } from "../support/project-scripts.ts";
import type { Rows } from "../support/table-text.ts";
import type { TestedWarehouse } from "./check-worlds.ts";

export class FastWarehouse implements TestedWarehouse {
  readonly #engine: LocalBigQuery;
  readonly #url: string;
  readonly #client: Client;
  readonly #scripts: DailyScripts;
  readonly #days: Days;

  private constructor(engine: LocalBigQuery, url: string, scripts: DailyScripts, actions: readonly Action[]) {
    this.#engine = engine;
    this.#url = url;
    this.#client = new Client(url, "local");
    this.#scripts = scripts;
    this.#days = new Days(this.#client, scripts, actions);
  }

  /**
   * `tables`: what is to be built, with everything it reads. `bootstrapAt`: as the variable of dataform.json wants it.
   * `measureBytes`: the engine counts the bytes of what runs.
   */
  static async open(
    tables: readonly string[],
    bootstrapAt?: string,
    { measureBytes = false } = {},
  ): Promise<FastWarehouse> {
    const vars = bootstrapAt === undefined ? {} : { bootstrap_at: bootstrapAt };
    const scripts = await projectScripts(vars, { withInstant: true });
    const engine = await createLocalBigQuery({ files: defaultFiles(project), measureBytes, threads: 1 });
    const { url } = await engine.listen();
    const warehouse = new FastWarehouse(engine, url, scripts, scripts.withUpstream(tables));
    await warehouse.#days.prepare();
    return warehouse;
  }

  /** Address of the engine's API. */
  get url(): string {
    return this.#url;
  }

  /** What a run builds, as `<dataset>.<table>`, each after what it reads. */
  get actions(): readonly string[] {
    return this.#days.actions.map(({ target }) => shortName(target));
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  async fill(versions: RawSources): Promise<void> {
    for (const { target, enumType } of this.#days.actions) {
      const kind = enumType === "VIEW" ? "VIEW" : "TABLE";
      await this.#engine.query(`DROP ${kind} IF EXISTS \`${shortName(target)}\``);
    }
    this.#days.forget();
    const sources = (this.#scripts.graph.declarations ?? []).map(({ target }) => shortName(target));
    for (const table of sources) await this.#load(table, versions[table] ?? []);
  }

  /** Takes note that something else built the tables. */
  forget(): void {
    this.#days.forget();
  }

  /** What a run sends, as the tables stand. */
  scripts(day: Day, fullRefresh: boolean): Promise<string[]> {
    return this.#days.scripts(day, fullRefresh);
  }

  /** Runs a day and tells what each table took. */
  costs(day: Day): Promise<Costs> {
    return costsOf(this.#client, this.#days, day);
  }

  run(day: Day, options: DayOptions = {}): Promise<void> {
    return this.#days.run(day, options);
  }

  /** The same warehouse with a model broken on purpose: `table`'s script is changed, and of all `tables` are built. */
  broken(
    table: string,
    change: (script: string) => string,
    tables: readonly string[] = [table],
  ): TestedWarehouse {
    const days = new Days(this.#client, this.#scripts, this.#scripts.withUpstream(tables));
    return {
      fill: async (versions) => {
        days.forget();
        await this.fill(versions);
      },
      rows: (name) => this.rows(name),
      run: (day, options) =>
        days.run(day, {
          ...options,
          change: (name, script) => (name === table ? change(script) : script),
        }),
    };
  }

  rows(table: string): Promise<Rows> {
    return this.#engine.query(`SELECT * FROM \`${table}\``);
  }

  query(sql: string): Promise<Rows> {
    return this.#engine.query(sql);
  }

  async #load(table: string, rows: readonly object[]): Promise<void> {
    const contract = contractOf(table);
    const [datasetId, tableId] = table.split(".");
    await this.#engine.query(`CREATE SCHEMA IF NOT EXISTS \`${datasetId}\``);
    const { schema, timePartitioning, clustering } = restTable(contract);
    const load = {
      destinationTable: { projectId: "local", datasetId, tableId },
      sourceFormat: "NEWLINE_DELIMITED_JSON",
      writeDisposition: "WRITE_TRUNCATE",
      schema,
      timePartitioning,
      clustering,
    };
    const parts = [
      JSON.stringify({ configuration: { load } }),
      rows.map((row) => JSON.stringify(row)).join("\n"),
    ];
    const body = parts.map((part) => `--x\r\nContent-Type: application/json\r\n\r\n${part}\r\n`).join("");
    const answer = await fetch(`${this.#url}/upload/bigquery/v2/projects/local/jobs?uploadType=multipart`, {
      method: "POST",
      headers: { "content-type": "multipart/related; boundary=x" },
      body: `${body}--x--\r\n`,
    });
    let job = (await answer.json()) as Job;
    while (job.status?.state !== "DONE") {
      if (!job.jobReference) throw new Error(`Loading ${table}: ${JSON.stringify(job)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      const asked = await fetch(`${this.#url}/bigquery/v2/projects/local/jobs/${job.jobReference.jobId}`);
      job = (await asked.json()) as Job;
    }
    if (job.status.errorResult) throw new Error(`Loading ${table}: ${job.status.errorResult.message}`);
  }
}

interface Job {
  readonly jobReference?: { readonly jobId: string };
  readonly status?: { readonly state: string; readonly errorResult?: { readonly message: string } };
}

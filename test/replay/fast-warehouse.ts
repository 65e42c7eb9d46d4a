/**
 * A warehouse for many small worlds: one engine and one compilation for all. It runs the statements that the stock
 * Dataform CLI compiled, each table's joined into one script and sent as the CLI would send it; only process and HTTP are
 * left out. A test holds it against the CLI itself.
 */
import { restTable } from "@growth/contracts";
import { createLocalBigQuery, defaultFiles, type LocalBigQuery } from "@growth/local-bigquery";
import type { RawSources } from "../../packages/simulator/src/judge/rows.ts";
import { type Action, closure, compile, nameOf, type Run, scriptFor } from "../support/compiled.ts";
import { contractOf } from "../support/contracts.ts";
import { project } from "../support/dataform.ts";
import type { Rows } from "../support/table-text.ts";
import type { TestedWarehouse } from "./check-worlds.ts";

export class FastWarehouse implements TestedWarehouse {
  readonly #engine: LocalBigQuery;
  readonly #url: string;
  readonly #actions: readonly Action[];
  readonly #sources: readonly string[];
  readonly #built = new Set<string>();

  private constructor(
    engine: LocalBigQuery,
    url: string,
    actions: readonly Action[],
    sources: readonly string[],
  ) {
    this.#engine = engine;
    this.#url = url;
    this.#actions = actions;
    this.#sources = sources;
  }

  /** `tables`: what is to be built, with everything it reads. `bootstrapAt`: as the variable of dataform.json wants it. */
  static async open(tables: readonly string[], bootstrapAt?: string): Promise<FastWarehouse> {
    const graph = await compile(bootstrapAt);
    const engine = await createLocalBigQuery({ files: defaultFiles(project) });
    const { url } = await engine.listen();
    const datasets = new Set(graph.actions.map(({ target }) => target.schema));
    for (const dataset of datasets) await engine.query(`CREATE SCHEMA IF NOT EXISTS \`${dataset}\``);
    return new FastWarehouse(engine, url, closure(graph.actions, tables), graph.sources);
  }

  /** Address of the engine's API. */
  get url(): string {
    return this.#url;
  }

  /** What a run builds, as `<dataset>.<table>`, each after what it reads. */
  get actions(): readonly string[] {
    return this.#actions.map(({ target }) => nameOf(target));
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  async fill(versions: RawSources): Promise<void> {
    for (const name of this.#built) await this.#engine.query(`DROP TABLE IF EXISTS \`${name}\``);
    this.#built.clear();
    for (const table of this.#sources) await this.#load(table, versions[table] ?? []);
  }

  run(run: Run, options: { fullRefresh?: boolean } = {}): Promise<void> {
    return this.#run(this.#actions, run, options.fullRefresh ?? false, (_, script) => script);
  }

  /** The same warehouse with a model broken on purpose: `table`'s script is changed, and of all `tables` are built. */
  broken(
    table: string,
    change: (script: string) => string,
    tables: readonly string[] = [table],
  ): TestedWarehouse {
    const actions = closure(this.#actions, tables);
    return {
      fill: (versions) => this.fill(versions),
      rows: (name) => this.rows(name),
      run: (run, { fullRefresh = false } = {}) =>
        this.#run(actions, run, fullRefresh, (name, script) => (name === table ? change(script) : script)),
    };
  }

  async #run(
    actions: readonly Action[],
    run: Run,
    fullRefresh: boolean,
    change: (table: string, script: string) => string,
  ): Promise<void> {
    for (const action of actions) {
      const name = nameOf(action.target);
      const script = change(name, scriptFor(action, this.#built.has(name) && !fullRefresh, run));
      try {
        await this.#engine.query(script);
      } catch (error) {
        throw new Error(`${name} failed on ${run.runDate}: ${(error as Error).message}`);
      }
      this.#built.add(name);
    }
  }

  /** Takes note that something else built every table. */
  built(): void {
    for (const name of this.actions) this.#built.add(name);
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

/**
 * A warehouse for many small worlds: one engine and one compilation for all. It runs the statements that the stock
 * Dataform CLI compiled, each table's joined into one script and sent as the CLI would send it; only process and HTTP are
 * left out. A test holds it against the CLI itself.
 */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { restTable } from "@growth/contracts";
import { createLocalBigQuery, defaultFiles, type LocalBigQuery } from "@growth/local-bigquery";
import type { RawSources } from "../../packages/simulator/src/judge/rows.ts";
import { project } from "../support/dataform.ts";
import type { Rows } from "../support/table-text.ts";
import { contractOf } from "./judged.ts";

/** A run: its day, and the instant up to which things are known ("2024-06-01 12:00:00+08:00"). */
export interface Run {
  readonly runDate: string;
  readonly asOf: string;
}

interface Target {
  readonly schema: string;
  readonly name: string;
}
interface Action {
  readonly target: Target;
  readonly dependencyTargets?: readonly Target[];
  readonly queries?: readonly string[];
  readonly enumType?: string;
  readonly query?: string;
  readonly incrementalQuery?: string;
  readonly preOps?: readonly string[];
  readonly postOps?: readonly string[];
  readonly incrementalPreOps?: readonly string[];
  readonly incrementalPostOps?: readonly string[];
  readonly bigquery?: { readonly partitionBy?: string; readonly clusterBy?: readonly string[] };
}

/** Stand in the compiled statements where a run's day and instant will. */
const ANY: Run = { runDate: "2001-02-03", asOf: "2001-03-04 05:06:07+08:00" };

export class FastWarehouse {
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

  close(): Promise<void> {
    return this.#engine.close();
  }

  /** Forgets everything that was built, and has these versions as its sources. */
  async fill(versions: RawSources): Promise<void> {
    for (const name of this.#built) await this.#engine.query(`DROP TABLE IF EXISTS \`${name}\``);
    this.#built.clear();
    for (const table of this.#sources) await this.#load(table, versions[table] ?? []);
  }

  /** Builds every table; incrementally where it was built before, unless a full refresh is asked for. */
  async run(run: Run, options: { fullRefresh?: boolean } = {}): Promise<void> {
    for (const action of this.#actions) {
      const name = nameOf(action.target);
      const script = scriptOf(action, this.#built.has(name) && !options.fullRefresh);
      try {
        await this.#engine.query(script.replaceAll(ANY.runDate, run.runDate).replaceAll(ANY.asOf, run.asOf));
      } catch (error) {
        throw new Error(`${name} failed on ${run.runDate}: ${(error as Error).message}`);
      }
      this.#built.add(name);
    }
  }

  rows(table: string): Promise<Rows> {
    return this.#engine.query(`SELECT * FROM \`${table}\``);
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

async function compile(bootstrapAt = ""): Promise<{ actions: Action[]; sources: string[] }> {
  const cli = join(
    dirname(createRequire(import.meta.url).resolve("@dataform/cli/package.json")),
    "bundle.js",
  );
  const vars = `run_date=${ANY.runDate},as_of_at=${ANY.asOf},bootstrap_at=${bootstrapAt}`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [cli, "compile", project, "--json", `--vars=${vars}`],
    { maxBuffer: 2 ** 28 },
  );
  const graph = JSON.parse(stdout) as Record<"tables" | "operations" | "declarations", Action[] | undefined>;
  return {
    actions: [...(graph.operations ?? []), ...(graph.tables ?? [])],
    sources: (graph.declarations ?? []).map(({ target }) => nameOf(target)),
  };
}

/** What the tables need, each after what it reads. */
function closure(actions: readonly Action[], tables: readonly string[]): Action[] {
  const ordered = new Map<string, Action>();
  const visit = (name: string): void => {
    const action = actions.find(({ target }) => nameOf(target) === name);
    if (!action || ordered.has(name)) return;
    for (const target of action.dependencyTargets ?? []) visit(nameOf(target));
    ordered.set(name, action);
  };
  for (const table of tables) visit(table);
  return [...ordered.values()];
}

/** The one script as which the CLI sends a table or an operation. */
function scriptOf(action: Action, incrementally: boolean): string {
  if (action.queries) return joined(action.queries);
  if (action.enumType === "INCREMENTAL" && incrementally) {
    const columns = contractOf(nameOf(action.target))
      .columns.map(({ name }) => `\`${name}\``)
      .join(",");
    const query = action.incrementalQuery ?? action.query;
    const insert = `insert into \`${nameOf(action.target)}\`\n(${columns})\nselect ${columns}\nfrom (${query}) as insertions`;
    return joined([...(action.incrementalPreOps ?? []), insert, ...(action.incrementalPostOps ?? [])]);
  }
  const { partitionBy, clusterBy = [] } = action.bigquery ?? {};
  const type = action.enumType === "VIEW" ? "view" : "table";
  const create = `create or replace ${type} \`${nameOf(action.target)}\` ${partitionBy ? `partition by ${partitionBy} ` : ""}${
    clusterBy.length > 0 ? `cluster by ${clusterBy.join(", ")} ` : ""
  }as ${action.query}`;
  return joined([...(action.preOps ?? []), create, ...(action.postOps ?? [])]);
}

function joined(statements: readonly string[]): string {
  return statements.map((statement) => statement.trim().replace(/;$/, "")).join(";\n");
}

function nameOf({ schema, name }: Target): string {
  return `${schema}.${name}`;
}

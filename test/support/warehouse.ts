import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Contract } from "@growth/contracts";
import { createLocalBigQuery, defaultFiles, type LocalBigQuery } from "@growth/local-bigquery";
import { expect } from "vitest";
import { Days } from "../../packages/cli/src/replay/days.ts";
import { addDays } from "../../packages/cli/src/steps/vars.ts";
import { Client } from "../../packages/cli/src/warehouse/client.ts";
import { differences, sortedText, type TableRows } from "./compare.ts";
import { projectContracts } from "./contracts.ts";
import { dataform, project } from "./dataform.ts";
import { projectScripts } from "./project-scripts.ts";
import { type SourceName, sources } from "./source-rows.ts";
import type { Rows } from "./table-text.ts";
import { type TableName, tables } from "./tables.ts";
import { type Day, fullDay, instant, localMoment, type Moment, OFFSET } from "./time.ts";
import type { World } from "./world.ts";

const PROJECT_ID = "local";

export interface RunOptions {
  fullRefresh?: boolean;
  /** An unfinished day: what is known before this moment. */
  asOf?: Moment;
  /** Runs the assertions, too. */
  assertions?: boolean;
}
export interface WarehouseOptions {
  /** Up to when the history was loaded at once; left out: nothing was. */
  bootstrap?: Moment;
  /** Builds with the stock CLI itself, not with the scripts it would send: slower, and the last word. */
  cli?: boolean;
}

/** What builds note of themselves: another way to the same state leaves other notes. */
const logs = ["growth_state.build_log", "growth_state.touched_log"];
/** Aggregates, built and held in stories and worlds of their own: many of their rows change as days go by, without an event. */
const ownStories = ["funnel", "core", "user"];
/** The tables that a run must leave the same, whichever way it went. */
const compared = () =>
  projectContracts().filter(
    (c) =>
      c.layer !== "source" &&
      !logs.includes(c.table) &&
      !c.tags.includes("view") &&
      !c.tags.includes("working") &&
      !ownStories.some((tag) => c.tags.includes(tag)),
  );

/** The warehouse of a story: a local BigQuery of its own with the world's rows, built with what the stock Dataform CLI compiles. */
export class Warehouse {
  readonly #world: World;
  readonly #options: WarehouseOptions;
  readonly #engine: LocalBigQuery;
  readonly #folder: string;
  readonly #url: string;
  #days: Promise<Days> | undefined;
  #last: { day: Day; options: RunOptions } | undefined;
  /** A second warehouse of the same world, made when it is first needed, that only knows full refreshes. */
  #refreshed: Warehouse | undefined;

  private constructor(
    world: World,
    options: WarehouseOptions,
    engine: LocalBigQuery,
    url: string,
    folder: string,
  ) {
    this.#world = world;
    this.#options = options;
    this.#engine = engine;
    this.#url = url;
    this.#folder = folder;
  }

  static async open(world: World, options: WarehouseOptions): Promise<Warehouse> {
    const folder = mkdtempSync(join(tmpdir(), "growth-story-"));
    writeFileSync(
      join(folder, "credentials.json"),
      JSON.stringify({ projectId: PROJECT_ID, location: "US" }),
    );
    const engine = await createLocalBigQuery({
      files: defaultFiles(project),
      projectId: PROJECT_ID,
      // Little data in many statements: more threads only wait for each other.
      threads: 1,
      uploadFolder: join(folder, "uploads"),
    });
    const { url } = await engine.listen();
    const warehouse = new Warehouse(world, options, engine, url, folder);
    await warehouse.#fillSources();
    return warehouse;
  }

  async close(): Promise<void> {
    await this.#refreshed?.close();
    await this.#engine.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Builds every model as of the end of a day; incrementally, where it was built before. */
  async run(day: Day, options: RunOptions = {}): Promise<void> {
    if (this.#options.cli || options.assertions) await this.#runCli(day, options);
    else await this.#runScripts(day, options);
    this.#last = { day, options };
  }

  async #runCli(day: Day, options: RunOptions): Promise<void> {
    const vars = [
      `run_date=${fullDay(day)}`,
      ...(options.asOf ? [`as_of_at=${variable(options.asOf)}`] : []),
      ...(this.#options.bootstrap ? [`bootstrap_at=${variable(this.#options.bootstrap)}`] : []),
    ];
    await dataform({
      url: this.#url,
      folder: this.#folder,
      args: [
        "run",
        `--credentials=${join(this.#folder, "credentials.json")}`,
        `--vars=${vars.join(",")}`,
        ...(options.fullRefresh ? ["--full-refresh"] : []),
        ...(options.assertions ? [] : ["--disable-assertions"]),
      ],
    });
    (await this.#days)?.forget();
  }

  async #runScripts(day: Day, options: RunOptions): Promise<void> {
    this.#days ??= this.#compiled();
    const days = await this.#days;
    const runDate = fullDay(day);
    const asOf = options.asOf ? variable(options.asOf) : `${addDays(runDate, 1)} 00:00:00${OFFSET}`;
    await days.run({ runDate, asOf }, { fullRefresh: options.fullRefresh ?? false });
  }

  async #compiled(): Promise<Days> {
    const { bootstrap } = this.#options;
    const vars = bootstrap ? { bootstrap_at: variable(bootstrap) } : {};
    const scripts = await projectScripts(vars, { withInstant: true });
    const actions = scripts.withUpstream(compared().map(({ table }) => table));
    const days = new Days(new Client(this.#url, PROJECT_ID), scripts, actions);
    await days.prepare();
    return days;
  }

  /** Runs a day on which nothing may change. */
  async runQuietDay(day: Day): Promise<void> {
    const before = await this.snapshot();
    await this.run(day);
    expect(await this.snapshot()).toEqual(before);
  }

  /** What was built incrementally so far is, row for row, what a full refresh as of the last run gives. */
  async expectSameAsFullRefresh(): Promise<void> {
    if (!this.#last) throw new Error("Nothing was run yet.");
    this.#refreshed ??= await Warehouse.open(this.#world, this.#options);
    await this.#refreshed.run(this.#last.day, { ...this.#last.options, fullRefresh: true });
    const found: string[] = [];
    for (const contract of compared()) {
      const name = contract.table;
      found.push(...differences(name, contract.key, await this.#all(name), await this.#refreshed.#all(name)));
    }
    expect(found.join("\n"), `incremental (-) against a full refresh (+) as of ${this.#last.day}`).toBe("");
  }

  /** Every row of every model, as text. */
  async snapshot(): Promise<Record<string, string[]>> {
    const all: Record<string, string[]> = {};
    for (const { table } of compared()) all[table] = sortedText(await this.#all(table));
    return all;
  }

  /** A table's rows, or those that a condition keeps. */
  rows(table: TableName, where = "TRUE"): Promise<Rows> {
    return this.query(`SELECT * FROM \`${tables[table]}\` WHERE ${where}`);
  }

  query(sql: string): Promise<Rows> {
    return this.#engine.query(sql);
  }

  #all(table: string): Promise<TableRows> {
    return this.query(`SELECT * FROM \`${table}\``);
  }

  async #fillSources(): Promise<void> {
    const declared = projectContracts().filter((contract) => contract.layer === "source");
    for (const name of Object.keys(sources) as SourceName[]) {
      const contract = declared.find(({ table }) => table === sources[name]);
      if (!contract) throw new Error(`No contract of the source ${sources[name]}.`);
      await this.#load(contract, this.#world.versions(name));
    }
  }

  /** Loads rows with a job of the API, as any client would; the table gets its contract's columns and partitions. */
  async #load(contract: Contract, rows: readonly object[]): Promise<void> {
    const job = {
      configuration: {
        load: {
          destinationTable: { projectId: PROJECT_ID, datasetId: contract.dataset, tableId: contract.name },
          schema: { fields: contract.columns.map(field) },
          sourceFormat: "NEWLINE_DELIMITED_JSON",
          writeDisposition: "WRITE_TRUNCATE",
          ...(contract.partitionBy ? { timePartitioning: { type: "DAY", field: contract.partitionBy } } : {}),
          ...(contract.clusterBy.length > 0 ? { clustering: { fields: contract.clusterBy } } : {}),
        },
      },
    };
    await this.#datasetExists(contract.dataset);
    const boundary = "story";
    const body = [
      `--${boundary}`,
      "Content-Type: application/json",
      "",
      JSON.stringify(job),
      `--${boundary}`,
      "Content-Type: application/octet-stream",
      "",
      rows.map((row) => JSON.stringify(row)).join("\n"),
      `--${boundary}--`,
      "",
    ].join("\r\n");
    const answer = await this.#request(
      `/upload/bigquery/v2/projects/${PROJECT_ID}/jobs?uploadType=multipart`,
      {
        method: "POST",
        headers: { "content-type": `multipart/related; boundary=${boundary}` },
        body,
      },
    );
    await this.#finished(answer as JobAnswer, contract.table);
  }

  async #finished(answer: JobAnswer, table: string): Promise<void> {
    let job = answer;
    while (job.status.state !== "DONE") {
      await new Promise((resolve) => setTimeout(resolve, 20));
      job = (await this.#request(
        `/bigquery/v2/projects/${PROJECT_ID}/jobs/${job.jobReference.jobId}`,
      )) as JobAnswer;
    }
    if (job.status.errorResult) throw new Error(`Loading ${table} failed: ${job.status.errorResult.message}`);
  }

  async #datasetExists(datasetId: string): Promise<void> {
    await this.query(`CREATE SCHEMA IF NOT EXISTS \`${datasetId}\``);
  }

  async #request(path: string, init?: RequestInit): Promise<unknown> {
    const response = await fetch(`${this.#url}${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${init?.method ?? "GET"} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }
}

interface JobAnswer {
  jobReference: { jobId: string };
  status: { state: string; errorResult?: { message: string } };
}

export function openWarehouse(world: World, options: WarehouseOptions = {}): Promise<Warehouse> {
  return Warehouse.open(world, options);
}

/** A moment as the variables of dataform.json want it. */
function variable(moment: Moment): string {
  return `${localMoment(new Date(instant(moment)))}${OFFSET}`;
}

/** A contract's column as the API's schema writes it. */
function field(column: Contract["columns"][number]): object {
  const { type } = column;
  const element = type.kind === "array" ? type.element : type;
  return {
    name: column.name,
    mode: type.kind === "array" ? "REPEATED" : "NULLABLE",
    type: element.kind === "scalar" ? element.name : "RECORD",
    ...(element.kind === "struct"
      ? {
          fields: element.fields.map((f) => ({
            name: f.name,
            type: f.type.kind === "scalar" ? f.type.name : "RECORD",
          })),
        }
      : {}),
  };
}

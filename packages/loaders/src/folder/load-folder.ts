import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { type Contract, checkFolder, type DataProblem, type TablePlan } from "@growth/contracts";
import { DESCRIPTIONS } from "../dataset.ts";
import { fingerprintFolder } from "../fingerprint.ts";
import { connect, type Target } from "./client.ts";
import { DataError } from "./error.ts";
import { ensureDatasets, loadTable } from "./load-job.ts";
import { uploadFile } from "./upload-file.ts";

export interface LoadedTable {
  /** `<dataset>.<table>`. */
  readonly table: string;
  /** The file it came from, by name; absent: the folder has none, so the table is empty. */
  readonly file?: string;
  readonly rows: number;
}

export interface FolderLoad {
  /** Every source table, in the order of the contracts. */
  readonly tables: readonly LoadedTable[];
  readonly warnings: readonly DataProblem[];
  readonly fingerprint: string;
  /** The latest ingested_at, ISO, UTC: all that was loaded was known by then. Absent when nothing was loaded. */
  readonly lastIngestedAt?: string;
}

export type LoadEvent =
  | { readonly kind: "check"; readonly file: string }
  | { readonly kind: "load"; readonly table: string; readonly index: number; readonly total: number }
  | { readonly kind: "loaded"; readonly table: string; readonly rows: number };

/**
 * Loads a data folder into all source tables, replacing what they hold. First every file is held against its contract;
 * with one error nothing is loaded and DataError tells all of them. A table without a file becomes empty. A load that is
 * cut short leaves whole tables, some old, some new: run it again.
 */
export async function loadFolder(options: {
  folder: string;
  contracts: readonly Contract[];
  target: Target;
  progress?: (event: LoadEvent) => void;
}): Promise<FolderLoad> {
  const { folder, contracts, target, progress = () => {} } = options;
  const instance = await DuckDBInstance.create(":memory:");
  const scratch = mkdtempSync(join(tmpdir(), "growth-load-"));
  try {
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    const checked = await checkFolder(folder, contracts, {
      connection,
      onFile: (file) => progress({ kind: "check", file }),
    });
    // Contracts know tables; the files that describe the folder are known here.
    const problems = checked.problems.filter(({ file }) => !DESCRIPTIONS.includes(file));
    const errors = problems.filter((problem) => problem.severity === "error");
    if (errors.length > 0) throw new DataError(folder, errors);

    const sources = contracts.filter((contract) => contract.layer === "source");
    const bigquery = connect(target);
    await ensureDatasets(
      bigquery,
      sources.map((contract) => contract.dataset),
    );
    const tables: LoadedTable[] = [];
    for (const [index, contract] of sources.entries()) {
      const { table } = contract;
      progress({ kind: "load", table, index: index + 1, total: sources.length });
      const plan = checked.tables.find((entry) => entry.table === table);
      const file = await uploadFile(connection, contract, plan, scratch);
      const rows = await loadTable(bigquery, contract, file);
      const expected = plan?.rows ?? 0;
      if (rows !== expected)
        throw new Error(
          `${table} has ${rows} rows after loading ${expected}: something else writes to it. Load again while nothing does.`,
        );
      progress({ kind: "loaded", table, rows });
      tables.push({ table, rows, ...(plan && { file: plan.file }) });
    }
    const lastIngestedAt = await latest(connection, checked.tables);
    return {
      tables,
      warnings: problems,
      fingerprint: await fingerprintFolder(folder),
      ...(lastIngestedAt && { lastIngestedAt }),
    };
  } finally {
    instance.closeSync();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function latest(
  connection: DuckDBConnection,
  plans: readonly TablePlan[],
): Promise<string | undefined> {
  const dated = plans.filter((plan) => plan.columns.some((column) => column.name === "ingested_at"));
  if (dated.length === 0) return undefined;
  const all = dated
    .map((plan) => `SELECT max(ingested_at) AS instant FROM (${plan.select})`)
    .join(" UNION ALL ");
  const reader = await connection.runAndReadAll(
    `SELECT strftime(max(instant), '%Y-%m-%dT%H:%M:%S.%fZ') FROM (${all})`,
  );
  const [text] = reader.getRows()[0] ?? [];
  return text ? String(text).replace(/\.000000Z$/, "Z") : undefined;
}

import { existsSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Contract } from "../contract.ts";
import { didYouMean } from "../names.ts";
import { typeText } from "../types.ts";
import { sqlName } from "./conversion.ts";
import type { DataProblem } from "./problems.ts";
import { checkRows } from "./rows.ts";
import { type DataFormat, openSource } from "./source.ts";

export interface CheckOptions {
  /** A DuckDB connection to work on, its TimeZone UTC; by default one of its own, in memory. */
  readonly connection?: DuckDBConnection;
  /** Examples reported per rule and file; all are counted. Default 5. */
  readonly limit?: number;
  /** Told before each file is read. */
  readonly onFile?: (file: string) => void;
}

/** What a loader needs to load one file. */
export interface TablePlan {
  readonly contract: Contract;
  /** `<dataset>.<table>`. */
  readonly table: string;
  readonly file: string;
  readonly path: string;
  readonly format: DataFormat;
  readonly rows: number;
  readonly bytes: number;
  /** The contract's columns in order, with BigQuery's type text. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /**
   * DuckDB SQL that reads the file as the contract's columns, in its order and converted: INT64 BIGINT, FLOAT64 DOUBLE,
   * NUMERIC DECIMAL(38,9), TIMESTAMP TIMESTAMPTZ, ARRAY lists, STRUCT structs. Needs `SET TimeZone = 'UTC'`.
   */
  readonly select: string;
}

export interface FolderCheck {
  /** No error: the folder may be loaded. Warnings let it pass. */
  readonly ok: boolean;
  /** One per file that matches a source table, in the order of the contracts; to be used only when ok. */
  readonly tables: readonly TablePlan[];
  readonly problems: readonly DataProblem[];
}

/**
 * Holds a folder of `<dataset>.<table>.csv|parquet` files against the contracts of the source tables.
 * Everything wrong in the data is in `problems`; only a folder that is not there throws.
 */
export async function checkFolder(
  folder: string,
  contracts: readonly Contract[],
  options: CheckOptions = {},
): Promise<FolderCheck> {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new Error(`No folder ${folder}: give one that holds <dataset>.<table>.parquet or .csv files.`);
  }
  if (options.connection) return check(options.connection, folder, contracts, options);
  // Loaded when needed: the build reads contracts too, and needs no database.
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const spill = join(tmpdir(), `growth-check-${process.pid}`);
  const instance = await DuckDBInstance.create(":memory:", { temp_directory: spill });
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    return await check(connection, folder, contracts, options);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function check(
  connection: DuckDBConnection,
  folder: string,
  contracts: readonly Contract[],
  options: CheckOptions,
): Promise<FolderCheck> {
  const problems: DataProblem[] = [];
  const tables: TablePlan[] = [];
  for (const { file, contract, format } of matchFiles(folder, contracts, problems)) {
    options.onFile?.(file);
    const path = join(folder, file);
    const source = await openSource(connection, contract, path, format, problems);
    if (!source) continue;
    let rows = 0;
    try {
      rows = await checkRows(connection, source, options.limit ?? 5, problems);
    } catch (error) {
      const message = `the file cannot be read: ${error instanceof Error ? error.message : error}`;
      problems.push({ severity: "error", code: "file", file, message, count: 1 });
    }
    const values = source.columns.map(({ name, conversion }) => `${conversion.value} AS ${sqlName(name)}`);
    tables.push({
      contract,
      table: contract.table,
      file,
      path,
      format,
      rows,
      bytes: statSync(path).size,
      columns: contract.columns.map(({ name, type }) => ({ name, type: typeText(type) })),
      select: `SELECT ${values.join(", ")} FROM ${source.relation}`,
    });
  }
  return { ok: !problems.some((problem) => problem.severity === "error"), tables, problems };
}

/** The folder's files with their contracts, in the contracts' order. */
function matchFiles(folder: string, contracts: readonly Contract[], problems: DataProblem[]) {
  const sources = contracts.filter((contract) => contract.layer === "source");
  const matched: { file: string; contract: Contract; format: DataFormat }[] = [];
  const refuse = (file: string, message: string) =>
    problems.push({ severity: "error", code: "file", file, message, count: 1 });
  const files = readdirSync(folder)
    .filter((file) => !file.startsWith("."))
    .toSorted();
  for (const file of files) {
    const [, table = "", format] = /^(.*)\.(csv|parquet)$/.exec(file) ?? [];
    const contract = sources.find((source) => source.table === table);
    const twin = matched.find((other) => other.contract === contract);
    if (!contract || !format) {
      const known = sources.flatMap((source) => [`${source.table}.csv`, `${source.table}.parquet`]);
      const model = contracts.some((other) => other.table === table);
      const message = model
        ? `${table} is built by the models, not loaded; remove the file`
        : `not a source table's file; name it <dataset>.<table>.csv or .parquet, or remove it.${didYouMean(file, known)}`;
      refuse(file, message);
    } else if (twin) refuse(file, `${table} has a file already, ${twin.file}; keep one of the two`);
    else matched.push({ file, contract, format: format === "csv" ? "csv" : "parquet" });
  }
  if (files.length === 0) {
    const message =
      "the folder is empty; it holds one <dataset>.<table>.csv or .parquet file per source table";
    problems.push({ severity: "error", code: "folder", file: folder, message, count: 1 });
  }
  return matched.toSorted((a, b) => contracts.indexOf(a.contract) - contracts.indexOf(b.contract));
}

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { DATASET_FILE, type Dataset, readDataset } from "../dataset.ts";
import { fingerprintFiles } from "../fingerprint.ts";
import { checkAssumptions } from "./assumptions.ts";
import { COUPON } from "./coupons.ts";
import { matchRedemptions } from "./match.ts";
import { FILES, sourceFiles, sourceTables, TIMEZONE } from "./source.ts";
import { TABLES } from "./tables.ts";

/** Told before each step of work: what it is, which one it is, and how many there are. */
export type Progress = (step: { title: string; index: number; total: number }) => void;

/** Raised when the matching changes: the rest of the work is SQL, which the fingerprint contains. */
const MATCHING_VERSION = 2;

/**
 * Turns the Complete Journey files in `source` into source tables in `out`: one `<dataset>.<table>.parquet` each and,
 * last, dataset.json. Does nothing when `out` already holds what these files give. Output bytes depend on input alone.
 */
export async function prepareCompleteJourney(options: {
  source: string;
  out: string;
  progress?: Progress;
}): Promise<Dataset> {
  const { source, out, progress = () => {} } = options;
  const fingerprint = await fingerprintOf(source);
  const current = currentDataset(out);
  if (current?.fingerprint === fingerprint) return current;

  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const instance = await DuckDBInstance.create(":memory:");
  try {
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    const total = Object.keys(TABLES).length + 1;
    progress({ title: "Complete Journey: reading, matching redemptions to order lines", index: 1, total });
    for (const statement of sourceTables(source)) await connection.run(statement);
    await matchRedemptions(connection);
    await connection.run(COUPON);
    await checkAssumptions(connection);
    for (const [index, [table, query]] of Object.entries(TABLES).entries()) {
      progress({ title: `Complete Journey: ${table}`, index: index + 2, total });
      await connection.run(copyStatement(query, join(out, `${table}.parquet`)));
    }
    const calendar = await connection.runAndReadAll(
      "SELECT run_date::VARCHAR AS run_date, strftime(bootstrap_at, '%Y-%m-%dT%H:%M:%SZ') AS bootstrap_at FROM calendar",
    );
    const { run_date, bootstrap_at } = calendar.getRowObjectsJS()[0] as Record<
      "run_date" | "bootstrap_at",
      string
    >;
    const dataset = { name: "complete-journey", timezone: TIMEZONE, bootstrap_at, run_date, fingerprint };
    writeFileSync(join(out, `${DATASET_FILE}.tmp`), `${JSON.stringify(dataset, null, 2)}\n`);
    renameSync(join(out, `${DATASET_FILE}.tmp`), join(out, DATASET_FILE));
    return dataset;
  } finally {
    instance.closeSync();
  }
}

function copyStatement(query: string, file: string): string {
  const rows = `SELECT rows.*, bootstrap_at AS ingested_at FROM (${query}) AS rows, calendar`;
  return `COPY (${rows}) TO '${file.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION snappy)`;
}

/** Of the input and of what is done with it, so that a changed adapter makes its output stale. */
async function fingerprintOf(source: string): Promise<string> {
  const work = [MATCHING_VERSION, ...sourceTables("."), COUPON, ...Object.entries(TABLES).flat(), ...FILES];
  const files = await fingerprintFiles(sourceFiles(source));
  return createHash("sha256")
    .update(JSON.stringify([work, files]))
    .digest("hex");
}

function currentDataset(out: string): Dataset | undefined {
  const whole = Object.keys(TABLES).every((table) => existsSync(join(out, `${table}.parquet`)));
  return whole ? readDataset(out) : undefined;
}

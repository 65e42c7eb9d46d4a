import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Platform } from "../platform.ts";
import { createTable, literal, type Value } from "../sql.ts";
import type { Dimension } from "./dimensions.ts";
import type { SourceTable } from "./tables.ts";

/** The file of a source table, such as `reddw.dw_trd_refund_day.parquet`. */
export const fileOf = (out: string, table: string) => join(out, `${table}.parquet`);

/** Writes the table of a stream in order of arrival. Every file appears under its name only when it is whole. */
export async function writeTable(platform: Platform, out: string, source: SourceTable): Promise<string> {
  return copy(
    platform,
    fileOf(out, source.table),
    `SELECT ${source.columns}, make_timestamptz(ing) AS ingested_at
FROM (FROM sent_${source.stream} ORDER BY ing, key, dirt)`,
  );
}

/** Writes a configuration table. */
export async function writeDimension(platform: Platform, out: string, dimension: Dimension): Promise<string> {
  const columns = { ...dimension.columns, ingested_at: "TIMESTAMPTZ" };
  const text = (value: unknown): Value =>
    value === null || value === undefined
      ? null
      : typeof value === "object"
        ? JSON.stringify(value)
        : String(value);
  await platform.sql("DROP TABLE IF EXISTS dimension");
  await createTable(
    platform,
    "dimension",
    Object.fromEntries(Object.keys(columns).map((name) => [name, "VARCHAR" as const])),
    dimension.rows.map((row) => row.map(text)),
  );
  const typed = Object.entries(columns).map(([name, type]) => `CAST(${name} AS ${type}) AS ${name}`);
  const order = `ingested_at, ${Object.keys(dimension.columns).slice(0, 5).join(", ")}`;
  return copy(
    platform,
    fileOf(out, dimension.table),
    `SELECT ${typed.join(", ")} FROM (FROM dimension ORDER BY ${order})`,
  );
}

async function copy(platform: Platform, file: string, query: string): Promise<string> {
  const unfinished = `${file}.unfinished`;
  await platform.sql(`COPY (${query}) TO ${literal(unfinished)} (FORMAT parquet)`);
  await rename(unfinished, file);
  return file;
}

/** Empties the marks of an earlier simulation, so that a folder without dataset.json is never taken for a whole one. */
export async function prepareFolder(out: string): Promise<void> {
  await mkdir(out, { recursive: true });
  for (const mark of ["dataset.json", "truth.json"]) await rm(join(out, mark), { force: true });
}

/** Writes a JSON file whole or not at all. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(`${file}.unfinished`, `${JSON.stringify(value, null, 2)}\n`);
  await rename(`${file}.unfinished`, file);
}

/** SHA-256 of files, worked out while others are still being written. */
export class Fingerprint {
  readonly #contents = new Map<string, Promise<Buffer>>();

  add(file: string): void {
    const content = hashOf(file);
    // Awaited at the end; a failure must not count as unhandled until then.
    content.catch(() => {});
    this.#contents.set(file, content);
  }

  /** Over the names, sizes and contents of the files, in order of name. Equal fingerprints: equal data. */
  async digest(): Promise<string> {
    const digest = createHash("sha256");
    for (const [file, content] of [...this.#contents].sort(([a], [b]) => (a < b ? -1 : 1)))
      digest.update(`${basename(file)}\0${(await stat(file)).size}\0`).update(await content);
    return digest.digest("hex");
  }
}

async function hashOf(file: string): Promise<Buffer> {
  const content = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), content);
  return content.read() as Buffer;
}

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { DIRT } from "../delivery/batches.ts";
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
FROM (FROM sent_${source.stream} ORDER BY ing * 2 + (dirt & ${DIRT.tie} != 0)::BIGINT, key)`,
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

/** Files written one after the other beside the other steps, and their SHA-256. */
export class Files {
  #last: Promise<unknown> = Promise.resolve();
  readonly #contents: Promise<{ readonly file: string; readonly hash: Buffer }>[] = [];

  /** Has a file written when those before it are; `write` answers its path. A failure shows when all are awaited. */
  write(write: () => Promise<string>): void {
    const written = this.#last.then(write);
    const content = written.then(async (file) => ({ file, hash: await hashOf(file) }));
    content.catch(() => {});
    this.#last = written;
    this.#contents.push(content);
  }

  /** Resolves when nothing is being written any more, whether it went well or not. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#contents);
  }

  /** Over the names, sizes and contents of the files, in order of name. Equal fingerprints: equal data. */
  async fingerprint(): Promise<string> {
    const contents = await Promise.all(this.#contents);
    const digest = createHash("sha256");
    for (const { file, hash } of contents.sort((a, b) => (a.file < b.file ? -1 : 1)))
      digest.update(`${basename(file)}\0${(await stat(file)).size}\0`).update(hash);
    return digest.digest("hex");
  }
}

async function hashOf(file: string): Promise<Buffer> {
  const content = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), content);
  return content.read() as Buffer;
}

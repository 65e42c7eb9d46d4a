import { createHash } from "node:crypto";
import { createReadStream, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";

/** SHA-256 over the names, sizes and contents of the files, in order of name. Equal fingerprints: equal data. */
export async function fingerprintFiles(files: string[]): Promise<string> {
  const digest = createHash("sha256");
  for (const file of [...files].sort()) {
    digest.update(`${basename(file)}\0${statSync(file).size}\0`);
    digest.update(await contentHash(file));
  }
  return digest.digest("hex");
}

/** The fingerprint of a data folder: its Parquet and CSV files. */
export async function fingerprintFolder(folder: string): Promise<string> {
  const names = readdirSync(folder).filter((name) => /\.(parquet|csv)$/.test(name));
  return fingerprintFiles(names.map((name) => join(folder, name)));
}

async function contentHash(file: string): Promise<Buffer> {
  const digest = createHash("sha256");
  await pipeline(createReadStream(file), digest);
  return digest.digest();
}

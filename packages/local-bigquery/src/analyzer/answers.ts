import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { deflateRaw, inflateRaw } from "node:zlib";
import cacache from "cacache";
import { LruMap } from "../lru.ts";

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** Past this many bytes on disk the cache is emptied: what is still in use comes back by itself. */
const LIMIT = 512 * 2 ** 20;

/** Statements are asked about again at once, by what compiles them, then by what describes them. */
const RECENT = 1_000;

/**
 * The analyzer's answers, the recent ones kept in memory, and all on disk from one process to the next. An answer depends on nothing but the wasm file and
 * the bytes of the request, which are its key; so an entry is never stale. Only answers without an error are kept.
 */
export class Answers {
  readonly #folder: string | undefined;
  readonly #identity: string;
  readonly #recent = new LruMap<string, Uint8Array>(RECENT);
  #bounded: Promise<void> | undefined;

  /** Without a folder nothing is kept on disk. `identity`: of the wasm file. */
  constructor(folder: string | undefined, identity: string) {
    this.#folder = folder;
    this.#identity = identity;
  }

  /** The answer to a request of these parts: the one kept, or else what `ask` gives. */
  async get(parts: readonly (string | Uint8Array)[], ask: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const key = this.#key(parts);
    const known = this.#recent.get(key) ?? (await this.#read(key));
    const answer = known ?? (await ask());
    this.#recent.set(key, answer);
    if (known || this.#folder === undefined) return answer;
    // Nobody waits for the disk. A cache that cannot be written costs time, nothing else.
    void this.#write(key, answer).catch(() => undefined);
    return answer;
  }

  #key(parts: readonly (string | Uint8Array)[]): string {
    const hash = createHash("sha256").update(this.#identity);
    for (const part of parts) hash.update(`\0${part.length}\0`).update(part);
    return hash.digest("hex");
  }

  async #read(key: string): Promise<Uint8Array | undefined> {
    if (this.#folder === undefined) return undefined;
    try {
      // Its content's hash is verified: a file damaged by a crash counts as none.
      return await inflate((await cacache.get(this.#folder, key)).data);
    } catch {
      return undefined;
    }
  }

  async #write(key: string, answer: Uint8Array): Promise<void> {
    this.#bounded ??= bound(this.#folder as string);
    await this.#bounded;
    await cacache.put(this.#folder as string, key, await deflate(answer, { level: 1 }));
  }
}

async function bound(folder: string): Promise<void> {
  const entries = Object.values(await cacache.ls(folder));
  const size = entries.reduce((sum, entry) => sum + entry.size, 0);
  if (size > LIMIT) await cacache.rm.all(folder);
}

import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { DATABASE, quoteString } from "../catalog/names.ts";
import { BigQueryError } from "../errors.ts";
import { Semaphore } from "./locks.ts";

export interface DatabaseOptions {
  /** The database file; undefined: in memory. */
  readonly file: string | undefined;
  /** The one folder SQL may read: load jobs put their files there. */
  readonly uploadFolder: string;
  /** How many threads one statement may use; undefined: one per core. */
  readonly threads: number | undefined;
  /** Run once before the database is locked down, such as to register functions. */
  prepare(connection: DuckDBConnection): Promise<void>;
}

/** DuckDB, opened and then locked: SQL reaches neither the file system (but the upload folder) nor the settings. */
export class Database {
  private readonly instance: DuckDBInstance;
  /**
   * DuckDB's calls run on Node's thread pool, which files and DNS share. One thread always stays free, so that a
   * server under heavy queries still answers.
   */
  private readonly threads = new Semaphore(Math.max(1, Number(process.env.UV_THREADPOOL_SIZE ?? 4) - 1));

  private constructor(instance: DuckDBInstance) {
    this.instance = instance;
  }

  static async open(options: DatabaseOptions): Promise<Database> {
    mkdirSync(options.uploadFolder, { recursive: true });
    if (options.file) mkdirSync(dirname(options.file), { recursive: true });
    const threads = options.threads === undefined ? undefined : { threads: String(options.threads) };
    const instance = await DuckDBInstance.create(":memory:", threads);
    const connection = await instance.connect();
    try {
      await connection.run(`SET GLOBAL temp_directory = ${quoteString(`${options.uploadFolder}/spill`)}`);
      await connection.run("SET GLOBAL TimeZone = 'UTC'");
      await connection.run("SET GLOBAL autoinstall_known_extensions = false");
      await connection.run("SET GLOBAL autoload_known_extensions = false");
      await options.prepare(connection);
      await attach(connection, options.file);
      await connection.run(`SET GLOBAL allowed_directories = [${quoteString(`${options.uploadFolder}/`)}]`);
      await connection.run("SET GLOBAL enable_external_access = false");
      await connection.run("SET GLOBAL lock_configuration = true");
    } catch (error) {
      connection.closeSync();
      instance.closeSync();
      throw error;
    }
    connection.closeSync();
    return new Database(instance);
  }

  connect(): Promise<DuckDBConnection> {
    return this.instance.connect();
  }

  /** Runs DuckDB work when a thread is free for it. */
  onThread<T>(work: () => Promise<T>): Promise<T> {
    return this.threads.with(work);
  }

  /** Writes the log into the file, so that the next start has nothing to replay. */
  async close(): Promise<void> {
    const connection = await this.instance.connect();
    await connection.run(`CHECKPOINT ${DATABASE}`).catch(() => undefined);
    connection.closeSync();
    this.instance.closeSync();
  }
}

/**
 * The file is attached to an empty database rather than opened as the first one: only so does DuckDB 1.5 replay the
 * log of a killed process whatever it holds (a default value with a function in it, for one, fails otherwise).
 */
async function attach(connection: DuckDBConnection, file: string | undefined): Promise<void> {
  try {
    await connection.run(`ATTACH ${quoteString(file ?? ":memory:")} AS ${DATABASE}`);
  } catch (error) {
    const { what, remedy } = openingFault(error instanceof Error ? error.message : String(error));
    throw new BigQueryError("internalError", `Cannot open the database file ${file}: ${what}. ${remedy}`);
  }
}

function openingFault(text: string): { what: string; remedy: string } {
  if (/lock/i.test(text)) {
    const holder = /PID (\d+)/.exec(text)?.[1];
    return {
      what: `another process${holder ? ` (${holder})` : ""} is using it`,
      remedy: "Stop that process, or name another file.",
    };
  }
  if (/No space left/i.test(text))
    return { what: "the disk is full", remedy: "Free some space and start again." };
  if (/not a valid DuckDB database|corrupt|checksum|serializ/i.test(text)) {
    return {
      what: "it is not a sound database file",
      remedy: "Delete it (and its .wal file beside it) and load the data again, or name another file.",
    };
  }
  return { what: text.split("\n")[0] ?? text, remedy: "Check the path and its permissions." };
}

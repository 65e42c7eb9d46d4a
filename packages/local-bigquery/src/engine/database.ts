import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { quoteString } from "../catalog/names.ts";
import { BigQueryError } from "../errors.ts";
import { Semaphore } from "./locks.ts";

export interface DatabaseOptions {
  /** The database file; undefined: in memory. */
  readonly file: string | undefined;
  /** The one folder SQL may read: load jobs put their files there. */
  readonly uploadFolder: string;
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
    const instance = await createInstance(options.file);
    const connection = await instance.connect();
    try {
      await connection.run("SET GLOBAL TimeZone = 'UTC'");
      await connection.run("SET GLOBAL autoinstall_known_extensions = false");
      await connection.run("SET GLOBAL autoload_known_extensions = false");
      await options.prepare(connection);
      await connection.run(`SET GLOBAL allowed_directories = [${quoteString(`${options.uploadFolder}/`)}]`);
      await connection.run("SET GLOBAL enable_external_access = false");
      await connection.run("SET GLOBAL lock_configuration = true");
    } finally {
      connection.closeSync();
    }
    return new Database(instance);
  }

  connect(): Promise<DuckDBConnection> {
    return this.instance.connect();
  }

  /** Runs DuckDB work when a thread is free for it. */
  onThread<T>(work: () => Promise<T>): Promise<T> {
    return this.threads.with(work);
  }

  close(): void {
    this.instance.closeSync();
  }
}

async function createInstance(file: string | undefined): Promise<DuckDBInstance> {
  try {
    return await DuckDBInstance.create(file ?? ":memory:");
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const { what, remedy } = openingFault(text);
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
  if (/No space left/i.test(text)) return { what: "the disk is full", remedy: "Free some space and start again." };
  if (/not a valid DuckDB database|corrupt|checksum|serializ/i.test(text)) {
    return {
      what: "it is not a sound database file",
      remedy: "Delete it (and its .wal file beside it) and load the data again, or name another file.",
    };
  }
  return { what: text.split("\n")[0] ?? text, remedy: "Check the path and its permissions." };
}

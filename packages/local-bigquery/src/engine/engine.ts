import type { DuckDBConnection } from "@duckdb/node-api";
import type { Analyzer } from "../analyzer/analyzer.ts";
import { CatalogStore } from "../catalog/store.ts";
import type { FunctionTable } from "../functions/contract.ts";
import type { Statement } from "../script/ast.ts";
import { Interpreter } from "../script/interpreter.ts";
import { BytesProcessed } from "./bytes-processed.ts";
import { Compiler } from "./compiler.ts";
import { Database } from "./database.ts";
import { dryRun } from "./dry-run.ts";
import { Semaphore } from "./locks.ts";
import type { StatementOutcome } from "./outcome.ts";
import type { EngineParts } from "./parts.ts";
import { Scripts } from "./scripts.ts";
import { Session, type SessionOptions } from "./session.ts";
import { Transactions } from "./writer.ts";

export interface EngineOptions {
  readonly analyzer: () => Promise<Analyzer>;
  readonly functions: FunctionTable;
  /** Run on a connection of the new database before it is locked down. */
  readonly prepare: (connection: DuckDBConnection) => Promise<void>;
  readonly databaseFile: string | undefined;
  readonly uploadFolder: string;
  readonly measureBytes: boolean;
  /** Threads of one statement; undefined: one per core. */
  readonly threads: number | undefined;
  readonly projectId: string;
  readonly location: string;
}

/** What a script left behind. */
export interface ScriptOutcome {
  /** One statement, or more: BigQuery's SCRIPT. */
  readonly isScript: boolean;
  readonly outcomes: readonly StatementOutcome[];
  /** Of all its statements and the queries in its expressions; undefined: not counted. */
  readonly bytesProcessed: number | undefined;
}

export interface ScriptRun {
  readonly finished: Promise<ScriptOutcome>;
  /** When it began to run, in milliseconds since 1970; undefined while it waits. */
  began(): number | undefined;
  cancel(): void;
}

/** The engine without HTTP: scripts in, outcomes out. */
export class Engine {
  readonly parts: EngineParts;
  private readonly scripts: Scripts;

  private constructor(parts: EngineParts) {
    this.parts = parts;
    this.scripts = parts.scripts;
  }

  static async open(options: EngineOptions): Promise<Engine> {
    const database = await Database.open({
      file: options.databaseFile,
      uploadFolder: options.uploadFolder,
      threads: options.threads,
      prepare: options.prepare,
    });
    const connection = await database.connect();
    const store = await CatalogStore.open(connection);
    connection.closeSync();
    return new Engine({
      database,
      store,
      transactions: new Transactions(store, new Semaphore(1)),
      scripts: new Scripts(options.analyzer),
      compiler: new Compiler(options.analyzer, options.functions),
      analyzer: options.analyzer,
      bytes: new BytesProcessed(),
      measureBytes: options.measureBytes,
      projectId: options.projectId,
      location: options.location,
      uploadFolder: options.uploadFolder,
    });
  }

  /** Starts a script (or a single statement). Errors carry positions of its text. */
  run(sql: string, options: SessionOptions): ScriptRun {
    let session: Session | undefined;
    let cancelled = false;
    const work = async (): Promise<ScriptOutcome> => {
      const { source, statements } = await this.scripts.parse(sql);
      session = await Session.open(this.parts, options);
      if (cancelled) session.cancel();
      const several = isScript(statements);
      try {
        const interpreter = new Interpreter(source, session, { located: several });
        await interpreter.execute(statements);
        const { outcomes, bytesProcessed } = session;
        return { isScript: several, outcomes, bytesProcessed };
      } finally {
        await session.close();
      }
    };
    return {
      finished: work(),
      began: () => session?.began,
      cancel: () => {
        cancelled = true;
        session?.cancel();
      },
    };
  }

  /** Analyses a script without running it: what each statement would read and answer. */
  async dryRun(sql: string, options: SessionOptions): Promise<ScriptOutcome> {
    const script = await this.scripts.parse(sql);
    return { isScript: isScript(script.statements), ...(await dryRun(this.parts, script, options)) };
  }

  close(): Promise<void> {
    return this.parts.database.close();
  }
}

function isScript(statements: readonly Statement[]): boolean {
  return statements.length !== 1 || statements[0]?.kind !== "sql";
}

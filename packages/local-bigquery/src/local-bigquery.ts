import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Analyzer, createAnalyzer } from "./analyzer/analyzer.ts";
import type { AnalyzerFiles } from "./analyzer/engine.ts";
import { Engine } from "./engine/engine.ts";
import { functionTable, registerHostFunctions } from "./functions/index.ts";
import type { Parameters } from "./script/host.ts";
import { type Server, startServer } from "./server/server.ts";
import type { Column } from "./types/types.ts";

export interface LocalBigQueryOptions {
  /** Where the analyzer's files are; `defaultFiles(folder)` finds those that set-up installed. */
  readonly files: AnalyzerFiles;
  /** The database file, made if it is not there; without one the data lives in memory. */
  readonly database?: string;
  /** The id of the one project served; default "local". */
  readonly projectId?: string;
  /** The location every dataset reports; default "US". */
  readonly location?: string;
  /** A folder for the files of load jobs while they run; default a temporary one. */
  readonly uploadFolder?: string;
  /**
   * Jobs that ran report the bytes they processed, as BigQuery would bill them. Dry runs always do; here it costs a
   * scan of the columns each statement reads, so it is off by default.
   */
  readonly measureBytes?: boolean;
  /** How many threads one statement may use; default one per core. On small data one is the fastest. */
  readonly threads?: number;
}

export interface QueryOptions {
  readonly defaultDataset?: string;
  readonly parameters?: Parameters;
}

export interface LocalBigQuery {
  /**
   * Runs a GoogleSQL statement or script and answers its last result, values in canonical form: INT64 bigint,
   * NUMERIC exact decimal text, dates and times ISO text, TIMESTAMP "2024-01-31T00:00:00.000000Z", BYTES Uint8Array,
   * ARRAY and STRUCT as arrays. Throws BigQueryError.
   */
  query(sql: string, options?: QueryOptions): Promise<{ columns: readonly Column[]; rows: unknown[][] }>;
  /** Serves BigQuery's REST API on 127.0.0.1; port 0 or none takes a free one. */
  listen(port?: number): Promise<{ url: string; port: number }>;
  close(): Promise<void>;
}

/** Opens a local BigQuery. The analyzer starts in the background: the first statement waits for it. */
export async function createLocalBigQuery(options: LocalBigQueryOptions): Promise<LocalBigQuery> {
  const ownFolder = options.uploadFolder === undefined;
  const uploadFolder = options.uploadFolder ?? mkdtempSync(join(tmpdir(), "local-bigquery-"));
  const analyzer = new LazyAnalyzer(options.files);
  const engine = await Engine.open({
    analyzer: () => analyzer.started(),
    functions: functionTable,
    prepare: async (connection) => registerHostFunctions(connection, analyzer.forRows()),
    databaseFile: options.database,
    uploadFolder,
    measureBytes: options.measureBytes ?? false,
    threads: options.threads,
    projectId: options.projectId ?? "local",
    location: options.location ?? "US",
  });
  let server: Server | undefined;
  return {
    async query(sql, { defaultDataset, parameters } = {}) {
      const { outcomes } = await engine.run(sql, {
        projects: new Set([engine.parts.projectId]),
        ...(defaultDataset !== undefined && { defaultDataset }),
        ...(parameters && { parameters }),
      }).finished;
      const last = outcomes.at(-1);
      const columns = last?.columns ?? [];
      return { columns, rows: (last?.rows?.rows() ?? []).map((row) => withoutNullArrays(row, columns)) };
    },
    async listen(port) {
      if (server) throw new Error(`Already listening on ${server.url}.`);
      server = await startServer(engine, port);
      // Whoever listens will be asked: the analyzer loads while the first client is still on its way.
      void analyzer.started().catch(() => undefined);
      return { url: server.url, port: server.port };
    },
    async close() {
      await server?.close();
      await engine.close();
      await analyzer.close();
      if (ownFolder) await rm(uploadFolder, { recursive: true, force: true });
    },
  };
}

/** In a result, unlike inside a query, a NULL array is an empty one. */
function withoutNullArrays(row: unknown[], columns: readonly Column[]): unknown[] {
  return row.map((value, place) => (value === null && columns[place]?.type.kind === "ARRAY" ? [] : value));
}

/** The analyzer, loaded when the first statement asks for it. */
class LazyAnalyzer {
  private readonly files: AnalyzerFiles;
  private starting: Promise<Analyzer> | undefined;
  private running: Analyzer | undefined;

  constructor(files: AnalyzerFiles) {
    this.files = files;
  }

  started(): Promise<Analyzer> {
    this.starting ??= createAnalyzer(this.files).then((analyzer) => {
      this.running = analyzer;
      return analyzer;
    });
    return this.starting;
  }

  async close(): Promise<void> {
    const analyzer = await this.starting?.catch(() => undefined);
    await analyzer?.close();
  }

  /** For functions that run inside a statement: by then the statement was analysed, so the analyzer is there. */
  forRows(): Analyzer {
    const evaluateRows: Analyzer["evaluateRows"] = (request) => {
      if (!this.running) throw new Error("The analyzer has not started.");
      return this.running.evaluateRows(request);
    };
    return { evaluateRows } as Analyzer;
  }
}

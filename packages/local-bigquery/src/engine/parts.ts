import type { Analyzer } from "../analyzer/analyzer.ts";
import type { CatalogStore } from "../catalog/store.ts";
import type { BytesProcessed } from "./bytes-processed.ts";
import type { Compiler } from "./compiler.ts";
import type { Database } from "./database.ts";
import type { Scripts } from "./scripts.ts";
import type { Transactions } from "./writer.ts";

/** The parts every session, load job and API call works with. */
export interface EngineParts {
  readonly database: Database;
  readonly store: CatalogStore;
  readonly transactions: Transactions;
  readonly compiler: Compiler;
  readonly scripts: Scripts;
  /** Started on first use: its file is large. */
  readonly analyzer: () => Promise<Analyzer>;
  readonly bytes: BytesProcessed;
  /** True: statements that run report the bytes they processed; a dry run always does. */
  readonly measureBytes: boolean;
  readonly projectId: string;
  readonly location: string;
  readonly uploadFolder: string;
}

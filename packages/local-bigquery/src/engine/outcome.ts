import type { RelationEntry } from "../catalog/model.ts";
import type { Column } from "../types/types.ts";
import type { ResultRows } from "./result.ts";

/** What a statement did, as a job reports it. */
export interface StatementOutcome {
  /** BigQuery's statementType: SELECT, CREATE_TABLE_AS_SELECT, MERGE, ... */
  readonly statementType: string;
  /** The result's columns: a query's; none for others. */
  readonly columns: readonly Column[];
  readonly rows?: ResultRows;
  readonly dml?: { readonly inserted: number; readonly updated: number; readonly deleted: number };
  readonly ddl?: {
    readonly operation: "CREATE" | "REPLACE" | "SKIP" | "DROP" | "ALTER";
    /** True: the target is a function or procedure. */
    readonly isRoutine?: true;
    readonly target: { readonly dataset: string; readonly id: string };
  };
  readonly reads: readonly RelationEntry[];
  /** See footprint/bytes.ts; absent where it was not counted. */
  readonly bytesProcessed?: number;
}

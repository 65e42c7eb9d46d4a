import type { Column, SqlType } from "../types/types.ts";

/** A table's column as a CREATE or ALTER statement declares it. */
export interface ColumnSpec extends Column {
  readonly description?: string;
  readonly notNull?: boolean;
  /** The default value as DuckDB SQL and as the statement wrote it. */
  readonly default?: { readonly sql: string; readonly text: string };
}

export type PartitionSpec =
  | { readonly kind: "time"; readonly unit: "HOUR" | "DAY" | "MONTH" | "YEAR"; readonly column: string }
  | {
      readonly kind: "range";
      readonly column: string;
      readonly start: bigint;
      readonly end: bigint;
      readonly interval: bigint;
    };

/** A function in SQL as it was written. */
export interface FunctionDefinition {
  readonly kind: "SCALAR" | "AGGREGATE" | "TABLE";
  /** Types in GoogleSQL, or "ANY TYPE". */
  readonly arguments: readonly { readonly name: string; readonly type: string }[];
  /** The declared type of the result; without it the body's own. */
  readonly returns?: string;
  /** An expression; of a table function a query. */
  readonly body: string;
}

/** OPTIONS(...) by lower-case name, values in the canonical form of types/value.ts. */
export type OptionValues = Readonly<Record<string, unknown>>;

export type CreateMode = "DEFAULT" | "OR_REPLACE" | "IF_NOT_EXISTS";

interface Create {
  readonly path: readonly string[];
  readonly mode: CreateMode;
  readonly options: OptionValues;
}

interface CreateTable extends Create {
  readonly temp: boolean;
  readonly columns: readonly ColumnSpec[];
  readonly partitionBy?: PartitionSpec;
  readonly clusterBy: readonly string[];
}

interface Drop {
  readonly path: readonly string[];
  readonly ifExists: boolean;
}

/** One DuckDB statement of a DML statement; the count DuckDB reports for it is of rows inserted, updated or deleted. */
export interface DmlStep {
  readonly sql: string;
  readonly affects?: "inserted" | "updated" | "deleted";
}

export type AlterAction =
  | { readonly kind: "addColumn"; readonly column: ColumnSpec; readonly ifNotExists: boolean }
  | { readonly kind: "dropColumn"; readonly name: string; readonly ifExists: boolean }
  | {
      readonly kind: "renameColumn";
      readonly name: string;
      readonly newName: string;
      readonly ifExists: boolean;
    }
  | { readonly kind: "renameTo"; readonly path: readonly string[] }
  | { readonly kind: "setOptions"; readonly options: OptionValues }
  | {
      readonly kind: "setColumnOptions";
      readonly name: string;
      readonly ifExists: boolean;
      readonly options: OptionValues;
    }
  | { readonly kind: "setType"; readonly name: string; readonly ifExists: boolean; readonly type: SqlType }
  | { readonly kind: "dropNotNull"; readonly name: string; readonly ifExists: boolean }
  | {
      readonly kind: "setDefault";
      readonly name: string;
      readonly ifExists: boolean;
      readonly default: { readonly sql: string; readonly text: string };
    }
  | { readonly kind: "dropDefault"; readonly name: string; readonly ifExists: boolean };

/**
 * What a statement became: DuckDB SQL, or what the catalog is to do. Paths are as the statement wrote them.
 * The steps of "dml" run in order, on one connection, in one transaction.
 */
export type Translated =
  | { readonly kind: "query"; readonly sql: string; readonly columns: readonly Column[] }
  | ({ readonly kind: "createTable" } & CreateTable)
  | ({ readonly kind: "createTableAs"; readonly sql: string } & CreateTable)
  | ({
      readonly kind: "createTableLike";
      readonly temp: boolean;
      readonly how: "LIKE" | "COPY" | "CLONE";
      readonly source: readonly string[];
    } & Create)
  | ({
      readonly kind: "createView";
      readonly materialized: boolean;
      readonly queryText: string;
      readonly hasColumnNames: boolean;
      readonly columns: readonly ColumnSpec[];
    } & Create)
  | ({ readonly kind: "createSchema" } & Create)
  | ({ readonly kind: "dropTable" | "dropView" | "dropMaterializedView" } & Drop)
  | ({ readonly kind: "dropSchema"; readonly cascade: boolean } & Drop)
  | {
      readonly kind: "alter";
      readonly object: "TABLE" | "VIEW" | "MATERIALIZED VIEW" | "SCHEMA";
      readonly path: readonly string[];
      readonly ifExists: boolean;
      readonly actions: readonly AlterAction[];
    }
  | {
      readonly kind: "createFunction";
      readonly path: readonly string[];
      readonly mode: CreateMode;
      readonly temp: boolean;
      readonly definition: FunctionDefinition;
      /** The statement's text. */
      readonly ddl: string;
    }
  | ({ readonly kind: "dropFunction"; readonly table: boolean } & Drop)
  | { readonly kind: "truncate"; readonly target: readonly string[]; readonly sql: string }
  | {
      readonly kind: "dml";
      readonly dmlKind: "INSERT" | "UPDATE" | "DELETE" | "MERGE";
      readonly target: readonly string[];
      readonly steps: readonly DmlStep[];
    }
  /** `sql` answers one row and column: the assertion holds only if it is TRUE. */
  | { readonly kind: "assert"; readonly sql: string; readonly description: string }
  | { readonly kind: "begin" | "commit" | "rollback" };

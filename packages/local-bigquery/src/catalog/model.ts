import type { FunctionDefinition } from "../translator/translated.ts";
import type { TableFieldSchema } from "../types/schema.ts";
import type { Column } from "../types/types.ts";

/**
 * A column as the REST API writes it (TableFieldSchema). The catalog keeps this form, because it also carries what the
 * type system does not know: descriptions, modes, policy tags.
 */
export interface FieldSchema extends TableFieldSchema {
  readonly fields?: readonly FieldSchema[];
  readonly defaultValueExpression?: string;
  readonly [other: string]: unknown;
}

export interface TimePartitioning {
  readonly type: "DAY" | "HOUR" | "MONTH" | "YEAR";
  /** The column; absent: the ingestion time. */
  readonly field?: string;
  readonly expirationMs?: string;
}

export interface RangePartitioning {
  readonly field: string;
  readonly range: { readonly start: string; readonly end: string; readonly interval: string };
}

/** What datasets, tables and routines have in common; times are milliseconds since 1970. */
interface Described {
  readonly description?: string;
  readonly friendlyName?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly created: number;
  readonly modified: number;
}

export interface DatasetEntry extends Described {
  readonly id: string;
  readonly location: string;
  /** DuckDB's schema; differs from the id where ids differ in case alone or are reserved. */
  readonly schema: string;
  readonly defaultTableExpirationMs?: string;
  readonly defaultPartitionExpirationMs?: string;
  readonly access?: readonly unknown[];
}

export interface TableEntry extends Described {
  readonly kind: "TABLE";
  readonly dataset: string;
  readonly id: string;
  /** DuckDB's table, quoted and with its schema. */
  readonly sql: string;
  readonly fields: readonly FieldSchema[];
  readonly columns: readonly Column[];
  readonly timePartitioning?: TimePartitioning;
  readonly rangePartitioning?: RangePartitioning;
  readonly requirePartitionFilter?: boolean;
  readonly clustering?: readonly string[];
  readonly expirationTime?: string;
}

export interface ViewEntry extends Described {
  readonly kind: "VIEW";
  readonly dataset: string;
  readonly id: string;
  readonly query: string;
  readonly fields: readonly FieldSchema[];
  readonly columns: readonly Column[];
  readonly materialized?: boolean;
  /** CREATE VIEW v (x, y): these win over the query's names, by place. */
  readonly columnNames?: readonly string[];
}

export type RelationEntry = TableEntry | ViewEntry;

/** A procedure or SQL function: its definition as it was written. */
export interface RoutineEntry extends Described {
  readonly dataset: string;
  readonly id: string;
  readonly routineType: "PROCEDURE" | "SCALAR_FUNCTION" | "AGGREGATE_FUNCTION" | "TABLE_VALUED_FUNCTION";
  /** The CREATE statement's text. */
  readonly ddl: string;
  /** Of a function. */
  readonly definition?: FunctionDefinition;
}

/** One change of the catalog; a list of them is applied in memory and written to the database in one transaction. */
export type CatalogChange =
  | { readonly put: "dataset"; readonly entry: DatasetEntry }
  | { readonly put: "relation"; readonly entry: RelationEntry }
  | { readonly put: "routine"; readonly entry: RoutineEntry }
  | { readonly drop: "dataset"; readonly id: string }
  | { readonly drop: "relation"; readonly dataset: string; readonly id: string }
  | { readonly drop: "routine"; readonly dataset: string; readonly id: string };

import type { ResolvedQueryStmt } from "../analyzer/resolved.ts";
import type { Path } from "./needs.ts";
import type { Predicate } from "./predicate.ts";

/** One use of a table: which columns of the rows that may fulfil the predicate. */
export interface TableRead {
  /** The table's path as the catalog knows it (see engine/compiler.ts). */
  readonly path: readonly string[];
  /** By name; an empty path is the whole column. */
  readonly columns: ReadonlyMap<string, readonly Path[]>;
  readonly predicate: Predicate<string>;
}

/** What a statement reads and rewrites, as far as its text tells; bytes follow from the data and the variables' values. */
export interface Footprint {
  readonly reads: readonly TableRead[];
  /** Rows of the table that UPDATE, DELETE or MERGE changes: BigQuery counts all columns of their partitions once more. */
  readonly rewrites?: {
    readonly path: readonly string[];
    readonly predicate: Predicate<string>;
    /** DELETE removes a partition that it covers entirely without reading it. */
    readonly wholePartitionsFree: boolean;
  };
}

export const NOTHING: Footprint = { reads: [] };

/** A view's own query, with the names of its columns by place where they are not the query's. */
export interface ViewTree {
  readonly query: ResolvedQueryStmt;
  readonly relation: Relations;
  readonly names?: readonly string[];
}

/** A relation that a statement names: a view has a tree of its own, over relations of its own. */
export interface Relation {
  readonly view?: ViewTree;
}

export type Relations = (path: readonly string[]) => Relation;

import type { ColumnType } from "./types.ts";

/** `error` stops a build (an assertion fails, a file is refused); `warning` is listed and lets it pass. */
export type Severity = "error" | "warning";

/** An allowed value of a column and what it stands for. */
export interface AllowedValue {
  readonly value: string | number | boolean;
  readonly label?: string;
  readonly description?: string;
}

/** Bounds of a number, or of a date or timestamp in its own text. */
export interface Bounds {
  readonly minimum?: number | string;
  readonly maximum?: number | string;
  readonly exclusiveMinimum?: number | string;
  readonly exclusiveMaximum?: number | string;
  /** A power of ten such as 0.01: no digits below it. */
  readonly multipleOf?: number;
}

/** A rule that each row keeps. NULL keeps every rule but `required`. */
export type Rule =
  | { readonly kind: "required"; readonly column: string; readonly severity: Severity }
  | {
      readonly kind: "accepted";
      readonly column: string;
      readonly values: readonly (string | number | boolean)[];
      readonly severity: Severity;
    }
  | { readonly kind: "bounds"; readonly column: string; readonly bounds: Bounds; readonly severity: Severity }
  | {
      readonly kind: "condition";
      /** A short name of the rule; the column it is written at, or the columns' names it compares. */
      readonly column: string;
      readonly name: string;
      /** GoogleSQL over the table's columns; a row fails where it is FALSE. */
      readonly condition: string;
      readonly severity: Severity;
    };

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly description: string;
  /** The Chinese business term. */
  readonly businessName?: string;
  readonly unit?: string;
  /** Whether values may be summed: "additive", "semi-additive", "not additive" or "ratio". */
  readonly additivity?: string;
  readonly classification?: string;
  readonly required: boolean;
  readonly values: readonly AllowedValue[];
  readonly bounds?: Bounds;
  /** Of a STRUCT or an ARRAY of STRUCT: its fields, in order. */
  readonly fields: readonly Column[];
  /** The file that describes the column when it is not this contract's own. */
  readonly describedIn?: string;
}

/** One table's contract, inheritance resolved. */
export interface Contract {
  readonly file: string;
  /** The folder below definitions/ that holds it: "source", "dim", "dwd", "dm", ... */
  readonly layer: string;
  /** `<dataset>.<name>`, as queries write it. */
  readonly table: string;
  readonly dataset: string;
  readonly name: string;
  readonly businessName?: string;
  /** What the table holds, ending in "one row per ...". */
  readonly description: string;
  readonly usage?: string;
  readonly limitations?: string;
  readonly grain: string;
  /** Key columns in order. In a versioned table (see versionedBy) a key has one row per version. */
  readonly key: readonly string[];
  /** Of an append-only log of full-row versions: the column that tells versions of a key apart. */
  readonly versionedBy?: string;
  readonly partitionBy?: string;
  readonly clusterBy: readonly string[];
  readonly columns: readonly Column[];
  readonly rules: readonly Rule[];
  /** Business questions with a GoogleSQL query that answers each. */
  readonly questions: readonly { readonly question: string; readonly sql: string }[];
  readonly owner?: string;
  readonly tags: readonly string[];
  readonly status: string;
  readonly version: string;
  /** Hours after which the newest value of `element` is stale. */
  readonly freshness?: { readonly hours: number; readonly element?: string };
  /** The effective ODCS document: what the file says with everything inherited written out. */
  readonly document: Record<string, unknown>;
}

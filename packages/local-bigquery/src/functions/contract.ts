import type { SourcePosition } from "../errors.ts";
import type { SqlType } from "../types/types.ts";

/** A translated expression: DuckDB SQL with the GoogleSQL type it carries. `sql` is safe to embed as an operand (parenthesised where needed). */
export interface TypedSql {
  readonly sql: string;
  readonly type: SqlType;
  /** The literal's value when the expression is a literal (string, bigint, boolean, number, null); undefined otherwise. */
  readonly literal?: unknown;
}

/** One resolved function call, its arguments already translated (coercions are explicit casts in the resolved tree). */
export interface ScalarCall {
  /** The analyzer's name: "$add", "$case_no_value", "concat", "date_trunc", ... in lower case. */
  readonly name: string;
  readonly args: readonly TypedSql[];
  readonly type: SqlType;
  /** True for SAFE.f(...): an error becomes NULL. */
  readonly safe: boolean;
  readonly position: SourcePosition | undefined;
}

export interface OrderItem {
  readonly sql: string;
  readonly type: SqlType;
  readonly descending: boolean;
  /** undefined: GoogleSQL's default, NULL smallest (first ascending, last descending). */
  readonly nulls: "FIRST" | "LAST" | undefined;
}

export interface AggregateCall extends ScalarCall {
  readonly distinct: boolean;
  readonly nulls: "DEFAULT" | "IGNORE" | "RESPECT";
  readonly orderBy: readonly OrderItem[];
  readonly limit: string | undefined;
  /** AGG(x WHERE condition): SQL of the condition. */
  readonly where?: string;
  readonly having: { readonly kind: "MAX" | "MIN"; readonly by: TypedSql } | undefined;
}

/** An analytic call; `window` is the finished DuckDB OVER clause "OVER (...)". */
export interface AnalyticCall extends ScalarCall {
  readonly distinct: boolean;
  readonly nulls: "DEFAULT" | "IGNORE" | "RESPECT";
  readonly window: string;
  readonly hasFrame: boolean;
  readonly where?: string;
}

/** Answers DuckDB SQL with BigQuery's meaning, or throws `unsupported(...)`. */
export type ScalarTranslation = (call: ScalarCall) => string;
export type AggregateTranslation = (call: AggregateCall) => string;
export type AnalyticTranslation = (call: AnalyticCall) => string;

/** What the translator asks of the function table (functions/index.ts implements it). */
export interface FunctionTable {
  scalar(call: ScalarCall): string;
  aggregate(call: AggregateCall): string;
  analytic(call: AnalyticCall): string;
  /** CAST / SAFE_CAST between two GoogleSQL types; `format` and `timeZone` are translated operands. */
  cast(
    value: TypedSql,
    to: SqlType,
    options: {
      safe: boolean;
      /** Of the type aimed at, such as "(5, 2)". */
      parameters?: string;
      format?: TypedSql;
      timeZone?: TypedSql;
      position?: SourcePosition;
    },
  ): string;
  /** A literal of a type, from the analyzer's ValueProto decoded to a JS value (see types/value.ts). */
}

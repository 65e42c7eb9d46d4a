import type { ResolvedStatement } from "../analyzer/nodes.ts";
import { type TranslateContext, Translation } from "./context.ts";
import { statement } from "./statements/index.ts";
import type { Translated } from "./translated.ts";

/**
 * Turns a resolved statement into DuckDB SQL with BigQuery's meaning.
 * Throws BigQueryError("unsupported") with the place of whatever is not translated.
 */
export function translate(node: ResolvedStatement, context: TranslateContext): Translated {
  return statement(new Translation(context), node);
}

export type { TranslateContext } from "./context.ts";
export type {
  AlterAction,
  ColumnSpec,
  CreateMode,
  DmlStep,
  FunctionDefinition,
  OptionValues,
  PartitionSpec,
  Translated,
} from "./translated.ts";

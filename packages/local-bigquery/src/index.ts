export type { AnalyzerFiles } from "./analyzer/engine.ts";
export { BigQueryError, type ErrorReason, type SourcePosition } from "./errors.ts";
export { defaultFiles } from "./files.ts";
export {
  createLocalBigQuery,
  type LocalBigQuery,
  type LocalBigQueryOptions,
  type QueryOptions,
} from "./local-bigquery.ts";
export type { Column, SqlType } from "./types/types.ts";

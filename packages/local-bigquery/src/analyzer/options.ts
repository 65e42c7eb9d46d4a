import type { FileRegistry } from "@bufbuild/protobuf";
import type { MessageInit } from "./engine.ts";
import type { Lane } from "./lane.ts";

/**
 * Language features that BigQuery does not have. The local service can answer "all features of the language"; what
 * is left after taking these away resolves a statement as BigQuery does. Some would change meanings silently:
 * with nanoseconds or picoseconds timestamps print and parse differently; array or JSON equality accepts
 * comparisons that BigQuery refuses.
 */
const NOT_BIGQUERY = [
  /^FEATURE_TIMESTAMP_(NANOS|PICOS|PRECISION)$/,
  /^FEATURE_(ARRAY_EQUALITY|ARRAY_ORDERING|JSON_TYPE_COMPARISON)$/,
  /GRAPH|PROTO|MODULES|ANONYMIZATION|MEASURE|MULTILEVEL|KLL|ENUM_VALUE/,
  /^FEATURE_(EXTENDED_TYPES|UUID_TYPE|FIRST_AND_LAST_N|DML_RETURNING|INSERT_ON_CONFLICT_CLAUSE|FOR_UPDATE)$/,
  /^FEATURE_(ALLOW_SLASH_PATHS|TOKENIZED_SEARCH|REPLACE_FIELDS.*|FILTER_FIELDS|EXTRACT_ONEOF_CASE|L1_NORM|L2_NORM)$/,
  /^FEATURE_(LATERAL_JOIN|MULTIWAY_UNNEST|STRUCT_POSITIONAL_ACCESSOR|MANHATTAN_DISTANCE|DOT_PRODUCT)$/,
  /^FEATURE_(STRATIFIED_RESERVOIR_TABLESAMPLE|ENABLE_FLOAT_DISTANCE_FUNCTIONS|TIMESTAMP_FROM_UNIX_FUNCTIONS_WITH_UINT64)$/,
  /^FEATURE_(BETWEEN_UINT64_INT64|NESTED_UPDATE_DELETE_WITH_OFFSET|ARRAY_ELEMENTS_WITH_SET|CORRELATED_REFS_IN_NESTED_DML)$/,
];

/** Features of BigQuery's that the local service counts as unfinished. */
const ALSO_BIGQUERY = ["FEATURE_ALTER_COLUMN_SET_DATA_TYPE", "FEATURE_CREATE_TABLE_CLONE"];

/**
 * Which of Google's own rewriters run, so that the translator sees fewer kinds of nodes.
 * In: syntax that has an exact plain equivalent (PIVOT, UNPIVOT, FLATTEN, TYPEOF, pipe operators, SQL functions inlined
 * at the call); GROUPING_SET only spells ROLLUP and CUBE out as grouping sets, which DuckDB runs natively.
 * Out: views (the catalog expands them, with their own text for positions); and what would become a correlated
 * subquery per row although DuckDB has it or the function table writes it inline: WITH expressions, LIKE ANY/ALL,
 * array lambdas, ORDER BY and LIMIT in aggregates, built-in functions with SQL bodies.
 */
const REWRITES = [
  "FLATTEN",
  "PIVOT",
  "UNPIVOT",
  "TYPEOF_FUNCTION",
  "INLINE_SQL_FUNCTIONS",
  "INLINE_SQL_TVFS",
  "INLINE_SQL_UDAS",
  "GROUPING_SET",
  "MULTIWAY_UNNEST",
  "PIPE_IF",
  "PIPE_ASSERT",
  "PIPE_DESCRIBE",
  "GENERALIZED_QUERY_STMT",
  "IS_FIRST_IS_LAST_FUNCTION",
  "UPDATE_CONSTRUCTOR",
  "SUBPIPELINE_STMT",
  "VARIADIC_FUNCTION_SIGNATURE_EXPANDER",
  "APPLY_ENABLED_REWRITES_TO_TEMPLATED_FUNCTION_CALLS",
];

export interface Options {
  readonly language: MessageInit;
  /** For analysis on the way to the translator. */
  readonly analyzer: MessageInit;
  /** For the reference implementation, which needs the default rewriters. */
  readonly evaluator: MessageInit;
}

/** BigQuery's dialect as options of the local service. */
export async function bigQueryOptions(lane: Lane, registry: FileRegistry): Promise<Options> {
  const language = (await lane.call(
    "GetLanguageOptions",
    "LanguageOptionsRequest",
    "zetasql.LanguageOptionsProto",
    {
      maximumFeatures: true,
    },
  )) as MessageInit;
  const features = registry.getEnum("zetasql.LanguageFeature");
  language.enabledLanguageFeatures = language.enabledLanguageFeatures.filter((feature: number) => {
    const name = features?.value[feature]?.name;
    return name !== undefined && !NOT_BIGQUERY.some((pattern) => pattern.test(name));
  });
  for (const name of ALSO_BIGQUERY) {
    const number = features?.values.find((value) => value.name === name)?.number;
    if (number !== undefined && !language.enabledLanguageFeatures.includes(number))
      language.enabledLanguageFeatures.push(number);
  }
  language.productMode = 1; // external: BigQuery's type names and rules
  language.supportedStatementKinds = []; // every kind
  const defaults = await lane.call(
    "GetAnalyzerOptions",
    "AnalyzerOptionsRequest",
    "zetasql.AnalyzerOptionsProto",
    {},
  );
  const rewrites = registry.getEnum("zetasql.ResolvedASTRewrite");
  const common = {
    languageOptions: language,
    defaultTimezone: "UTC",
    parseLocationRecordType: 1, // the whole range of a node's text
    errorMessageMode: 1, // one line, with [at line:column]
  };
  return {
    language,
    analyzer: {
      ...common,
      enabledRewrites: rewrites?.values
        .filter((v) => REWRITES.includes(v.name.replace("REWRITE_", "")))
        .map((v) => v.number),
      pruneUnusedColumns: true,
    },
    evaluator: { ...common, enabledRewrites: defaults.enabledRewrites },
  };
}

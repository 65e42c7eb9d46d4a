// The one way an incremental table changes: find the touched partitions, delete them, insert them anew, in one transaction.
//
// The stock CLI sends pre_operations, its own INSERT and post_operations as one script, so the pre-operations can DECLARE
// the touched partitions and open the transaction that the post-operations commit. growth_state.build_log remembers up to
// which instant each table knows the sources; it is only ever appended to, because on BigQuery two transactions that
// delete from one table cannot run side by side.
import {
  asOf,
  asOfValue,
  beginningOfTime,
  bootstrapAt,
  day,
  hasBootstrap,
  runDate,
  runDateValue,
  windowStart,
} from "./params.ts";

export interface IncrementalTable {
  /** Temporary tables of what changed since the last build, in order: name -> query. A later one may read an earlier one. */
  readonly changed: Readonly<Record<string, string>>;
  /** Queries of one DATE column: every partition that holds, or will hold, a row of a changed key. */
  readonly touched: readonly string[];
  /** The partition column; default `ds`. */
  readonly partition?: string;
  /** Days of the rolling window that ends with run_date; partitions before it are dropped. */
  readonly windowDays?: number;
  /** A condition: delete (and insert) only these rows of the touched partitions. Default: the whole partitions. */
  readonly rows?: string;
}

/** The table's name as build_log writes it: dataset.table, with the project where one is set. */
export function tableName(ctx: ActionContext): string {
  return `'${ctx.self().replaceAll("`", "")}'`;
}

function record(ctx: ActionContext, asOfSql: string, mode: string): string {
  return `INSERT INTO ${ctx.ref("growth_state", "build_log")} (table_name, run_date, as_of_at, built_at, mode)
VALUES (${tableName(ctx)}, ${runDate}, ${asOfSql}, CURRENT_TIMESTAMP(), '${mode}')`;
}

function refuseBeforeBootstrap(ctx: ActionContext): string {
  if (!hasBootstrap) return "";
  return `IF ${runDate} < ${day(bootstrapAt)} THEN
  RAISE USING MESSAGE = FORMAT(
    '%s: run_date %t is before the bootstrap load of %t: what was known then cannot be rebuilt. Choose a later run_date.',
    ${tableName(ctx)}, ${runDate}, ${day(bootstrapAt)});
END IF;
`;
}

function lastBuild(ctx: ActionContext, column: string): string {
  return `(
  SELECT ${column} FROM ${ctx.ref("growth_state", "build_log")}
  WHERE table_name = ${tableName(ctx)} ORDER BY built_at DESC LIMIT 1)`;
}

/** The run's parameters as script variables, the only text of a table's script that differs from day to day. */
function parameters(): string {
  return `DECLARE ${runDate} DATE DEFAULT ${runDateValue};
DECLARE ${asOf} TIMESTAMP DEFAULT ${asOfValue};
`;
}

/**
 * The pre-operations. They DECLARE run_date and as_of_at. Incrementally they also DECLARE `built_as_of_at` (sources before it are in the table) and `touched_ds`,
 * fills the tables of `changed`, opens the transaction and deletes what will be inserted anew. On a full refresh: marks
 * the table as being rebuilt, so that a run killed half-way is not taken for a finished one.
 */
export function before(ctx: ActionContext, table: IncrementalTable): string {
  if (!ctx.incremental()) {
    return `${parameters()}${refuseBeforeBootstrap(ctx)}${record(ctx, "NULL", "full refresh started")}`;
  }
  const partition = table.partition ?? "ds";
  const outside = table.windowDays ? ` OR ${partition} < ${windowStart(table.windowDays)}` : "";
  const rows = table.rows
    ? `${partition} IN UNNEST(touched_ds) AND ${table.rows}`
    : `${partition} IN UNNEST(touched_ds)`;
  const changed = Object.entries(table.changed).map(
    ([name, query]) => `CREATE TEMP TABLE ${name} AS\n${query.trim()};`,
  );
  return `${parameters()}DECLARE built_run_date DATE DEFAULT ${lastBuild(ctx, "run_date")};
DECLARE built_as_of_at TIMESTAMP DEFAULT ${lastBuild(ctx, "as_of_at")};
DECLARE touched_ds ARRAY<DATE>;
${refuseBeforeBootstrap(ctx)}IF built_as_of_at IS NOT NULL AND (${runDate} < built_run_date OR ${asOf} < built_as_of_at) THEN
  RAISE USING MESSAGE = FORMAT(
    '%s is built through %t: an incremental run for the earlier %t would mix two states. Use a full refresh.',
    ${tableName(ctx)}, built_run_date, ${runDate});
END IF;
-- No finished build on record: everything counts as changed, whatever stands in the table.
SET built_as_of_at = IFNULL(built_as_of_at, ${beginningOfTime});
${changed.join("\n")}
SET touched_ds = ARRAY(
  SELECT DISTINCT touched.ds FROM (
${table.touched.map((query) => `    (${query.trim()})`).join("\n    UNION ALL\n")}
  ) AS touched
  WHERE touched.ds IS NOT NULL);
BEGIN TRANSACTION;
DELETE FROM ${ctx.self()}
WHERE (${rows})${outside} OR built_as_of_at = ${beginningOfTime}`;
}

/** The post-operations: record the instant up to which the sources are in the table, and commit. */
export function after(ctx: ActionContext): string {
  // A version that arrives later than now cannot be in the table, even where as_of_at lies ahead (an unfinished today).
  const known = `LEAST(${asOf}, CURRENT_TIMESTAMP())`;
  return ctx.incremental()
    ? `${record(ctx, known, "incremental")};\nCOMMIT TRANSACTION`
    : record(ctx, known, "full refresh");
}

/** A condition on a partition column: the touched partitions in an incremental build, every one in a full refresh. */
export function touched(ctx: ActionContext, column: string): string {
  return ctx.incremental() ? `${column} IN UNNEST(touched_ds)` : "TRUE";
}

/** A condition that only an incremental build needs, to read no more than the touched keys; TRUE in a full refresh. */
export function narrowed(ctx: ActionContext, condition: string): string {
  return ctx.incremental() ? condition : "TRUE";
}

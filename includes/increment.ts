// The one way an incremental table changes: find the touched partitions, delete them, insert them anew, in one transaction.
//
// The stock CLI sends pre_operations, its own INSERT and post_operations as one script, so the pre-operations can DECLARE
// the touched partitions and open the transaction that the post-operations commit. growth_state.build_log remembers up to
// which instant each table knows the sources; it is only ever appended to, because on BigQuery two transactions that
// delete from one table cannot run side by side.
import type { Link } from "./link.ts";
import { linkedDays } from "./link.ts";
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
  /**
   * What changed since the last build, in order; a later one may read an earlier one. Name -> query of a temporary table, or a
   * script variable.
   */
  readonly changed?: Changed;
  /** Queries of one DATE column: every partition that holds, or will hold, a row of a changed key. */
  readonly touched: readonly string[];
  /** What belongs to the touched partitions, found after them: as `changed`, or a link to days. */
  readonly linked?: Readonly<Record<string, Link | Changed[string]>>;
  /** The partition column; default `ds`. */
  readonly partition?: string;
  /** A condition: delete (and insert) only these rows of the touched partitions. Default: the whole partitions. */
  readonly rows?: string;
  /** Days of the rolling window that ends with run_date; partitions before it are dropped. */
  readonly windowDays?: number;
}

export type Changed = Readonly<Record<string, string | Days | Buckets>>;

/** A script variable of days: a condition on a variable prunes partitions, one on a subquery does not. */
export interface Days {
  /** Query of one DATE column, ds. */
  readonly days: string;
  /** Condition without which the query is not run, and there are no days. */
  readonly when?: string;
}

/** The days from the first one in a temporary table (of ds, others may stand beside it) to run_date; none if it is empty. */
export function daysFrom(table: string): Days {
  return {
    days: `SELECT ds FROM (SELECT MIN(ds) AS first_ds FROM ${table}) AS earliest,
  UNNEST(GENERATE_DATE_ARRAY(earliest.first_ds, ${runDate})) AS ds`,
  };
}

/** The same of the buckets that an index or a history by user is partitioned by. */
export interface Buckets {
  /** Query of one INT64 column, bucket. */
  readonly buckets: string;
}

/** Where the built instant of a table comes from, other than growth_state.change. */
export interface Start {
  /** SQL of the instant before which all versions are in what the table reads; may name as_of_at. */
  readonly known: string;
  /** SQL condition: what the table reads was made anew after the instant in column built_at. */
  readonly remade: string;
  /** More DECLAREs. */
  readonly declarations?: string;
}

/** A table's name as build_log writes it: dataset.table, with the project where one is set. */
function nameOf(table: string): string {
  return `'${table.replaceAll("`", "")}'`;
}

/** The name of this action's table as build_log writes it. */
export function tableName(ctx: ActionContext): string {
  return nameOf(ctx.self());
}

function log(ctx: ActionContext): string {
  return ctx.ref("growth_state", "build_log");
}

// The log is partitioned by built_at: a build reads its last weeks only. A table not built for so long is built anew.
const recently = "built_at >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 35 DAY)";

function record(ctx: ActionContext, asOfSql: string, mode: string): string {
  return `INSERT INTO ${log(ctx)} (table_name, run_date, as_of_at, built_at, mode)
VALUES (${tableName(ctx)}, ${runDate}, ${asOfSql}, CURRENT_TIMESTAMP(), ${mode})`;
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

/** SQL of a column of a table's last row in the build log; NULL if it was not built lately. */
export function lastBuild(ctx: ActionContext, table: string, column: string): string {
  return `(
  SELECT ${column} FROM ${log(ctx)}
  WHERE ${recently} AND table_name = ${nameOf(table)} ORDER BY built_at DESC LIMIT 1)`;
}

/** SQL condition: a table was made anew, as a whole, after the instant in column built_at. */
export function remadeSince(ctx: ActionContext, table: string): string {
  return `EXISTS (
    SELECT 1 FROM ${log(ctx)} AS whole
    WHERE whole.${recently} AND whole.table_name = ${nameOf(table)} AND whole.mode = 'full refresh' AND whole.built_at > last.built_at)`;
}

/** What tables know is what growth_state.change knew when they were built. */
function fromChanges(ctx: ActionContext): Start {
  const feed = ctx.ref("growth_state", "change");
  return { known: lastBuild(ctx, feed, "as_of_at"), remade: remadeSince(ctx, feed) };
}

/** The run's parameters as script variables, the only text of a table's script that differs from day to day. */
function parameters(): string {
  return `DECLARE ${runDate} DATE DEFAULT ${runDateValue};
DECLARE ${asOf} TIMESTAMP DEFAULT ${asOfValue};
DECLARE known_at TIMESTAMP;
`;
}

/**
 * The start of the pre-operations. It DECLAREs run_date, as_of_at and known_at (what the build knows when it is done), and
 * incrementally `built_as_of_at` (sources before it are in the table), last_built_at (when that build ended), is_everything (no finished build on record, or
 * what it was made of was remade since: everything counts as changed, whatever stands in the table) and touched_ds. On a full refresh it marks
 * the table as being rebuilt, so that a run killed half-way is not taken for a finished one.
 */
export function begin(ctx: ActionContext, start: Start = fromChanges(ctx)): string {
  const known = `SET known_at = LEAST(${asOf}, COALESCE(${start.known}, ${beginningOfTime}));\n`;
  if (!ctx.incremental()) {
    return `${parameters()}${refuseBeforeBootstrap(ctx)}${known}${record(ctx, "NULL", "'full refresh started'")}`;
  }
  return `${parameters()}DECLARE built_run_date DATE;
DECLARE built_as_of_at TIMESTAMP;
DECLARE last_built_at TIMESTAMP;
DECLARE is_everything BOOL;
DECLARE touched_ds ARRAY<DATE>;
${start.declarations ?? ""}${refuseBeforeBootstrap(ctx)}SET (built_run_date, built_as_of_at, last_built_at, is_everything) = (
  SELECT AS STRUCT ANY_VALUE(run_date), ANY_VALUE(as_of_at), ANY_VALUE(built_at), COALESCE(LOGICAL_OR(as_of_at IS NULL OR is_remade), TRUE)
  FROM (
    SELECT last.run_date, last.as_of_at, last.built_at, ${start.remade} AS is_remade
    FROM ${log(ctx)} AS last
    WHERE last.${recently} AND last.table_name = ${tableName(ctx)} ORDER BY last.built_at DESC LIMIT 1));
IF built_as_of_at IS NOT NULL AND (${runDate} < built_run_date OR ${asOf} < built_as_of_at) THEN
  RAISE USING MESSAGE = FORMAT(
    '%s is built through %t: an incremental run for the earlier %t would mix two states. Use a full refresh.',
    ${tableName(ctx)}, built_run_date, ${runDate});
END IF;
${known}IF is_everything THEN
  SET built_as_of_at = ${beginningOfTime};
END IF;
`;
}

/** Opens the transaction and deletes the rows of a condition; all rows where everything is built anew. */
export function replaceRows(ctx: ActionContext, rows: string): string {
  return `BEGIN TRANSACTION;
IF is_everything THEN
  DELETE FROM ${ctx.self()} WHERE TRUE;
ELSE
  DELETE FROM ${ctx.self()}
  WHERE ${rows};
END IF;`;
}

/** Statement that puts the values of a column of queries into a script variable, each once, in ascending order. */
function set(name: string, column: string, queries: readonly string[]): string {
  return `SET ${name} = ARRAY(
  SELECT DISTINCT part.${column} FROM (
${queries.map((query) => `    (${query.trim()})`).join("\n    UNION ALL\n")}
  ) AS part
  WHERE part.${column} IS NOT NULL
  ORDER BY part.${column});
`;
}

function declare(name: string, is: Changed[string] | Link): string {
  return typeof is === "string" ? "" : `DECLARE ${name} ARRAY<${"buckets" in is ? "INT64" : "DATE"}>;\n`;
}

/** Statement that makes a temporary table or sets a script variable. */
function find(ctx: ActionContext, [name, is]: [string, Changed[string] | Link]): string {
  if (typeof is === "string") return `CREATE TEMP TABLE ${name} AS\n${is.trim()};\n`;
  if ("buckets" in is) return set(name, "bucket", [is.buckets]);
  if (!("days" in is)) return set(name, "ds", [linkedDays(ctx, is)]);
  const found = set(name, "ds", [is.days]);
  return is.when === undefined ? found : `IF ${is.when} THEN\n${found}END IF;\n`;
}

/** The pre-operations: what `begin` says, then `changed`, touched_ds, `linked`, and the delete. */
export function before(ctx: ActionContext, table: IncrementalTable): string {
  if (!ctx.incremental()) return begin(ctx);
  const partition = table.partition ?? "ds";
  const outside = table.windowDays ? ` OR ${partition} < ${windowStart(table.windowDays)}` : "";
  const rows = `${partition} IN UNNEST(touched_ds)`;
  const changed = Object.entries(table.changed ?? {});
  const linked = Object.entries(table.linked ?? {});
  const start = {
    ...fromChanges(ctx),
    declarations: [...changed, ...linked].map(([name, is]) => declare(name, is)).join(""),
  };
  const found = (parts: typeof changed | typeof linked) => parts.map((part) => find(ctx, part)).join("");
  return `${begin(ctx, start)}${found(changed)}${set("touched_ds", "ds", table.touched)}${found(linked)}${replaceRows(ctx, `${table.rows ? `(${rows} AND ${table.rows})` : rows}${outside}`)}`;
}

/** The post-operations: record the instant up to which the sources are in the table, and commit. */
export function after(ctx: ActionContext): string {
  return ctx.incremental()
    ? `${record(ctx, "known_at", "IF(is_everything, 'full refresh', 'incremental')")};\nCOMMIT TRANSACTION`
    : record(ctx, "known_at", "'full refresh'");
}

/** A condition on a partition column: the touched partitions in an incremental build, every one in a full refresh. */
export function touched(ctx: ActionContext, column: string): string {
  return linked(ctx, column, "touched_ds");
}

/** The same for the days of a variable of `linked` or `changed`. */
export function linked(ctx: ActionContext, column: string, days: string): string {
  return ctx.incremental() ? `${column} IN UNNEST(${days})` : "TRUE";
}

/** A condition that only an incremental build needs, to read no more than the touched keys; TRUE in a full refresh. */
export function narrowed(ctx: ActionContext, condition: string): string {
  return ctx.incremental() ? condition : "TRUE";
}

// Which partitions of a table its builds wrote anew, for the tables that are made of it alone.
//
// A table of aggregates cannot tell from the sources where a changed record stood before: the trigger that moved to another
// day leaves no trace in the table below it. So that table notes the partitions it touches (growth_state.touched_log, in
// the same transaction, only ever appended to), and the aggregates rebuild what was noted since their own last build.
import { tableName } from "./increment.ts";
import { beginningOfTime, runDate } from "./params.ts";

function logTable(ctx: ActionContext): string {
  return ctx.ref("growth_state", "touched_log");
}

/** Statement of the post-operations, before increment.after: notes the touched partitions; a full refresh notes NULL: all. */
export function note(ctx: ActionContext): string {
  const known = "known_at";
  const all = `SELECT ${tableName(ctx)}, CAST(NULL AS DATE), ${known}, CURRENT_TIMESTAMP()`;
  const noted = ctx.incremental()
    ? `SELECT ${tableName(ctx)}, ds, ${known}, CURRENT_TIMESTAMP() FROM UNNEST(touched_ds) AS ds
UNION ALL
${all} FROM (SELECT 1) WHERE built_as_of_at = ${beginningOfTime}`
    : all;
  return `INSERT INTO ${logTable(ctx)} (table_name, ds, as_of_at, noted_at)\n${noted};\n`;
}

/** No business day lies before it. */
const firstDay = "DATE '1970-01-01'";

/**
 * Queries for `touched` of a table made of `source` (its partition column is `ds` as here): the partitions of source
 * written since the last build of this table; every day after a full refresh of source, and while this table has no
 * finished build. Neither table is read for it. What counts is when a note was made, not as of when: after a full refresh as of
 * an earlier day, the notes of the later days from before it say nothing any more.
 */
export function since(ctx: ActionContext, source: readonly [string, string]): string[] {
  const name = `'${ctx.ref(...source).replaceAll("`", "")}'`;
  const noted = `FROM ${logTable(ctx)} WHERE noted_at > last_built_at AND table_name = ${name}`;
  return [
    `SELECT ds ${noted}`,
    `SELECT ds FROM UNNEST(GENERATE_DATE_ARRAY(${firstDay}, ${runDate})) AS ds
     WHERE built_as_of_at = ${beginningOfTime} OR EXISTS (SELECT 1 ${noted} AND ds IS NULL)`,
  ];
}

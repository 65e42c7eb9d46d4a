// The state tables (growth_state): the latest version per key of a log, partitioned by the day of its event.
//
// A build replaces the rows of the keys with a new version; nothing else of the day is read. What it replaced, and by what, it
// notes in growth_state.arrival, and where each key now stands in the indexes of includes/place.ts, in the same transaction.
import { after, begin, replaceRows } from "./increment.ts";
import { latestOfMany } from "./log.ts";
import { day } from "./params.ts";
import { declarations, find, forget, isEmpty, note, type Subject } from "./place.ts";
import { working } from "./working.ts";

/** Columns of growth_state.arrival that say what a row belongs to; SQL over the state table's row. */
export interface Image {
  readonly order_line_id?: string;
  readonly order_id?: string;
  readonly benefit_type?: string;
  readonly benefit_id?: string;
  readonly flow_type?: string;
  readonly execution_id?: string;
  readonly promotion_id?: string;
  readonly user_id?: string;
}
const imageColumns = [
  "order_line_id",
  "order_id",
  "benefit_type",
  "benefit_id",
  "flow_type",
  "execution_id",
  "promotion_id",
  "user_id",
] as const;

export interface StateTable {
  /** Name of the state table; also of the index of its key. */
  readonly name: Subject;
  /** The log, as [dataset, table]. */
  readonly log: readonly [string, string];
  readonly key: string;
  /** The key in SQL, where the log has it in parts. */
  readonly keySql?: string;
  /** SQL of the partition day. */
  readonly ds: string;
  readonly image: Image;
  /** Instants of the row (columns) that count only once they have passed. */
  readonly due: readonly string[];
  /** Other keys whose days are noted: subject -> column of the row, or SQL over it. */
  readonly places?: Readonly<Partial<Record<Subject, string>>>;
}

function source(ctx: ActionContext, table: StateTable): string {
  const log = ctx.ref(...table.log);
  return table.keySql ? `(SELECT *, ${table.keySql} AS ${table.key} FROM ${log})` : log;
}

function latest(ctx: ActionContext, table: StateTable, where: string): string {
  return `SELECT latest.*, ${table.ds} AS ds
FROM (
${latestOfMany(source(ctx, table), table.key, where)}
) AS latest`;
}

/** The index columns of rows: image columns and those of `places`, under names of their own. */
function imageOf(table: StateTable): string {
  return [
    ...imageColumns.map((column) => `${table.image[column] ?? "CAST(NULL AS STRING)"} AS ${column}`),
    ...Object.entries(table.places ?? {}).map(([subject, sql]) => `${sql} AS ${subject}_key`),
  ].join(", ");
}

/** Pre-operations of a state table: rows of the keys that have a new version are replaced; nothing else is touched. */
export function replace(ctx: ActionContext, table: StateTable): string {
  // Known is what arrived before the script began: what arrives while it runs is looked at again.
  const start = { known: "CURRENT_TIMESTAMP()", remade: "FALSE", declarations: `${declarations}\n` };
  if (!ctx.incremental()) return begin(ctx, start);
  const { key } = table;
  return `${begin(ctx, start)}${indexed(ctx, table)}CREATE TEMP TABLE new_row AS
${latest(ctx, table, "ingested_at >= built_as_of_at")};
${find(ctx, table.name, `SELECT ${key} AS id FROM new_row WHERE NOT is_everything`, "place")}
CREATE TEMP TABLE old_row AS
SELECT ${key} AS id, ds, ${imageOf(table)}
FROM ${ctx.self()}
WHERE ds IN UNNEST(found_ds) AND ${key} IN (SELECT ${key} FROM new_row);
SET touched_ds = ARRAY(SELECT DISTINCT ds FROM old_row);
${replaceRows(ctx, `ds IN UNNEST(touched_ds) AND ${key} IN (SELECT id FROM old_row)`)}`;
}

/** The subjects of the indexes that a state table keeps, with the columns of their keys. */
function indexes(table: StateTable): readonly (readonly [Subject, string])[] {
  const others = Object.keys(table.places ?? {}).map(
    (subject) => [subject as Subject, `${subject}_key`] as const,
  );
  return [[table.name, `${table.key}_key`], ...others];
}

function standing(table: StateTable, rows: string): string {
  return `SELECT ${table.key} AS ${table.key}_key, ds, ${imageOf(table)} FROM ${rows}`;
}

/** Statements of an incremental build that make the indexes where a full refresh left them empty: only now is anything looked up. */
function indexed(ctx: ActionContext, table: StateTable): string {
  return indexes(table)
    .map(
      ([subject, column]) => `IF NOT is_everything AND ${isEmpty(ctx, subject)} THEN
${note(ctx, subject, `SELECT DISTINCT ${column} AS id, ds FROM (${standing(table, ctx.self())})`)}
END IF;
`,
    )
    .join("");
}

/** Query of a state table. */
export function query(ctx: ActionContext, table: StateTable): string {
  return ctx.incremental() ? "SELECT * FROM new_row" : latest(ctx, table, "TRUE");
}

/**
 * Post-operations: notes what changed and where the keys stand now, does `more`, and commits. A full refresh only forgets
 * where they stood: the first incremental build notes all places.
 */
export function noted(ctx: ActionContext, table: StateTable, more = ""): string {
  const forgotten = indexes(table)
    .map(([subject]) => forget(ctx, subject))
    .join("\n");
  if (!ctx.incremental()) return `${forgotten}\n${arrivals(ctx, table, ctx.self())}\n${more}${after(ctx)}`;
  const notes = indexes(table).map(([subject, column]) =>
    note(
      ctx,
      subject,
      `SELECT DISTINCT ${column} AS id, ds FROM (${standing(table, "new_row")})
EXCEPT DISTINCT
SELECT ${column === `${table.key}_key` ? "id" : column}, ds FROM old_row`,
    ),
  );
  return `IF is_everything THEN\n${forgotten}\nEND IF;
${notes.join("\n")}
${arrivals(ctx, table, "new_row")}
${more}${after(ctx)}`;
}

/** Statement that adds to growth_state.arrival: the new rows, those they replaced, and the instants still ahead. */
function arrivals(ctx: ActionContext, table: StateTable, rows: string): string {
  const columns = imageColumns.join(", ");
  const noted = (from: string, isStanding: string, at: string, where: string, due = "CAST(NULL AS STRING)") =>
    `SELECT '${table.name}', ${isStanding}, ds, ${columns}, ${due}, ${at}, ${day(at)}
FROM (${from})
WHERE ${where}`;
  const standing = (at: string) => `SELECT ds, ${at} AS changed_at, ${imageOf(table)} FROM ${rows}`;
  const replaced = ctx.incremental()
    ? [
        noted(standing("ingested_at"), "TRUE", "changed_at", "NOT is_everything"),
        noted(
          `SELECT old_row.*, new_row.ingested_at AS changed_at FROM old_row INNER JOIN new_row ON new_row.${table.key} = old_row.id`,
          "FALSE",
          "changed_at",
          "TRUE",
        ),
      ]
    : [];
  // An instant at the end of time never comes.
  const due = table.due.map((column) =>
    noted(
      standing(column),
      "TRUE",
      "changed_at",
      "changed_at >= known_at AND changed_at < TIMESTAMP '9999-01-01 00:00:00+00'",
      `'${column}'`,
    ),
  );
  return `INSERT INTO ${working(ctx, "arrival")}
  (log_name, is_standing, ds, ${columns}, due_column, changed_at, change_ds)
${[...replaced, ...due].join("\nUNION ALL\n")};`;
}

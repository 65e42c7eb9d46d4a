// The state tables (growth_state): the latest version per key of a log, partitioned by the day of its event.
import { after, before, narrowed } from "./increment.ts";
import { latestOfMany } from "./log.ts";
import { asOf } from "./params.ts";

export interface StateTable {
  /** The log, as [dataset, table]. */
  readonly log: readonly [string, string];
  readonly key: string;
  /** SQL of the partition day. */
  readonly ds: string;
}

/** Pre-operations of a state table: rows of the keys that have a new version are replaced; nothing else is touched. */
export function replace(ctx: ActionContext, table: StateTable): string {
  const changed = `(SELECT ${table.key} FROM changed_key)`;
  return before(ctx, {
    changed: {
      changed_key: `SELECT DISTINCT ${table.key} FROM ${ctx.ref(...table.log)}
WHERE ingested_at >= built_as_of_at AND ingested_at < ${asOf}`,
    },
    touched: [`SELECT ds FROM ${ctx.self()} WHERE ${table.key} IN ${changed}`],
    rows: `${table.key} IN ${changed}`,
  });
}

/** Query of a state table. A new version is the latest of its key, so that an incremental build reads only new versions. */
export function query(ctx: ActionContext, table: StateTable): string {
  const arrived = narrowed(ctx, "ingested_at >= built_as_of_at");
  return `SELECT latest.*, ${table.ds} AS ds
FROM (
${latestOfMany(ctx.ref(...table.log), table.key, arrived)}
) AS latest`;
}

export { after };

// growth_state.user_line: the versions of order lines by user, for what is worked out from a user's whole history.
//
// The log is partitioned by arrival: one user's lines are all over it. Here they are together, in the partition of the user's
// bucket. Of a line that changes hands the version that says so stands with the user it left, too: there its days end.
import { type Changed, narrowed } from "./increment.ts";
import { tieText } from "./log.ts";
import { asOf } from "./params.ts";
import { bucket } from "./place.ts";
import { working } from "./working.ts";

const log = (ctx: ActionContext) => ctx.ref("reddw", "dw_trd_order_goods_day");
const columns = "order_line_id, order_id, user_id, pay_amt, paid_at, ingested_at, tie_text";

/** Statements of the post-operations of growth_state.order_line: the versions that arrived since its last build, else all. */
export function note(ctx: ActionContext): string {
  const table = working(ctx, "user_line");
  const forget = `DELETE FROM ${table} WHERE TRUE;`;
  const replaced = (names: string, where = "") =>
    ctx.incremental() ? `\n  UNION DISTINCT\n  SELECT ${names} FROM old_row ${where}` : "";
  return `${ctx.incremental() ? `IF is_everything THEN\n${forget}\nEND IF;` : forget}
INSERT INTO ${table} (bucket, owner_id, ${columns})
WITH arrival AS (
  SELECT * FROM ${log(ctx)} WHERE ingested_at < ${asOf} AND ${narrowed(ctx, "ingested_at >= built_as_of_at")}
),

-- Of most lines there is one version: only of the others are ties and other users looked for.
several AS (
  SELECT order_line_id FROM arrival GROUP BY order_line_id HAVING COUNT(*) > 1${replaced("id")}
),

version AS (
  SELECT
    order_line_id, order_id, user_id, pay_amt, paid_at, ingested_at,
    ${tieText("line", ["order_line_id", "ingested_at"])} AS tie_text
  FROM arrival AS line
  WHERE order_line_id IN (SELECT order_line_id FROM several)
),

owner AS (
  SELECT order_line_id, user_id AS owner_id FROM version WHERE user_id IS NOT NULL${replaced("id, user_id", "WHERE user_id IS NOT NULL")}
)

SELECT ${bucket("user_id")}, user_id, order_line_id, order_id, user_id, pay_amt, paid_at, ingested_at, NULL
FROM arrival
WHERE user_id IS NOT NULL AND order_line_id NOT IN (SELECT order_line_id FROM several)
UNION ALL
SELECT ${bucket("owner.owner_id")}, owner.owner_id, version.*
FROM version
INNER JOIN (SELECT DISTINCT order_line_id, owner_id FROM owner) AS owner USING (order_line_id);
`;
}

/** Query of the versions of the lines of the users of changed_user, each once; needs userBuckets. */
export function versions(ctx: ActionContext): string {
  return `SELECT DISTINCT ${columns}
    FROM ${working(ctx, "user_line")}
    WHERE bucket IN UNNEST(user_buckets) AND owner_id IN (SELECT user_id FROM changed_user)`;
}

/** For `changed` of a table that uses versions, after changed_user. */
export const userBuckets: Changed = {
  user_buckets: { buckets: `SELECT ${bucket("user_id")} AS bucket FROM changed_user` },
};

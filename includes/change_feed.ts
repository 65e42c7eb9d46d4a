// growth_state.change: what changed, and on which days it stands, worked out once for all tables above.
//
// The state tables say which rows were replaced (growth_state.arrival). Here each is followed to everything that it changes: a
// refund to its line, the line's order, the benefits used on it, the days of all these. Keys are found by their indexes
// (place.ts), rows that belong together by the days that do (link.ts), so nothing reads the history. On the way
// growth_state.day_link learns of new days that belong together, and growth_state.orphan of what waits for its other end.
import { allLinks, allOrphans, allPromotionUses, bothWays } from "./every_link.ts";
import { after, begin, lastBuild, remadeSince, replaceRows, type Start } from "./increment.ts";
import type { Child, Parent } from "./link.ts";
import { asOf, beginningOfTime, day } from "./params.ts";
import { declarations, find, forget, note } from "./place.ts";
import { working } from "./working.ts";

const states = [
  "order_line",
  "order_benefit",
  "refund",
  "allowance_flow",
  "coupon",
  "strategy_execution_log",
  "promotion_target",
] as const;

function state(ctx: ActionContext, table: string): string {
  return ctx.ref("growth_state", table);
}

function start(ctx: ActionContext): Start {
  const known = states.map(
    (table) => `COALESCE(${lastBuild(ctx, state(ctx, table), "as_of_at")}, ${beginningOfTime})`,
  );
  return {
    known: `LEAST(${known.join(", ")})`,
    remade: states.map((table) => remadeSince(ctx, state(ctx, table))).join(" OR "),
    declarations: `${declarations}
DECLARE line_ds ARRAY<DATE>;
DECLARE record_ds ARRAY<DATE>;
DECLARE flow_ds ARRAY<DATE>;
DECLARE claim_ds_of_coupon ARRAY<DATE>;
DECLARE claim_ds_of_allowance ARRAY<DATE>;
DECLARE moved_ds ARRAY<DATE>;
`,
  };
}

function temp(name: string, query: string): string {
  return `CREATE TEMP TABLE ${name} AS\n${query};`;
}

/** Days that belong to days of a parent: those known before, and the new ones of this build. */
function days(ctx: ActionContext, parent: Parent, child: Child, from: string): string {
  const of = `parent = '${parent}' AND child = '${child}'`;
  return `ARRAY(
  SELECT to_ds FROM ${working(ctx, "day_link")} WHERE from_ds IN UNNEST(${from}) AND ${of}
  UNION DISTINCT
  SELECT to_ds FROM new_link WHERE from_ds IN UNNEST(${from}) AND ${of})`;
}

/** Pairs of days: of parents that moved, what belonged to the day they left. */
function copied(ctx: ActionContext, moved: string): string {
  return `SELECT link.parent, link.child, moved.ds AS from_ds, link.to_ds
FROM ${working(ctx, "day_link")} AS link
INNER JOIN ${moved} AS moved ON moved.parent = link.parent AND moved.left_ds = link.from_ds
WHERE link.from_ds IN UNNEST(moved_ds)`;
}

/** Pairs of days: of parents that arrived, what had been waiting for them. `places` is a query of (parent, id, ds). */
function awaited(ctx: ActionContext, places: string): string {
  return `SELECT orphan.parent, orphan.child, place.ds AS from_ds, orphan.ds AS to_ds
FROM ${working(ctx, "orphan")} AS orphan
INNER JOIN (
${places}
) AS place ON place.parent = orphan.parent AND place.id = orphan.parent_id`;
}

function pairs(parent: Parent, child: string, rows: string, where = "TRUE"): string {
  return `SELECT DISTINCT '${parent}' AS parent, ${child} AS child, from_ds, to_ds FROM (
${rows}
) WHERE ${where}`;
}

/** Statements that follow what arrived since the last build to everything that it changes. */
function follow(ctx: ActionContext): string {
  const benefit = state(ctx, "order_benefit");
  const flow = state(ctx, "allowance_flow");
  const coupon = state(ctx, "coupon");
  const line = state(ctx, "order_line");
  return [
    temp(
      "arrived",
      `SELECT * FROM ${working(ctx, "arrival")}
WHERE change_ds >= ${day("built_as_of_at")} AND change_ds <= ${day(asOf)}
  AND changed_at >= built_as_of_at AND changed_at < ${asOf} AND NOT is_everything`,
    ),

    // Lines, with the days they stand on and stood on.
    temp("changed_line", "SELECT DISTINCT order_line_id FROM arrived WHERE order_line_id IS NOT NULL"),
    find(ctx, "order_line", "SELECT order_line_id AS id FROM changed_line", "line_place"),
    temp(
      "line_day",
      `SELECT order_line_id, order_id, user_id, ds, TRUE AS is_standing
FROM ${line}
WHERE ds IN UNNEST(found_ds) AND order_line_id IN (SELECT order_line_id FROM changed_line)
UNION DISTINCT
SELECT order_line_id, order_id, user_id, ds, FALSE FROM arrived WHERE log_name = 'order_line' AND NOT is_standing`,
    ),
    "SET line_ds = ARRAY(SELECT DISTINCT ds FROM line_day WHERE is_standing);",

    // Their orders.
    find(ctx, "order", "SELECT order_id AS id FROM line_day", "order_place"),
    temp(
      "order_day",
      `SELECT DISTINCT order_id, ds
FROM ${line}
WHERE ds IN UNNEST(found_ds) AND order_id IN (SELECT order_id FROM line_day)`,
    ),

    // What belongs to the lines' days, the records, refunds and ledger entries that arrived included.
    temp(
      "moved_line",
      `SELECT DISTINCT 'order_line' AS parent, old.ds AS left_ds, line_day.ds
FROM line_day AS old
INNER JOIN line_day ON line_day.order_line_id = old.order_line_id AND line_day.is_standing
WHERE NOT old.is_standing AND old.ds != line_day.ds`,
    ),
    "SET moved_ds = ARRAY(SELECT DISTINCT left_ds FROM moved_line);",
    temp(
      "new_link",
      `SELECT DISTINCT 'order_line' AS parent, arrived.log_name AS child, line_day.ds AS from_ds, arrived.ds AS to_ds
FROM arrived
INNER JOIN line_day ON line_day.order_line_id = arrived.order_line_id AND line_day.is_standing
WHERE arrived.is_standing AND arrived.log_name IN ('order_benefit', 'refund', 'allowance_flow')
UNION DISTINCT
SELECT 'order_line', 'order_line', one.ds, other.ds
FROM order_day AS one
INNER JOIN order_day AS other ON other.order_id = one.order_id
UNION DISTINCT
${awaited(ctx, "SELECT 'order_line' AS parent, order_line_id AS id, ds FROM line_day WHERE is_standing")}
UNION DISTINCT
${copied(ctx, "moved_line")}`,
    ),
    `SET record_ds = ${days(ctx, "order_line", "order_benefit", "line_ds")};`,
    `SET flow_ds = ${days(ctx, "order_line", "allowance_flow", "line_ds")};`,

    // The benefits used on the lines, or no longer.
    temp(
      "used",
      `SELECT benefit_type, benefit_id, order_line_id, TRUE AS is_standing
FROM ${benefit}
WHERE ds IN UNNEST(record_ds) AND order_line_id IN (SELECT order_line_id FROM changed_line)
UNION DISTINCT
SELECT 'allowance', allowance_id, order_line_id, TRUE
FROM ${flow}
WHERE ds IN UNNEST(flow_ds) AND order_line_id IN (SELECT order_line_id FROM changed_line)
UNION DISTINCT
SELECT benefit_type, benefit_id, order_line_id, is_standing FROM arrived WHERE log_name = 'order_benefit'`,
    ),
    temp(
      "used_day",
      `SELECT DISTINCT used.benefit_type, used.benefit_id, line_day.order_id, line_day.ds
FROM used
INNER JOIN line_day ON line_day.order_line_id = used.order_line_id AND line_day.is_standing
WHERE used.is_standing`,
    ),

    // Coupons, allowances and promotions, with their days.
    temp(
      "changed_coupon",
      `SELECT benefit_id AS coupon_id FROM used WHERE benefit_type = 'coupon'
UNION DISTINCT
SELECT benefit_id FROM arrived WHERE log_name = 'coupon'`,
    ),
    // Of which nothing happened but that their time ran out.
    temp(
      "expired",
      `SELECT benefit_id AS coupon_id FROM arrived WHERE log_name = 'coupon' AND due_column = 'valid_to'
EXCEPT DISTINCT
(
SELECT benefit_id FROM used WHERE benefit_type = 'coupon'
UNION DISTINCT
SELECT benefit_id FROM arrived WHERE log_name = 'coupon' AND COALESCE(due_column, '') != 'valid_to'
)`,
    ),
    find(ctx, "coupon", "SELECT coupon_id AS id FROM changed_coupon", "coupon_place"),
    temp(
      "coupon_day",
      `SELECT coupon_id, execution_id, ds, TRUE AS is_standing
FROM ${coupon}
WHERE ds IN UNNEST(found_ds) AND coupon_id IN (SELECT coupon_id FROM changed_coupon)
UNION DISTINCT
SELECT benefit_id, execution_id, ds, FALSE FROM arrived WHERE log_name = 'coupon' AND NOT is_standing`,
    ),
    temp(
      "changed_allowance",
      `SELECT benefit_id AS allowance_id FROM used WHERE benefit_type = 'allowance'
UNION DISTINCT
SELECT benefit_id FROM arrived WHERE log_name = 'allowance_flow'`,
    ),
    find(ctx, "allowance", "SELECT allowance_id AS id FROM changed_allowance", "allowance_place"),
    temp(
      "granted",
      `SELECT DISTINCT allowance_id, execution_id, ds
FROM ${flow}
WHERE flow_type = 'grant' AND ds IN UNNEST(found_ds)
  AND allowance_id IN (SELECT allowance_id FROM changed_allowance)`,
    ),
    temp(
      "configured_promotion",
      "SELECT DISTINCT promotion_id FROM arrived WHERE log_name = 'promotion_target' AND promotion_id IS NOT NULL",
    ),
    find(
      ctx,
      "promotion",
      `SELECT promotion_id AS id FROM configured_promotion
UNION ALL
SELECT benefit_id FROM used WHERE benefit_type = 'promotion'`,
      "promotion_place",
    ),
    find(ctx, "promotion_use", "SELECT promotion_id AS id FROM configured_promotion", "promotion_use_place"),

    // The executions that changed, and those of the changed claims.
    temp(
      "changed_execution",
      "SELECT DISTINCT execution_id FROM arrived WHERE log_name = 'strategy_execution_log' AND execution_id IS NOT NULL",
    ),
    temp(
      "claimed",
      `SELECT 'coupon' AS child, execution_id, ds, is_standing, coupon_id NOT IN (SELECT coupon_id FROM expired) AS is_event
FROM coupon_day
WHERE execution_id IS NOT NULL
UNION DISTINCT
SELECT 'allowance', execution_id, ds, TRUE, TRUE FROM granted WHERE execution_id IS NOT NULL
UNION DISTINCT
SELECT 'allowance', execution_id, ds, FALSE, TRUE
FROM arrived
WHERE log_name = 'allowance_flow' AND execution_id IS NOT NULL AND NOT is_standing`,
    ),
    find(
      ctx,
      "execution",
      `SELECT execution_id AS id FROM changed_execution
UNION ALL
SELECT execution_id FROM claimed`,
      "execution_place",
    ),

    temp(
      "moved",
      `SELECT DISTINCT 'coupon' AS parent, old.ds AS left_ds, coupon_day.ds
FROM coupon_day AS old
INNER JOIN coupon_day ON coupon_day.coupon_id = old.coupon_id AND coupon_day.is_standing
WHERE NOT old.is_standing AND old.ds != coupon_day.ds
UNION DISTINCT
${["allowance", "execution", "promotion"]
  .map(
    (parent) => `SELECT '${parent}', other.ds, own.ds
FROM ${arrivedPlaces(parent)} AS own
INNER JOIN ${parent}_place AS other ON other.id = own.id AND other.ds != own.ds`,
  )
  .join("\nUNION DISTINCT\n")}`,
    ),
    "SET moved_ds = ARRAY(SELECT DISTINCT left_ds FROM moved);",
    temp("claim_link", claimLinks(ctx)),
    `SET found_ds = ARRAY(
  SELECT DISTINCT ds FROM execution_place WHERE id IN (SELECT execution_id FROM changed_execution));`,
    `SET claim_ds_of_coupon = ${executionDays(ctx, "coupon")};`,
    `SET claim_ds_of_allowance = ${executionDays(ctx, "allowance")};`,
  ].join("\n");
}

/** Query of the days of keys that arrived: of the parents that have several, the days they are new on. */
function arrivedPlaces(parent: string): string {
  const [log, id, where] = {
    allowance: ["allowance_flow", "benefit_id", "flow_type = 'grant'"],
    execution: ["strategy_execution_log", "execution_id", "TRUE"],
    promotion: ["promotion_target", "promotion_id", "TRUE"],
  }[parent] as [string, string, string];
  return `(SELECT DISTINCT ${id} AS id, ds FROM arrived WHERE log_name = '${log}' AND is_standing AND ${where})`;
}

/** Pairs of days of everything but lines: (parent, child, from_ds, to_ds). */
function claimLinks(ctx: ActionContext): string {
  return `WITH pair AS (
${pairs("coupon", "'order_line'", "SELECT coupon_day.ds AS from_ds, used_day.ds AS to_ds FROM used_day INNER JOIN coupon_day ON coupon_day.coupon_id = used_day.benefit_id AND coupon_day.is_standing WHERE used_day.benefit_type = 'coupon'")}
UNION DISTINCT
${pairs("allowance", "'order_line'", "SELECT place.ds AS from_ds, used_day.ds AS to_ds FROM used_day INNER JOIN allowance_place AS place ON place.id = used_day.benefit_id WHERE used_day.benefit_type = 'allowance'")}
UNION DISTINCT
${pairs("promotion", "'order_line'", "SELECT place.ds AS from_ds, used_day.ds AS to_ds FROM used_day INNER JOIN promotion_place AS place ON place.id = used_day.benefit_id WHERE used_day.benefit_type = 'promotion'")}
UNION DISTINCT
${pairs("promotion", "'promotion'", "SELECT one.ds AS from_ds, other.ds AS to_ds FROM promotion_place AS one INNER JOIN promotion_place AS other ON other.id = one.id")}
UNION DISTINCT
${pairs("execution", "'execution'", "SELECT one.ds AS from_ds, other.ds AS to_ds FROM execution_place AS one INNER JOIN execution_place AS other ON other.id = one.id")}
UNION DISTINCT
${pairs("allowance", "'allowance_flow'", "SELECT place.ds AS from_ds, arrived.ds AS to_ds FROM arrived INNER JOIN allowance_place AS place ON place.id = arrived.benefit_id WHERE arrived.log_name = 'allowance_flow' AND arrived.is_standing")}
UNION DISTINCT
SELECT DISTINCT 'execution', claimed.child, place.ds, claimed.ds
FROM claimed
INNER JOIN execution_place AS place ON place.id = claimed.execution_id
WHERE claimed.is_standing
UNION DISTINCT
${awaited(
  ctx,
  `SELECT 'coupon' AS parent, coupon_id AS id, ds FROM coupon_day WHERE is_standing
UNION ALL
${["allowance", "execution", "promotion"].map((parent) => `SELECT '${parent}', id, ds FROM ${arrivedPlaces(parent)}`).join("\nUNION ALL\n")}`,
)}
UNION DISTINCT
${copied(ctx, "moved")}
)
${bothWays("pair")}`;
}

/** Days of the claims of the changed executions. */
function executionDays(ctx: ActionContext, child: "coupon" | "allowance"): string {
  const of = `parent = 'execution' AND child = '${child}'`;
  return `ARRAY(
  SELECT to_ds FROM ${working(ctx, "day_link")} WHERE from_ds IN UNNEST(found_ds) AND ${of}
  UNION DISTINCT
  SELECT to_ds FROM claim_link WHERE ${of})`;
}

/** The subjects of growth_state.change. */
export type ChangeSubject =
  | "order_line"
  | "order"
  | "coupon"
  | "coupon_claim"
  | "coupon_trigger"
  | "coupon_event"
  | "allowance"
  | "allowance_claim"
  | "allowance_trigger"
  | "execution"
  | "promotion"
  | "user"
  | "buyer";

/** Query of the executions, with their days, to which changed claims belong. */
function triggersOf(where: string): string {
  return `SELECT claimed.execution_id AS id, place.ds FROM claimed INNER JOIN execution_place AS place ON place.id = claimed.execution_id WHERE ${where}`;
}

/** Query of growth_state.change. */
export function query(ctx: ActionContext): string {
  const columns = `${day("known_at")} AS change_ds, known_at AS as_of_at,
  CONCAT(subject, '|', subject_id, '|', COALESCE(CAST(ds AS STRING), '∅')) AS row_key, CURRENT_TIMESTAMP() AS built_at`;
  if (!ctx.incremental()) {
    return `SELECT *, ${columns} FROM (SELECT '' AS subject, '' AS subject_id, ${day(asOf)} AS ds FROM UNNEST(ARRAY<INT64>[]))`;
  }
  const coupon = state(ctx, "coupon");
  const flow = state(ctx, "allowance_flow");
  const executions = "SELECT execution_id FROM changed_execution";
  const touched: readonly (readonly [ChangeSubject, string])[] = [
    [
      "order_line",
      "SELECT order_line_id AS id, ds FROM changed_line LEFT JOIN line_day USING (order_line_id)",
    ],
    ["order", "SELECT order_id AS id, ds FROM order_day UNION DISTINCT SELECT order_id, ds FROM line_day"],
    ["user", "SELECT user_id AS id, ds FROM line_day"],
    [
      "buyer",
      "SELECT user_id AS id, ds FROM line_day WHERE order_line_id IN (SELECT order_line_id FROM arrived WHERE log_name = 'order_line')",
    ],
    ["coupon", "SELECT coupon_id AS id, ds FROM changed_coupon LEFT JOIN coupon_day USING (coupon_id)"],
    [
      "allowance",
      "SELECT allowance_id AS id, place.ds FROM changed_allowance LEFT JOIN allowance_place AS place ON place.id = allowance_id",
    ],
    [
      "execution",
      "SELECT execution_id AS id, place.ds FROM changed_execution LEFT JOIN execution_place AS place ON place.id = execution_id",
    ],
    [
      "coupon_claim",
      `SELECT coupon_id AS id, ds FROM ${coupon} WHERE ds IN UNNEST(claim_ds_of_coupon) AND execution_id IN (${executions})`,
    ],
    [
      "allowance_claim",
      `SELECT allowance_id AS id, ds FROM ${flow} WHERE ds IN UNNEST(claim_ds_of_allowance) AND execution_id IN (${executions})`,
    ],
    ["coupon_trigger", triggersOf("claimed.child = 'coupon'")],
    ["coupon_event", triggersOf("claimed.child = 'coupon' AND claimed.is_event")],
    ["allowance_trigger", triggersOf("claimed.child = 'allowance'")],
    [
      "promotion",
      `SELECT id, ds FROM promotion_place
UNION DISTINCT
SELECT id, ds FROM promotion_use_place
UNION DISTINCT
SELECT promotion_id, CAST(NULL AS DATE) FROM configured_promotion`,
    ],
  ];
  const all = touched.map(
    ([subject, rows]) => `SELECT DISTINCT '${subject}' AS subject, id AS subject_id, ds FROM (${rows})`,
  );
  return `SELECT *, ${columns} FROM (
${all.join("\nUNION ALL\n")}
) WHERE subject_id IS NOT NULL`;
}

export function before(ctx: ActionContext): string {
  if (!ctx.incremental()) return begin(ctx, start(ctx));
  return `${begin(ctx, start(ctx))}${follow(ctx)}
${replaceRows(ctx, "FALSE")}`;
}

/** Post-operations: notes the days that belong together, and commits. */
export function noted(ctx: ActionContext): string {
  const link = working(ctx, "day_link");
  const orphan = working(ctx, "orphan");
  const anew = `DELETE FROM ${link} WHERE TRUE;
DELETE FROM ${orphan} WHERE TRUE;
${forget(ctx, "promotion_use")}
INSERT INTO ${link} (parent, child, from_ds, to_ds)
${allLinks(ctx)};
INSERT INTO ${orphan} (parent, parent_id, child, ds)
${allOrphans(ctx)};
${note(ctx, "promotion_use", allPromotionUses(ctx))}`;
  if (!ctx.incremental()) return `${anew}\n${after(ctx)}`;
  return `IF is_everything THEN
${anew}
ELSE
SET moved_ds = ARRAY(SELECT from_ds FROM new_link UNION DISTINCT SELECT from_ds FROM claim_link);
INSERT INTO ${link} (parent, child, from_ds, to_ds)
(
SELECT parent, child, from_ds, to_ds FROM new_link
UNION DISTINCT
SELECT parent, child, from_ds, to_ds FROM claim_link
)
EXCEPT DISTINCT
SELECT parent, child, from_ds, to_ds FROM ${link} WHERE from_ds IN UNNEST(moved_ds);
INSERT INTO ${orphan} (parent, parent_id, child, ds)
SELECT DISTINCT 'order_line', arrived.order_line_id, arrived.log_name, arrived.ds
FROM arrived
LEFT JOIN line_day ON line_day.order_line_id = arrived.order_line_id AND line_day.is_standing
WHERE arrived.is_standing AND arrived.log_name IN ('order_benefit', 'refund', 'allowance_flow')
  AND arrived.order_line_id IS NOT NULL AND line_day.order_line_id IS NULL
UNION DISTINCT
SELECT benefit_type, benefit_id, 'order_line', ds
FROM used_day
WHERE benefit_id IS NOT NULL AND CASE benefit_type
  WHEN 'coupon' THEN benefit_id NOT IN (SELECT coupon_id FROM coupon_day WHERE is_standing)
  WHEN 'allowance' THEN benefit_id NOT IN (SELECT id FROM allowance_place)
  ELSE benefit_id NOT IN (SELECT id FROM promotion_place)
END
UNION DISTINCT
SELECT 'allowance', benefit_id, 'allowance_flow', ds
FROM arrived
WHERE log_name = 'allowance_flow' AND is_standing AND benefit_id NOT IN (SELECT id FROM allowance_place)
UNION DISTINCT
SELECT 'execution', execution_id, child, ds
FROM claimed
WHERE is_standing AND execution_id NOT IN (SELECT id FROM execution_place);
${note(
  ctx,
  "promotion_use",
  `SELECT DISTINCT used_day.benefit_id AS id, order_day.ds
FROM used_day
INNER JOIN order_day USING (order_id)
WHERE used_day.benefit_type = 'promotion'`,
)}
END IF;
${after(ctx)}`;
}

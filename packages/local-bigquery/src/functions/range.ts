import type { SqlType } from "../types/types.ts";
import type { ScalarCall, TypedSql } from "./contract.ts";
import { arg, bind, type Family, isKind, raise, refuse } from "./sql.ts";

/** A RANGE is a struct of its bounds; a bound that is NULL is open: before everything, or after everything. */
export function bounds(range: string): { start: string; end: string } {
  return { start: `struct_extract(${range}, 'f0')`, end: `struct_extract(${range}, 'f1')` };
}

/** -1, 0 or 1 as a is before, equal to or after b; NULL where either is. By start, then by end. */
function order(a: string, b: string): string {
  const [x, y] = [bounds(a), bounds(b)];
  return (
    `(CASE WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL` +
    ` WHEN ${x.start} IS DISTINCT FROM ${y.start} THEN CASE WHEN ${x.start} IS NULL OR ${x.start} < ${y.start} THEN -1 ELSE 1 END` +
    ` WHEN ${x.end} IS DISTINCT FROM ${y.end} THEN CASE WHEN ${y.end} IS NULL OR ${x.end} < ${y.end} THEN -1 ELSE 1 END ELSE 0 END)`
  );
}

export function compareRanges(operator: "=" | "<" | "<=", a: string, b: string): string {
  return bind([a, b], (x, y) => `(${order(x, y)} ${operator} 0)`);
}

function construct(call: ScalarCall): string {
  return bind([arg(call, 0).sql, arg(call, 1).sql], (start, end) => {
    const wrong = raise(
      "Range start element must be smaller than range end element: ",
      `CAST(${start} AS VARCHAR)`,
      "', '",
      `CAST(${end} AS VARCHAR)`,
    );
    return `(CASE WHEN ${start} >= ${end} THEN ${wrong} ELSE struct_pack(f0 := ${start}, f1 := ${end}) END)`;
  });
}

function isUnbounded(side: "start" | "end"): (call: ScalarCall) => string {
  return (call) =>
    bind([arg(call, 0).sql], (r) => `(CASE WHEN ${r} IS NOT NULL THEN ${bounds(r)[side]} IS NULL END)`);
}

function contains(call: ScalarCall): string {
  const [range, other] = [arg(call, 0), arg(call, 1)];
  if (!isKind(range.type, "RANGE")) throw refuse(call);
  return bind([range.sql, other.sql], (r, v) => {
    const outer = bounds(r);
    const inside = isKind(other.type, "RANGE")
      ? `(${outer.start} IS NULL OR coalesce(${outer.start} <= ${bounds(v).start}, FALSE)) AND (${outer.end} IS NULL OR coalesce(${bounds(v).end} <= ${outer.end}, FALSE))`
      : `(${outer.start} IS NULL OR ${outer.start} <= ${v}) AND (${outer.end} IS NULL OR ${v} < ${outer.end})`;
    return `(CASE WHEN ${r} IS NOT NULL AND ${v} IS NOT NULL THEN ${inside} END)`;
  });
}

function meet(a: string, b: string): string {
  const [x, y] = [bounds(a), bounds(b)];
  return `(coalesce(${x.start} < ${y.end}, TRUE) AND coalesce(${y.start} < ${x.end}, TRUE))`;
}

function overlaps(call: ScalarCall): string {
  return bind(
    [arg(call, 0).sql, arg(call, 1).sql],
    (a, b) => `(CASE WHEN ${a} IS NOT NULL AND ${b} IS NOT NULL THEN ${meet(a, b)} END)`,
  );
}

function intersection(call: ScalarCall): string {
  return bind([arg(call, 0).sql, arg(call, 1).sql], (a, b) => {
    const [x, y] = [bounds(a), bounds(b)];
    const apart = raise("Provided RANGE inputs do not overlap", `left(CAST(${a} AS VARCHAR), 0)`);
    // DuckDB's greatest and least skip NULLs, as open bounds are to be.
    const common = `struct_pack(f0 := greatest(${x.start}, ${y.start}), f1 := least(${x.end}, ${y.end}))`;
    return `(CASE WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL WHEN ${meet(a, b)} THEN ${common} ELSE ${apart} END)`;
  });
}

/** The keys that order ranges: NULL, then by start with open ones first, then by end with open ones last. */
export function rangeKeys({ sql, type }: { sql: string; type: SqlType }): TypedSql[] {
  if (type.kind !== "RANGE") throw new Error(`${type.kind} is no range.`);
  const { start, end } = bounds(sql);
  return [
    { sql: `(${sql} IS NOT NULL)`, type: { kind: "BOOL" } },
    { sql: `(${start} IS NOT NULL)`, type: { kind: "BOOL" } },
    { sql: start, type: type.element },
    { sql: `(${end} IS NULL)`, type: { kind: "BOOL" } },
    { sql: end, type: type.element },
  ];
}

export const range: Family = {
  range: construct,
  range_start: (call) => bounds(arg(call, 0).sql).start,
  range_end: (call) => bounds(arg(call, 0).sql).end,
  range_is_start_unbounded: isUnbounded("start"),
  range_is_end_unbounded: isUnbounded("end"),
  range_contains: contains,
  range_overlaps: overlaps,
  range_intersect: intersection,
};

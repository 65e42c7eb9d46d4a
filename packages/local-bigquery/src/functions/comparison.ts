import type { SqlType } from "../types/types.ts";
import type { ScalarCall, TypedSql } from "./contract.ts";
import { compareRanges } from "./range.ts";
import { arg, bind, type Family, refuse } from "./sql.ts";

/** Types whose equality and order DuckDB shares with GoogleSQL. */
const PLAIN = new Set([
  "INT64",
  "NUMERIC",
  "BIGNUMERIC",
  "BOOL",
  "STRING",
  "BYTES",
  "DATE",
  "DATETIME",
  "TIME",
  "TIMESTAMP",
  "INTERVAL",
]);

function isPlain(type: SqlType): boolean {
  return PLAIN.has(type.kind);
}

/** True for a FLOAT64 that cannot be NaN as far as one can see. */
function isNumber(operand: TypedSql): boolean {
  return typeof operand.literal === "number" && !Number.isNaN(operand.literal);
}

/**
 * Equality in three-valued logic. In DuckDB NaN equals NaN, and structs compare their NULL fields as equal. The
 * equality stands first and bare, so that a join can hash on it.
 */
export function equal(a: TypedSql, b: TypedSql, call: ScalarCall): string {
  if (isPlain(a.type)) return `(${a.sql} = ${b.sql})`;
  if (a.type.kind === "FLOAT64") {
    if (isNumber(a) || isNumber(b)) return `(${a.sql} = ${b.sql})`;
    return bind([a.sql, b.sql], (x, y) => `(${x} = ${y} AND (NOT isnan(${x}) OR ${y} IS NULL))`);
  }
  if (a.type.kind === "RANGE") return compareRanges("=", a.sql, b.sql);
  if (a.type.kind === "STRUCT" && b.type.kind === "STRUCT") {
    const [left, right] = [a.type.fields, b.type.fields];
    return bind([a.sql, b.sql], (x, y) => {
      const fields = left.map((field, i) =>
        equal(
          { sql: `struct_extract(${x}, 'f${i}')`, type: field.type },
          { sql: `struct_extract(${y}, 'f${i}')`, type: right[i]?.type ?? field.type },
          call,
        ),
      );
      return `(${fields.join(" AND ") || "TRUE"})`;
    });
  }
  throw refuse(call);
}

function notEqual(call: ScalarCall): string {
  const [a, b] = [arg(call, 0), arg(call, 1)];
  if (isPlain(a.type)) return `(${a.sql} <> ${b.sql})`;
  return `(NOT ${equal(a, b, call)})`;
}

/** a < b and a <= b for `operator`; NaN is on no side of anything, while DuckDB has it greatest. */
function less(operator: "<" | "<=", a: TypedSql, b: TypedSql, call: ScalarCall): string {
  if (isPlain(a.type)) return `(${a.sql} ${operator} ${b.sql})`;
  if (a.type.kind === "RANGE") return compareRanges(operator, a.sql, b.sql);
  if (a.type.kind !== "FLOAT64") throw refuse(call);
  if (isNumber(b)) return `(${a.sql} ${operator} ${b.sql})`;
  return bind([a.sql, b.sql], (x, y) => `(${x} ${operator} ${y} AND (NOT isnan(${y}) OR ${x} IS NULL))`);
}

function between(call: ScalarCall): string {
  const [x, low, high] = [arg(call, 0), arg(call, 1), arg(call, 2)];
  if (isPlain(x.type)) return `(${x.sql} BETWEEN ${low.sql} AND ${high.sql})`;
  return bind([x.sql], (v) => {
    const value = { ...x, sql: v };
    return `(${less("<=", low, value, call)} AND ${less("<=", value, high, call)})`;
  });
}

function isIn(call: ScalarCall): string {
  const [value, ...list] = call.args;
  if (!value) throw refuse(call);
  if (isPlain(value.type) || (value.type.kind === "FLOAT64" && list.every(isNumber))) {
    return `(${value.sql} IN (${list.map((item) => item.sql).join(", ")}))`;
  }
  return bind(
    [value.sql],
    (v) => `(${list.map((item) => equal({ ...value, sql: v }, item, call)).join(" OR ")})`,
  );
}

/** x IN UNNEST(array): NULL where x is not found but it or an element is NULL; FALSE for an empty array. */
function inArray(call: ScalarCall): string {
  const [value, array] = [arg(call, 0), arg(call, 1)];
  if (array.type.kind !== "ARRAY") throw refuse(call);
  const element = array.type.element;
  return bind([value.sql, array.sql], (v, list) => {
    const found = isPlain(value.type)
      ? `list_contains(${list}, ${v})`
      : `len(list_filter(${list}, lambda _e: ${equal({ ...value, sql: v }, { sql: "_e", type: element }, call)})) > 0`;
    return (
      `(CASE WHEN len(${list}) > 0 THEN CASE WHEN ${v} IS NULL THEN NULL WHEN ${found} THEN TRUE` +
      ` WHEN list_count(${list}) < len(${list}) THEN NULL ELSE FALSE END ELSE FALSE END)`
    );
  });
}

function distinct(call: ScalarCall, negated: boolean): string {
  const [a, b] = [arg(call, 0), arg(call, 1)];
  return `(${a.sql} IS ${negated ? "NOT " : ""}DISTINCT FROM ${b.sql})`;
}

/** NULL where any argument is, NaN where any is NaN; DuckDB's skip NULLs and have NaN greatest. */
function extreme(name: "greatest" | "least"): (call: ScalarCall) => string {
  return (call) => {
    const type = call.type;
    if (!isPlain(type) && type.kind !== "FLOAT64") throw refuse(call);
    if (call.args.length === 1) return arg(call, 0).sql;
    return bind(
      call.args.map((item) => item.sql),
      (...values) => {
        const isNull = values.map((v) => `${v} IS NULL`).join(" OR ");
        const nan =
          type.kind === "FLOAT64"
            ? `WHEN ${values.map((v) => `isnan(${v})`).join(" OR ")} THEN CAST('nan' AS DOUBLE) `
            : "";
        return `(CASE WHEN ${isNull} THEN NULL ${nan}ELSE ${name}(${values.join(", ")}) END)`;
      },
    );
  };
}

export const comparison: Family = {
  $equal: (call) => equal(arg(call, 0), arg(call, 1), call),
  $not_equal: notEqual,
  $less: (call) => less("<", arg(call, 0), arg(call, 1), call),
  $less_or_equal: (call) => less("<=", arg(call, 0), arg(call, 1), call),
  $greater: (call) => less("<", arg(call, 1), arg(call, 0), call),
  $greater_or_equal: (call) => less("<=", arg(call, 1), arg(call, 0), call),
  $between: between,
  $in: isIn,
  $in_array: inArray,
  $is_distinct_from: (call) => distinct(call, false),
  $is_not_distinct_from: (call) => distinct(call, true),
  greatest: extreme("greatest"),
  least: extreme("least"),
};

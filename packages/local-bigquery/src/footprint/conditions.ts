import type { AnyResolvedExpr, ResolvedFunctionCall } from "../analyzer/resolved.ts";
import type { Translation } from "../translator/context.ts";
import { expression, isVolatile } from "../translator/expressions/index.ts";
import { Scope } from "../translator/scope.ts";
import {
  type Around,
  allOf,
  anyOf,
  type Comparison,
  negated,
  type Origin,
  type Predicate,
  plain,
  UNKNOWN,
} from "./predicate.ts";

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  $equal: "=",
  $not_equal: "!=",
  $less: "<",
  $less_or_equal: "<=",
  $greater: ">",
  $greater_or_equal: ">=",
};
const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  "=": "=",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

/** What a condition says of single columns. */
export function predicateOf(t: Translation, node: AnyResolvedExpr): Predicate {
  const constant = constantSql(t, node);
  if (constant !== undefined) return { kind: "constant", sql: constant };
  if (node.kind !== "ResolvedFunctionCall" || node.errorMode === "SAFE_ERROR_MODE") return UNKNOWN;
  const name = functionName(node);
  const args = node.argumentList;
  switch (name) {
    case "$and":
      return allOf(args.map((argument) => predicateOf(t, argument)));
    case "$or":
      return anyOf(args.map((argument) => predicateOf(t, argument)));
    case "$not":
      return args[0] ? negated(predicateOf(t, args[0])) : UNKNOWN;
    case "$between":
      return allOf([comparison(t, ">=", args[0], args[1]), comparison(t, "<=", args[0], args[2])]);
    case "$in":
      return anyOf(args.slice(1).map((value) => comparison(t, "=", args[0], value)));
    case "$in_array":
      return among(t, args[0], args[1]);
    case "$is_null": {
      const origin = originOf(t, args[0]);
      return origin ? { kind: "null", ...origin, not: false } : UNKNOWN;
    }
    default: {
      const operator = COMPARISONS[name];
      return operator ? comparison(t, operator, args[0], args[1]) : UNKNOWN;
    }
  }
}

function comparison(
  t: Translation,
  operator: Comparison,
  left: AnyResolvedExpr | undefined,
  right: AnyResolvedExpr | undefined,
): Predicate {
  const value = right && constantSql(t, right);
  if (value === undefined) {
    const first = left && constantSql(t, left);
    const origin = first === undefined ? undefined : originOf(t, right);
    return origin && first !== undefined
      ? { kind: "compare", ...origin, operator: MIRRORED[operator], value: first }
      : UNKNOWN;
  }
  const origin = originOf(t, left);
  return origin ? { kind: "compare", ...origin, operator, value } : UNKNOWN;
}

function among(
  t: Translation,
  value: AnyResolvedExpr | undefined,
  array: AnyResolvedExpr | undefined,
): Predicate {
  const [origin, list] = [originOf(t, value), array && constantSql(t, array)];
  return origin && list !== undefined ? { kind: "among", ...origin, not: false, array: list } : UNKNOWN;
}

/** The column that an expression is, perhaps inside functions that keep its order; undefined: something else. */
export function originOf(t: Translation, node: AnyResolvedExpr | undefined): Origin<number> | undefined {
  if (node?.kind === "ResolvedColumnRef") return { column: node.column.columnId, around: plain };
  if (!node) return undefined;
  const argument = orderedArgument(node);
  const below = argument && originOf(t, argument);
  if (!argument || !below) return undefined;
  const around = wrapper(t, node, argument);
  return around && { column: below.column, around: (sql) => around(below.around(sql)) };
}

const ORDERED_FUNCTIONS = new Set(["date", "datetime", "timestamp", "$extract_date"]);
const TRUNCATIONS = new Set(["date_trunc", "datetime_trunc", "timestamp_trunc"]);
const POINTS_IN_TIME = new Set(["DATE", "DATETIME", "TIMESTAMP"]);

/** The argument whose order a call keeps. Calls with a time zone are left out: at its changes clocks run backwards. */
function orderedArgument(node: AnyResolvedExpr): AnyResolvedExpr | undefined {
  if (node.kind === "ResolvedCast") {
    const kept = POINTS_IN_TIME.has(node.type.kind) && POINTS_IN_TIME.has(node.expr.type.kind);
    return kept && !node.format && !node.timeZone ? node.expr : undefined;
  }
  if (node.kind !== "ResolvedFunctionCall") return undefined;
  const [argument, part] = node.argumentList;
  const count = node.argumentList.length;
  const name = functionName(node);
  const keeps =
    (ORDERED_FUNCTIONS.has(name) && count === 1) ||
    (TRUNCATIONS.has(name) && count === 2 && part?.kind === "ResolvedLiteral");
  return keeps && argument && POINTS_IN_TIME.has(argument.type.kind) ? argument : undefined;
}

const HOLE = "\u0001";
/** An id that no column of a statement has. */
const HOLE_COLUMN = -1;

/** The call as a function of its argument's SQL. */
function wrapper(t: Translation, node: AnyResolvedExpr, argument: AnyResolvedExpr): Around | undefined {
  const column = { columnId: HOLE_COLUMN, tableName: "", name: "", type: argument.type };
  const hole = { kind: "ResolvedColumnRef", type: argument.type, column, isCorrelated: false } as const;
  const call =
    node.kind === "ResolvedCast"
      ? { ...node, expr: hole }
      : {
          ...(node as ResolvedFunctionCall),
          argumentList: [hole, ...(node as ResolvedFunctionCall).argumentList.slice(1)],
        };
  const sql = translated(t, call, new Scope(new Map([[HOLE_COLUMN, HOLE]])));
  return sql === undefined ? undefined : (inner) => sql.replaceAll(HOLE, inner);
}

/** SQL of an expression that has one value for the whole statement; undefined: it has not, or is not translated. */
export function constantSql(t: Translation, node: AnyResolvedExpr): string | undefined {
  if (!isConstant(node) || isVolatile(node)) return undefined;
  return translated(t, node, new Scope(new Map()));
}

function translated(t: Translation, node: AnyResolvedExpr, scope: Scope): string | undefined {
  try {
    return expression(t, node, scope).sql;
  } catch {
    // What cannot be translated fails in the statement's own translation; here it only prunes nothing.
    return undefined;
  }
}

/** True if nothing below reads a column or a table: BigQuery prunes by no subquery. */
function isConstant(node: unknown): boolean {
  if (Array.isArray(node)) return node.every(isConstant);
  if (typeof node !== "object" || node === null) return true;
  const { kind } = node as { kind?: unknown };
  if (kind === "ResolvedColumnRef" || kind === "ResolvedSubqueryExpr" || kind === "ResolvedArgumentRef")
    return false;
  return Object.entries(node).every(
    ([name, child]) => name === "signature" || name === "value" || name === "type" || isConstant(child),
  );
}

function functionName(node: ResolvedFunctionCall): string {
  return node.function.replace("ZetaSQL:", "").toLowerCase();
}

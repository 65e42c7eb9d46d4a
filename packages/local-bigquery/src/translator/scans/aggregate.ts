import type {
  AnyResolvedGroupingSetBase,
  ResolvedAggregateFunctionCall,
  ResolvedAggregateScan,
} from "../../analyzer/resolved.ts";
import type { AggregateCall } from "../../functions/contract.ts";
import type { Translation } from "../context.ts";
import { callArguments, functionName } from "../expressions/call.ts";
import { expressionsOver, withOwnArguments } from "../expressions/free-columns.ts";
import { expression } from "../expressions/index.ts";
import { aliased, nest, type Relation, relation, selectSql } from "../relation.ts";
import { Scope } from "../scope.ts";
import { orderItem } from "./basic.ts";
import { inputRelation, type Place } from "./index.ts";

export function aggregateScan(t: Translation, node: ResolvedAggregateScan, place: Place): Relation {
  if (node.collationList.some((collation) => collation.collationName)) throw t.unsupported("COLLATE", node);
  const calls = node.aggregateList.map(({ column, expr, kind }) => {
    if (kind !== "ResolvedComputedColumn" || expr.kind !== "ResolvedAggregateFunctionCall")
      throw t.unsupported(expr.kind, node);
    return { id: column.columnId, call: expr };
  });
  const keepOrder = calls.some(({ call }) => followsInputOrder(call));
  const scanned = inputRelation(t, node.inputScan, { outer: place.outer, keepOrder });
  const own = withOwnArguments(
    t,
    calls.map(({ call }) => call),
    scanned,
    place.outer,
  );
  const owned = own.calls.map((call, index) => ({ id: calls[index]?.id ?? 0, call }));
  return node.groupingSetList.length > 0 || node.groupingCallList.length > 0
    ? groupingSets(t, node, owned, own.input, place)
    : grouped(t, node, owned, own.input, place);
}

interface Call {
  readonly id: number;
  readonly call: ResolvedAggregateFunctionCall;
}

/** One grouping: the keys come first in the select list, so that GROUP BY can name them by place. */
function grouped(
  t: Translation,
  node: ResolvedAggregateScan,
  calls: readonly Call[],
  scanned: Relation,
  place: Place,
): Relation {
  const nodes = node.groupByList.map(({ expr }) => expr);
  const { input, sql } = expressionsOver(t, scanned, nodes, place.outer);
  const scope = new Scope(input.columns, place.outer);
  const keys = node.groupByList.map(({ column }, index) => `${sql[index]} AS c${column.columnId}`);
  const values = calls.map(({ id, call }) => `${aggregate(t, call, scope, input)} AS c${id}`);
  // Without keys and aggregates, as by GROUP BY (), there still is one group.
  if (keys.length + values.length === 0) values.push("count(*) AS nothing");
  const tail = keys.length > 0 ? `GROUP BY ${keys.map((_, index) => index + 1).join(", ")}` : "";
  const ids = [...node.groupByList.map((key) => key.column.columnId), ...calls.map(({ id }) => id)];
  return subquery(t, input, [...keys, ...values], tail, ids);
}

/** GROUPING SETS, which ROLLUP and CUBE have become: the keys are computed below, and named here. */
function groupingSets(
  t: Translation,
  node: ResolvedAggregateScan,
  calls: readonly Call[],
  input: Relation,
  place: Place,
): Relation {
  const below = new Scope(input.columns, place.outer);
  const columns = new Map(input.columns);
  const computed = new Set(input.computed);
  for (const { column, expr } of node.groupByList) {
    columns.set(column.columnId, expression(t, expr, below).sql);
    computed.add(column.columnId);
  }
  const source = nest(t, { ...input, columns, computed });
  const scope = new Scope(source.columns, place.outer);
  const sets = node.groupingSetList.map((set) => groupingSet(t, set, scope));
  const keys = node.groupByList.map(({ column }) => `${scope.find(column.columnId)} AS c${column.columnId}`);
  const values = calls.map(({ id, call }) => `${aggregate(t, call, scope, source)} AS c${id}`);
  const groupings = node.groupingCallList.map(
    ({ groupByColumn, outputColumn }) =>
      `CAST(GROUPING(${scope.find(groupByColumn.column.columnId)}) AS BIGINT) AS c${outputColumn.columnId}`,
  );
  const ids = [
    ...node.groupByList.map((key) => key.column.columnId),
    ...calls.map(({ id }) => id),
    ...node.groupingCallList.map((grouping) => grouping.outputColumn.columnId),
  ];
  // Over no rows GoogleSQL's reference implementation gives none; standard SQL would give the grand total.
  const having = keys.length > 0 ? "\nHAVING count(*) > 0" : "";
  const tail = `GROUP BY GROUPING SETS (${sets.join(", ")})${having}`;
  return subquery(t, source, [...keys, ...values, ...groupings], tail, ids);
}

function groupingSet(t: Translation, set: AnyResolvedGroupingSetBase, scope: Scope): string {
  if (set.kind !== "ResolvedGroupingSet") throw t.unsupported(set.kind.replace(/^Resolved/, ""), set);
  return `(${set.groupByColumnList.map((key) => scope.find(key.column.columnId)).join(", ")})`;
}

function subquery(t: Translation, input: Relation, items: string[], tail: string, ids: number[]): Relation {
  const alias = t.alias();
  const sql = selectSql(input, items, { order: false, tail });
  return relation(`(\n${sql}\n) AS ${alias}`, aliased(alias, ids));
}

function aggregate(
  t: Translation,
  call: ResolvedAggregateFunctionCall,
  scope: Scope,
  input: Relation,
): string {
  if (call.groupByList.length > 0 || call.groupByAggregateList.length > 0 || call.havingExpr) {
    throw t.unsupported("an aggregate function with its own GROUP BY", call);
  }
  const having = call.havingModifier;
  const explicit = call.orderByItemList.map((item) => orderItem(t, item, scope));
  const order = explicit.length > 0 || !followsInputOrder(call) ? explicit : naturalItems(input);
  const description: AggregateCall = {
    name: functionName(t, call),
    args: callArguments(t, call, scope),
    type: call.type,
    safe: call.errorMode === "SAFE_ERROR_MODE",
    position: t.position(call),
    distinct: call.distinct,
    nulls: nullHandling(call.nullHandlingModifier),
    orderBy: order,
    limit: call.limit && expression(t, call.limit, scope).sql,
    having: having && {
      kind: having.modifierKind === "MAX" ? "MAX" : "MIN",
      by: expression(t, having.havingExpr, scope),
    },
    ...(call.whereExpr && { where: expression(t, call.whereExpr, scope).sql }),
  };
  return t.context.functions.aggregate(description);
}

export function nullHandling(modifier: string): "DEFAULT" | "IGNORE" | "RESPECT" {
  if (modifier === "IGNORE_NULLS") return "IGNORE";
  return modifier === "RESPECT_NULLS" ? "RESPECT" : "DEFAULT";
}

/** Functions whose result shows the order of their input; without ORDER BY they keep that of the arrays read. */
function followsInputOrder(call: ResolvedAggregateFunctionCall): boolean {
  return (
    /:(array_agg|array_concat_agg|string_agg)$/.test(call.function) &&
    call.orderByItemList.length === 0 &&
    !call.distinct
  );
}

function naturalItems(input: Relation): AggregateCall["orderBy"] {
  return input.natural.map((key) => ({
    sql: key.sql,
    type: { kind: "INT64" },
    descending: key.descending,
    nulls: key.nulls,
  }));
}

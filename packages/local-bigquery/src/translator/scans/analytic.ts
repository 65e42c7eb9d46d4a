import type {
  ResolvedAnalyticFunctionCall,
  ResolvedAnalyticFunctionGroup,
  ResolvedAnalyticScan,
  ResolvedWindowFrame,
  ResolvedWindowFrameExpr,
} from "../../analyzer/resolved.ts";
import type { OrderItem } from "../../functions/contract.ts";
import { raiseAt } from "../../functions/sql.ts";
import type { Translation } from "../context.ts";
import { callArguments, functionName } from "../expressions/call.ts";
import { withOwnArguments } from "../expressions/free-columns.ts";
import { expression } from "../expressions/index.ts";
import { type OrderKey, orderKeySql, orderKeys } from "../ordering.ts";
import { nest, type Relation } from "../relation.ts";
import { Scope } from "../scope.ts";
import { nullHandling } from "./aggregate.ts";
import { orderItem } from "./basic.ts";
import { inputRelation, type Place } from "./index.ts";

export function analyticScan(t: Translation, node: ResolvedAnalyticScan, place: Place): Relation {
  const windows = node.functionGroupList.flatMap((group) =>
    group.analyticFunctionList.map(({ column, expr }) => {
      if (expr.kind !== "ResolvedAnalyticFunctionCall") throw t.unsupported(expr.kind, node);
      return { id: column.columnId, group, call: expr };
    }),
  );
  const scanned = inputRelation(t, node.inputScan, place);
  const { input, calls } = withOwnArguments(
    t,
    windows.map(({ call }) => call),
    scanned,
    place.outer,
  );
  const scope = new Scope(input.columns, place.outer);
  const columns = new Map(input.columns);
  windows.forEach(({ id, group }, index) => {
    columns.set(id, analyticCall(t, calls[index] as ResolvedAnalyticFunctionCall, group, scope));
  });
  return nest(t, { ...input, columns, computed: new Set(windows.map(({ id }) => id)) });
}

function analyticCall(
  t: Translation,
  call: ResolvedAnalyticFunctionCall,
  group: ResolvedAnalyticFunctionGroup,
  scope: Scope,
): string {
  return t.context.functions.analytic({
    name: functionName(t, call),
    args: callArguments(t, call, scope),
    type: call.type,
    safe: call.errorMode === "SAFE_ERROR_MODE",
    position: t.position(call),
    distinct: call.distinct,
    nulls: nullHandling(call.nullHandlingModifier),
    window: windowSql(t, group, call.windowFrame, scope),
    hasFrame: call.windowFrame !== undefined,
    ...(call.whereExpr && { where: expression(t, call.whereExpr, scope).sql }),
  });
}

function windowSql(
  t: Translation,
  group: ResolvedAnalyticFunctionGroup,
  frame: ResolvedWindowFrame | undefined,
  scope: Scope,
): string {
  if (group.partitionBy?.collationList.some((collation) => collation.collationName))
    throw t.unsupported("COLLATE", group);
  const partition = group.partitionBy?.partitionByList.map((key) => scope.find(key.column.columnId)) ?? [];
  const items = group.orderBy?.orderByItemList.map((item) => orderItem(t, item, scope)) ?? [];
  // A RANGE frame with an offset takes a single key, so NaN cannot be ordered apart there.
  const byValue =
    frame?.frameUnit === "RANGE" && [frame.startExpr, frame.endExpr].some((bound) => bound?.expression);
  if (byValue && items.some(({ type }) => !RANGE_KEYS.test(type.kind)))
    throw t.unsupported("a RANGE frame with an offset over this type", group);
  const isBounded = [frame?.startExpr, frame?.endExpr].every(
    (bound) => !bound?.boundaryType.startsWith("UNBOUNDED"),
  );
  // NaN is near NaN only, which a partition of its own says exactly, unless the frame reaches over all that is smaller.
  if (byValue && isBounded)
    partition.push(...items.filter(({ type }) => type.kind === "FLOAT64").map(({ sql }) => `isnan(${sql})`));
  const clauses = [];
  if (partition.length > 0) clauses.push(`PARTITION BY ${partition.join(", ")}`);
  const keys = byValue ? items.map((item) => numberKey(item, isBounded)) : items.flatMap(orderKeys);
  if (items.length > 0) clauses.push(`ORDER BY ${keys.map(orderKeySql).join(", ")}`);
  if (frame) clauses.push(frameSql(t, frame, scope));
  return `OVER (${clauses.join(" ")})`;
}

const RANGE_KEYS = /^(INT64|NUMERIC|FLOAT64)$/;

function numberKey(item: OrderItem, isBounded: boolean): OrderKey {
  const [key] = orderKeys({ ...item, type: { kind: "INT64" } }) as [OrderKey];
  if (item.type.kind !== "FLOAT64" || isBounded) return key;
  const nan = raiseAt(item.sql, "Unsupported: NaN as the key of a RANGE frame with an offset");
  return { ...key, sql: `CASE WHEN isnan(${item.sql}) THEN ${nan} ELSE ${item.sql} END` };
}

function frameSql(t: Translation, frame: ResolvedWindowFrame, scope: Scope): string {
  if (!frame.startExpr || !frame.endExpr) throw t.unsupported("a window frame without both bounds", frame);
  return `${frame.frameUnit} BETWEEN ${boundSql(t, frame.startExpr, scope)} AND ${boundSql(t, frame.endExpr, scope)}`;
}

function boundSql(t: Translation, bound: ResolvedWindowFrameExpr, scope: Scope): string {
  const direction = bound.boundaryType.replace("_", " ");
  if (!bound.expression) return direction;
  const offset = expression(t, bound.expression, scope).sql;
  return direction.replace("OFFSET", offset);
}

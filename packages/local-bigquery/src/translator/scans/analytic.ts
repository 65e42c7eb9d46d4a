import type {
  ResolvedAnalyticFunctionCall,
  ResolvedAnalyticFunctionGroup,
  ResolvedAnalyticScan,
  ResolvedWindowFrame,
  ResolvedWindowFrameExpr,
} from "../../analyzer/resolved.ts";
import type { Translation } from "../context.ts";
import { callArguments, functionName } from "../expressions/call.ts";
import { withOwnArguments } from "../expressions/free-columns.ts";
import { expression } from "../expressions/index.ts";
import { orderKeySql, orderKeys } from "../ordering.ts";
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
  if (call.whereExpr) throw t.unsupported("a WHERE modifier in an analytic function", call);
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
  if (byValue && items.some((item) => item.type.kind === "FLOAT64")) {
    throw t.unsupported("a RANGE frame with an offset over a FLOAT64 key", group);
  }
  const clauses = [];
  if (partition.length > 0) clauses.push(`PARTITION BY ${partition.join(", ")}`);
  if (items.length > 0) clauses.push(`ORDER BY ${items.flatMap(orderKeys).map(orderKeySql).join(", ")}`);
  if (frame) clauses.push(frameSql(t, frame, scope));
  return `OVER (${clauses.join(" ")})`;
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

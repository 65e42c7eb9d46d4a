import type {
  ResolvedFilterScan,
  ResolvedLimitOffsetScan,
  ResolvedOrderByItem,
  ResolvedOrderByScan,
  ResolvedProjectScan,
  ResolvedTableScan,
} from "../../analyzer/resolved.ts";
import type { OrderItem } from "../../functions/contract.ts";
import { quoteName, type Translation } from "../context.ts";
import { expressionsOver } from "../expressions/free-columns.ts";
import { expression } from "../expressions/index.ts";
import { orderKeys } from "../ordering.ts";
import { nest, type Relation, relation } from "../relation.ts";
import { Scope } from "../scope.ts";
import { inputRelation, type Place, scanRelation } from "./index.ts";

export function singleRowScan(): Relation {
  return relation("", new Map());
}

export function tableScan(t: Translation, node: ResolvedTableScan): Relation {
  if (node.forSystemTimeExpr) throw t.unsupported("FOR SYSTEM_TIME AS OF", node);
  if (node.readAsRowType) throw t.unsupported("a table read as one row value", node);
  const alias = t.alias();
  const table = t.context.table(tablePath(node));
  const columns = node.columnList.map(
    (column) => [column.columnId, `${alias}.${quoteName(column.name)}`] as const,
  );
  return relation(`${table.sql} AS ${alias}`, new Map(columns));
}

/** The path under which the catalog gave the table to the analyzer. */
export function tablePath(node: ResolvedTableScan): string[] {
  return (node.table.fullName || node.table.name).split(".");
}

export function filterScan(t: Translation, node: ResolvedFilterScan, place: Place): Relation {
  const scanned = inputRelation(t, node.inputScan, place);
  const { input, sql } = expressionsOver(t, scanned, [node.filterExpr], place.outer);
  return { ...input, where: [...input.where, ...sql] };
}

export function projectScan(t: Translation, node: ResolvedProjectScan, place: Place): Relation {
  if (node.exprList.length === 0) return scanRelation(t, node.inputScan, place);
  const scanned = inputRelation(t, node.inputScan, place);
  const nodes = node.exprList.map(({ expr }) => expr);
  const { input, sql } = expressionsOver(t, scanned, nodes, place.outer);
  const columns = new Map(input.columns);
  const computed = new Set(input.computed);
  node.exprList.forEach(({ column, expr }, index) => {
    columns.set(column.columnId, sql[index] ?? "");
    if (expr.kind !== "ResolvedColumnRef" || expr.isCorrelated) computed.add(column.columnId);
  });
  return { ...input, columns, computed };
}

export function orderByScan(t: Translation, node: ResolvedOrderByScan, place: Place): Relation {
  const input = inputRelation(t, node.inputScan, place);
  const scope = new Scope(input.columns, place.outer);
  return { ...input, orderBy: node.orderByItemList.flatMap((item) => orderKeys(orderItem(t, item, scope))) };
}

export function orderItem(t: Translation, item: ResolvedOrderByItem, scope: Scope): OrderItem {
  if (item.collationName) throw t.unsupported("COLLATE", item);
  const nulls = { ORDER_UNSPECIFIED: undefined, NULLS_FIRST: "FIRST", NULLS_LAST: "LAST" } as const;
  return {
    sql: scope.find(item.columnRef.column.columnId),
    type: item.columnRef.type,
    descending: item.isDescending,
    nulls: nulls[item.nullOrder],
  };
}

export function limitScan(t: Translation, node: ResolvedLimitOffsetScan, place: Place): Relation {
  const scanned = scanRelation(t, node.inputScan, place);
  const input = scanned.limit === undefined ? scanned : nest(t, scanned);
  const none = new Scope(new Map());
  const limit = node.limit ? `LIMIT ${expression(t, node.limit, none).sql}` : "";
  const offset = node.offset ? `OFFSET ${expression(t, node.offset, none).sql}` : "";
  return { ...input, limit: [limit, offset].filter(Boolean).join(" ") };
}

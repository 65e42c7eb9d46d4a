import type { ResolvedSubqueryExpr } from "../../analyzer/resolved.ts";
import type { TypedSql } from "../../functions/contract.ts";
import type { Translation } from "../context.ts";
import { orderKeySql } from "../ordering.ts";
import { columnItems, nest, type Relation, readable, selectSql } from "../relation.ts";
import { scanRelation } from "../scans/index.ts";
import type { Scope } from "../scope.ts";
import { expression } from "./index.ts";
import { listSubquery } from "./lists.ts";

export function subqueryExpression(t: Translation, node: ResolvedSubqueryExpr, scope: Scope): TypedSql {
  return { sql: subquerySql(t, node, scope), type: node.type };
}

function subquerySql(t: Translation, node: ResolvedSubqueryExpr, scope: Scope): string {
  if (node.inCollation?.collationName) throw t.unsupported("COLLATE", node);
  const list = listSubquery(t, node, scope);
  if (list !== undefined) return list;
  const query = scanRelation(t, node.subquery, { outer: scope, keepOrder: node.subqueryType === "ARRAY" });
  switch (node.subqueryType) {
    case "SCALAR":
      return `(\n${selectSql(query, [onlyColumn(query)])}\n)`;
    case "EXISTS":
      return `EXISTS (\n${selectSql(query, [], { order: false })}\n)`;
    case "IN":
      return inSubquery(t, node, query, scope);
    case "ARRAY":
      return arrayOf(t, query);
    default:
      throw t.unsupported(`${node.subqueryType.replaceAll("_", " ")} with a subquery`, node);
  }
}

/**
 * x IN (SELECT ...). NaN equals nothing, not even NaN; structs compare field by field, NULL fields giving NULL, which
 * DuckDB's IN does not know.
 */
function inSubquery(t: Translation, node: ResolvedSubqueryExpr, query: Relation, scope: Scope): string {
  if (!node.inExpr) throw t.unsupported("IN without a value", node);
  const value = expression(t, node.inExpr, scope);
  const compound = value.type.kind === "STRUCT" || value.type.kind === "ARRAY" || value.type.kind === "RANGE";
  if (!compound && value.type.kind !== "FLOAT64") {
    return `(${value.sql} IN (\n${selectSql(query, [onlyColumn(query)], { order: false })}\n))`;
  }
  const rows = readable(t, query);
  const [element] = rows.columns.values();
  if (element === undefined) throw new Error("A subquery without a column.");
  if (!compound) {
    const numbers = { ...rows, where: [...rows.where, `isnan(${element}) IS NOT TRUE`] };
    return `(${value.sql} IN (\n${selectSql(numbers, [onlyColumn(numbers)], { order: false })}\n))`;
  }
  const same = t.context.functions.scalar({
    name: "$equal",
    args: [value, { sql: element, type: value.type }],
    type: { kind: "BOOL" },
    safe: false,
    position: t.position(node),
  });
  const found = `CASE WHEN bool_or(${same}) THEN TRUE WHEN bool_or((${same}) IS NULL) THEN NULL ELSE FALSE END`;
  return `(\n${selectSql(rows, [found], { order: false })}\n)`;
}

function onlyColumn(query: Relation): string {
  const [item] = columnItems(query);
  if (item === undefined) throw new Error("A subquery without a column.");
  return item;
}

/** ARRAY(SELECT ...): never NULL; in the order of ORDER BY, else that of the arrays read. */
function arrayOf(t: Translation, query: Relation): string {
  const source = query.limit === undefined ? query : nest(t, query);
  const [column] = source.columns.values();
  const keys = source.orderBy.length > 0 ? source.orderBy : source.natural;
  const order = keys.length > 0 ? ` ORDER BY ${keys.map(orderKeySql).join(", ")}` : "";
  return `coalesce((\n${selectSql(source, [`list(${column}${order})`], { order: false })}\n), [])`;
}

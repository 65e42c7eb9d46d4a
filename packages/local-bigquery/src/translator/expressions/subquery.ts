import type { ResolvedSubqueryExpr } from "../../analyzer/resolved.ts";
import type { TypedSql } from "../../functions/contract.ts";
import type { Translation } from "../context.ts";
import { orderKeySql } from "../ordering.ts";
import { columnItems, nest, type Relation, selectSql } from "../relation.ts";
import { scanRelation } from "../scans/index.ts";
import type { Scope } from "../scope.ts";
import { expression } from "./index.ts";

export function subqueryExpression(t: Translation, node: ResolvedSubqueryExpr, scope: Scope): TypedSql {
  return { sql: subquerySql(t, node, scope), type: node.type };
}

function subquerySql(t: Translation, node: ResolvedSubqueryExpr, scope: Scope): string {
  if (node.inCollation?.collationName) throw t.unsupported("COLLATE", node);
  const query = scanRelation(t, node.subquery, { outer: scope, keepOrder: node.subqueryType === "ARRAY" });
  switch (node.subqueryType) {
    case "SCALAR":
      return `(\n${selectSql(query, [onlyColumn(query)])}\n)`;
    case "EXISTS":
      return `EXISTS (\n${selectSql(query, [], { order: false })}\n)`;
    case "IN": {
      if (!node.inExpr) throw t.unsupported("IN without a value", node);
      return `(${expression(t, node.inExpr, scope).sql} IN (\n${selectSql(query, [onlyColumn(query)], { order: false })}\n))`;
    }
    case "ARRAY":
      return arrayOf(t, query);
    default:
      throw t.unsupported(`${node.subqueryType.replaceAll("_", " ")} with a subquery`, node);
  }
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

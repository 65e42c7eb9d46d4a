import type { AnyResolvedExpr, ResolvedSubqueryExpr } from "../../analyzer/resolved.ts";
import type { Translation } from "../context.ts";
import { columnRef, freeColumns } from "../expressions/free-columns.ts";
import { expression } from "../expressions/index.ts";
import { nest, type Relation } from "../relation.ts";
import { Scope } from "../scope.ts";

/** The two sides of an outer join, and its condition. */
export interface Sides {
  readonly left: Relation;
  readonly right: Relation;
  readonly condition: AnyResolvedExpr;
}

/**
 * DuckDB takes no subqueries in the condition of an outer join, so each is computed beforehand as a column of the side
 * whose columns it reads.
 */
export function withoutSubqueries(t: Translation, sides: Sides, outer: Scope | undefined): Sides {
  const computed = { left: new Map<number, string>(), right: new Map<number, string>() };
  const replace = (node: AnyResolvedExpr): AnyResolvedExpr => {
    switch (node.kind) {
      case "ResolvedSubqueryExpr": {
        const side = sideOf(t, node, sides);
        const id = t.freshColumn();
        computed[side].set(id, expression(t, node, new Scope(sides[side].columns, outer)).sql);
        return columnRef(id, node.type);
      }
      case "ResolvedFunctionCall":
        return { ...node, argumentList: node.argumentList.map(replace) };
      case "ResolvedCast":
      case "ResolvedGetStructField":
        return { ...node, expr: replace(node.expr) };
      case "ResolvedMakeStruct":
        return { ...node, fieldList: node.fieldList.map(replace) };
      default:
        return node;
    }
  };
  const condition = replace(sides.condition);
  return {
    left: extended(t, sides.left, computed.left),
    right: extended(t, sides.right, computed.right),
    condition,
  };
}

function sideOf(t: Translation, node: ResolvedSubqueryExpr, { left, right }: Sides): "left" | "right" {
  const ids = freeColumns(node);
  if (!ids.some((id) => left.columns.has(id))) return "right";
  if (!ids.some((id) => right.columns.has(id))) return "left";
  throw t.unsupported("a subquery over both sides in the condition of an outer join", node);
}

function extended(t: Translation, side: Relation, added: ReadonlyMap<number, string>): Relation {
  if (added.size === 0) return side;
  return nest(t, { ...side, columns: new Map([...side.columns, ...added]), computed: new Set(added.keys()) });
}

import type { ResolvedJoinScan } from "../../analyzer/resolved.ts";
import type { Translation } from "../context.ts";
import { expression } from "../expressions/index.ts";
import { joinOperand, nest, type Relation, relation } from "../relation.ts";
import { Scope } from "../scope.ts";
import { type Place, scanRelation } from "./index.ts";

export function joinScan(t: Translation, node: ResolvedJoinScan, place: Place): Relation {
  const left = joinOperand(t, scanRelation(t, node.leftScan, { outer: place.outer }));
  const right = node.isLateral ? lateralSide(t, node, left, place) : plainSide(t, node, place);
  const columns = new Map([...left.columns, ...right.columns]);
  const on = node.joinExpr && expression(t, node.joinExpr, new Scope(columns, place.outer)).sql;
  const leftSql = left.joined && node.joinType !== "INNER" ? `(${left.from})` : left.from;
  const rightSql = right.joined ? `(${right.from})` : right.from;
  const join = on === undefined && node.joinType === "INNER" ? "CROSS JOIN" : `${node.joinType} JOIN`;
  const condition = join === "CROSS JOIN" ? "" : ` ON ${on ?? "TRUE"}`;
  const from = `${leftSql}\n${join} ${node.isLateral ? "LATERAL " : ""}${rightSql}${condition}`;
  return { ...relation(from, columns), joined: true };
}

function plainSide(t: Translation, node: ResolvedJoinScan, place: Place): Relation {
  return joinOperand(t, scanRelation(t, node.rightScan, { outer: place.outer }));
}

/** The right side of a lateral join sees the columns of the left. */
function lateralSide(t: Translation, node: ResolvedJoinScan, left: Relation, place: Place): Relation {
  if (node.joinType !== "INNER" && node.joinType !== "LEFT")
    throw t.unsupported(`${node.joinType} JOIN LATERAL`, node);
  return nest(t, scanRelation(t, node.rightScan, { outer: new Scope(left.columns, place.outer) }));
}

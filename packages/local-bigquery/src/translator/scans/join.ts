import type { ResolvedJoinScan } from "../../analyzer/resolved.ts";
import type { Translation } from "../context.ts";
import { expression } from "../expressions/index.ts";
import { joinOperand, nest, type Relation, relation } from "../relation.ts";
import { Scope } from "../scope.ts";
import { type Place, scanRelation } from "./index.ts";
import { withoutSubqueries } from "./outer-condition.ts";

export function joinScan(t: Translation, node: ResolvedJoinScan, place: Place): Relation {
  const left = joinOperand(t, scanRelation(t, node.leftScan, { outer: place.outer }));
  if (node.isLateral) return lateralJoin(t, node, left, place);
  const right = joinOperand(t, scanRelation(t, node.rightScan, { outer: place.outer }));
  if (node.joinType === "INNER") return innerJoin(t, node, left, right, place);

  const sides = node.joinExpr && withoutSubqueries(t, { left, right, condition: node.joinExpr }, place.outer);
  const [l, r] = sides ? [sides.left, sides.right] : [left, right];
  const scope = new Scope(new Map([...l.columns, ...r.columns]), place.outer);
  const on = sides ? t.withoutSubqueries(() => expression(t, sides.condition, scope).sql) : "TRUE";
  const from = `${operand(l)}\n${node.joinType} JOIN ${operand(r)} ON ${on}`;
  return { ...relation(from, scope.columns), joined: true };
}

function innerJoin(
  t: Translation,
  node: ResolvedJoinScan,
  left: Relation,
  right: Relation,
  place: Place,
): Relation {
  const columns = new Map([...left.columns, ...right.columns]);
  const on = node.joinExpr && expression(t, node.joinExpr, new Scope(columns, place.outer)).sql;
  const join = on === undefined ? `CROSS JOIN ${operand(right)}` : `INNER JOIN ${operand(right)} ON ${on}`;
  return { ...relation(`${left.from}\n${join}`, columns), joined: true };
}

/** The right side of a lateral join sees the columns of the left. */
function lateralJoin(t: Translation, node: ResolvedJoinScan, left: Relation, place: Place): Relation {
  if (node.joinType !== "INNER" && node.joinType !== "LEFT") {
    throw t.unsupported(`${node.joinType} JOIN LATERAL`, node);
  }
  const outer = new Scope(left.columns, place.outer);
  const right = nest(t, scanRelation(t, node.rightScan, { outer }));
  const columns = new Map([...left.columns, ...right.columns]);
  const condition = node.joinExpr;
  const scope = new Scope(columns, place.outer);
  const on = condition ? t.withoutSubqueries(() => expression(t, condition, scope).sql) : "TRUE";
  return {
    ...relation(`${left.from}\n${node.joinType} JOIN LATERAL ${right.from} ON ${on}`, columns),
    joined: true,
  };
}

function operand(side: Relation): string {
  return side.joined ? `(${side.from})` : side.from;
}

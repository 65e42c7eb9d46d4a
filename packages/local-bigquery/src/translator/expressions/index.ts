import type { AnyNode } from "../../analyzer/nodes.ts";
import type {
  AnyResolvedExpr,
  ResolvedConstant,
  ResolvedParameter,
  ResolvedWithExpr,
} from "../../analyzer/resolved.ts";
import type { TypedSql } from "../../functions/contract.ts";
import type { Translation } from "../context.ts";
import { Scope } from "../scope.ts";
import { callExpression, castExpression } from "./call.ts";
import { literalExpression } from "./literal.ts";
import { fieldAccess, makeStruct } from "./struct.ts";
import { subqueryExpression } from "./subquery.ts";

/** Translates an expression over the columns in scope; the SQL is safe to embed as an operand. */
export function expression(t: Translation, node: AnyResolvedExpr, scope: Scope): TypedSql {
  switch (node.kind) {
    case "ResolvedLiteral":
      return literalExpression(node);
    case "ResolvedColumnRef":
      return { sql: scope.find(node.column.columnId), type: node.type };
    case "ResolvedFunctionCall":
      return callExpression(t, node, scope);
    case "ResolvedCast":
      return castExpression(t, node, scope);
    case "ResolvedMakeStruct":
      return makeStruct(t, node, scope);
    case "ResolvedGetStructField":
      return fieldAccess(t, node, scope);
    case "ResolvedSubqueryExpr":
      return subqueryExpression(t, node, scope);
    case "ResolvedParameter":
      return parameter(t, node);
    case "ResolvedConstant":
      return constant(t, node);
    case "ResolvedWithExpr":
      return withExpression(t, node, scope);
    case "ResolvedGetJsonField":
      return {
        sql: t.context.functions.scalar({
          name: "$get_json_field",
          args: [
            expression(t, node.expr, scope),
            {
              sql: `'${node.fieldName.replaceAll("'", "''")}'`,
              type: { kind: "STRING" },
              literal: node.fieldName,
            },
          ],
          type: node.type,
          safe: false,
          position: t.position(node),
        }),
        type: node.type,
      };
    default:
      throw t.unsupported((node as AnyNode).kind.replace(/^Resolved/, ""), node);
  }
}

function parameter(t: Translation, node: ResolvedParameter): TypedSql {
  return { sql: t.context.parameter(node.name || node.position), type: node.type };
}

function constant(t: Translation, node: ResolvedConstant): TypedSql {
  return { sql: t.context.constant(node.constant), type: node.type };
}

const VOLATILE = /:(rand|generate_uuid)$/;

/** WITH(a AS ..., expr): each name is replaced by its expression, which gives the same value each time. */
function withExpression(t: Translation, node: ResolvedWithExpr, scope: Scope): TypedSql {
  const columns = new Map<number, string>();
  const inner = new Scope(columns, scope);
  for (const { column, expr } of node.assignmentList) {
    if (isVolatile(expr)) throw t.unsupported("a volatile function in WITH(...)", expr);
    columns.set(column.columnId, expression(t, expr, inner).sql);
  }
  return expression(t, node.expr, inner);
}

/** True if any call below gives another value each time it is made. */
export function isVolatile(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(isVolatile);
  if (typeof node !== "object" || node === null) return false;
  if ("function" in node && typeof node.function === "string" && VOLATILE.test(node.function)) return true;
  return Object.entries(node).some(
    ([key, value]) => key !== "signature" && key !== "value" && isVolatile(value),
  );
}

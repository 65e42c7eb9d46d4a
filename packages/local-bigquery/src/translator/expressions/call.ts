import type {
  AnyResolvedExpr,
  ResolvedCast,
  ResolvedFunctionArgument,
  ResolvedFunctionCall,
  ResolvedInlineLambda,
} from "../../analyzer/resolved.ts";
import type { TypedSql } from "../../functions/contract.ts";
import type { Translation } from "../context.ts";
import { Scope } from "../scope.ts";
import { clockFunction } from "./clock.ts";
import { expression } from "./index.ts";
import { hasTypeParameters, typeParametersText } from "./type-parameters.ts";

interface Call {
  readonly kind: string;
  readonly function: string;
  readonly argumentList: ResolvedFunctionCall["argumentList"];
  readonly genericArgumentList: ResolvedFunctionCall["genericArgumentList"];
  readonly collationList: ResolvedFunctionCall["collationList"];
}

export function callExpression(t: Translation, node: ResolvedFunctionCall, scope: Scope): TypedSql {
  const call = {
    name: functionName(t, node),
    args: callArguments(t, node, scope),
    type: node.type,
    safe: node.errorMode === "SAFE_ERROR_MODE",
    position: t.position(node),
  };
  const sql = clockFunction(t, call) ?? inFixedArray(t, node, call.args) ?? t.context.functions.scalar(call);
  return { sql, type: node.type };
}

const HASHABLE = /^(INT64|NUMERIC|BOOL|STRING|BYTES|DATE|DATETIME|TIME|TIMESTAMP)$/;

/**
 * x IN UNNEST(array) where the array is the same for every row, such as a script variable: as a subquery, so that
 * DuckDB hashes the array once instead of searching it row by row.
 */
function inFixedArray(
  t: Translation,
  node: ResolvedFunctionCall,
  args: readonly TypedSql[],
): string | undefined {
  const [value, array] = args;
  const arrayNode = node.argumentList[1];
  if (node.function !== "ZetaSQL:$in_array" || !value || !array || !arrayNode || t.subqueriesRefused)
    return undefined;
  if (!HASHABLE.test(value.type.kind) || !isFixed(arrayNode)) return undefined;
  return `(${value.sql} IN (SELECT unnest(${array.sql})))`;
}

function isFixed(node: AnyResolvedExpr): boolean {
  if (node.kind === "ResolvedSubqueryExpr") return node.parameterList.length === 0 && !node.inExpr;
  return (
    node.kind === "ResolvedLiteral" || node.kind === "ResolvedConstant" || node.kind === "ResolvedParameter"
  );
}

/** A built-in function's name in lower case; functions that a user defined are refused. */
export function functionName(t: Translation, node: Call): string {
  if (!node.function.startsWith("ZetaSQL:")) throw t.unsupported(`function ${node.function}`, node);
  if (node.collationList.some((collation) => collation.collationName)) throw t.unsupported("COLLATE", node);
  return node.function.slice("ZetaSQL:".length).toLowerCase();
}

export function callArguments(t: Translation, node: Call, scope: Scope): TypedSql[] {
  if (node.genericArgumentList.length === 0)
    return node.argumentList.map((argument) => expression(t, argument, scope));
  return node.genericArgumentList.map((argument) => genericArgument(t, node, argument, scope));
}

function genericArgument(
  t: Translation,
  node: Call,
  argument: ResolvedFunctionArgument,
  scope: Scope,
): TypedSql {
  if (argument.expr) return expression(t, argument.expr, scope);
  if (argument.inlineLambda) return lambda(t, node, argument.inlineLambda, scope);
  throw t.unsupported(`an argument of ${node.function.replace("ZetaSQL:", "")} that is not a value`, node);
}

/** Functions whose lambda may take the element's offset as its second argument. */
const WITH_OFFSET = /:(array_filter|array_transform)$/;

/** A lambda as DuckDB writes it; its type is its body's. DuckDB counts elements from 1, GoogleSQL from 0. */
function lambda(t: Translation, node: Call, lambda: ResolvedInlineLambda, scope: Scope): TypedSql {
  const names = lambda.argumentList.map((column) => `x${column.columnId}`);
  const columns = lambda.argumentList.map((column, place) => {
    const isOffset = place === 1 && WITH_OFFSET.test(node.function);
    return [column.columnId, isOffset ? `(${names[place]} - 1)` : `${names[place]}`] as const;
  });
  const body = t.withoutSubqueries(() => expression(t, lambda.body, new Scope(new Map(columns), scope)));
  return { sql: `lambda ${names.join(", ")}: ${body.sql}`, type: body.type };
}

export function castExpression(t: Translation, node: ResolvedCast, scope: Scope): TypedSql {
  if (node.extendedCast) throw t.unsupported("an extended cast", node);
  const isLimited = node.typeModifiers !== undefined && hasTypeParameters(node.typeModifiers);
  const parameters = isLimited ? typeParametersText(node.typeModifiers) : undefined;
  if (isLimited && parameters === undefined)
    throw t.unsupported("CAST to a type whose elements have parameters", node);
  const format = node.format && expression(t, node.format, scope);
  const timeZone = node.timeZone && expression(t, node.timeZone, scope);
  const position = t.position(node);
  const sql = t.context.functions.cast(expression(t, node.expr, scope), node.type, {
    safe: node.returnNullOnError,
    ...(parameters !== undefined && { parameters }),
    ...(format && { format }),
    ...(timeZone && { timeZone }),
    ...(position && { position }),
  });
  return { sql, type: node.type };
}

export { hasTypeParameters } from "./type-parameters.ts";

import type { AnyResolvedExpr, ResolvedColumnRef } from "../../analyzer/resolved.ts";
import type { SqlType } from "../../types/types.ts";
import type { Translation } from "../context.ts";
import { nest, type Relation } from "../relation.ts";
import { Scope } from "../scope.ts";
import { expression } from "./index.ts";

/** Ids of the columns that an expression reads from around it (a subquery's own columns are not among them). */
export function freeColumns(node: unknown): number[] {
  if (Array.isArray(node)) return node.flatMap(freeColumns);
  if (typeof node !== "object" || node === null) return [];
  const { kind, column, parameterList, inExpr } = node as Partial<ResolvedColumnRef> &
    Record<string, unknown>;
  if (kind === "ResolvedColumnRef" && column) return [column.columnId];
  if ((kind as string) === "ResolvedSubqueryExpr")
    return [...freeColumns(parameterList), ...freeColumns(inExpr)];
  if ((kind as string) === "ResolvedInlineLambda") return freeColumns(parameterList);
  return Object.entries(node).flatMap(([name, child]) => (name === "signature" ? [] : freeColumns(child)));
}

/** A reference to a column that the translator made. */
export function columnRef(columnId: number, type: SqlType): ResolvedColumnRef {
  return {
    kind: "ResolvedColumnRef",
    type,
    column: { columnId, tableName: "", name: "", type },
    isCorrelated: false,
  };
}

interface Arguments {
  readonly argumentList: AnyResolvedExpr[];
}

/**
 * The input of aggregate or analytic calls, and the calls, with arguments that read columns of a query around computed
 * beforehand. In GoogleSQL (SELECT MAX(outer.x) FROM t) aggregates over t; DuckDB, as standard SQL has it, would take
 * it for an aggregate of the outer query.
 */
export function withOwnArguments<C extends Arguments>(
  t: Translation,
  calls: readonly C[],
  input: Relation,
  outer: Scope | undefined,
): { input: Relation; calls: C[] } {
  const scope = new Scope(input.columns, outer);
  const columns = new Map(input.columns);
  const computed = new Set(input.computed);
  const own = calls.map((call) => ({
    ...call,
    argumentList: call.argumentList.map((argument) => {
      if (freeColumns(argument).every((id) => input.columns.has(id))) return argument;
      const id = t.freshColumn();
      columns.set(id, expression(t, argument, scope).sql);
      computed.add(id);
      return columnRef(id, argument.type);
    }),
  }));
  return {
    input: computed.size > input.computed.size ? nest(t, { ...input, columns, computed }) : input,
    calls: own,
  };
}

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

/**
 * SQL of expressions over a relation, and the relation they now stand over. DuckDB's lambdas, which many functions
 * become, cannot capture columns of the queries around; where one would, those columns are first made columns of the
 * relation itself.
 */
export function expressionsOver(
  t: Translation,
  input: Relation,
  expressions: readonly AnyResolvedExpr[],
  outer: Scope | undefined,
): { input: Relation; sql: string[] } {
  const scope = new Scope(input.columns, outer);
  const sql = expressions.map((node) => expression(t, node, scope).sql);
  const captured = expressions.flatMap((node, place) => {
    const ids = sql[place]?.includes("lambda ") ? freeColumns(node) : [];
    return ids.filter((id) => !input.columns.has(id));
  });
  if (captured.length === 0 || !outer) return { input, sql };
  const columns = new Map([...input.columns, ...captured.map((id) => [id, outer.find(id)] as const)]);
  const local = nest(t, { ...input, columns, computed: new Set([...input.computed, ...captured]) });
  const inner = new Scope(local.columns, outer);
  return { input: local, sql: expressions.map((node) => expression(t, node, inner).sql) };
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
  const foreign: { id: number; node: AnyResolvedExpr }[] = [];
  const own = calls.map((call) => ({
    ...call,
    argumentList: call.argumentList.map((node) => {
      if (freeColumns(node).every((id) => input.columns.has(id))) return node;
      const id = t.freshColumn();
      foreign.push({ id, node });
      return columnRef(id, node.type);
    }),
  }));
  if (foreign.length === 0) return { input, calls: own };
  const nodes = foreign.map(({ node }) => node);
  const { input: source, sql } = expressionsOver(t, input, nodes, outer);
  const columns = new Map([
    ...source.columns,
    ...foreign.map(({ id }, place) => [id, sql[place] ?? ""] as const),
  ]);
  const computed = new Set([...source.computed, ...foreign.map(({ id }) => id)]);
  return { input: nest(t, { ...source, columns, computed }), calls: own };
}

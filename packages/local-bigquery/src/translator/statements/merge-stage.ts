import type { AnyResolvedExpr, ResolvedMergeStmt, ResolvedMergeWhen } from "../../analyzer/resolved.ts";
import type { Translation } from "../context.ts";
import { expression } from "../expressions/index.ts";
import { literalExpression } from "../expressions/literal.ts";
import { scanRelation } from "../scans/index.ts";
import { Scope } from "../scope.ts";
import type { DmlStep } from "../translated.ts";
import { sourceSide, stagedItems, stageStep, targetSide } from "./staging.ts";

type Side = ReturnType<typeof targetSide>;
type MatchType = ResolvedMergeWhen["matchType"];

/** What a MERGE is about to do: target and source joined, each row with the first clause that applies to it. */
export function mergeStage(
  t: Translation,
  node: ResolvedMergeStmt,
  sql: string,
): { step: DmlStep; ids: number[] } {
  if (!node.fromScan) throw t.unsupported("MERGE without a source", node);
  const left = targetSide(t, node.tableScan, sql);
  const right = sourceSide(t, scanRelation(t, node.fromScan, { outer: undefined }));
  const select = isNever(node.mergeExpr) ? apart(t, node, left, right) : joined(t, node, left, right);
  return { step: stageStep(select), ids: [...left.columns.keys(), ...right.columns.keys()] };
}

function isNever(condition: AnyResolvedExpr): boolean {
  return condition.kind === "ResolvedLiteral" && literalExpression(condition).literal !== true;
}

/** ON FALSE: no row meets another, so each side is filtered by itself; the columns of the other are NULL. */
function apart(t: Translation, node: ResolvedMergeStmt, left: Side, right: Side): string {
  const target = oneSide(t, node, "NOT_MATCHED_BY_SOURCE", left, `${left.alias}.target_row`);
  const source = oneSide(t, node, "NOT_MATCHED_BY_TARGET", right, "NULL::BIGINT AS target_row");
  return [target, source].join("\nUNION ALL BY NAME\n");
}

function oneSide(t: Translation, node: ResolvedMergeStmt, match: MatchType, side: Side, row: string): string {
  const scope = new Scope(side.columns);
  const conditions = node.whenClauseList
    .filter((clause) => clause.matchType === match)
    .map((clause) => (clause.matchExpr ? expression(t, clause.matchExpr, scope).sql : "TRUE"));
  const items = [
    row,
    `${clauseNumber(t, node, scope, { [match]: "TRUE" })} AS clause`,
    ...stagedItems(side.columns),
  ];
  return `SELECT ${items.join(", ")}\nFROM ${side.from}\nWHERE ${conditions.join(" OR ") || "FALSE"}`;
}

function joined(t: Translation, node: ResolvedMergeStmt, left: Side, right: Side): string {
  const columns = new Map([...left.columns, ...right.columns]);
  const scope = new Scope(columns);
  const on = t.withoutSubqueries(() => expression(t, node.mergeExpr, scope).sql);
  const clause = clauseNumber(t, node, scope, {
    MATCHED: `${left.alias}.target_row IS NOT NULL AND ${right.alias}.present IS NOT NULL`,
    NOT_MATCHED_BY_TARGET: `${left.alias}.target_row IS NULL`,
    NOT_MATCHED_BY_SOURCE: `${right.alias}.present IS NULL`,
  });
  const items = [`${left.alias}.target_row`, `${clause} AS clause`, ...stagedItems(columns)];
  const join = `SELECT ${items.join(", ")}\nFROM ${left.from}\n${joinType(node)} JOIN ${right.from}\nON ${on}`;
  return `SELECT * FROM (\n${join}\n) WHERE clause IS NOT NULL`;
}

/** The number of the first clause that applies, among those whose kind of match is possible. */
function clauseNumber(
  t: Translation,
  node: ResolvedMergeStmt,
  scope: Scope,
  matches: Partial<Record<MatchType, string>>,
): string {
  const cases = node.whenClauseList.flatMap((clause, index) => {
    const match = matches[clause.matchType];
    if (match === undefined) return [];
    const conditions = [match, ...(clause.matchExpr ? [expression(t, clause.matchExpr, scope).sql] : [])];
    return [`WHEN ${conditions.join(" AND ")} THEN ${index}`];
  });
  return cases.length > 0 ? `CASE ${cases.join(" ")} END` : "NULL::INTEGER";
}

/** Which unmatched rows the clauses ask for. */
function joinType(node: ResolvedMergeStmt): string {
  const kinds = new Set(node.whenClauseList.map((clause) => clause.matchType));
  const [source, target] = [kinds.has("NOT_MATCHED_BY_TARGET"), kinds.has("NOT_MATCHED_BY_SOURCE")];
  if (source && target) return "FULL";
  if (source) return "RIGHT";
  return target ? "LEFT" : "INNER";
}

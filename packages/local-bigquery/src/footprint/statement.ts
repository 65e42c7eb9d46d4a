import type { ResolvedStatement } from "../analyzer/nodes.ts";
import type {
  AnyResolvedExpr,
  ResolvedMergeStmt,
  ResolvedMergeWhen,
  ResolvedTableScan,
} from "../analyzer/resolved.ts";
import { type TranslateContext, Translation } from "../translator/context.ts";
import { literalExpression } from "../translator/expressions/literal.ts";
import { tablePath } from "../translator/scans/basic.ts";
import { predicateOf } from "./conditions.ts";
import { type Footprint, NOTHING, type Relations, type TableRead } from "./model.ts";
import { Needs } from "./needs.ts";
import { allOf, anyOf, type Predicate, plain, rename } from "./predicate.ts";
import { ScanWalk } from "./scans.ts";

/** What a statement reads and rewrites. DDL but CREATE TABLE AS, TRUNCATE and INSERT ... VALUES read nothing. */
export function footprintOf(
  node: ResolvedStatement,
  context: TranslateContext,
  relation: Relations,
): Footprint {
  const t = new Translation(context);
  const reads: TableRead[] = [];
  const walk = new ScanWalk(t, relation, reads);
  const needs = new Needs();
  /** The changed table: its columns that the statement reads, in the partitions the predicate leaves. */
  const change = (scan: ResolvedTableScan, filter: Predicate, wholePartitionsFree: boolean): Footprint => {
    walk.scan(scan, [filter], needs);
    const names = new Map(scan.columnList.map(({ columnId, name }) => [columnId, name]));
    const predicate = rename(filter, (id) => {
      const column = names.get(id);
      return column === undefined ? undefined : { column, around: plain };
    });
    return { reads, rewrites: { path: tablePath(scan), predicate, wholePartitionsFree } };
  };
  switch (node.kind) {
    case "ResolvedQueryStmt":
      walk.query(node);
      return { reads };
    case "ResolvedCreateTableAsSelectStmt":
      for (const { column } of node.outputColumnList) needs.add(column.columnId);
      walk.scan(node.query, [], needs);
      return { reads };
    case "ResolvedAssertStmt":
      walk.read(node.expression, needs);
      return { reads };
    case "ResolvedInsertStmt":
      for (const column of node.queryOutputColumnList) needs.add(column.columnId);
      if (node.query) walk.scan(node.query, [], needs);
      walk.read(node.rowList, needs);
      return { reads };
    case "ResolvedDeleteStmt":
      walk.read(node.whereExpr, needs);
      return change(node.tableScan, condition(t, node.whereExpr), true);
    case "ResolvedUpdateStmt": {
      walk.read([node.whereExpr, ...node.updateItemList.map(({ setValue }) => setValue)], needs);
      const filter = condition(t, node.whereExpr);
      if (node.fromScan) walk.scan(node.fromScan, [filter], needs);
      return change(node.tableScan, filter, false);
    }
    case "ResolvedMergeStmt":
      return merge(t, walk, node, needs, change);
    default:
      return NOTHING;
  }
}

function condition(t: Translation, node: AnyResolvedExpr | undefined): Predicate {
  return node ? predicateOf(t, node) : allOf([]);
}

/**
 * Which conditions limit which side of a MERGE ("Pruning partitions when using a MERGE statement"): the join condition
 * a side without unmatched clauses of its own, the clauses' conditions a side that all clauses limit, and after
 * ON FALSE each side its own clauses only.
 */
function merge(
  t: Translation,
  walk: ScanWalk,
  node: ResolvedMergeStmt,
  needs: Needs,
  change: (scan: ResolvedTableScan, filter: Predicate, wholePartitionsFree: boolean) => Footprint,
): Footprint {
  const clauses = node.whenClauseList;
  for (const { matchExpr, insertRow, updateItemList } of clauses)
    walk.read([matchExpr, insertRow, ...updateItemList.map(({ setValue }) => setValue)], needs);
  walk.read(node.mergeExpr, needs);
  const on = predicateOf(t, node.mergeExpr);
  const apart =
    node.mergeExpr.kind === "ResolvedLiteral" && literalExpression(node.mergeExpr).literal !== true;
  const of = (kind: ResolvedMergeWhen["matchType"]) => clauses.filter(({ matchType }) => matchType === kind);
  const any = (list: readonly ResolvedMergeWhen[]) =>
    anyOf(list.map(({ matchExpr }) => condition(t, matchExpr)));
  const [alone, missing] = [of("NOT_MATCHED_BY_SOURCE"), of("NOT_MATCHED_BY_TARGET")];
  const side = (own: readonly ResolvedMergeWhen[], other: readonly ResolvedMergeWhen[]): Predicate => {
    if (apart) return any(own);
    return allOf([...(own.length === 0 ? [on] : []), ...(other.length === 0 ? [any(clauses)] : [])]);
  };
  if (node.fromScan) walk.scan(node.fromScan, [side(missing, alone)], needs);
  const changed = change(node.tableScan, side(alone, missing), false);
  const onlyInserts = clauses.every(({ actionType }) => actionType === "INSERT");
  return onlyInserts ? { reads: changed.reads } : changed;
}

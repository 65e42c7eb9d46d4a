import type { AnyNode } from "../../analyzer/nodes.ts";
import type { AnyResolvedScan } from "../../analyzer/resolved.ts";
import type { Translation } from "../context.ts";
import { prune, type Relation, readable } from "../relation.ts";
import type { Scope } from "../scope.ts";
import { aggregateScan } from "./aggregate.ts";
import { analyticScan } from "./analytic.ts";
import { arrayScan } from "./array.ts";
import { filterScan, limitScan, orderByScan, projectScan, singleRowScan, tableScan } from "./basic.ts";
import { joinScan } from "./join.ts";
import { setOperationScan } from "./set-operation.ts";
import { recursiveRefScan, withRefScan, withScan } from "./with.ts";

/** Where a scan stands: the columns of the queries around it, and whether its reader cares for the order of an array. */
export interface Place {
  readonly outer: Scope | undefined;
  readonly keepOrder?: boolean;
}

/** Translates a scan; the relation has exactly the columns of the scan's column list. */
export function scanRelation(t: Translation, node: AnyResolvedScan, place: Place): Relation {
  return prune(
    translateScan(t, node, place),
    node.columnList.map((column) => column.columnId),
  );
}

/** The scan as the input of a step that reads its columns in expressions. */
export function inputRelation(t: Translation, node: AnyResolvedScan, place: Place): Relation {
  return readable(t, scanRelation(t, node, place));
}

function translateScan(t: Translation, node: AnyResolvedScan, place: Place): Relation {
  switch (node.kind) {
    case "ResolvedSingleRowScan":
      return singleRowScan();
    case "ResolvedTableScan":
      return tableScan(t, node);
    case "ResolvedFilterScan":
      return filterScan(t, node, place);
    case "ResolvedProjectScan":
      return projectScan(t, node, place);
    case "ResolvedOrderByScan":
      return orderByScan(t, node, place);
    case "ResolvedLimitOffsetScan":
      return limitScan(t, node, place);
    case "ResolvedJoinScan":
      return joinScan(t, node, place);
    case "ResolvedArrayScan":
      return arrayScan(t, node, place);
    case "ResolvedAggregateScan":
      return aggregateScan(t, node, place);
    case "ResolvedAnalyticScan":
      return analyticScan(t, node, place);
    case "ResolvedSetOperationScan":
      return setOperationScan(t, node, place);
    case "ResolvedWithScan":
      return withScan(t, node, place);
    case "ResolvedWithRefScan":
      return withRefScan(t, node);
    case "ResolvedRecursiveRefScan":
      return recursiveRefScan(t, node);
    case "ResolvedBarrierScan":
      return scanRelation(t, node.inputScan, place);
    case "ResolvedSampleScan":
      throw t.unsupported("TABLESAMPLE", node);
    default:
      throw t.unsupported((node as AnyNode).kind.replace(/^Resolved/, ""), node);
  }
}

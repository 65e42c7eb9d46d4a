import type {
  AnyResolvedExpr,
  AnyResolvedScan,
  ResolvedAggregateScan,
  ResolvedAnalyticScan,
  ResolvedArrayScan,
  ResolvedJoinScan,
  ResolvedProjectScan,
  ResolvedQueryStmt,
  ResolvedSetOperationItem,
  ResolvedSetOperationScan,
  ResolvedTableScan,
  ResolvedWithEntry,
  ResolvedWithRefScan,
} from "../analyzer/resolved.ts";
import type { Translation } from "../translator/context.ts";
import { tablePath } from "../translator/scans/basic.ts";
import { originOf, predicateOf } from "./conditions.ts";
import type { Relations, TableRead } from "./model.ts";
import { Needs, type Path } from "./needs.ts";
import { allOf, type Predicate, plain, rejectsNull, rename } from "./predicate.ts";

type Filters = readonly Predicate[];

/**
 * Walks a resolved tree from its output down to the tables, with what is needed of each relation and which conditions
 * hold for its rows. A common table expression is walked once for each use, a view with its own tree.
 */
export class ScanWalk {
  private readonly t: Translation;
  private readonly relation: Relations;
  private readonly found: TableRead[];
  private readonly entries = new Map<string, ResolvedWithEntry>();

  constructor(t: Translation, relation: Relations, found: TableRead[]) {
    this.t = t;
    this.relation = relation;
    this.found = found;
  }

  /** A whole query: every output column is needed. */
  query(statement: ResolvedQueryStmt): void {
    const needs = new Needs();
    for (const { column } of statement.outputColumnList) needs.add(column.columnId);
    this.scan(statement.query, [], needs);
  }

  scan(node: AnyResolvedScan, filters: Filters, needs: Needs): void {
    switch (node.kind) {
      case "ResolvedTableScan":
        this.table(node, filters, needs);
        return;
      case "ResolvedFilterScan":
        this.read(node.filterExpr, needs);
        this.scan(node.inputScan, [...filters, predicateOf(this.t, node.filterExpr)], needs);
        return;
      case "ResolvedProjectScan":
        this.project(node, filters, needs);
        return;
      case "ResolvedOrderByScan":
        for (const item of node.orderByItemList) needs.add(item.columnRef.column.columnId);
        this.scan(node.inputScan, filters, needs);
        return;
      case "ResolvedBarrierScan":
        this.scan(node.inputScan, filters, needs);
        return;
      case "ResolvedJoinScan":
        this.join(node, filters, needs);
        return;
      case "ResolvedArrayScan":
        this.array(node, filters, needs);
        return;
      case "ResolvedAggregateScan":
        this.aggregate(node, filters, needs);
        return;
      case "ResolvedAnalyticScan":
        this.analytic(node, filters, needs);
        return;
      case "ResolvedSetOperationScan":
        this.setOperation(node, filters, needs);
        return;
      case "ResolvedWithScan":
        for (const entry of node.withEntryList) this.entries.set(entry.withQueryName, entry);
        this.scan(node.query, filters, needs);
        return;
      case "ResolvedWithRefScan":
        this.withReference(node, filters, needs);
        return;
      case "ResolvedRecursiveScan":
        // What the recursion brings is not known beforehand: nothing is pruned inside.
        this.item(node.nonRecursiveTerm);
        this.item(node.recursiveTerm);
        return;
      default:
        // LIMIT and whatever else: the conditions above say nothing about the rows below.
        this.below(node, needs);
        return;
    }
  }

  /** Notes the columns an expression reads, and walks its subqueries. `path` is the part of its value that is needed. */
  read(node: unknown, needs: Needs, path: Path = []): void {
    if (Array.isArray(node)) {
      for (const item of node) this.read(item, needs);
      return;
    }
    if (typeof node !== "object" || node === null) return;
    const expr = node as AnyResolvedExpr;
    switch (expr.kind) {
      case "ResolvedColumnRef":
        needs.add(expr.column.columnId, path);
        return;
      case "ResolvedGetStructField":
        this.read(expr.expr, needs, [expr.fieldIdx, ...path]);
        return;
      case "ResolvedMakeStruct": {
        const field = path[0] === undefined ? undefined : expr.fieldList[path[0]];
        if (field) this.read(field, needs, path.slice(1));
        else this.read(expr.fieldList, needs);
        return;
      }
      case "ResolvedFunctionCall":
        if (path.length > 0 && /:\$?(safe_)?array_at_(offset|ordinal)$/.test(expr.function)) {
          this.read(expr.argumentList[0], needs, path);
          this.read(expr.argumentList.slice(1), needs);
          return;
        }
        break;
      case "ResolvedSubqueryExpr": {
        this.read(expr.inExpr, needs);
        for (const column of expr.subquery.columnList) needs.add(column.columnId);
        this.scan(expr.subquery, [], needs);
        return;
      }
    }
    const { kind } = node as { kind?: string };
    if (kind?.endsWith("Scan")) {
      const scan = node as AnyResolvedScan;
      for (const column of scan.columnList) needs.add(column.columnId);
      this.scan(scan, [], needs);
      return;
    }
    for (const [name, child] of Object.entries(node)) {
      if (name !== "signature" && name !== "type" && name !== "columnList") this.read(child, needs);
    }
  }

  private below(node: AnyResolvedScan, needs: Needs): void {
    const { inputScan, columnList: _, ...others } = node as AnyResolvedScan & { inputScan?: AnyResolvedScan };
    this.read(Object.values(others), needs);
    if (inputScan) this.scan(inputScan, [], needs);
  }

  private table(node: ResolvedTableScan, filters: Filters, needs: Needs): void {
    const path = tablePath(node);
    const names = new Map(node.columnList.map(({ columnId, name }) => [columnId, name]));
    const { view } = this.relation(path);
    const needed = node.columnList.filter(({ columnId }) => needs.has(columnId));
    if (!view) {
      const columns = new Map(needed.map(({ columnId, name }) => [name, needs.of(columnId)]));
      const predicate = rename(allOf(filters), (id) => named(names.get(id)));
      this.found.push({ path, columns, predicate });
      return;
    }
    const outputs = new Map(
      view.query.outputColumnList.map(({ name, column }, place) => [
        (view.names?.[place] ?? name).toLowerCase(),
        column.columnId,
      ]),
    );
    const inside = new Needs();
    for (const { columnId, name } of needed) {
      const id = outputs.get(name.toLowerCase());
      if (id !== undefined) for (const part of needs.of(columnId)) inside.add(id, part);
    }
    const below = filters.map((filter) =>
      rename(filter, (id) => named(outputs.get((names.get(id) ?? "").toLowerCase()))),
    );
    new ScanWalk(this.t, view.relation, this.found).scan(view.query.query, below, inside);
  }

  private project(node: ResolvedProjectScan, filters: Filters, needs: Needs): void {
    const computed = new Map(node.exprList.map(({ column, expr }) => [column.columnId, expr]));
    for (const [id, expr] of computed) for (const path of needs.of(id)) this.read(expr, needs, path);
    const below = filters.map((filter) =>
      rename(filter, (id) => (computed.has(id) ? originOf(this.t, computed.get(id)) : named(id))),
    );
    this.scan(node.inputScan, below, needs);
  }

  /** A condition above an outer join holds for the side that may be missing too, unless a missing row can fulfil it. */
  private join(node: ResolvedJoinScan, filters: Filters, needs: Needs): void {
    if (node.joinExpr) this.read(node.joinExpr, needs);
    const on = node.joinExpr ? [predicateOf(this.t, node.joinExpr)] : [];
    const side = (preserved: boolean, limitedByOn: boolean) => [
      ...(preserved ? filters : filters.filter(rejectsNull)),
      ...(limitedByOn ? on : []),
    ];
    const { joinType: type } = node;
    const left = side(type === "INNER" || type === "LEFT", type === "INNER" || type === "RIGHT");
    const right = side(type === "INNER" || type === "RIGHT", type === "INNER" || type === "LEFT");
    // The right side of a lateral join reads columns of the left.
    this.scan(node.rightScan, right, needs);
    this.scan(node.leftScan, left, needs);
  }

  private array(node: ResolvedArrayScan, filters: Filters, needs: Needs): void {
    const on = node.joinExpr && !node.isOuter ? [predicateOf(this.t, node.joinExpr)] : [];
    this.read(node.joinExpr, needs);
    node.arrayExprList.forEach((expr, place) => {
      const element = node.elementColumnList[place]?.columnId;
      const paths = element === undefined ? [] : needs.of(element);
      if (paths.length === 0) this.read(expr, needs);
      for (const path of paths) this.read(expr, needs, path);
    });
    if (node.inputScan) this.scan(node.inputScan, [...filters, ...on], needs);
  }

  /** Conditions on a group's keys hold for all its rows. */
  private aggregate(node: ResolvedAggregateScan, filters: Filters, needs: Needs): void {
    const keys = new Map(node.groupByList.map(({ column, expr }) => [column.columnId, expr]));
    this.read([...keys.values()], needs);
    this.read(
      node.aggregateList.filter(({ column }) => needs.has(column.columnId)),
      needs,
    );
    const sets = node.groupingSetList.length > 0 || node.rollupColumnList.length > 0;
    const kept = keys.size > 0 && !sets ? filters : [];
    const below = kept.map((filter) => rename(filter, (id) => originOf(this.t, keys.get(id))));
    this.scan(node.inputScan, below, needs);
  }

  /** Conditions on the columns that every window is partitioned by hold before the windows, too. */
  private analytic(node: ResolvedAnalyticScan, filters: Filters, needs: Needs): void {
    const groups = node.functionGroupList.filter((group) =>
      group.analyticFunctionList.some(({ column }) => needs.has(column.columnId)),
    );
    for (const group of groups) {
      this.read([group.partitionBy, group.orderBy], needs);
      this.read(
        group.analyticFunctionList.filter(({ column }) => needs.has(column.columnId)),
        needs,
      );
    }
    const partitions = groups.map(
      (group) => new Set(group.partitionBy?.partitionByList.map(({ column }) => column.columnId)),
    );
    const below = filters.map((filter) =>
      rename(filter, (id) => (partitions.every((keys) => keys.has(id)) ? named(id) : undefined)),
    );
    this.scan(node.inputScan, below, needs);
  }

  private setOperation(node: ResolvedSetOperationScan, filters: Filters, needs: Needs): void {
    const ids = node.columnList.map(({ columnId }) => columnId);
    for (const item of node.inputItemList) {
      const places = new Map(ids.map((id, place) => [id, item.outputColumnList[place]?.columnId]));
      for (const [id, below] of places) {
        if (below === undefined) continue;
        // All but UNION ALL compare whole rows.
        const paths: readonly Path[] = node.opType === "UNION_ALL" ? needs.of(id) : [[]];
        for (const path of paths) needs.add(below, path);
      }
      const below = filters.map((filter) => rename(filter, (id) => named(places.get(id))));
      this.scan(item.scan, below, needs);
    }
  }

  private withReference(node: ResolvedWithRefScan, filters: Filters, needs: Needs): void {
    const entry = this.entries.get(node.withQueryName);
    if (!entry) return;
    const inside = new Needs();
    const places = new Map<number, number>();
    node.columnList.forEach(({ columnId }, place) => {
      const below = entry.withSubquery.columnList[place]?.columnId;
      if (below === undefined) return;
      places.set(columnId, below);
      for (const path of needs.of(columnId)) inside.add(below, path);
    });
    const below = filters.map((filter) => rename(filter, (id) => named(places.get(id))));
    this.scan(entry.withSubquery, below, inside);
  }

  private item(item: ResolvedSetOperationItem): void {
    const needs = new Needs();
    for (const { columnId } of item.outputColumnList) needs.add(columnId);
    this.scan(item.scan, [], needs);
  }
}

function named<C>(column: C | undefined) {
  return column === undefined ? undefined : { column, around: plain };
}

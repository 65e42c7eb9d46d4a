import type {
  ResolvedRecursiveRefScan,
  ResolvedRecursiveScan,
  ResolvedWithEntry,
  ResolvedWithRefScan,
  ResolvedWithScan,
} from "../../analyzer/resolved.ts";
import { quoteName, type Translation } from "../context.ts";
import { aliased, columnItems, type Relation, relation, selectSql } from "../relation.ts";
import { type Place, scanRelation } from "./index.ts";
import { itemSql } from "./set-operation.ts";

/** WITH: the entries stand in a subquery of their own, so that the clause may appear at any depth. */
export function withScan(t: Translation, node: ResolvedWithScan, place: Place): Relation {
  const entries = node.withEntryList.map((entry) => entrySql(t, entry, place));
  const query = scanRelation(t, node.query, place);
  const alias = t.alias();
  const ids = node.columnList.map((column) => column.columnId);
  const keys = query.orderBy.map((key, place) => `${key.sql} AS k${place}`);
  const body = selectSql(query, [...columnItems(query, ids), ...keys], { order: false });
  const sql = `WITH ${node.recursive ? "RECURSIVE " : ""}${entries.join(",\n")}\n${body}`;
  const orderBy = query.orderBy.map((key, place) => ({ ...key, sql: `${alias}.k${place}` }));
  return { ...relation(`(\n${sql}\n) AS ${alias}`, aliased(alias, ids)), orderBy };
}

function entrySql(t: Translation, entry: ResolvedWithEntry, place: Place): string {
  const name = entry.withQueryName;
  const ids = entry.withSubquery.columnList.map((column) => column.columnId);
  t.withEntries.set(name, ids);
  if (entry.withSubquery.kind === "ResolvedRecursiveScan")
    return recursiveSql(t, name, entry.withSubquery, place);
  const body = scanRelation(t, entry.withSubquery, { outer: place.outer });
  return `${quoteName(name)} AS (\n${selectSql(body, columnItems(body, ids), { order: false })}\n)`;
}

function recursiveSql(t: Translation, name: string, node: ResolvedRecursiveScan, place: Place): string {
  if (node.recursionDepthModifier) throw t.unsupported("WITH DEPTH", node);
  if (!node.nonRecursiveTerm || !node.recursiveTerm)
    throw t.unsupported("a recursive query of one term", node);
  const ids = node.columnList.map((column) => column.columnId);
  const base = itemSql(t, node.nonRecursiveTerm, ids, place);
  t.recursive.push(name);
  const step = itemSql(t, node.recursiveTerm, ids, place);
  t.recursive.pop();
  const operator = node.opType === "UNION_ALL" ? "UNION ALL" : "UNION";
  return `${quoteName(name)} AS (\n(\n${base}\n)\n${operator}\n(\n${step}\n)\n)`;
}

export function withRefScan(t: Translation, node: ResolvedWithRefScan): Relation {
  return reference(t, node, node.withQueryName);
}

export function recursiveRefScan(t: Translation, node: ResolvedRecursiveRefScan): Relation {
  return reference(t, node, t.recursive.at(-1) ?? "");
}

/** A use of an entry: columns by place. */
function reference(
  t: Translation,
  node: ResolvedWithRefScan | ResolvedRecursiveRefScan,
  name: string,
): Relation {
  const ids = t.withEntries.get(name);
  if (!ids) throw t.unsupported(`a reference to ${name || "an unknown query"}`, node);
  const alias = t.alias();
  const columns = node.columnList.map(
    (column, index) => [column.columnId, `${alias}.c${ids[index]}`] as const,
  );
  return relation(`${quoteName(name)} AS ${alias}`, new Map(columns));
}

import type { ResolvedArrayScan } from "../../analyzer/resolved.ts";
import type { Translation } from "../context.ts";
import { expression } from "../expressions/index.ts";
import type { OrderKey } from "../ordering.ts";
import { aliased, columnItems, nest, type Relation, readable, relation, selectSql } from "../relation.ts";
import { Scope } from "../scope.ts";
import { inputRelation, type Place } from "./index.ts";

/**
 * UNNEST. Over an input it becomes `SELECT ..., unnest(array)` beside the input's columns: DuckDB then needs no
 * correlated join (about twenty times faster).
 */
export function arrayScan(t: Translation, node: ResolvedArrayScan, place: Place): Relation {
  const [arrayExpr, element] = [node.arrayExprList[0], node.elementColumnList[0]];
  if (node.arrayExprList.length !== 1 || !arrayExpr || !element)
    throw t.unsupported("UNNEST of several arrays", node);

  const source = node.inputScan ? inputRelation(t, node.inputScan, place) : relation("", new Map());
  const scope = new Scope(source.columns, place.outer);
  if (node.isOuter && node.joinExpr) return outerWithCondition(t, node, source, place);

  const array = expression(t, arrayExpr, scope).sql;
  const unnested = unnest(t, source, array, {
    element: element.columnId,
    offset: node.arrayOffsetColumn?.column.columnId,
    place,
    outer: node.isOuter,
  });
  if (!node.joinExpr) return unnested;
  const condition = expression(t, node.joinExpr, new Scope(unnested.columns, place.outer)).sql;
  return { ...unnested, where: [condition] };
}

interface Unnest {
  readonly element: number;
  readonly offset: number | undefined;
  readonly place: Place;
  /** LEFT JOIN: a row without elements stays, with NULL. */
  readonly outer: boolean;
}

/** A column id the analyzer never gives. */
const ARRAY = 0;

function unnest(t: Translation, source: Relation, array: string, target: Unnest): Relation {
  const keepOrder = target.place.keepOrder === true && (source.from === "" || source.natural.length > 0);
  const positions = target.offset !== undefined || keepOrder;
  // Named twice, the array is computed once: it may be volatile or costly.
  const once = /^\w+\.(\w+|"[^"]*")$/.test(array) || (!positions && !target.outer);
  const input = once ? source : nest(t, withComputed(source, ARRAY, array));
  const name = once ? array : `${input.columns.get(ARRAY)}`;
  const list = target.outer ? `CASE WHEN len(${name}) > 0 THEN ${name} ELSE [NULL] END` : name;
  const subscripts = `generate_subscripts(${name}, 1) - 1`;
  const offset = target.outer ? `CASE WHEN len(${name}) > 0 THEN ${subscripts} END` : subscripts;

  const alias = t.alias();
  const ids = [...source.columns.keys()];
  const items = [...columnItems(input, ids), `unnest(${list}) AS c${target.element}`];
  const columns = aliased(alias, [...ids, target.element]);
  const natural: OrderKey[] = [];
  const position = target.offset === undefined ? "position" : `c${target.offset}`;
  if (positions) items.push(`${offset} AS ${position}`);
  if (target.offset !== undefined) columns.set(target.offset, `${alias}.${position}`);
  if (keepOrder) {
    input.natural.forEach((key, place) => {
      items.push(`${key.sql} AS k${place}`);
      natural.push({ ...key, sql: `${alias}.k${place}` });
    });
    natural.push({ sql: `${alias}.${position}`, descending: false, nulls: "FIRST" });
  }
  return { ...relation(`(\n${selectSql(input, items, { order: false })}\n) AS ${alias}`, columns), natural };
}

function withComputed(r: Relation, id: number, sql: string): Relation {
  return { ...r, columns: new Map([...r.columns, [id, sql]]), computed: new Set([...r.computed, id]) };
}

/** LEFT JOIN UNNEST ... ON condition. */
function outerWithCondition(
  t: Translation,
  node: ResolvedArrayScan,
  source: Relation,
  place: Place,
): Relation {
  const left = source.where.length > 0 || source.from === "" ? nest(t, source) : source;
  const inner: ResolvedArrayScan = { ...node, inputScan: undefined, isOuter: false, joinExpr: undefined };
  const right = readable(t, arrayScan(t, inner, { outer: new Scope(left.columns, place.outer) }));
  const columns = new Map([...left.columns, ...right.columns]);
  const condition = node.joinExpr;
  const scope = new Scope(columns, place.outer);
  const on = condition ? t.withoutSubqueries(() => expression(t, condition, scope).sql) : "TRUE";
  const leftSql = left.joined ? `(${left.from})` : left.from;
  return { ...relation(`${leftSql}\nLEFT JOIN LATERAL ${right.from} ON ${on}`, columns), joined: true };
}

import type { Translation } from "./context.ts";
import { type OrderKey, orderKeySql } from "./ordering.ts";

/**
 * A SELECT under construction. `columns` holds, by resolved column id, SQL in the scope of `from`; ids in `computed`
 * are expressions rather than plain references, so a step that reads them must nest the relation first.
 * `from` is "" for the single row without columns.
 */
export interface Relation {
  readonly from: string;
  /** True if `from` is a join, to be parenthesised as an operand of another. */
  readonly joined?: boolean;
  readonly columns: ReadonlyMap<number, string>;
  readonly computed: ReadonlySet<number>;
  readonly where: readonly string[];
  readonly orderBy: readonly OrderKey[];
  readonly limit?: string;
  /** The order an array gave its elements: used where GoogleSQL leaves the order open but everybody expects it. */
  readonly natural: readonly OrderKey[];
}

const none: ReadonlySet<number> = new Set();

export function relation(from: string, columns: ReadonlyMap<number, string>): Relation {
  return { from, columns, computed: none, where: [], orderBy: [], natural: [] };
}

/** `SELECT <items> FROM ...` with everything the relation has gathered. */
export function selectSql(
  r: Relation,
  items: readonly string[],
  options: { order?: boolean; tail?: string } = {},
): string {
  const lines = [`SELECT ${items.length > 0 ? items.join(", ") : "1 AS nothing"}`];
  if (r.from) lines.push(`FROM ${r.from}`);
  if (r.where.length > 0) lines.push(`WHERE ${r.where.join("\n  AND ")}`);
  if (options.tail) lines.push(options.tail);
  const ordered = (options.order ?? true) || r.limit !== undefined;
  if (ordered && r.orderBy.length > 0) lines.push(`ORDER BY ${r.orderBy.map(orderKeySql).join(", ")}`);
  if (r.limit) lines.push(r.limit);
  return lines.join("\n");
}

/** Select items that name columns by their ids. */
export function columnItems(r: Relation, ids: Iterable<number> = r.columns.keys()): string[] {
  return [...new Set(ids)].map((id) => `${r.columns.get(id)} AS c${id}`);
}

/** The relation as a subquery, all columns plain references; its orders survive as columns `k0`, `k1`, ... */
export function nest(t: Translation, r: Relation): Relation {
  const alias = t.alias();
  const keys: string[] = [];
  const carry = (key: OrderKey): OrderKey => {
    keys.push(`${key.sql} AS k${keys.length}`);
    return { ...key, sql: `${alias}.k${keys.length - 1}` };
  };
  const orderBy = r.orderBy.map(carry);
  const natural = r.natural.map(carry);
  const items = [...columnItems(r), ...keys];
  const from = `(\n${selectSql(r, items, { order: false })}\n) AS ${alias}`;
  return { ...relation(from, aliased(alias, r.columns.keys())), orderBy, natural };
}

/** Columns of a subquery `alias` that names them by their ids. */
export function aliased(alias: string, ids: Iterable<number>): Map<number, string> {
  return new Map([...ids].map((id) => [id, `${alias}.c${id}`]));
}

/** A relation whose columns expressions may read and to whose rows a filter may be added. */
export function readable(t: Translation, r: Relation): Relation {
  return r.computed.size > 0 || r.limit !== undefined ? nest(t, r) : r;
}

/** A relation that is nothing but a FROM clause over plain columns, as an operand of a join. */
export function joinOperand(t: Translation, r: Relation): Relation {
  const plain = r.from !== "" && r.computed.size === 0 && r.limit === undefined && r.where.length === 0;
  return plain ? r : nest(t, r);
}

/** The same rows with some of the columns only. */
export function prune(r: Relation, ids: Iterable<number>): Relation {
  const columns = new Map<number, string>();
  for (const id of ids) {
    const sql = r.columns.get(id);
    if (sql === undefined) throw new Error(`Column ${id} is not in the relation.`);
    columns.set(id, sql);
  }
  const computed = new Set([...r.computed].filter((id) => columns.has(id)));
  return { ...r, columns, computed };
}

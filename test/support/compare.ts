import { cellText, type Rows } from "./table-text.ts";

export type TableRows = Rows;

/** Rows as text, each cell with its column, in an order that does not depend on how they were stored. */
export function sortedText(rows: Rows): string[] {
  return rows.rows.map((row) => rowText(rows, row)).sort();
}

/**
 * What differs between two tables: per key the cells that do, or that a row is only in one of them; keys that stand
 * twice are compared as whole rows.
 */
export function differences(table: string, key: readonly string[], left: Rows, right: Rows): string[] {
  const found: string[] = [];
  const columns = left.columns.map((column) => column.name);
  const others = right.columns.map((column) => column.name);
  if (columns.join() !== others.join())
    return [`${table}: columns ${columns.join()} against ${others.join()}`];
  const lefts = byKey(left, key);
  const rights = byKey(right, key);
  for (const id of new Set([...lefts.keys(), ...rights.keys()].sort())) {
    const a = lefts.get(id) ?? [];
    const b = rights.get(id) ?? [];
    const [one, other] = [a[0], b[0]];
    if (a.length === 1 && b.length === 1 && one && other) {
      const cells = columns.flatMap((name, at) => {
        const [x, y] = [text(left, one, at), text(right, other, at)];
        return x === y ? [] : [`${name} ${x} -> ${y}`];
      });
      if (cells.length > 0) found.push(`${table} ${id}: ${cells.join(", ")}`);
      continue;
    }
    const [texts, otherTexts] = [a.map((row) => rowText(left, row)), b.map((row) => rowText(right, row))];
    if (texts.toSorted().join("\n") === otherTexts.toSorted().join("\n")) continue;
    found.push(...texts.map((row) => `${table} - ${row}`), ...otherTexts.map((row) => `${table} + ${row}`));
  }
  return found;
}

function byKey(rows: Rows, key: readonly string[]): Map<string, (readonly unknown[])[]> {
  const places = key.map((name) => rows.columns.findIndex((column) => column.name === name));
  const map = new Map<string, (readonly unknown[])[]>();
  for (const row of rows.rows) {
    const id = places.map((at, n) => `${key[n]}=${text(rows, row, at)}`).join(" ");
    const same = map.get(id);
    if (same) same.push(row);
    else map.set(id, [row]);
  }
  return map;
}

function rowText(rows: Rows, row: readonly unknown[]): string {
  return rows.columns.map((column, at) => `${column.name}=${text(rows, row, at)}`).join(" ");
}

function text(rows: Rows, row: readonly unknown[], at: number): string {
  const column = rows.columns[at];
  return column ? cellText(row[at], column.type) : "?";
}

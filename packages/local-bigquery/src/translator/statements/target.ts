import type {
  AnyResolvedExpr,
  ResolvedColumn,
  ResolvedTableScan,
  ResolvedUpdateItem,
} from "../../analyzer/resolved.ts";
import { BigQueryError } from "../../errors.ts";
import type { SqlType } from "../../types/types.ts";
import { quoteName, type Translation } from "../context.ts";
import { expression } from "../expressions/index.ts";
import { structSql } from "../expressions/struct.ts";
import { tablePath } from "../scans/basic.ts";
import type { Scope } from "../scope.ts";

/** The table a DML statement changes. */
export interface Target {
  readonly path: string[];
  /** The quoted DuckDB table. */
  readonly sql: string;
}

export function target(t: Translation, scan: ResolvedTableScan): Target {
  const path = tablePath(scan);
  const { sql, columns } = t.context.table(path);
  if (sql.startsWith("("))
    throw new BigQueryError("invalidQuery", `${path.join(".")} is a view: it cannot be changed by DML.`);
  // The name is DuckDB's own for a row's id, which UPDATE ... FROM and MERGE need.
  if (columns.some((column) => column.name.toLowerCase() === "rowid"))
    throw t.unsupported("a column named rowid", scan);
  return { path, sql };
}

/** Refuses the clauses of a DML statement that BigQuery does not have. */
export function refuseClauses(
  t: Translation,
  node: { kind: string; returning?: unknown; assertRowsModified?: unknown; onConflictClause?: unknown },
): void {
  if (node.returning) throw t.unsupported("THEN RETURN", node);
  if (node.assertRowsModified) throw t.unsupported("ASSERT_ROWS_MODIFIED", node);
  if (node.onConflictClause) throw t.unsupported("ON CONFLICT", node);
}

/** A value on its way into a column: BigQuery stores an empty array where an array is NULL. */
export function storedValue(sql: string, type: SqlType): string {
  return type.kind === "ARRAY" ? `coalesce(${sql}, [])` : sql;
}

export function isDefault(value: AnyResolvedExpr): boolean {
  return value.kind === "ResolvedDMLDefault";
}

/** One value of INSERT or SET, or the word DEFAULT. */
export function columnValue(
  t: Translation,
  value: AnyResolvedExpr,
  column: ResolvedColumn,
  scope: Scope,
): string {
  return isDefault(value) ? "DEFAULT" : storedValue(expression(t, value, scope).sql, column.type);
}

interface FieldChange {
  readonly path: readonly number[];
  readonly sql: string;
}

/** `"column" = value` for each column that the items of an UPDATE change, fields of structs included. */
export function assignments(t: Translation, items: readonly ResolvedUpdateItem[], scope: Scope): string[] {
  const whole: string[] = [];
  const fields = new Map<ResolvedColumn, FieldChange[]>();
  for (const item of items) {
    if (!item.setValue)
      throw t.unsupported("a nested INSERT, UPDATE or DELETE, or an array element in SET", item);
    const { column, path } = targetPath(t, item.target);
    if (path.length === 0) {
      whole.push(`${quoteName(column.name)} = ${columnValue(t, item.setValue.value, column, scope)}`);
    } else {
      if (isDefault(item.setValue.value)) throw t.unsupported("SET of a field to DEFAULT", item);
      const sql = expression(t, item.setValue.value, scope).sql;
      fields.set(column, [...(fields.get(column) ?? []), { path, sql }]);
    }
  }
  const parts = [...fields].map(([column, changes]) => {
    const sql = changedStruct(scope.find(column.columnId), column.type, changes);
    return `${quoteName(column.name)} = ${sql}`;
  });
  return [...whole, ...parts];
}

function targetPath(t: Translation, expr: AnyResolvedExpr): { column: ResolvedColumn; path: number[] } {
  if (expr.kind === "ResolvedColumnRef") return { column: expr.column, path: [] };
  if (expr.kind !== "ResolvedGetStructField") throw t.unsupported("this target of SET", expr);
  const { column, path } = targetPath(t, expr.expr);
  return { column, path: [...path, expr.fieldIdx] };
}

/** A struct with some of its fields replaced. */
function changedStruct(sql: string, type: SqlType, changes: readonly FieldChange[]): string {
  if (type.kind !== "STRUCT") throw new Error("A field of something that is no struct.");
  const fields = type.fields.map((field, place) => {
    const old = `struct_extract(${sql}, 'f${place}')`;
    const here = changes.filter((change) => change.path[0] === place);
    const set = here.find((change) => change.path.length === 1);
    if (set) return set.sql;
    if (here.length === 0) return old;
    const below = here.map((change) => ({ ...change, path: change.path.slice(1) }));
    return changedStruct(old, field.type, below);
  });
  return `CASE WHEN ${sql} IS NULL THEN error('Cannot set field of NULL STRUCT') ELSE ${structSql(fields)} END`;
}

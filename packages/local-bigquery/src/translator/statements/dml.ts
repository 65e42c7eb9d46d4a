import type {
  ResolvedDeleteStmt,
  ResolvedInsertStmt,
  ResolvedTruncateStmt,
  ResolvedUpdateStmt,
} from "../../analyzer/resolved.ts";
import { quoteName, type Translation } from "../context.ts";
import { expression } from "../expressions/index.ts";
import { selectSql } from "../relation.ts";
import { scanRelation } from "../scans/index.ts";
import { Scope } from "../scope.ts";
import type { Translated } from "../translated.ts";
import { joinedUpdate } from "./joined-update.ts";
import { assignments, columnValue, refuseClauses, storedValue, target } from "./target.ts";

const nothing = new Scope(new Map());

export function insertStatement(t: Translation, node: ResolvedInsertStmt): Translated {
  refuseClauses(t, node);
  if (node.insertMode !== "OR_ERROR")
    throw t.unsupported(`INSERT ${node.insertMode.replace("_", " ")}`, node);
  const { path, sql } = target(t, node.tableScan);
  const names = node.insertColumnList.map((column) => quoteName(column.name)).join(", ");
  const rows = node.query ? insertedQuery(t, node) : insertedRows(t, node);
  const steps = [{ sql: `INSERT INTO ${sql} (${names})\n${rows}`, affects: "inserted" }] as const;
  return { kind: "dml", dmlKind: "INSERT", target: path, steps };
}

function insertedQuery(t: Translation, node: ResolvedInsertStmt): string {
  if (!node.query) throw new Error("An INSERT without a query.");
  const query = scanRelation(t, node.query, { outer: undefined });
  const items = node.queryOutputColumnList.map((column, place) => {
    const type = node.insertColumnList[place]?.type ?? column.type;
    return `${storedValue(query.columns.get(column.columnId) ?? "", type)} AS v${place}`;
  });
  return selectSql(query, items);
}

function insertedRows(t: Translation, node: ResolvedInsertStmt): string {
  const rows = node.rowList.map((row) => {
    const values = node.insertColumnList.map((column, place) => {
      const value = row.valueList[place];
      if (!value) throw t.unsupported("an INSERT row without a value for each column", row);
      return columnValue(t, value.value, column, nothing);
    });
    return `(${values.join(", ")})`;
  });
  return `VALUES ${rows.join(",\n")}`;
}

export function updateStatement(t: Translation, node: ResolvedUpdateStmt): Translated {
  refuseClauses(t, node);
  if (node.arrayOffsetColumn) throw t.unsupported("a nested UPDATE", node);
  if (node.fromScan) return joinedUpdate(t, node, node.fromScan);
  const { path, sql } = target(t, node.tableScan);
  const { alias, scope } = targetScope(t, node.tableScan.columnList);
  const set = assignments(t, node.updateItemList, scope).join(", ");
  const where = node.whereExpr ? `\nWHERE ${expression(t, node.whereExpr, scope).sql}` : "";
  const steps = [{ sql: `UPDATE ${sql} AS ${alias}\nSET ${set}${where}`, affects: "updated" }] as const;
  return { kind: "dml", dmlKind: "UPDATE", target: path, steps };
}

export function deleteStatement(t: Translation, node: ResolvedDeleteStmt): Translated {
  refuseClauses(t, node);
  if (node.arrayOffsetColumn) throw t.unsupported("a nested DELETE", node);
  const { path, sql } = target(t, node.tableScan);
  const { alias, scope } = targetScope(t, node.tableScan.columnList);
  const where = node.whereExpr ? `\nWHERE ${expression(t, node.whereExpr, scope).sql}` : "";
  const steps = [{ sql: `DELETE FROM ${sql} AS ${alias}${where}`, affects: "deleted" }] as const;
  return { kind: "dml", dmlKind: "DELETE", target: path, steps };
}

export function truncateStatement(t: Translation, node: ResolvedTruncateStmt): Translated {
  if (node.whereExpr) throw t.unsupported("TRUNCATE TABLE with WHERE", node);
  const { path, sql } = target(t, node.tableScan);
  return { kind: "truncate", target: path, sql: `DELETE FROM ${sql}` };
}

/** The changed table's own columns, under an alias. */
function targetScope(
  t: Translation,
  columns: readonly { columnId: number; name: string }[],
): { alias: string; scope: Scope } {
  const alias = t.alias();
  const named = columns.map(({ columnId, name }) => [columnId, `${alias}.${quoteName(name)}`] as const);
  return { alias, scope: new Scope(new Map(named)) };
}

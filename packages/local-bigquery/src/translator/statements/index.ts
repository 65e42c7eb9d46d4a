import type { AnyNode, ResolvedStatement } from "../../analyzer/nodes.ts";
import type { ResolvedAssertStmt } from "../../analyzer/resolved.ts";
import type { Translation } from "../context.ts";
import { expression } from "../expressions/index.ts";
import { Scope } from "../scope.ts";
import type { Translated } from "../translated.ts";
import { alterStatement, alterTableSetOptions } from "./alter.ts";
import { createSchema, createTable, createTableAs, createView } from "./create.ts";
import { deleteStatement, insertStatement, truncateStatement, updateStatement } from "./dml.ts";
import { dropMaterializedView, dropStatement } from "./drop.ts";
import { createFunction, dropFunction } from "./function.ts";
import { mergeStatement } from "./merge.ts";
import { queryStatement } from "./query.ts";

export function statement(t: Translation, node: ResolvedStatement): Translated {
  switch (node.kind) {
    case "ResolvedQueryStmt":
      return queryStatement(t, node);
    case "ResolvedCreateTableStmt":
      return createTable(t, node);
    case "ResolvedCreateTableAsSelectStmt":
      return createTableAs(t, node);
    case "ResolvedCreateViewStmt":
    case "ResolvedCreateMaterializedViewStmt":
      return createView(t, node);
    case "ResolvedCreateSchemaStmt":
      return createSchema(t, node);
    case "ResolvedCreateFunctionStmt":
    case "ResolvedCreateTableFunctionStmt":
      return createFunction(t, node);
    case "ResolvedDropFunctionStmt":
    case "ResolvedDropTableFunctionStmt":
      return dropFunction(node);
    case "ResolvedDropStmt":
      return dropStatement(t, node);
    case "ResolvedDropMaterializedViewStmt":
      return dropMaterializedView(node);
    case "ResolvedAlterTableStmt":
    case "ResolvedAlterViewStmt":
    case "ResolvedAlterMaterializedViewStmt":
    case "ResolvedAlterSchemaStmt":
      return alterStatement(t, node);
    case "ResolvedAlterTableSetOptionsStmt":
      return alterTableSetOptions(t, node);
    case "ResolvedInsertStmt":
      return insertStatement(t, node);
    case "ResolvedUpdateStmt":
      return updateStatement(t, node);
    case "ResolvedDeleteStmt":
      return deleteStatement(t, node);
    case "ResolvedMergeStmt":
      return mergeStatement(t, node);
    case "ResolvedTruncateStmt":
      return truncateStatement(t, node);
    case "ResolvedAssertStmt":
      return assertStatement(t, node);
    case "ResolvedBeginStmt":
      return { kind: "begin" };
    case "ResolvedCommitStmt":
      return { kind: "commit" };
    case "ResolvedRollbackStmt":
      return { kind: "rollback" };
    default:
      throw t.unsupported(statementName((node as AnyNode).kind), node);
  }
}

/** "ResolvedExportDataStmt" as its author would say it: "EXPORT DATA". */
function statementName(kind: string): string {
  return kind
    .replace(/^Resolved|Stmt$/g, "")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toUpperCase();
}

function assertStatement(t: Translation, node: ResolvedAssertStmt): Translated {
  if (!node.expression) throw t.unsupported("ASSERT without a condition", node);
  const condition = expression(t, node.expression, new Scope(new Map()));
  return { kind: "assert", sql: `SELECT ${condition.sql} AS holds`, description: node.description };
}

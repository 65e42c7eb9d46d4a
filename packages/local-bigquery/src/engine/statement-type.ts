/** Statement types as the API names them, where they differ from the analyzer's words. */
const NAMES: Readonly<Record<string, string>> = {
  Query: "SELECT",
  CreateTableAsSelect: "CREATE_TABLE_AS_SELECT",
  Truncate: "TRUNCATE_TABLE",
  Begin: "BEGIN_TRANSACTION",
  Commit: "COMMIT_TRANSACTION",
  Rollback: "ROLLBACK_TRANSACTION",
  AlterTableSetOptions: "ALTER_TABLE",
  DropMaterializedView: "DROP_MATERIALIZED_VIEW",
};

/** "ResolvedCreateViewStmt" is CREATE_VIEW. */
export function statementType(node: string): string {
  const name = node.replace(/^Resolved|Stmt$/g, "");
  return NAMES[name] ?? name.replace(/(?<!^)([A-Z])/g, "_$1").toUpperCase();
}

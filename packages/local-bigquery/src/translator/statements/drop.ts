import type { ResolvedDropMaterializedViewStmt, ResolvedDropStmt } from "../../analyzer/resolved.ts";
import type { Translation } from "../context.ts";
import type { Translated } from "../translated.ts";

export function dropStatement(t: Translation, node: ResolvedDropStmt): Translated {
  const drop = { path: node.namePath, ifExists: node.isIfExists };
  switch (node.objectType) {
    case "TABLE":
      return { kind: "dropTable", ...drop };
    case "VIEW":
      return { kind: "dropView", ...drop };
    case "SCHEMA":
      return { kind: "dropSchema", ...drop, cascade: node.dropMode === "CASCADE" };
    default:
      throw t.unsupported(`DROP ${node.objectType}`, node);
  }
}

export function dropMaterializedView(node: ResolvedDropMaterializedViewStmt): Translated {
  return { kind: "dropMaterializedView", path: node.namePath, ifExists: node.isIfExists };
}

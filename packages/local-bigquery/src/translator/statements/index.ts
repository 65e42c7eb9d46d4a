import type { AnyNode, ResolvedStatement } from "../../analyzer/nodes.ts";
import type { Translation } from "../context.ts";
import type { Translated } from "../translated.ts";
import { queryStatement } from "./query.ts";

export function statement(t: Translation, node: ResolvedStatement): Translated {
  switch (node.kind) {
    case "ResolvedQueryStmt":
      return queryStatement(t, node);
    default:
      throw t.unsupported(
        (node as AnyNode).kind.replace(/^Resolved/, "").replace(/Stmt$/, " statement"),
        node,
      );
  }
}

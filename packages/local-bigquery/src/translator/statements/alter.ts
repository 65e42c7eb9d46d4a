import type { AnyNode } from "../../analyzer/nodes.ts";
import type {
  AnyResolvedAlterAction,
  ResolvedAlterMaterializedViewStmt,
  ResolvedAlterSchemaStmt,
  ResolvedAlterTableSetOptionsStmt,
  ResolvedAlterTableStmt,
  ResolvedAlterViewStmt,
} from "../../analyzer/resolved.ts";
import type { Translation } from "../context.ts";
import { hasTypeParameters } from "../expressions/call.ts";
import type { AlterAction, Translated } from "../translated.ts";
import { columnSpec, defaultValue } from "./columns.ts";
import { optionValues } from "./options.ts";

type AlterNode =
  | ResolvedAlterTableStmt
  | ResolvedAlterViewStmt
  | ResolvedAlterMaterializedViewStmt
  | ResolvedAlterSchemaStmt;

const OBJECTS = {
  ResolvedAlterTableStmt: "TABLE",
  ResolvedAlterViewStmt: "VIEW",
  ResolvedAlterMaterializedViewStmt: "MATERIALIZED VIEW",
  ResolvedAlterSchemaStmt: "SCHEMA",
} as const;

export function alterStatement(t: Translation, node: AlterNode): Translated {
  return {
    kind: "alter",
    object: OBJECTS[node.kind],
    path: node.namePath,
    ifExists: node.isIfExists,
    actions: node.alterActionList.map((action) => alterAction(t, action)),
  };
}

export function alterTableSetOptions(t: Translation, node: ResolvedAlterTableSetOptionsStmt): Translated {
  const actions: AlterAction[] = [{ kind: "setOptions", options: optionValues(t, node.optionList) }];
  return { kind: "alter", object: "TABLE", path: node.namePath, ifExists: node.isIfExists, actions };
}

function alterAction(t: Translation, action: AnyResolvedAlterAction): AlterAction {
  switch (action.kind) {
    case "ResolvedAddColumnAction":
      return {
        kind: "addColumn",
        column: columnSpec(t, action.columnDefinition),
        ifNotExists: action.isIfNotExists,
      };
    case "ResolvedDropColumnAction":
      return { kind: "dropColumn", name: action.name, ifExists: action.isIfExists };
    case "ResolvedRenameColumnAction":
      return {
        kind: "renameColumn",
        name: action.name,
        newName: action.newName,
        ifExists: action.isIfExists,
      };
    case "ResolvedRenameToAction":
      return { kind: "renameTo", path: action.newPath };
    case "ResolvedSetOptionsAction":
      return { kind: "setOptions", options: optionValues(t, action.optionList) };
    case "ResolvedAlterColumnOptionsAction":
      return {
        kind: "setColumnOptions",
        name: action.column,
        ifExists: action.isIfExists,
        options: optionValues(t, action.optionList),
      };
    case "ResolvedAlterColumnSetDataTypeAction":
      if (
        !action.updatedType ||
        (action.updatedTypeParameters && hasTypeParameters({ typeParameters: action.updatedTypeParameters }))
      )
        throw t.unsupported("SET DATA TYPE with type parameters", action);
      return { kind: "setType", name: action.column, ifExists: action.isIfExists, type: action.updatedType };
    case "ResolvedAlterColumnDropNotNullAction":
      return { kind: "dropNotNull", name: action.column, ifExists: action.isIfExists };
    case "ResolvedAlterColumnSetDefaultAction": {
      if (!action.defaultValue) throw t.unsupported("SET DEFAULT without a value", action);
      return {
        kind: "setDefault",
        name: action.column,
        ifExists: action.isIfExists,
        default: defaultValue(t, action.defaultValue),
      };
    }
    case "ResolvedAlterColumnDropDefaultAction":
      return { kind: "dropDefault", name: action.column, ifExists: action.isIfExists };
    default:
      throw t.unsupported(`ALTER with ${(action as AnyNode).kind.replace(/^Resolved|Action$/g, "")}`, action);
  }
}

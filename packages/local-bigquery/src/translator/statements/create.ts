import type {
  AnyResolvedScan,
  ResolvedCreateMaterializedViewStmt,
  ResolvedCreateSchemaStmt,
  ResolvedCreateTableAsSelectStmt,
  ResolvedCreateTableStmt,
  ResolvedCreateViewStmt,
} from "../../analyzer/resolved.ts";
import { BigQueryError } from "../../errors.ts";
import type { Translation } from "../context.ts";
import { tablePath } from "../scans/basic.ts";
import type { CreateMode, Translated } from "../translated.ts";
import { columnSpec } from "./columns.ts";
import { optionValues } from "./options.ts";
import { clusterColumns, partitionSpec } from "./partition.ts";
import { queryOutput } from "./query.ts";

export const MODES: Record<string, CreateMode> = {
  CREATE_DEFAULT: "DEFAULT",
  CREATE_OR_REPLACE: "OR_REPLACE",
  CREATE_IF_NOT_EXISTS: "IF_NOT_EXISTS",
};

type CreateTableNode = ResolvedCreateTableStmt | ResolvedCreateTableAsSelectStmt;

function createCommon(
  t: Translation,
  node:
    | CreateTableNode
    | ResolvedCreateViewStmt
    | ResolvedCreateMaterializedViewStmt
    | ResolvedCreateSchemaStmt,
) {
  const mode = MODES[node.createMode];
  if (!mode) throw t.unsupported(node.createMode, node);
  return { path: node.namePath, mode, options: optionValues(t, node.optionList) };
}

function tableCommon(t: Translation, node: CreateTableNode) {
  if (node.collationName) throw t.unsupported("COLLATE", node);
  if (node.isValueTable) throw t.unsupported("CREATE TABLE AS SELECT AS STRUCT", node);
  refuseEnforcedKeys(t, node);
  const definitions = node.columnDefinitionList;
  const partitionBy = partitionSpec(t, node.partitionByList, definitions);
  return {
    ...createCommon(t, node),
    temp: isTemp(t, node),
    columns: definitions.map((definition) => columnSpec(t, definition)),
    ...(partitionBy && { partitionBy }),
    clusterBy: clusterColumns(t, node.clusterByList, definitions),
  };
}

/** Keys that BigQuery does not enforce change nothing; it has no others. */
function refuseEnforcedKeys(t: Translation, node: CreateTableNode): void {
  if (node.checkConstraintList.length > 0) throw t.unsupported("CHECK constraints", node);
  const keys = [...node.foreignKeyList, ...(node.primaryKey ? [node.primaryKey] : [])];
  if (keys.some((key) => ("enforced" in key ? key.enforced : !key.unenforced))) {
    throw new BigQueryError("invalidQuery", "Key constraints must be NOT ENFORCED.", t.position(node));
  }
}

function isTemp(t: Translation, node: { readonly kind: string; readonly createScope: string }): boolean {
  if (node.createScope === "CREATE_TEMP") return true;
  if (node.createScope === "CREATE_DEFAULT_SCOPE") return false;
  throw t.unsupported(node.createScope.replace("_", " "), node);
}

export function createTable(t: Translation, node: ResolvedCreateTableStmt): Translated {
  const copied = node.cloneFrom ?? node.copyFrom;
  if (copied) {
    const how = node.cloneFrom ? "CLONE" : "COPY";
    return {
      kind: "createTableLike",
      ...createCommon(t, node),
      temp: isTemp(t, node),
      how,
      source: sourcePath(t, copied),
    };
  }
  if (node.likeTable?.name) {
    const source = (node.likeTable.fullName || node.likeTable.name).split(".");
    return { kind: "createTableLike", ...createCommon(t, node), temp: isTemp(t, node), how: "LIKE", source };
  }
  return { kind: "createTable", ...tableCommon(t, node) };
}

function sourcePath(t: Translation, scan: AnyResolvedScan): string[] {
  if (scan.kind !== "ResolvedTableScan" || scan.forSystemTimeExpr)
    throw t.unsupported("a copy of other than a table", scan);
  return tablePath(scan);
}

export function createTableAs(t: Translation, node: ResolvedCreateTableAsSelectStmt): Translated {
  const common = tableCommon(t, node);
  const { sql } = queryOutput(t, node.query, node.outputColumnList, false);
  // The column definitions, in the order of the output, carry the final names.
  const names = node.columnDefinitionList.map((definition) => definition.name);
  return { kind: "createTableAs", ...common, sql: renamed(sql, names, node) };
}

/** CREATE TABLE t (x, y) AS SELECT ...: the definitions' names win over the query's. */
function renamed(sql: string, names: readonly string[], node: ResolvedCreateTableAsSelectStmt): string {
  const same = node.outputColumnList.every((output, place) => output.name === names[place]);
  return same
    ? sql
    : `SELECT * FROM (\n${sql}\n) AS q(${names.map((name) => `"${name.replaceAll('"', '""')}"`).join(", ")})`;
}

export function createView(
  t: Translation,
  node: ResolvedCreateViewStmt | ResolvedCreateMaterializedViewStmt,
): Translated {
  if (node.isValueTable) throw t.unsupported("CREATE VIEW AS SELECT AS STRUCT", node);
  if (node.createScope !== "CREATE_DEFAULT_SCOPE") throw t.unsupported("a temporary view", node);
  const definitions = new Map(node.columnDefinitionList.map((definition) => [definition.name, definition]));
  const columns = node.outputColumnList.map(({ name, column }) => {
    const definition = definitions.get(name);
    return definition ? { ...columnSpec(t, definition), type: column.type } : { name, type: column.type };
  });
  return {
    kind: "createView",
    ...createCommon(t, node),
    materialized: node.kind === "ResolvedCreateMaterializedViewStmt",
    queryText: node.sql,
    hasColumnNames: node.hasExplicitColumns,
    columns,
  };
}

export function createSchema(t: Translation, node: ResolvedCreateSchemaStmt): Translated {
  if (node.collationName) throw t.unsupported("DEFAULT COLLATE", node);
  return { kind: "createSchema", ...createCommon(t, node) };
}

import type { CatalogChange, DatasetEntry, RelationEntry, ViewEntry } from "../../catalog/model.ts";
import { checkDatasetId, checkTableId, quoteIdentifier, schemaFor, schemaSql } from "../../catalog/names.ts";
import type { CatalogSnapshot } from "../../catalog/snapshot.ts";
import { BigQueryError, unsupported } from "../../errors.ts";
import type { Translated } from "../../translator/translated.ts";
import { type Environment, findRelation, notFound, relationName } from "../environment.ts";
import { planCreateFunction, planDropFunction } from "../functions.ts";
import type { StatementOutcome } from "../outcome.ts";
import { alter } from "./alter.ts";
import { describe, fieldsOf } from "./options.ts";
import { alreadyExists, createTableSql, placeForTable, tableEntry, wrongKind } from "./tables.ts";

export type Ddl = Extract<
  Translated,
  {
    kind:
      | "createTable"
      | "createTableAs"
      | "createTableLike"
      | "createView"
      | "createSchema"
      | "dropTable"
      | "dropView"
      | "dropMaterializedView"
      | "dropSchema"
      | "createFunction"
      | "dropFunction"
      | "alter";
  }
>;

/** What a DDL statement does: DuckDB's statements and the catalog's changes, both in one transaction. */
export interface DdlPlan {
  readonly statements: readonly string[];
  readonly changes: readonly CatalogChange[];
  readonly ddl: NonNullable<StatementOutcome["ddl"]>;
}

/** Plans a statement on permanent objects against the catalog as it is now. */
export function planDdl(statement: Ddl, env: Environment): DdlPlan {
  switch (statement.kind) {
    case "createTable":
    case "createTableAs": {
      const name = newRelation(env, statement.path);
      const existed = env.catalog.relation(name.dataset, name.id) !== undefined;
      const sql = placeForTable(env.catalog, name, statement.mode, env.projectId);
      if (sql === undefined) return skip(name);
      const entry = tableEntry(statement, { ...name, sql });
      const ddl = { operation: existed ? "REPLACE" : "CREATE", target: name } as const;
      return { statements: createTableSql(statement, sql), changes: [{ put: "relation", entry }], ddl };
    }
    case "createTableLike":
      return createLike(statement, env);
    case "createView":
      return createView(statement, env);
    case "createSchema":
      return createSchema(statement, env);
    case "dropTable":
    case "dropView":
    case "dropMaterializedView":
      return dropRelation(statement, env);
    case "createFunction":
      return planCreateFunction(statement, env);
    case "dropFunction":
      return planDropFunction(statement, env);
    case "dropSchema":
      return dropSchema(statement, env);
    case "alter":
      return alter(statement, env);
  }
}

function newRelation(env: Environment, path: readonly string[]): { dataset: string; id: string } {
  const name = relationName(env, path);
  if (name.dataset === undefined) throw notFound(env, path);
  const dataset = { dataset: name.dataset, id: name.id };
  if (!env.catalog.dataset(name.dataset)) throw datasetNotFound(env, name.dataset);
  return dataset;
}

export function datasetNotFound(env: Environment, id: string): BigQueryError {
  const message = `Not found: Dataset ${env.projectId}:${id} was not found in location ${env.location}`;
  return new BigQueryError("notFound", message);
}

function skip(target: { dataset: string; id: string }): DdlPlan {
  return { statements: [], changes: [], ddl: { operation: "SKIP", target } };
}

function createLike(statement: Extract<Ddl, { kind: "createTableLike" }>, env: Environment): DdlPlan {
  const name = newRelation(env, statement.path);
  const source = findRelation(env, statement.source);
  if (!source) throw notFound(env, statement.source);
  if (source.kind !== "TABLE") throw unsupported(`CREATE TABLE ${statement.how} a view`);
  const existed = env.catalog.relation(name.dataset, name.id) !== undefined;
  const sql = placeForTable(env.catalog, name, statement.mode, env.projectId);
  if (sql === undefined) return skip(name);
  if (sql === source.sql)
    throw new BigQueryError("invalid", "A table cannot be replaced by a copy of itself.");
  const {
    partitionExpirationMs: _,
    location: __,
    defaultTableExpirationMs: ___,
    ...described
  } = describe(statement.options);
  const now = Date.now();
  const entry: RelationEntry = { ...source, ...name, sql, ...described, created: now, modified: now };
  const replace = statement.mode === "OR_REPLACE" ? "OR REPLACE " : "";
  const rows = statement.how === "LIKE" ? "LIMIT 0" : "";
  const statements = [`CREATE ${replace}TABLE ${sql} AS SELECT * FROM ${source.sql} ${rows}`];
  source.fields.forEach((field) => {
    if (field.defaultValueExpression)
      throw unsupported(`CREATE TABLE ${statement.how} a table with default values`);
    if (field.mode === "REQUIRED")
      statements.push(`ALTER TABLE ${sql} ALTER ${quoteIdentifier(field.name)} SET NOT NULL`);
  });
  return {
    statements,
    changes: [{ put: "relation", entry }],
    ddl: { operation: existed ? "REPLACE" : "CREATE", target: name },
  };
}

function createView(statement: Extract<Ddl, { kind: "createView" }>, env: Environment): DdlPlan {
  const name = newRelation(env, statement.path);
  checkTableId(name.id);
  const existing = env.catalog.relation(name.dataset, name.id);
  if (existing && statement.mode === "IF_NOT_EXISTS") return skip(name);
  if (existing && statement.mode === "DEFAULT") throw alreadyExists(existing, env.projectId);
  if (existing && existing.kind !== "VIEW") throw wrongKind(existing, env.projectId);
  const { description, friendlyName, labels } = describe(statement.options);
  const now = Date.now();
  const entry: ViewEntry = {
    kind: "VIEW",
    ...name,
    query: statement.queryText,
    fields: fieldsOf(statement.columns),
    columns: statement.columns.map(({ name, type }) => ({ name, type })),
    ...(statement.materialized && { materialized: true }),
    ...(statement.hasColumnNames && { columnNames: statement.columns.map((column) => column.name) }),
    ...(description !== undefined && { description }),
    ...(friendlyName !== undefined && { friendlyName }),
    ...(labels && { labels }),
    created: now,
    modified: now,
  };
  const ddl = { operation: existing ? "REPLACE" : "CREATE", target: name } as const;
  return { statements: [], changes: [{ put: "relation", entry }], ddl };
}

function createSchema(statement: Extract<Ddl, { kind: "createSchema" }>, env: Environment): DdlPlan {
  const id = schemaName(env, statement.path);
  const target = { dataset: id, id: "" };
  if (env.catalog.dataset(id)) {
    if (statement.mode === "IF_NOT_EXISTS") return skip(target);
    throw new BigQueryError("duplicate", `Already Exists: Dataset ${env.projectId}:${id}`);
  }
  const { description, friendlyName, labels, partitionExpirationMs, defaultTableExpirationMs } = describe(
    statement.options,
  );
  const { statements, entry } = newDataset(env.catalog, id, env.location, {
    ...(description !== undefined && { description }),
    ...(friendlyName !== undefined && { friendlyName }),
    ...(labels && { labels }),
    ...(partitionExpirationMs && { defaultPartitionExpirationMs: partitionExpirationMs }),
    ...(defaultTableExpirationMs && { defaultTableExpirationMs }),
  });
  return { statements, changes: [{ put: "dataset", entry }], ddl: { operation: "CREATE", target } };
}

/** A dataset about to be created, by SQL or by the API. */
export function newDataset(
  catalog: CatalogSnapshot,
  id: string,
  location: string,
  described: Partial<DatasetEntry>,
): { statements: string[]; entry: DatasetEntry } {
  checkDatasetId(id);
  const schema = schemaFor(catalog, id);
  const now = Date.now();
  const entry: DatasetEntry = { ...described, id, location, schema, created: now, modified: now };
  return { statements: [`CREATE SCHEMA ${schemaSql(schema)}`], entry };
}

function schemaName(env: Environment, path: readonly string[]): string {
  const parts = path.flatMap((part) => part.split("."));
  if (parts.length === 2 && parts[0] !== undefined && env.projects.has(parts[0])) parts.shift();
  const [id] = parts;
  if (parts.length !== 1 || id === undefined)
    throw new BigQueryError("notFound", `Not found: Project ${parts[0]}`);
  return id;
}

function dropRelation(
  statement: Extract<Ddl, { kind: "dropTable" | "dropView" | "dropMaterializedView" }>,
  env: Environment,
): DdlPlan {
  const name = relationName(env, statement.path);
  const entry = findRelation(env, statement.path);
  const target = { dataset: name.dataset ?? "", id: name.id };
  if (!entry) {
    if (statement.ifExists) return skip(target);
    throw notFound(env, statement.path);
  }
  const materialized = entry.kind === "VIEW" && entry.materialized === true;
  const wanted = { dropTable: "TABLE", dropView: "VIEW", dropMaterializedView: "MATERIALIZED_VIEW" }[
    statement.kind
  ];
  if (wanted !== (materialized ? "MATERIALIZED_VIEW" : entry.kind)) throw wrongKind(entry, env.projectId);
  return {
    statements: entry.kind === "TABLE" ? [`DROP TABLE ${entry.sql}`] : [],
    changes: [{ drop: "relation", dataset: entry.dataset, id: entry.id }],
    ddl: { operation: "DROP", target },
  };
}

function dropSchema(statement: Extract<Ddl, { kind: "dropSchema" }>, env: Environment): DdlPlan {
  const id = schemaName(env, statement.path);
  const target = { dataset: id, id: "" };
  const dataset = env.catalog.dataset(id);
  if (!dataset) {
    if (statement.ifExists) return skip(target);
    throw datasetNotFound(env, id);
  }
  return { ...dropDataset(env, dataset, statement.cascade), ddl: { operation: "DROP", target } };
}

/** Drops a dataset; with what is in it only if told so. */
export function dropDataset(
  env: Pick<Environment, "catalog" | "projectId">,
  dataset: DatasetEntry,
  cascade: boolean,
): { statements: string[]; changes: CatalogChange[] } {
  const inUse = env.catalog.relations(dataset.id).length + env.catalog.routines(dataset.id).length > 0;
  if (inUse && !cascade) {
    throw new BigQueryError("invalid", `Dataset ${env.projectId}:${dataset.id} is still in use`);
  }
  return {
    statements: [`DROP SCHEMA ${schemaSql(dataset.schema)} CASCADE`],
    changes: [{ drop: "dataset", id: dataset.id }],
  };
}

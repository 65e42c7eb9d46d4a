import type { CatalogChange, FieldSchema, RelationEntry, TableEntry } from "../../catalog/model.ts";
import { quoteIdentifier, tableSqlFor } from "../../catalog/names.ts";
import { BigQueryError, unsupported } from "../../errors.ts";
import { functionTable } from "../../functions/index.ts";
import type { AlterAction, ColumnSpec, OptionValues, Translated } from "../../translator/translated.ts";
import { duckdbType } from "../../types/duckdb.ts";
import { fieldColumn, restField, typeText } from "../../types/schema.ts";
import { type Environment, findRelation, notFound } from "../environment.ts";
import type { DdlPlan } from "./execute.ts";
import { datasetNotFound } from "./execute.ts";
import { describe, fieldsOf } from "./options.ts";
import { addColumnSql, alreadyExists, defaultSql, withFields, wrongKind } from "./tables.ts";

type Alter = Extract<Translated, { kind: "alter" }>;

export function alter(statement: Alter, env: Environment): DdlPlan {
  if (statement.object === "SCHEMA") return alterSchema(statement, env);
  const entry = findRelation(env, statement.path);
  if (!entry) {
    if (!statement.ifExists) throw notFound(env, statement.path);
    return {
      statements: [],
      changes: [],
      ddl: { operation: "SKIP", target: { dataset: "", id: statement.path.at(-1) ?? "" } },
    };
  }
  if (entry.kind !== (statement.object === "TABLE" ? "TABLE" : "VIEW")) throw wrongKind(entry, env.projectId);
  const plan: Plan = { entry, statements: [], changes: [] };
  for (const action of statement.actions) apply(plan, action, env);
  return {
    statements: plan.statements,
    changes: [...plan.changes, { put: "relation", entry: plan.entry }],
    ddl: { operation: "ALTER", target: { dataset: entry.dataset, id: entry.id } },
  };
}

/** What a column of a type may become: a type that holds all its values. */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  INT64: ["INT64", "NUMERIC", "BIGNUMERIC", "FLOAT64"],
  NUMERIC: ["NUMERIC", "BIGNUMERIC", "FLOAT64"],
};

interface Plan {
  entry: RelationEntry;
  readonly statements: string[];
  readonly changes: CatalogChange[];
}

function apply(plan: Plan, action: AlterAction, env: Environment): void {
  if (action.kind === "setOptions") {
    plan.entry = withOptions(plan.entry, action.options);
    return;
  }
  if (action.kind === "setColumnOptions") {
    const at = columnAt(plan.entry, action.name, action.ifExists);
    if (at >= 0)
      plan.entry = replaceField(plan.entry, at, (field) => ({ ...field, ...columnOptions(action.options) }));
    return;
  }
  const { entry } = plan;
  if (entry.kind !== "TABLE") throw unsupported(`ALTER VIEW with ${action.kind}`);
  const table = `ALTER TABLE ${entry.sql}`;
  switch (action.kind) {
    case "addColumn":
      plan.entry = addColumn(plan, entry, action.column, action.ifNotExists);
      return;
    case "renameTo": {
      const id = action.path.at(-1) as string;
      const existing = env.catalog.relation(entry.dataset, id);
      if (existing) throw alreadyExists(existing, env.projectId);
      const sql = tableSqlFor(env.catalog, entry.dataset, id);
      // DuckDB wants the new name alone, and the place it gives keeps the schema.
      plan.statements.push(`${table} RENAME TO ${sql.slice(sql.indexOf('"."') + 2)}`);
      plan.changes.push({ drop: "relation", dataset: entry.dataset, id: entry.id });
      plan.entry = { ...entry, id, sql, modified: Date.now() };
      return;
    }
  }
  const at = columnAt(entry, action.name, action.ifExists);
  if (at < 0) return;
  const column = quoteIdentifier((entry.fields[at] as FieldSchema).name);
  switch (action.kind) {
    case "dropColumn":
      refuseIfUsed(entry, action.name);
      plan.statements.push(`${table} DROP COLUMN ${column}`);
      plan.entry = withFields(
        entry,
        entry.fields.filter((_field, place) => place !== at),
      );
      return;
    case "renameColumn":
      refuseIfUsed(entry, action.name);
      plan.statements.push(`${table} RENAME COLUMN ${column} TO ${quoteIdentifier(action.newName)}`);
      plan.entry = replaceField(entry, at, (field) => ({ ...field, name: action.newName }));
      return;
    case "setType": {
      const field = entry.fields[at] as FieldSchema;
      const from = fieldColumn(field).type;
      if (!(WIDER[from.kind] ?? [from.kind]).includes(action.type.kind)) {
        throw new BigQueryError(
          "invalidQuery",
          `ALTER TABLE ALTER COLUMN SET DATA TYPE requires that the existing column type (${typeText(from)}) is assignable to the new type (${typeText(action.type)})`,
        );
      }
      if (from.kind !== action.type.kind) {
        const value = functionTable.cast({ sql: column, type: from }, action.type, { safe: false });
        plan.statements.push(
          `${table} ALTER COLUMN ${column} TYPE ${duckdbType(action.type)} USING ${value}`,
        );
      }
      const { type } = restField({ name: field.name, type: action.type });
      plan.entry = replaceField(entry, at, (before) => ({ ...before, type }));
      return;
    }
    case "dropNotNull":
      plan.statements.push(`${table} ALTER COLUMN ${column} DROP NOT NULL`);
      plan.entry = replaceField(entry, at, (field) => ({ ...field, mode: "NULLABLE" }));
      return;
    case "setDefault":
      plan.statements.push(`${table} ALTER COLUMN ${column} SET DEFAULT (${defaultSql(action.default.sql)})`);
      plan.entry = replaceField(entry, at, (field) => ({
        ...field,
        defaultValueExpression: action.default.text,
      }));
      return;
    case "dropDefault":
      plan.statements.push(`${table} ALTER COLUMN ${column} DROP DEFAULT`);
      plan.entry = replaceField(entry, at, ({ defaultValueExpression: _, ...field }) => field as FieldSchema);
      return;
  }
}

/** A new column is NULL (an array: empty) in the rows that are there, whatever its default. */
function addColumn(plan: Plan, entry: TableEntry, column: ColumnSpec, ifNotExists: boolean): TableEntry {
  if (columnAt(entry, column.name, true) >= 0) {
    if (ifNotExists) return entry;
    throw new BigQueryError("invalidQuery", `Column already exists: ${column.name}`);
  }
  if (column.notNull)
    throw new BigQueryError("invalidQuery", `Cannot add required column ${column.name} to an existing table`);
  if (column.default) throw unsupported("ADD COLUMN with a default value");
  plan.statements.push(...addColumnSql(entry.sql, column));
  return withFields(entry, [...entry.fields, ...fieldsOf([column])]);
}

function columnAt(entry: RelationEntry, name: string, missingIsFine: boolean): number {
  const at = entry.fields.findIndex((field) => field.name.toLowerCase() === name.toLowerCase());
  if (at < 0 && !missingIsFine) throw new BigQueryError("invalidQuery", `Column not found: ${name}`);
  return at;
}

function refuseIfUsed(entry: TableEntry, column: string): void {
  const used = [entry.timePartitioning?.field, entry.rangePartitioning?.field, ...(entry.clustering ?? [])];
  if (used.some((name) => name?.toLowerCase() === column.toLowerCase())) {
    throw new BigQueryError("invalidQuery", `Column ${column} is used for partitioning or clustering`);
  }
}

function replaceField<E extends RelationEntry>(
  entry: E,
  at: number,
  change: (field: FieldSchema) => FieldSchema,
): E {
  const fields = entry.fields.map((field, place) => (place === at ? change(field) : field));
  return { ...entry, fields, columns: fields.map(fieldColumn), modified: Date.now() };
}

function columnOptions(options: OptionValues): Partial<FieldSchema> {
  const { description, ...others } = options;
  const other = Object.keys(others)[0];
  if (other) throw unsupported(`column option ${other}`);
  return { description: String(description ?? "") };
}

function withOptions(entry: RelationEntry, options: OptionValues): RelationEntry {
  const {
    partitionExpirationMs,
    location: _,
    defaultTableExpirationMs: __,
    ...described
  } = describe(options);
  const changed = { ...entry, ...described, modified: Date.now() };
  if (!("partition_expiration_days" in options) || entry.kind !== "TABLE" || !entry.timePartitioning)
    return changed;
  const { expirationMs: ___, ...time } = entry.timePartitioning;
  return {
    ...(changed as TableEntry),
    timePartitioning: { ...time, ...(partitionExpirationMs && { expirationMs: partitionExpirationMs }) },
  };
}

function alterSchema(statement: Alter, env: Environment): DdlPlan {
  const id = statement.path.at(-1) as string;
  const dataset = env.catalog.dataset(id);
  const target = { dataset: id, id: "" };
  if (!dataset) {
    if (statement.ifExists) return { statements: [], changes: [], ddl: { operation: "SKIP", target } };
    throw datasetNotFound(env, id);
  }
  let entry = dataset;
  for (const action of statement.actions) {
    if (action.kind !== "setOptions") throw unsupported(`ALTER SCHEMA with ${action.kind}`);
    const { description, friendlyName, labels } = describe(action.options);
    entry = {
      ...entry,
      ...("description" in action.options && { description: description as string }),
      ...("friendly_name" in action.options && { friendlyName: friendlyName as string }),
      ...(labels && { labels }),
      modified: Date.now(),
    };
  }
  return { statements: [], changes: [{ put: "dataset", entry }], ddl: { operation: "ALTER", target } };
}

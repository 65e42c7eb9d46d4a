import type { DuckDBConnection } from "@duckdb/node-api";
import type {
  CatalogChange,
  DatasetEntry,
  FieldSchema,
  RelationEntry,
  TableEntry,
  ViewEntry,
} from "../catalog/model.ts";
import { quoteIdentifier } from "../catalog/names.ts";
import type { CatalogSnapshot } from "../catalog/snapshot.ts";
import { BigQueryError } from "../errors.ts";
import { fieldColumn, restField } from "../types/schema.ts";
import { dropDataset, newDataset } from "./ddl/execute.ts";
import { addColumnSql, alreadyExists, columnSql, placeForTable, withFields } from "./ddl/tables.ts";
import { fromDuckDB } from "./duckdb-errors.ts";
import type { EngineParts } from "./parts.ts";
import { ResultRows } from "./result.ts";

type Described = Partial<Pick<TableEntry, "description" | "friendlyName" | "labels">>;

/** A table as the API's tables.insert describes it. */
export interface NewTable extends Described {
  readonly dataset: string;
  readonly id: string;
  readonly fields: readonly FieldSchema[];
  readonly viewQuery?: string;
  readonly layout?: Partial<
    Pick<
      TableEntry,
      "timePartitioning" | "rangePartitioning" | "clustering" | "requirePartitionFilter" | "expirationTime"
    >
  >;
}

/** What the API does beside jobs: datasets, tables and their rows. */
export class Administration {
  private readonly parts: EngineParts;

  constructor(parts: EngineParts) {
    this.parts = parts;
  }

  get catalog(): CatalogSnapshot {
    return this.parts.store.current;
  }

  dataset(id: string): DatasetEntry {
    const entry = this.catalog.dataset(id);
    if (!entry) throw this.missing(`Dataset ${this.parts.projectId}:${id}`);
    return entry;
  }

  relation(dataset: string, id: string): RelationEntry {
    this.dataset(dataset);
    const entry = this.catalog.relation(dataset, id);
    if (!entry) throw this.missing(`Table ${this.parts.projectId}:${dataset}.${id}`);
    return entry;
  }

  async createDataset(id: string, described: Partial<DatasetEntry>): Promise<DatasetEntry> {
    return this.write(async (catalog, change, connection) => {
      if (catalog.dataset(id)) {
        throw new BigQueryError("duplicate", `Already Exists: Dataset ${this.parts.projectId}:${id}`);
      }
      const { statements, entry } = newDataset(catalog, id, this.parts.location, described);
      for (const statement of statements) await connection.run(statement);
      change({ put: "dataset", entry });
      return entry;
    });
  }

  async updateDataset(id: string, changed: Partial<DatasetEntry>): Promise<DatasetEntry> {
    return this.write(async (_catalog, change) => {
      const entry = { ...this.dataset(id), ...changed, modified: Date.now() };
      change({ put: "dataset", entry });
      return entry;
    });
  }

  async deleteDataset(id: string, contents: boolean): Promise<void> {
    await this.write(async (catalog, change, connection) => {
      const plan = dropDataset({ catalog, projectId: this.parts.projectId }, this.dataset(id), contents);
      for (const statement of plan.statements) await connection.run(statement);
      plan.changes.forEach(change);
    });
  }

  async createTable(table: NewTable): Promise<RelationEntry> {
    const view = table.viewQuery === undefined ? undefined : await this.view(table, table.viewQuery);
    return this.write(async (catalog, change, connection) => {
      this.dataset(table.dataset);
      const existing = catalog.relation(table.dataset, table.id);
      if (existing) throw alreadyExists(existing, this.parts.projectId);
      const entry = view ?? this.emptyTable(catalog, table);
      if (entry.kind === "TABLE") await connection.run(emptyTableSql(entry));
      change({ put: "relation", entry });
      return entry;
    });
  }

  async updateTable(
    dataset: string,
    id: string,
    changed: Described & { fields?: readonly FieldSchema[] } & Partial<TableEntry>,
    viewQuery?: string,
  ) {
    const before = this.relation(dataset, id);
    const view =
      viewQuery === undefined ? undefined : await this.view({ dataset, id, fields: [] }, viewQuery);
    return this.write(async (_catalog, change, connection) => {
      let entry: RelationEntry = this.relation(dataset, id);
      const { fields, ...others } = changed;
      if (view && entry.kind === "VIEW")
        entry = { ...entry, query: view.query, fields: view.fields, columns: view.columns };
      if (view && before.kind !== "VIEW") throw new BigQueryError("invalid", "Cannot add a view to a table.");
      if (fields) {
        const statements: string[] = [];
        entry = changeFields(entry, fields, statements);
        for (const statement of statements) await connection.run(statement);
      }
      entry = { ...entry, ...others, modified: Date.now() } as RelationEntry;
      change({ put: "relation", entry });
      return entry;
    });
  }

  async deleteTable(dataset: string, id: string): Promise<void> {
    await this.write(async (_catalog, change, connection) => {
      const entry = this.relation(dataset, id);
      if (entry.kind === "TABLE") await connection.run(`DROP TABLE ${entry.sql}`);
      change({ drop: "relation", dataset, id });
    });
  }

  /** Rows of a table in storage order, and how many there are. */
  async tableRows(entry: TableEntry, start: number, count: number, names?: readonly string[]) {
    const columns = entry.columns.filter(({ name }) => !names || names.includes(name.toLowerCase()));
    const list = columns.map(({ name }) => quoteIdentifier(name)).join(", ");
    return this.read(async (connection) => {
      const total = await connection.run(`SELECT count(*) FROM ${entry.sql}`);
      const sql = `SELECT ${list} FROM ${entry.sql} LIMIT ${count} OFFSET ${start}`;
      const rows = new ResultRows(columns, await this.parts.database.onThread(() => connection.run(sql)));
      return { columns, rows: rows.rows(), totalRows: Number((await total.getRows())[0]?.[0]) };
    });
  }

  async rowCount(entry: TableEntry): Promise<number> {
    return this.read(async (connection) => {
      const rows = await (await connection.run(`SELECT count(*) FROM ${entry.sql}`)).getRows();
      return Number(rows[0]?.[0]);
    });
  }

  private emptyTable(catalog: CatalogSnapshot, table: NewTable): TableEntry {
    const { dataset, id, fields, layout, viewQuery: _, ...described } = table;
    const sql = placeForTable(catalog, { dataset, id }, "DEFAULT", this.parts.projectId) as string;
    const now = Date.now();
    const columns = fields.map(fieldColumn);
    return {
      kind: "TABLE",
      dataset,
      id,
      sql,
      fields,
      columns,
      ...described,
      ...layout,
      created: now,
      modified: now,
    };
  }

  private async view(table: NewTable, query: string): Promise<ViewEntry> {
    const { compiler, projectId, location } = this.parts;
    const env = {
      ...{
        catalog: this.catalog,
        temporary: new Map(),
        temporaryFunctions: new Map(),
        projects: new Set([projectId]),
        defaultDataset: undefined,
      },
      ...{ projectId, location },
    };
    const { translated } = await compiler.compile(query, env);
    if (translated.kind !== "query")
      throw new BigQueryError("invalid", "A view's definition must be a query.");
    const { fields: _fields, viewQuery: _query, layout: _layout, ...described } = table;
    const now = Date.now();
    const fields = translated.columns.map((column) => restField(column) as FieldSchema);
    return {
      kind: "VIEW",
      ...described,
      query,
      fields,
      columns: translated.columns,
      created: now,
      modified: now,
    };
  }

  private missing(what: string): BigQueryError {
    return new BigQueryError("notFound", `Not found: ${what}`);
  }

  /** Like a session's writes, on a connection of its own. */
  async write<T>(
    work: (
      catalog: CatalogSnapshot,
      change: (change: CatalogChange) => void,
      connection: DuckDBConnection,
    ) => Promise<T>,
  ): Promise<T> {
    const connection = await this.parts.database.connect();
    try {
      return await this.parts.transactions.write(connection, (catalog, change) =>
        work(catalog, change, connection),
      );
    } catch (error) {
      throw fromDuckDB(error);
    } finally {
      connection.closeSync();
    }
  }

  private async read<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.parts.database.connect();
    try {
      return await work(connection);
    } catch (error) {
      throw fromDuckDB(error);
    } finally {
      connection.closeSync();
    }
  }
}

export function emptyTableSql(entry: TableEntry): string {
  checkLayout(entry);
  const columns = entry.columns.map((column, place) => {
    const field = entry.fields[place] as FieldSchema;
    if (field.defaultValueExpression) {
      throw new BigQueryError(
        "invalid",
        "Create tables with default values by CREATE TABLE: the API's form is not supported.",
      );
    }
    return columnSql({ ...column, ...(field.mode === "REQUIRED" && { notNull: true }) });
  });
  return `CREATE TABLE ${entry.sql} (${columns.join(", ")})`;
}

/** Partitioning and clustering name columns that are there. */
function checkLayout({ columns, timePartitioning, rangePartitioning, clustering = [] }: TableEntry): void {
  const known = new Set(columns.map(({ name }) => name.toLowerCase()));
  const partition = timePartitioning?.field ?? rangePartitioning?.field;
  if (partition !== undefined && !known.has(partition.toLowerCase())) {
    throw new BigQueryError(
      "invalid",
      `The field specified for partitioning cannot be found in the schema: ${partition}`,
    );
  }
  const missing = clustering.find((name) => !known.has(name.toLowerCase()));
  if (missing !== undefined) {
    throw new BigQueryError(
      "invalid",
      `The field specified for clustering cannot be found in the schema: ${missing}`,
    );
  }
}

/** A schema's update: descriptions freely, new nullable columns at the end, REQUIRED to NULLABLE; nothing else. */
function changeFields(
  entry: RelationEntry,
  fields: readonly FieldSchema[],
  statements: string[],
): RelationEntry {
  const types = (list: readonly FieldSchema[]) =>
    JSON.stringify(list.map((field) => [field.name.toLowerCase(), fieldColumn(field).type]));
  const kept = fields.slice(0, entry.fields.length);
  if (fields.length < entry.fields.length || types(kept) !== types(entry.fields)) {
    throw new BigQueryError(
      "invalid",
      `Provided Schema does not match Table ${entry.dataset}.${entry.id}. Columns can be described and added at the end, not changed or removed.`,
    );
  }
  const added = fields.slice(entry.fields.length);
  if (entry.kind === "VIEW") {
    if (added.length > 0) throw new BigQueryError("invalid", "Cannot add columns to a view.");
    return { ...entry, fields };
  }
  entry.fields.forEach((before, place) => {
    const relaxed = before.mode === "REQUIRED" && (fields[place] as FieldSchema).mode !== "REQUIRED";
    if (relaxed)
      statements.push(`ALTER TABLE ${entry.sql} ALTER COLUMN ${quoteIdentifier(before.name)} DROP NOT NULL`);
  });
  for (const field of added) {
    if (field.mode === "REQUIRED")
      throw new BigQueryError("invalid", `Cannot add required column ${field.name}.`);
    statements.push(...addColumnSql(entry.sql, fieldColumn(field)));
  }
  return withFields(entry, fields);
}

import { stat } from "node:fs/promises";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { CatalogChange, FieldSchema, TableEntry } from "../../catalog/model.ts";
import { quoteIdentifier } from "../../catalog/names.ts";
import type { CatalogSnapshot } from "../../catalog/snapshot.ts";
import { BigQueryError, unsupported } from "../../errors.ts";
import { fieldColumn } from "../../types/schema.ts";
import { emptyTableSql } from "../administration.ts";
import { placeForTable, wrongKind } from "../ddl/tables.ts";
import { fromDuckDB } from "../duckdb-errors.ts";
import type { EngineParts } from "../parts.ts";
import { csvRows } from "./csv.ts";
import { jsonRows, unknownMembers } from "./json.ts";
import { type FileColumn, parquetFields, parquetRows, parquetSource } from "./parquet.ts";
import type { FileRows, LoadRequest } from "./request.ts";

export interface LoadOutcome {
  readonly rows: number;
  readonly inputBytes: number;
  readonly outputBytes: number;
}

/** Starts a load job: the file's rows go into the table in one transaction, all or none. */
export function load(
  parts: EngineParts,
  request: LoadRequest,
): { finished: Promise<LoadOutcome>; began(): number | undefined; cancel(): void } {
  let began: number | undefined;
  let connection: DuckDBConnection | undefined;
  let cancelled = false;
  const work = async (): Promise<LoadOutcome> => {
    const opened = await parts.database.connect();
    connection = opened;
    try {
      const { size } = await stat(request.file);
      const rows = await parts.transactions.write(opened, async (catalog, change) => {
        began = Date.now();
        if (cancelled)
          throw new BigQueryError("stopped", "Job execution was cancelled: User requested cancellation");
        return new Loading(parts, opened, request, catalog).run(change);
      });
      return { rows, inputBytes: size, outputBytes: size };
    } catch (error) {
      throw fromDuckDB(error);
    } finally {
      opened.closeSync();
    }
  };
  return {
    finished: work(),
    began: () => began,
    cancel: () => {
      cancelled = true;
      connection?.interrupt();
    },
  };
}

class Loading {
  private readonly parts: EngineParts;
  private readonly connection: DuckDBConnection;
  private readonly request: LoadRequest;
  private readonly catalog: CatalogSnapshot;

  constructor(
    parts: EngineParts,
    connection: DuckDBConnection,
    request: LoadRequest,
    catalog: CatalogSnapshot,
  ) {
    this.parts = parts;
    this.connection = connection;
    this.request = request;
    this.catalog = catalog;
  }

  async run(change: (change: CatalogChange) => void): Promise<number> {
    const existing = this.existingTable();
    const file = await this.rows(existing);
    const replaced =
      existing === undefined ||
      (this.request.write === "WRITE_TRUNCATE" && this.request.fields !== undefined);
    const entry = replaced ? this.newTable(file.fields, existing) : { ...existing, modified: Date.now() };
    if (replaced) {
      if (existing) await this.connection.run(`DROP TABLE ${existing.sql}`);
      await this.connection.run(emptyTableSql(entry));
    } else if (this.request.write === "WRITE_TRUNCATE") await this.connection.run(`DELETE FROM ${entry.sql}`);
    else if (this.request.write === "WRITE_EMPTY") await this.refuseRows(entry);
    const names = file.fields.map(({ name }) => quoteIdentifier(name)).join(", ");
    const inserted = await this.insert(`INSERT INTO ${entry.sql} (${names}) ${file.sql}`, file);
    change({ put: "relation", entry });
    return inserted;
  }

  private existingTable(): TableEntry | undefined {
    const { destination, create } = this.request;
    const { projectId, location } = this.parts;
    const name = `${projectId}:${destination.dataset}`;
    if (!this.catalog.dataset(destination.dataset))
      throw new BigQueryError("notFound", `Not found: Dataset ${name}`);
    const existing = this.catalog.relation(destination.dataset, destination.id);
    if (existing && existing.kind !== "TABLE") throw wrongKind(existing, projectId);
    if (!existing && !create) {
      throw new BigQueryError(
        "notFound",
        `Not found: Table ${name}.${destination.id} was not found in location ${location}`,
      );
    }
    return existing;
  }

  private async rows(existing: TableEntry | undefined): Promise<FileRows> {
    const { request } = this;
    const fields = request.fields ?? existing?.fields;
    if (existing && request.fields && request.write !== "WRITE_TRUNCATE")
      checkSameColumns(existing, request.fields);
    if (request.format === "PARQUET") {
      const columns = await this.parquetColumns();
      return parquetRows(request, fields ?? parquetFields(columns), columns);
    }
    if (!fields) throw unsupported(`schema detection for ${request.format}: give the load job a schema`);
    if (request.format === "CSV") return csvRows(request, fields);
    await this.refuseUnknownMembers(fields);
    return jsonRows(request, fields);
  }

  private async parquetColumns(): Promise<FileColumn[]> {
    try {
      const result = await this.connection.run(`SELECT * FROM ${parquetSource(this.request.file)} LIMIT 0`);
      return result.columnNames().map((name, place) => ({ name, type: result.columnType(place) }));
    } catch (error) {
      const text = (error as Error).message.replaceAll(this.request.file, "the file");
      throw new BigQueryError(
        "invalid",
        `Error while reading data, error message: Input file is not in Parquet format (${text})`,
      );
    }
  }

  private async refuseUnknownMembers(fields: readonly FieldSchema[]): Promise<void> {
    if (this.request.ignoreUnknownValues) return;
    const rows = await this.read(unknownMembers(this.request, fields));
    const [name] = rows[0] ?? [];
    if (name !== undefined) {
      throw new BigQueryError(
        "invalid",
        `Error while reading data, error message: JSON parsing error: No such field: ${name}.`,
      );
    }
  }

  private newTable(fields: readonly FieldSchema[], existing: TableEntry | undefined): TableEntry {
    const { destination, layout } = this.request;
    const sql = placeForTable(this.catalog, destination, "OR_REPLACE", this.parts.projectId) as string;
    const now = Date.now();
    const kept: Partial<TableEntry> = existing ?? {};
    const columns = fields.map(fieldColumn);
    const described = { ...kept, ...layout };
    return {
      ...described,
      kind: "TABLE",
      ...destination,
      sql,
      fields,
      columns,
      created: kept.created ?? now,
      modified: now,
    };
  }

  private async refuseRows(entry: TableEntry): Promise<void> {
    const rows = await this.read(`SELECT 1 FROM ${entry.sql} LIMIT 1`);
    if (rows.length === 0) return;
    const name = `${this.parts.projectId}:${entry.dataset}.${entry.id}`;
    throw new BigQueryError("duplicate", `Already Exists: Table ${name}`);
  }

  private async insert(sql: string, file: FileRows): Promise<number> {
    try {
      return (await this.parts.database.onThread(() => this.connection.run(sql))).rowsChanged;
    } catch (error) {
      throw await this.asReadError(error, file);
    }
  }

  /** The fault with its row, found by reading again: the transaction is lost anyway, so on a connection of its own. */
  private async asReadError(error: unknown, file: FileRows): Promise<BigQueryError> {
    const known = fromDuckDB(error);
    if (known.reason !== "invalidQuery" && known.reason !== "internalError") return known;
    const text = known.message.replaceAll(this.request.file, "the file");
    let where = text;
    if (file.firstFault) {
      const connection = await this.parts.database.connect();
      try {
        const [fault] = await (await connection.run(file.firstFault)).getRowsJS();
        if (fault) where = `${fault[1]}; row ${Number(fault[0]) + this.request.csv.skipLeadingRows}`;
      } catch {
        // The file cannot be read at all: DuckDB's first message says why.
      } finally {
        connection.closeSync();
      }
    }
    return new BigQueryError("invalid", `Error while reading data, error message: ${where}`);
  }

  private async read(sql: string): Promise<unknown[][]> {
    try {
      return await (await this.parts.database.onThread(() => this.connection.run(sql))).getRowsJS();
    } catch (error) {
      const text = fromDuckDB(error).message.replaceAll(this.request.file, "the file");
      throw new BigQueryError("invalid", `Error while reading data, error message: ${text}`);
    }
  }
}

function checkSameColumns(existing: TableEntry, fields: readonly FieldSchema[]): void {
  const known = new Map(existing.columns.map(({ name, type }) => [name.toLowerCase(), JSON.stringify(type)]));
  for (const field of fields) {
    const { name, type } = fieldColumn(field);
    if (known.get(name.toLowerCase()) !== JSON.stringify(type)) {
      throw new BigQueryError(
        "invalid",
        `Provided Schema does not match Table ${existing.dataset}.${existing.id}. Field ${name} is missing there or has another type.`,
      );
    }
  }
}

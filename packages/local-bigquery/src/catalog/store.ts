import type { DuckDBConnection, DuckDBMaterializedResult } from "@duckdb/node-api";
import { fieldColumn } from "../types/schema.ts";
import type { CatalogChange, DatasetEntry, RelationEntry, RoutineEntry } from "./model.ts";
import { quoteString } from "./names.ts";
import { CatalogSnapshot } from "./snapshot.ts";

const CREATE = `
CREATE SCHEMA IF NOT EXISTS bq.__bq;
CREATE TABLE IF NOT EXISTS bq.__bq.entries (kind VARCHAR, dataset VARCHAR, id VARCHAR, body VARCHAR);
CREATE TABLE IF NOT EXISTS bq.__bq.state (version BIGINT);
INSERT INTO bq.__bq.state SELECT 0 WHERE NOT EXISTS (FROM bq.__bq.state);`;

const READ_VERSION = "SELECT version FROM bq.__bq.state";

/**
 * The catalog, held in memory and kept in schema `__bq` of the data's own database file. A change is written in the
 * transaction that changes the data, so after a crash the two agree; memory follows once that transaction is committed.
 */
export class CatalogStore {
  private snapshot: CatalogSnapshot;
  private waiting: (() => void)[] = [];

  private constructor(snapshot: CatalogSnapshot) {
    this.snapshot = snapshot;
  }

  static async open(connection: DuckDBConnection): Promise<CatalogStore> {
    await connection.run(`BEGIN; ${CREATE} COMMIT;`);
    const version = await CatalogStore.versionOf(await connection.run(READ_VERSION));
    const stored = await (await connection.run("SELECT kind, body FROM bq.__bq.entries")).getRowsJS();
    const changes = stored.map(([kind, body]) => fromStored(String(kind), String(body)));
    // Datasets first: dropping nothing, the order of the rest does not matter.
    return new CatalogStore(CatalogSnapshot.empty.with(changes, version));
  }

  get current(): CatalogSnapshot {
    return this.snapshot;
  }

  /** Begins a transaction and answers the catalog's version in it; reading it also fixes what the transaction sees. */
  static async begin(connection: DuckDBConnection): Promise<number> {
    return CatalogStore.versionOf(await connection.run(`BEGIN TRANSACTION; ${READ_VERSION}`));
  }

  private static async versionOf(read: DuckDBMaterializedResult): Promise<number> {
    const rows = await read.getRows();
    return Number(rows[0]?.[0] ?? 0);
  }

  /** Writes changes and commits the connection's open transaction; then memory follows. */
  async commit(connection: DuckDBConnection, changes: readonly CatalogChange[]): Promise<void> {
    const next = this.snapshot.with(changes);
    // Of two changes of one name in one transaction the second finds the first: only a single one can be new.
    const statements = changes.flatMap((change) =>
      statementsFor(change, changes.length === 1 && this.isNew(change)),
    );
    statements.push(`UPDATE bq.__bq.state SET version = ${next.version}`);
    statements.push("COMMIT");
    await connection.run(statements.join(";\n"));
    this.publish(next);
  }

  private isNew(change: CatalogChange): boolean {
    if (!("put" in change)) return false;
    const { entry } = change;
    if (!("dataset" in entry)) return !this.snapshot.dataset(entry.id);
    if (change.put === "relation") return !this.snapshot.relation(entry.dataset, entry.id);
    return !this.snapshot.routine(entry.dataset, entry.id);
  }

  private publish(next: CatalogSnapshot): void {
    this.snapshot = next;
    const waiting = this.waiting;
    this.waiting = [];
    for (const resume of waiting) resume();
  }

  /** Waits until the next publication: a transaction can see a commit a moment before memory does. */
  published(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

function statementsFor(change: CatalogChange, isNew: boolean): string[] {
  if ("put" in change) {
    const { entry } = change;
    const dataset = "dataset" in entry ? entry.dataset : entry.id;
    const remove = removal(change.put, dataset, entry.id);
    const values = [change.put, dataset, entry.id, toStored(entry)].map(quoteString).join(", ");
    return [...(isNew ? [] : [remove]), `INSERT INTO bq.__bq.entries VALUES (${values})`];
  }
  if (change.drop === "dataset")
    return [`DELETE FROM bq.__bq.entries WHERE dataset = ${quoteString(change.id)}`];
  return [removal(change.drop, change.dataset, change.id)];
}

function removal(kind: string, dataset: string, id: string): string {
  const name =
    kind === "routine" ? `lower(id) = ${quoteString(id.toLowerCase())}` : `id = ${quoteString(id)}`;
  return `DELETE FROM bq.__bq.entries WHERE kind = ${quoteString(kind)} AND dataset = ${quoteString(dataset)} AND ${name}`;
}

/** Columns are derived from the fields, so they are not stored. */
function toStored(entry: DatasetEntry | RelationEntry | RoutineEntry): string {
  return JSON.stringify({ ...entry, columns: undefined });
}

function fromStored(kind: string, body: string): CatalogChange {
  const stored = JSON.parse(body);
  if (kind === "dataset") return { put: "dataset", entry: stored as DatasetEntry };
  if (kind === "routine") return { put: "routine", entry: stored as RoutineEntry };
  return { put: "relation", entry: { ...stored, columns: stored.fields.map(fieldColumn) } as RelationEntry };
}

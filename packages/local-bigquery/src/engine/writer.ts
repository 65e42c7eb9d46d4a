import type { DuckDBConnection } from "@duckdb/node-api";
import type { CatalogChange } from "../catalog/model.ts";
import type { CatalogSnapshot } from "../catalog/snapshot.ts";
import { CatalogStore } from "../catalog/store.ts";
import { fromDuckDB } from "./duckdb-errors.ts";
import type { Semaphore } from "./locks.ts";

/** The order of things around every read and write: one writer at a time, readers beside it, catalog and data agree. */
export class Transactions {
  private readonly store: CatalogStore;
  private readonly writing: Semaphore;

  constructor(store: CatalogStore, writing: Semaphore) {
    this.store = store;
    this.writing = writing;
  }

  /**
   * Runs `work` alone among writers, in one transaction with the catalog's changes: all of it stands after a crash, or
   * nothing. `work` gets the catalog as it is then and collects the changes.
   */
  async write<T>(
    connection: DuckDBConnection,
    work: (catalog: CatalogSnapshot, change: (change: CatalogChange) => void) => Promise<T>,
  ): Promise<T> {
    const open = await this.begin(connection);
    try {
      const changes: CatalogChange[] = [];
      const answer = await work(this.store.current, (change) => void changes.push(change));
      await open.commit(changes);
      return answer;
    } catch (error) {
      await open.rollback();
      throw error;
    }
  }

  /** Opens a transaction that writes; it holds the place of the one writer until it ends. */
  async begin(connection: DuckDBConnection): Promise<OpenTransaction> {
    const release = await this.writing.acquire();
    try {
      await connection.run("BEGIN TRANSACTION");
    } catch (error) {
      release();
      throw fromDuckDB(error);
    }
    return new OpenTransaction(this.store, connection, release);
  }

  /**
   * Runs `work` in a transaction that sees the data exactly as the catalog it is given describes them, whatever
   * writers do meanwhile. It may write to temporary tables, which only its own connection sees.
   */
  async read<T>(connection: DuckDBConnection, work: (catalog: CatalogSnapshot) => Promise<T>): Promise<T> {
    for (;;) {
      const catalog = this.store.current;
      try {
        const seen = await CatalogStore.begin(connection);
        if (seen === catalog.version) {
          const answer = await work(catalog);
          await connection.run("COMMIT");
          return answer;
        }
        await connection.run("ROLLBACK");
        // A commit came in between; memory follows it in a moment.
        if (seen > this.store.current.version) await this.store.published();
      } catch (error) {
        await connection.run("ROLLBACK").catch(() => undefined);
        throw fromDuckDB(error);
      }
    }
  }
}

export class OpenTransaction {
  private readonly store: CatalogStore;
  private readonly connection: DuckDBConnection;
  private readonly release: () => void;
  private open = true;

  constructor(store: CatalogStore, connection: DuckDBConnection, release: () => void) {
    this.store = store;
    this.connection = connection;
    this.release = release;
  }

  async commit(changes: readonly CatalogChange[]): Promise<void> {
    try {
      if (changes.length > 0) await this.store.commit(this.connection, changes);
      else await this.connection.run("COMMIT");
      this.end();
    } catch (error) {
      await this.rollback();
      throw fromDuckDB(error);
    }
  }

  async rollback(): Promise<void> {
    if (!this.open) return;
    await this.connection.run("ROLLBACK").catch(() => undefined);
    this.end();
  }

  private end(): void {
    this.open = false;
    this.release();
  }
}

import type { TableEntry } from "../catalog/model.ts";
import { bytesQueries, type Footprint } from "../footprint/index.ts";
import { LruMap } from "../lru.ts";
import { areKnown, fillTokens, type TokenValues } from "./tokens.ts";

export interface Counting {
  /** The table as it is for the statement; undefined: nothing is known of its rows. */
  find(path: readonly string[]): TableEntry | undefined;
  /** Runs a query that answers one number, in the statement's own transaction. */
  number(sql: string): Promise<number>;
  /** True where the table's entry names its rows exactly: outside a transaction, for a permanent table. */
  isVersion(table: TableEntry): boolean;
}

/**
 * Counts the bytes that statements process. The rows themselves are asked, so that the answer is exact; what was counted
 * for one version of a table is kept, and every change of a table makes a new entry of it.
 */
export class BytesProcessed {
  private readonly known = new LruMap<string, { readonly table: TableEntry; readonly bytes: number }>(2_000);

  async of(footprint: Footprint, values: TokenValues, counting: Counting): Promise<number> {
    let total = 0;
    for (const { table, sql } of bytesQueries(footprint, counting.find, (text) => areKnown(text, values))) {
      const filled = fillTokens(sql, values);
      const known = this.known.get(filled);
      if (known && known.table === table && counting.isVersion(table)) total += known.bytes;
      else {
        const bytes = await counting.number(filled);
        if (counting.isVersion(table)) this.known.set(filled, { table, bytes });
        total += bytes;
      }
    }
    return total;
  }
}

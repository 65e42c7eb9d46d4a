import type { DuckDBMaterializedResult } from "@duckdb/node-api";
import type { Column } from "../types/types.ts";
import { fromDuckdb } from "../types/value.ts";

/** Rows of a finished query, kept where DuckDB put them and decoded when somebody asks. */
export class ResultRows {
  readonly columns: readonly Column[];
  readonly rowCount: number;
  private readonly result: DuckDBMaterializedResult | undefined;
  /** First row of each chunk. */
  private readonly starts: number[] = [];

  constructor(columns: readonly Column[], result?: DuckDBMaterializedResult) {
    this.columns = columns;
    this.result = result;
    this.rowCount = result?.rowCount ?? 0;
  }

  /** Canonical values (types/value.ts) of `count` rows from `start`. */
  rows(start = 0, count = this.rowCount): unknown[][] {
    const end = Math.min(this.rowCount, start + count);
    const rows: unknown[][] = [];
    if (!this.result || start >= end) return rows;
    for (
      let index = this.chunkAt(start);
      index < this.result.chunkCount && rows.length < end - start;
      index += 1
    ) {
      const chunk = this.result.getChunk(index);
      const first = this.starts[index] ?? 0;
      this.starts[index + 1] = first + chunk.rowCount;
      const from = Math.max(0, start - first);
      const to = Math.min(chunk.rowCount, end - first);
      if (from >= to) continue;
      const values = this.columns.map((_column, place) => chunk.getColumnVector(place));
      for (let row = from; row < to; row += 1) {
        rows.push(
          this.columns.map((column, place) => fromDuckdb(values[place]?.getItem(row) ?? null, column.type)),
        );
      }
    }
    return rows;
  }

  /** The chunk that holds a row, as far as the chunks' starts are known; reading on from there finds the rest. */
  private chunkAt(row: number): number {
    this.starts[0] = 0;
    let index = this.starts.length - 1;
    while (index > 0 && (this.starts[index] as number) > row) index -= 1;
    return index;
  }
}

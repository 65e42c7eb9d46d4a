import type { StatementOutcome } from "../engine/outcome.ts";
import type { ResultRows } from "../engine/result.ts";
import { BigQueryError } from "../errors.ts";
import { restField } from "../types/schema.ts";
import { restRow } from "../types/value.ts";
import { jobReference, statementStatistics } from "./job-resource.ts";
import type { Job } from "./jobs.ts";
import { countOf, startOf, tokenOf } from "./paging.ts";
import type { Identity } from "./resources.ts";

/** BigQuery's own bound of a page. */
const PAGE_BYTES = 10_000_000;
const PAGE_ROWS = 100_000;
const BATCH = 512;

export interface PageRequest {
  readonly maxResults?: string | number | undefined;
  readonly pageToken?: string | undefined;
  readonly startIndex?: string | undefined;
  readonly int64Timestamp: boolean;
}

/** The text of a list of REST rows, built batch by batch: a large page exists once, as text. */
export async function rowsText(
  source: Pick<ResultRows, "columns" | "rows">,
  start: number,
  count: number,
  int64Timestamp: boolean,
): Promise<{ text: string; rows: number }> {
  const types = source.columns.map(({ type }) => type);
  const parts: string[] = [];
  let bytes = 0;
  let rows = 0;
  while (rows < count && bytes < PAGE_BYTES) {
    const batch = source.rows(start + rows, Math.min(BATCH, count - rows));
    if (batch.length === 0) break;
    for (const row of batch) {
      refuseNullElements(row, source.columns);
      const text = JSON.stringify(restRow(row, types, { int64Timestamp }));
      bytes += text.length;
      parts.push(text);
    }
    rows += batch.length;
    // A large page must not keep the other requests waiting.
    if (rows % (8 * BATCH) === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return { text: `[${parts.join(",")}]`, rows };
}

/** BigQuery writes no array with a NULL element, to a table or to a result. */
function refuseNullElements(row: readonly unknown[], columns: ResultRows["columns"]): void {
  for (const [place, { name, type }] of columns.entries()) {
    if (type.kind === "ARRAY" && (row[place] as unknown[] | null)?.includes(null)) {
      throw new BigQueryError(
        "invalidQuery",
        `Array cannot have a null element; error in writing field ${name}`,
      );
    }
  }
}

/** The body of jobs.query and jobs.getQueryResults for a finished job. */
export async function queryResponse(
  kind: string,
  job: Job,
  identity: Identity,
  page: PageRequest,
): Promise<string> {
  const last: StatementOutcome | undefined = job.outcome?.last;
  const rows = last?.rows;
  const start = page.pageToken ? startOf(page.pageToken) : Number(page.startIndex ?? 0);
  const { text, rows: count } = rows
    ? await rowsText(
        rows,
        start,
        Math.min(countOf(page.maxResults, PAGE_ROWS), rows.rowCount - start),
        page.int64Timestamp,
      )
    : { text: "[]", rows: 0 };
  const next =
    rows && start + count < rows.rowCount && (count > 0 || page.maxResults !== undefined)
      ? start + count
      : undefined;
  const { schema: _, referencedTables: __, ...statistics } = last ? statementStatistics(last, identity) : {};
  const head = JSON.stringify({
    kind,
    etag: `${job.id}-${start}`,
    schema: { fields: (last?.columns ?? []).map(restField) },
    jobReference: jobReference(job, identity),
    totalRows: String(rows?.rowCount ?? 0),
    ...(next !== undefined && { pageToken: tokenOf(next) }),
    ...(job.outcome?.bytesProcessed !== undefined && {
      totalBytesProcessed: String(job.outcome.bytesProcessed),
    }),
    jobComplete: true,
    cacheHit: false,
    ...statistics,
  });
  return rows ? `${head.slice(0, -1)},"rows":${text}}` : head;
}

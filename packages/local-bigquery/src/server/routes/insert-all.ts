import type { FastifyInstance } from "fastify";
import { insertRows, type RefusedRow } from "../../engine/load/insert-rows.ts";
import { BigQueryError } from "../../errors.ts";
import type { ServerContext } from "../context.ts";

interface Body {
  readonly rows?: readonly { readonly insertId?: string; readonly json?: unknown }[];
  readonly ignoreUnknownValues?: boolean;
  readonly skipInvalidRows?: boolean;
  readonly templateSuffix?: string;
}

/** BigQuery's own bound. */
const MAX_ROWS = 50_000;
/** How long a row sent again with its insertId is known to be there; BigQuery promises about a minute. */
const REMEMBERED_MS = 60_000;

/** tabledata.insertAll: rows are there when the answer comes, where BigQuery's streaming buffer keeps them for a while. */
export function insertAllRoute(app: FastifyInstance, context: ServerContext): void {
  const { administration } = context;
  const inserted = new Map<string, number>();

  app.post("/projects/:project/datasets/:dataset/tables/:table/insertAll", async (request) => {
    const { dataset, table } = request.params as { dataset: string; table: string };
    const body = request.body as Body;
    if (body.templateSuffix)
      throw new BigQueryError("unsupported", "Unsupported: insertAll with templateSuffix");
    if (!Array.isArray(body.rows) || body.rows.length === 0)
      throw new BigQueryError("invalid", "No rows present in the request.");
    if (body.rows.length > MAX_ROWS)
      throw new BigQueryError("invalid", `insertAll takes at most ${MAX_ROWS} rows in one request.`);
    forget(inserted);
    const key = (insertId: string) => `${dataset}.${table}\0${insertId}`;
    const rows = body.rows
      .map((row, index) => ({ ...row, index }))
      .filter(({ insertId }) => !insertId || !inserted.has(key(insertId)));
    const trial = await context.engine.parts.database.connect();
    const writing = administration.write(async (_catalog, change, connection) => {
      const entry = administration.relation(dataset, table);
      if (entry.kind !== "TABLE")
        throw new BigQueryError("invalid", `Cannot add rows to a table of type ${entry.kind}.`);
      const answer = await insertRows(connection, trial, entry, {
        rows: rows.map(({ json }) => json),
        ignoreUnknown: body.ignoreUnknownValues === true,
        skipInvalid: body.skipInvalidRows === true,
      });
      change({ put: "relation", entry: { ...entry, modified: Date.now() } });
      return answer;
    });
    const refused = await writing.finally(() => trial.closeSync());
    const left = new Set(refused.map(({ index }) => index));
    for (const [place, { insertId }] of rows.entries())
      if (insertId && !left.has(place)) inserted.set(key(insertId), Date.now());
    const insertErrors = refused.map((row) =>
      errorOf({ ...row, index: rows[row.index]?.index ?? row.index }),
    );
    return {
      kind: "bigquery#tableDataInsertAllResponse",
      ...(insertErrors.length > 0 && { insertErrors: insertErrors.sort((a, b) => a.index - b.index) }),
    };
  });
}

function errorOf({ index, fault }: RefusedRow) {
  const error = fault
    ? { reason: "invalid", location: fault.location, debugInfo: "", message: fault.message }
    : { reason: "stopped", location: "", debugInfo: "", message: "" };
  return { index, errors: [error] };
}

function forget(inserted: Map<string, number>): void {
  const oldest = Date.now() - REMEMBERED_MS;
  for (const [key, at] of inserted) {
    if (at >= oldest) return;
    inserted.delete(key);
  }
}

import type { Cell, Field } from "./values.ts";

export interface QueryAnswer {
  readonly jobId: string;
  readonly fields: readonly Field[];
  /** Pages of rows in the order of the result; each row's cells in the order of `fields`. */
  readonly pages: AsyncIterable<readonly (readonly Cell[])[]>;
  readonly totalRows: number;
  /** Rows that a statement of DML changed. */
  readonly affectedRows?: number;
}

export interface DryRun {
  readonly statementType: string;
  readonly fields: readonly Field[];
  readonly bytes: number;
  /** "dataset.table" of each table read. */
  readonly tables: readonly string[];
}

/** What a finished job took. */
export interface JobFigures {
  readonly seconds: number;
  /** As BigQuery would bill them. */
  readonly bytes: number;
}

export interface TableFacts {
  readonly type: string;
  readonly rows: number | null;
  readonly modified: string;
}

interface ErrorBody {
  readonly message?: string;
  readonly reason?: string;
}
interface QueryBody {
  readonly jobReference: { readonly jobId: string };
  readonly jobComplete: boolean;
  readonly schema?: { readonly fields?: readonly Field[] };
  readonly rows?: readonly { readonly f: readonly { readonly v: Cell }[] }[];
  readonly totalRows?: string;
  readonly pageToken?: string;
  readonly numDmlAffectedRows?: string;
}
interface JobBody {
  readonly status?: { readonly errorResult?: ErrorBody };
  readonly statistics?: {
    readonly startTime?: string;
    readonly endTime?: string;
    readonly totalSlotMs?: string;
    readonly totalBytesProcessed?: string;
    readonly query?: {
      readonly statementType?: string;
      readonly schema?: { readonly fields?: readonly Field[] };
      readonly referencedTables?: readonly { readonly datasetId: string; readonly tableId: string }[];
      readonly totalBytesProcessed?: string;
    };
  };
}

/** An answer of the API that says no. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly reason: string;

  constructor(status: number, message: string, reason: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

const pageRows = 10_000;

/** The few calls of BigQuery's REST API that the commands need themselves, in plain `fetch`: it starts at once. */
export class Client {
  readonly url: string;
  readonly #base: string;
  readonly #project: string;

  constructor(url: string, project: string) {
    this.url = url;
    this.#project = project;
    this.#base = `${url}/bigquery/v2/projects/${encodeURIComponent(project)}`;
  }

  async query(sql: string, maxRows = Number.POSITIVE_INFINITY): Promise<QueryAnswer> {
    const page = Math.min(pageRows, maxRows);
    let body = await this.#call<QueryBody>("POST", "/queries", {
      query: sql,
      useLegacySql: false,
      maxResults: page,
      timeoutMs: 60_000,
      formatOptions: { useInt64Timestamp: true },
    });
    const results = `/queries/${encodeURIComponent(body.jobReference.jobId)}?formatOptions.useInt64Timestamp=true&maxResults=${page}`;
    while (!body.jobComplete) body = await this.#call<QueryBody>("GET", `${results}&timeoutMs=60000`);
    const first = body;
    const next = (token: string) =>
      this.#call<QueryBody>("GET", `${results}&pageToken=${encodeURIComponent(token)}`);
    return {
      jobId: first.jobReference.jobId,
      fields: first.schema?.fields ?? [],
      totalRows: Number(first.totalRows ?? 0),
      ...(first.numDmlAffectedRows === undefined ? {} : { affectedRows: Number(first.numDmlAffectedRows) }),
      pages: pagesFrom(first, next, maxRows),
    };
  }

  /** All rows of a small result as objects; cells as the API's strings, null for NULL. */
  async rows(sql: string, maxRows = 1000): Promise<Record<string, Cell>[]> {
    const answer = await this.query(sql, maxRows);
    const rows: Record<string, Cell>[] = [];
    for await (const page of answer.pages) {
      for (const row of page) {
        rows.push(Object.fromEntries(answer.fields.map((field, place) => [field.name, row[place] ?? null])));
      }
    }
    return rows;
  }

  async dryRun(sql: string): Promise<DryRun> {
    const job = await this.#call<JobBody>("POST", "/jobs", {
      jobReference: { projectId: this.#project },
      configuration: { dryRun: true, query: { query: sql, useLegacySql: false } },
    });
    if (job.status?.errorResult)
      throw new ApiError(400, job.status.errorResult.message ?? "failed", "invalidQuery");
    const query = job.statistics?.query;
    return {
      statementType: query?.statementType ?? "",
      fields: query?.schema?.fields ?? [],
      bytes: Number(query?.totalBytesProcessed ?? job.statistics?.totalBytesProcessed ?? 0),
      tables: (query?.referencedTables ?? []).map((table) => `${table.datasetId}.${table.tableId}`),
    };
  }

  /** Undefined where the table does not exist. `name` is "dataset.table". */
  async table(name: string): Promise<TableFacts | undefined> {
    const [dataset = "", table = ""] = name.split(".");
    try {
      const body = await this.#call<{ type: string; numRows?: string; lastModifiedTime?: string }>(
        "GET",
        `/datasets/${encodeURIComponent(dataset)}/tables/${encodeURIComponent(table)}`,
      );
      const rows = body.type === "TABLE" && body.numRows !== undefined ? Number(body.numRows) : null;
      return { type: body.type, rows, modified: body.lastModifiedTime ?? "" };
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** The table's columns in their order; undefined where it does not exist. */
  async columns(name: string): Promise<readonly Field[] | undefined> {
    const [dataset = "", table = ""] = name.split(".");
    try {
      const body = await this.#call<{ schema?: { fields?: readonly Field[] } }>(
        "GET",
        `/datasets/${encodeURIComponent(dataset)}/tables/${encodeURIComponent(table)}`,
      );
      return body.schema?.fields ?? [];
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Seconds a finished job worked; undefined where the server does not know it any more. */
  async jobSeconds(jobId: string): Promise<number | undefined> {
    return (await this.job(jobId))?.seconds;
  }

  /** What a finished job took; undefined where the server does not know it any more. */
  async job(jobId: string): Promise<JobFigures | undefined> {
    try {
      const { statistics } = await this.#call<JobBody>("GET", `/jobs/${encodeURIComponent(jobId)}`);
      const bytes = Number(statistics?.totalBytesProcessed ?? 0);
      // A job that waits for another's writing has started; its slot time leaves the waiting out.
      if (statistics?.totalSlotMs) return { seconds: Number(statistics.totalSlotMs) / 1000, bytes };
      if (!statistics?.startTime || !statistics.endTime) return undefined;
      return { seconds: (Number(statistics.endTime) - Number(statistics.startTime)) / 1000, bytes };
    } catch (error) {
      if (error instanceof ApiError) return undefined;
      throw error;
    }
  }

  async answers(): Promise<boolean> {
    try {
      await this.#call("GET", "/datasets?maxResults=1", undefined, 5000);
      return true;
    } catch (error) {
      return error instanceof ApiError;
    }
  }

  async #call<T>(method: string, path: string, body?: unknown, timeout?: number): Promise<T> {
    const response = await fetch(this.#base + path, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      ...(timeout === undefined ? {} : { signal: AbortSignal.timeout(timeout) }),
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as T;
    const error = errorIn(text);
    throw new ApiError(response.status, error?.message ?? `${response.status} ${text}`, error?.reason ?? "");
  }
}

function errorIn(text: string): ErrorBody | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string; errors?: ErrorBody[] } };
    return { ...error?.errors?.[0], ...(error?.message === undefined ? {} : { message: error.message }) };
  } catch {
    return undefined;
  }
}

async function* pagesFrom(
  first: QueryBody,
  next: (token: string) => Promise<QueryBody>,
  maxRows: number,
): AsyncGenerator<Cell[][]> {
  let left = maxRows;
  for (let body = first; ; ) {
    const rows = (body.rows ?? []).slice(0, left).map((row) => row.f.map((cell) => cell.v));
    left -= rows.length;
    yield rows;
    if (!body.pageToken || left <= 0) return;
    body = await next(body.pageToken);
  }
}

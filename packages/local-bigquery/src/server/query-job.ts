import { createHash, randomUUID } from "node:crypto";
import type { ScriptOutcome } from "../engine/engine.ts";
import type { SessionOptions } from "../engine/session.ts";
import { BigQueryError } from "../errors.ts";
import type { ServerContext } from "./context.ts";
import type { JobOutcome, JobRequest } from "./jobs.ts";
import { type QueryParameter, readParameters } from "./parameters.ts";

/** configuration.query of a job, or the body of jobs.query. */
export interface QueryConfiguration {
  readonly query?: string;
  readonly useLegacySql?: boolean;
  readonly defaultDataset?: { readonly datasetId?: string };
  readonly queryParameters?: readonly QueryParameter[];
  readonly destinationTable?: unknown;
  readonly createSession?: boolean;
  readonly [other: string]: unknown;
}

/** BigQuery's own bound of a statement's text. */
const MAX_QUERY = 1024 * 1024;
const TIME_LIMIT = 6 * 60 * 60 * 1000;

export function queryOptions(
  context: ServerContext,
  project: string,
  query: QueryConfiguration,
  timeLimit: unknown,
): SessionOptions {
  if (query.useLegacySql === true)
    throw new BigQueryError("unsupported", "Unsupported: legacy SQL; send useLegacySql: false");
  for (const name of [
    "destinationTable",
    "tableDefinitions",
    "createSession",
    "schemaUpdateOptions",
    "continuous",
  ]) {
    if (query[name]) throw new BigQueryError("unsupported", `Unsupported: query jobs with ${name}`);
  }
  if (!query.query) throw new BigQueryError("required", "Required parameter is missing: query");
  if (Buffer.byteLength(query.query) > MAX_QUERY) {
    throw new BigQueryError(
      "invalid",
      "The query is too large. The maximum standard SQL query length is 1024.00K characters.",
    );
  }
  const limit = Number(timeLimit ?? 0);
  return {
    projects: new Set([project, context.engine.parts.projectId]),
    ...(query.defaultDataset?.datasetId && { defaultDataset: query.defaultDataset.datasetId }),
    parameters: readParameters(query.queryParameters),
    timeLimit: limit > 0 ? Math.min(limit, TIME_LIMIT) : TIME_LIMIT,
  };
}

export function queryJob(
  context: ServerContext,
  request: { id: string; sql: string; configuration: JobRequest["configuration"]; options: SessionOptions },
): JobRequest {
  return {
    id: request.id,
    type: "QUERY",
    configuration: request.configuration,
    start: () => {
      const run = context.engine.run(request.sql, request.options);
      const finished = run.finished.then(summary);
      return { finished, began: run.began, cancel: run.cancel };
    },
  };
}

/** A dry run's outcome: nothing ran, nothing is kept. */
export async function dryRunOutcome(
  context: ServerContext,
  sql: string,
  options: SessionOptions,
): Promise<JobOutcome> {
  return summary(await context.engine.dryRun(sql, options));
}

const WITH_RESULT = /^(SELECT|INSERT|UPDATE|DELETE|MERGE|TRUNCATE_TABLE|CREATE_|DROP_|ALTER_)/;

/** The job's result is that of the last SELECT, DML or DDL statement that ran. */
function summary({ isScript, outcomes, bytesProcessed }: ScriptOutcome): JobOutcome {
  const last = outcomes.findLast((outcome) => WITH_RESULT.test(outcome.statementType));
  const type = isScript ? "SCRIPT" : (outcomes.at(-1)?.statementType ?? "SCRIPT");
  return {
    ...(last && {
      last: isScript ? { ...last, reads: [...new Set(outcomes.flatMap(({ reads }) => reads))] } : last,
    }),
    statementType: type,
    ...(bytesProcessed !== undefined && { bytesProcessed }),
    ...(isScript && { statements: outcomes.map(({ rows: _, ...statement }) => statement) }),
  };
}

export function newJobId(): string {
  return `job_${randomUUID()}`;
}

/** The id of a jobs.query request that may be sent again: the same request is the same job. */
export function idOfRequest(requestId: string): string {
  return `job_${createHash("sha256").update(requestId).digest("hex").slice(0, 32)}`;
}

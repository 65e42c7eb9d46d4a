import type { FastifyInstance } from "fastify";
import { BigQueryError } from "../../errors.ts";
import { childJobs, parentOf } from "../child-jobs.ts";
import { identityFor, type ServerContext } from "../context.ts";
import { type CopyConfiguration, copyJob } from "../copy-job.ts";
import { jobReference, jobResource, statementStatistics } from "../job-resource.ts";
import type { Job } from "../jobs.ts";
import { pageOf } from "../paging.ts";
import {
  dryRunOutcome,
  idOfRequest,
  newJobId,
  type QueryConfiguration,
  queryJob,
  queryOptions,
} from "../query-job.ts";
import { type PageRequest, queryResponse } from "../query-results.ts";

interface Params {
  readonly project: string;
  readonly job: string;
}
type Query = Readonly<Record<string, string | undefined>>;
interface JobBody {
  readonly jobReference?: { readonly jobId?: string };
  readonly configuration?: Readonly<Record<string, unknown>> & {
    readonly query?: QueryConfiguration;
    readonly copy?: CopyConfiguration;
    readonly dryRun?: boolean;
    readonly jobTimeoutMs?: string;
  };
}
type QueryBody = QueryConfiguration & {
  readonly dryRun?: boolean;
  readonly maxResults?: number;
  readonly timeoutMs?: number;
  readonly requestId?: string;
  readonly labels?: unknown;
  readonly formatOptions?: { readonly useInt64Timestamp?: boolean };
  readonly jobTimeoutMs?: string;
};

const DEFAULT_WAIT = 10_000;
const LONGEST_WAIT = 200_000;
/** A job that is done this soon is answered as done at once: a short statement then needs no second call. */
const PATIENCE = 20;

export function jobRoutes(app: FastifyInstance, context: ServerContext): void {
  const { jobs } = context;

  app.post("/projects/:project/jobs", async (request) => {
    const { project } = request.params as Params;
    const { jobReference: reference, configuration = {} } = request.body as JobBody;
    const identity = identityFor(context, project);
    const { query } = configuration;
    if (!query) {
      if (configuration.copy) {
        const copyId = checkedId(reference?.jobId) ?? newJobId();
        const job = jobs.insert(copyJob(context, copyId, configuration), project, identity.location);
        await job.waitFor(PATIENCE);
        return jobResource(job, identity);
      }
      const kind = ["load", "extract"].find((name) => configuration[name]);
      if (kind === "load") {
        throw new BigQueryError(
          "unsupported",
          "Unsupported: load jobs from URIs; upload the file with the job instead",
        );
      }
      throw kind
        ? new BigQueryError("unsupported", `Unsupported: ${kind} jobs`)
        : new BigQueryError("required", "Required parameter is missing: configuration.query");
    }
    const id = checkedId(reference?.jobId) ?? newJobId();
    const options = queryOptions(context, project, query, configuration.jobTimeoutMs);
    const sql = query.query as string;
    if (configuration.dryRun) return dryRunResource(context, project, sql, options, configuration);
    const job = jobs.insert(
      queryJob(context, { id, sql, configuration, options }),
      project,
      identity.location,
    );
    await job.waitFor(PATIENCE);
    return jobResource(job, identity);
  });

  app.get("/projects/:project/jobs", async (request) => {
    const { project } = request.params as Params;
    const query = request.query as Query & { stateFilter?: string | string[] };
    const identity = identityFor(context, project);
    if (query.parentJobId) {
      const children = childJobs(jobs.get(query.parentJobId, project), identity);
      const { page, ...next } = pageOf(children, query as Record<string, string>);
      return { kind: "bigquery#jobList", jobs: page, ...next };
    }
    const states = [query.stateFilter ?? []].flat().map((state) => state.toUpperCase());
    const wanted = (job: Job) =>
      (states.length === 0 || states.includes(job.state)) &&
      job.created >= Number(query.minCreationTime ?? 0) &&
      job.created <= Number(query.maxCreationTime ?? Number.POSITIVE_INFINITY);
    const { page, ...next } = pageOf(jobs.newestFirst().filter(wanted), query as Record<string, string>);
    const items = page.map((job) => ({
      ...jobResource(job, identity),
      kind: "bigquery#job",
      state: job.state,
    }));
    return { kind: "bigquery#jobList", jobs: items, ...next };
  });

  app.get("/projects/:project/jobs/:job", async (request) => {
    const { project, job } = request.params as Params;
    const identity = identityFor(context, project);
    const parent = jobs.find(job) ? undefined : jobs.find(parentOf(job) ?? "");
    const child = parent && childJobs(parent, identity).find(({ jobReference: { jobId } }) => jobId === job);
    return child ?? jobResource(jobs.get(job, project), identity);
  });

  app.post("/projects/:project/jobs/:job/cancel", async (request) => {
    const { project, job: id } = request.params as Params;
    const job = jobs.get(id, project);
    job.cancel();
    await job.waitFor(1_000);
    return { kind: "bigquery#jobCancelResponse", job: jobResource(job, identityFor(context, project)) };
  });

  app.delete("/projects/:project/jobs/:job/delete", async (request, reply) => {
    const { project, job } = request.params as Params;
    if (jobs.get(job, project).state === "RUNNING")
      throw new BigQueryError("invalid", "A running job cannot be deleted.");
    jobs.delete(job);
    return reply.code(204).send();
  });

  app.post("/projects/:project/queries", async (request, reply) => {
    const { project } = request.params as Params;
    const body = request.body as QueryBody;
    const identity = identityFor(context, project);
    const options = queryOptions(context, project, body, body.jobTimeoutMs);
    const sql = body.query as string;
    if (body.dryRun) {
      const { last, bytesProcessed } = await dryRunOutcome(context, sql, options);
      const schema = last && statementStatistics(last, identity).schema;
      return {
        kind: "bigquery#queryResponse",
        ...(schema && { schema }),
        jobReference: { projectId: project, location: identity.location },
        totalBytesProcessed: String(bytesProcessed ?? 0),
        jobComplete: true,
        cacheHit: false,
      };
    }
    const id = body.requestId ? idOfRequest(body.requestId) : newJobId();
    // The same request sent again after a lost answer gets the job it started, not a second run.
    const configuration = {
      query: { query: sql, useLegacySql: false },
      ...(body.labels ? { labels: body.labels } : {}),
    };
    const job =
      jobs.find(id) ??
      jobs.insert(queryJob(context, { id, sql, configuration, options }), project, identity.location);
    await job.waitFor(waitTime(body.timeoutMs));
    const page: PageRequest = {
      maxResults: body.maxResults,
      int64Timestamp: body.formatOptions?.useInt64Timestamp === true,
    };
    return reply
      .type("application/json")
      .send(await answer("bigquery#queryResponse", context, project, job, page));
  });

  app.get("/projects/:project/queries/:job", async (request, reply) => {
    const { project, job: id } = request.params as Params;
    const query = request.query as Query;
    const job = jobs.get(id, project);
    await job.waitFor(waitTime(query.timeoutMs));
    const page: PageRequest = {
      ...{ maxResults: query.maxResults, pageToken: query.pageToken, startIndex: query.startIndex },
      int64Timestamp: query["formatOptions.useInt64Timestamp"] === "true",
    };
    return reply
      .type("application/json")
      .send(await answer("bigquery#getQueryResultsResponse", context, project, job, page));
  });
}

async function answer(
  kind: string,
  context: ServerContext,
  project: string,
  job: Job,
  page: PageRequest,
): Promise<string> {
  const identity = identityFor(context, project);
  if (job.error) throw job.error;
  if (job.state === "RUNNING") {
    return JSON.stringify({ kind, jobReference: jobReference(job, identity), jobComplete: false });
  }
  return queryResponse(kind, job, identity, page);
}

async function dryRunResource(
  context: ServerContext,
  project: string,
  sql: string,
  options: Parameters<typeof dryRunOutcome>[2],
  configuration: Readonly<Record<string, unknown>>,
) {
  const identity = identityFor(context, project);
  const outcome = await dryRunOutcome(context, sql, options);
  const bytes = String(outcome.bytesProcessed ?? 0);
  return {
    kind: "bigquery#job",
    id: `${project}:${identity.location}.`,
    jobReference: { projectId: project, location: identity.location },
    configuration: { ...configuration, jobType: "QUERY" },
    status: { state: "DONE" },
    statistics: {
      creationTime: String(Date.now()),
      totalBytesProcessed: bytes,
      query: {
        totalBytesProcessed: bytes,
        totalBytesBilled: "0",
        totalBytesProcessedAccuracy: "PRECISE",
        cacheHit: false,
        statementType: outcome.statementType,
        ...(outcome.last && statementStatistics(outcome.last, identity)),
      },
    },
  };
}

function waitTime(timeoutMs: string | number | undefined): number {
  return Math.min(Number(timeoutMs ?? DEFAULT_WAIT), LONGEST_WAIT);
}

export function checkedId(id: string | undefined): string | undefined {
  if (id !== undefined && !/^[\w-]{1,1024}$/.test(id)) {
    throw new BigQueryError(
      "invalid",
      `Invalid job ID "${id}": letters, digits, underscores and dashes only.`,
    );
  }
  return id;
}

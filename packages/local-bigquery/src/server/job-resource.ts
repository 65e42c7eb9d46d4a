import type { StatementOutcome } from "../engine/outcome.ts";
import { restField } from "../types/schema.ts";
import { errorProto } from "./errors.ts";
import type { Job } from "./jobs.ts";
import { datasetReference, type Identity, routineReference, tableReference } from "./resources.ts";

export function jobReference(job: { id: string }, { projectId, location }: Identity) {
  return { projectId, jobId: job.id, location };
}

export function jobResource(job: Job, identity: Identity) {
  return {
    kind: "bigquery#job",
    etag: `${job.id}-${job.state}`,
    id: `${identity.projectId}:${identity.location}.${job.id}`,
    selfLink: `/bigquery/v2/projects/${identity.projectId}/jobs/${job.id}?location=${identity.location}`,
    user_email: "local@localhost",
    jobReference: jobReference(job, identity),
    configuration: { ...job.configuration, jobType: job.type },
    status: jobStatus(job),
    statistics: jobStatistics(job, identity),
  };
}

export function jobStatus(job: Job) {
  const error = job.error && errorProto(job.error);
  return { state: job.state, ...(error && { errorResult: error, errors: [error] }) };
}

function jobStatistics(job: Job, identity: Identity) {
  const { outcome } = job;
  const bytes = outcome?.bytesProcessed;
  const counted = bytes === undefined ? {} : { totalBytesProcessed: String(bytes) };
  return {
    creationTime: String(job.created),
    startTime: String(job.began() ?? job.created),
    ...(job.ended !== undefined && { endTime: String(job.ended) }),
    ...counted,
    ...(outcome?.statements && { numChildJobs: String(outcome.statements.length) }),
    ...(job.type === "QUERY" && {
      query: {
        ...counted,
        totalBytesBilled: "0",
        billingTier: 0,
        cacheHit: false,
        ...(outcome?.statementType && { statementType: outcome.statementType }),
        ...(outcome?.last && statementStatistics(outcome.last, identity)),
      },
    }),
    ...(outcome?.load && {
      load: {
        inputFiles: "1",
        inputFileBytes: String(outcome.load.inputBytes),
        outputRows: String(outcome.load.rows),
        outputBytes: String(outcome.load.outputBytes),
        badRecords: "0",
      },
    }),
  };
}

/** What a statement read, changed and answers. */
export function statementStatistics(outcome: StatementOutcome, identity: Identity) {
  const { dml, ddl } = outcome;
  const onDataset = ddl && ddl.target.id === "";
  return {
    ...(outcome.columns.length > 0 && { schema: { fields: outcome.columns.map(restField) } }),
    referencedTables: outcome.reads
      .filter(({ dataset }) => dataset !== "")
      .map((read) => tableReference(read, identity)),
    ...(dml && {
      numDmlAffectedRows: String(dml.inserted + dml.updated + dml.deleted),
      dmlStats: {
        insertedRowCount: String(dml.inserted),
        updatedRowCount: String(dml.updated),
        deletedRowCount: String(dml.deleted),
      },
    }),
    ...(ddl && {
      ddlOperationPerformed: ddl.operation,
      ...(ddl.isRoutine
        ? { ddlTargetRoutine: routineReference(ddl.target, identity) }
        : onDataset
          ? { ddlTargetDataset: datasetReference(ddl.target.dataset, identity) }
          : { ddlTargetTable: tableReference(ddl.target, identity) }),
    }),
  };
}

import { statementStatistics } from "./job-resource.ts";
import type { Job } from "./jobs.ts";
import type { Identity } from "./resources.ts";

/** The statements of a script that ran, as the child jobs of its job, newest first. */
export function childJobs(job: Job, identity: Identity) {
  const { projectId, location } = identity;
  const children = (job.outcome?.statements ?? []).map((statement, place) => {
    const jobId = childId(job.id, place);
    const bytes = statement.bytesProcessed;
    const counted = bytes === undefined ? {} : { totalBytesProcessed: String(bytes) };
    return {
      kind: "bigquery#job",
      id: `${projectId}:${location}.${jobId}`,
      selfLink: `/bigquery/v2/projects/${projectId}/jobs/${jobId}?location=${location}`,
      user_email: "local@localhost",
      jobReference: { projectId, jobId, location },
      configuration: { jobType: "QUERY" },
      status: { state: "DONE" },
      state: "DONE",
      statistics: {
        creationTime: String(job.created),
        startTime: String(job.began() ?? job.created),
        endTime: String(job.ended ?? job.created),
        parentJobId: job.id,
        scriptStatistics: { evaluationKind: "STATEMENT" },
        ...counted,
        query: {
          statementType: statement.statementType,
          cacheHit: false,
          ...counted,
          ...statementStatistics(statement, identity),
        },
      },
    };
  });
  return children.reverse();
}

function childId(parent: string, place: number): string {
  return `script_${parent}_${place}`;
}

/** The parent's id in a child's. */
export function parentOf(jobId: string): string | undefined {
  return /^script_(.+)_\d+$/.exec(jobId)?.[1];
}

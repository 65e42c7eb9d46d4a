import type { StatementOutcome } from "../engine/outcome.ts";
import { BigQueryError } from "../errors.ts";
import { asBigQueryError } from "./errors.ts";

/** What a job leaves: a query's last outcome, a load's counts. */
export interface JobOutcome {
  /** The last SELECT, DML or DDL, whose result the job's is. */
  readonly last?: StatementOutcome;
  readonly statementType?: string;
  /** A script's statements, without their rows. */
  readonly statements?: readonly Omit<StatementOutcome, "rows">[];
  /** Absent where nobody counted. */
  readonly bytesProcessed?: number;
  readonly load?: { readonly rows: number; readonly inputBytes: number; readonly outputBytes: number };
}

export interface JobRequest {
  readonly id: string;
  readonly type: "QUERY" | "LOAD" | "COPY";
  /** The configuration as the client sent it. */
  readonly configuration: Readonly<Record<string, unknown>>;
  start(): { readonly finished: Promise<JobOutcome>; began(): number | undefined; cancel(): void };
}

export class Job {
  readonly id: string;
  readonly type: JobRequest["type"];
  readonly configuration: JobRequest["configuration"];
  readonly created = Date.now();
  ended: number | undefined;
  outcome: JobOutcome | undefined;
  error: BigQueryError | undefined;
  /** Resolves when the job is done, well or not. */
  readonly done: Promise<void>;
  /** When it began to run: later than it was created if it had to wait for a writer. */
  readonly began: () => number | undefined;
  private readonly stop: () => void;

  constructor(request: JobRequest) {
    this.id = request.id;
    this.type = request.type;
    this.configuration = request.configuration;
    const { finished, began, cancel } = request.start();
    this.stop = cancel;
    this.began = began;
    this.done = this.watch(finished);
  }

  private async watch(finished: Promise<JobOutcome>): Promise<void> {
    try {
      this.outcome = await finished;
    } catch (error) {
      this.error = asBigQueryError(error);
    }
    this.ended = Date.now();
  }

  get state(): "RUNNING" | "DONE" {
    return this.ended === undefined ? "RUNNING" : "DONE";
  }

  cancel(): void {
    if (this.state === "RUNNING") this.stop();
  }

  /** Waits until the job is done, at most so long; true if it is. */
  async waitFor(milliseconds: number): Promise<boolean> {
    if (this.state === "DONE" || milliseconds <= 0) return this.state === "DONE";
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    });
    await Promise.race([this.done, timeout]);
    clearTimeout(timer);
    return this.ended !== undefined;
  }
}

const KEPT_JOBS = 2_000;
/** Cells of results kept for clients that come back for more pages; older results are forgotten first. */
const KEPT_CELLS = 20_000_000;

/** The jobs of this process, newest last. */
export class Jobs {
  private readonly jobs = new Map<string, Job>();

  /** Starts a job; an id that is in use is refused, so a repeated request cannot run twice. */
  insert(request: JobRequest, projectId: string, location: string): Job {
    if (this.jobs.has(request.id)) {
      throw new BigQueryError("duplicate", `Already Exists: Job ${projectId}:${location}.${request.id}`);
    }
    const job = new Job(request);
    this.jobs.set(job.id, job);
    void job.done.then(() => this.forget());
    return job;
  }

  find(id: string): Job | undefined {
    return this.jobs.get(id);
  }

  get(id: string, projectId: string): Job {
    const job = this.jobs.get(id);
    if (!job) throw new BigQueryError("notFound", `Not found: Job ${projectId}:${id}`);
    return job;
  }

  newestFirst(): Job[] {
    return [...this.jobs.values()].reverse();
  }

  delete(id: string): void {
    this.jobs.delete(id);
  }

  async close(): Promise<void> {
    for (const job of this.jobs.values()) job.cancel();
    await Promise.all([...this.jobs.values()].map((job) => job.done));
  }

  private forget(): void {
    let kept = 0;
    let cells = 0;
    for (const job of this.newestFirst()) {
      if (job.state === "RUNNING") continue;
      const rows = job.outcome?.last?.rows;
      const size = rows ? rows.rowCount * Math.max(1, rows.columns.length) : 0;
      kept += 1;
      cells += size;
      // The newest result stays however large it is: its client has not read it yet.
      if (kept > KEPT_JOBS || (cells > KEPT_CELLS && size > 0 && cells !== size)) this.jobs.delete(job.id);
    }
  }
}

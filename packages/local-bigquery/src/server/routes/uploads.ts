import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { open, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { load } from "../../engine/load/load.ts";
import { BigQueryError } from "../../errors.ts";
import { identityFor, type ServerContext } from "../context.ts";
import { jobResource } from "../job-resource.ts";
import type { Job } from "../jobs.ts";
import { type LoadConfiguration, loadRequest } from "../load-configuration.ts";
import { boundaryOf, readTwoParts } from "../multipart.ts";
import { newJobId } from "../query-job.ts";
import { checkedId } from "./jobs.ts";

interface Metadata {
  readonly jobReference?: { readonly jobId?: string };
  readonly configuration?: Readonly<Record<string, unknown>> & { readonly load?: LoadConfiguration };
}
interface Resumable {
  readonly project: string;
  readonly metadata: Metadata;
  readonly file: string;
  touched: number;
}

/** The largest file taken: far more than a laptop's warehouse needs, far less than would surprise its disk. */
const MAX_FILE = 20 * 1024 ** 3;
/** An upload that nobody continues for so long is thrown away. */
const ABANDONED = 60 * 60 * 1000;
const MAX_OPEN = 100;

/** Load jobs whose file comes with the request: multipart in one call, resumable in several. */
export function uploadRoutes(app: FastifyInstance, context: ServerContext): void {
  const uploads = new Map<string, Resumable>();
  // Bodies are read as streams: a file of any size goes straight to disk.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));

  const start = async (request: FastifyRequest, reply: FastifyReply) => {
    const { project } = request.params as { project: string };
    const { uploadType } = request.query as { uploadType?: string };
    if (uploadType === "multipart") return multipart(context, project, request);
    if (uploadType === "resumable") return startResumable(context, uploads, project, request, reply);
    throw new BigQueryError(
      "invalid",
      `Unsupported uploadType "${uploadType ?? ""}": use multipart or resumable.`,
    );
  };
  const resume = (request: FastifyRequest, reply: FastifyReply) =>
    continueResumable(context, uploads, request, reply);
  for (const prefix of ["/upload", "/resumable/upload"]) {
    app.post(`${prefix}/bigquery/v2/projects/:project/jobs`, start);
    app.put(`${prefix}/bigquery/v2/projects/:project/jobs`, resume);
  }
}

async function multipart(context: ServerContext, project: string, request: FastifyRequest) {
  const file = newFile(context);
  try {
    const boundary = boundaryOf(request.headers["content-type"] ?? "");
    const sink = new FileSink(file, 0);
    const text = await readTwoParts(request.body as AsyncIterable<Buffer>, boundary, (bytes) =>
      sink.write(bytes),
    );
    await sink.close();
    return await startLoad(context, project, parseMetadata(text), file);
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

async function startResumable(
  context: ServerContext,
  uploads: Map<string, Resumable>,
  project: string,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  for (const [id, upload] of uploads) {
    if (Date.now() - upload.touched < ABANDONED && uploads.size < MAX_OPEN) continue;
    uploads.delete(id);
    await rm(upload.file, { force: true });
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > 10 * 1024 * 1024) throw new BigQueryError("invalid", "The upload's metadata is too large.");
    chunks.push(chunk);
  }
  const metadata = parseMetadata(Buffer.concat(chunks).toString("utf8"));
  const id = randomUUID();
  const file = newFile(context);
  // A wrong configuration is told before anything is sent.
  loadRequest(metadata.configuration?.load ?? {}, file);
  await (await open(file, "wx")).close();
  uploads.set(id, { project, metadata, file, touched: Date.now() });
  const path = request.url.split("?")[0];
  const location = `http://${request.headers.host}${path}?uploadType=resumable&upload_id=${id}`;
  return reply.code(200).header("location", location).header("x-guploader-uploadid", id).send();
}

async function continueResumable(
  context: ServerContext,
  uploads: Map<string, Resumable>,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const { upload_id: id = "" } = request.query as { upload_id?: string };
  const upload = uploads.get(id);
  if (!upload) throw new BigQueryError("notFound", `Not found: upload ${id}`);
  upload.touched = Date.now();
  const received = (await stat(upload.file)).size;
  const range = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(
    request.headers["content-range"] ?? "bytes 0-0/*",
  );
  if (!range)
    throw new BigQueryError("invalid", `Invalid Content-Range "${request.headers["content-range"]}"`);
  const whole = request.headers["content-range"] === undefined;
  const [, first, , total] = range;
  // The client sends on from where the last answer said; anything else it is told again.
  if (!whole && first !== undefined && Number(first) !== received) return incomplete(reply, received);
  const sink = new FileSink(upload.file, received);
  for await (const chunk of request.body as AsyncIterable<Buffer>) await sink.write(chunk);
  await sink.close();
  const size = (await stat(upload.file)).size;
  if (!whole && (total === "*" || Number(total) !== size)) return incomplete(reply, size);
  uploads.delete(id);
  try {
    return await startLoad(context, upload.project, upload.metadata, upload.file);
  } catch (error) {
    await rm(upload.file, { force: true });
    throw error;
  }
}

/** "Resume Incomplete": what has come so far. */
function incomplete(reply: FastifyReply, size: number) {
  if (size > 0) reply.header("range", `bytes=0-${size - 1}`);
  return reply.code(308).send();
}

async function startLoad(context: ServerContext, project: string, metadata: Metadata, file: string) {
  const { load: configuration } = metadata.configuration ?? {};
  if (!configuration)
    throw new BigQueryError("required", "Required parameter is missing: configuration.load");
  const request = loadRequest(configuration, file);
  const identity = identityFor(context, project);
  const start = () => {
    const { finished, began, cancel } = load(context.engine.parts, request);
    return { finished: finished.then((outcome) => ({ load: outcome })), began, cancel };
  };
  const id = checkedId(metadata.jobReference?.jobId) ?? newJobId();
  const job: Job = context.jobs.insert(
    { id, type: "LOAD", configuration: metadata.configuration ?? {}, start },
    project,
    identity.location,
  );
  void job.done.then(() => rm(file, { force: true }));
  await job.waitFor(20);
  return jobResource(job, identity);
}

function parseMetadata(text: string): Metadata {
  try {
    return JSON.parse(text) as Metadata;
  } catch {
    throw new BigQueryError("invalid", "The upload's metadata is not JSON.");
  }
}

function newFile(context: ServerContext): string {
  return join(context.engine.parts.uploadFolder, `upload-${randomUUID()}`);
}

/** Appends to a file as fast as the disk takes it, up to the bound. */
class FileSink {
  private readonly stream: ReturnType<typeof createWriteStream>;
  private size: number;

  constructor(file: string, size: number) {
    this.size = size;
    this.stream = createWriteStream(file, { flags: "a", highWaterMark: 1024 * 1024 });
  }

  async write(bytes: Buffer): Promise<void> {
    this.size += bytes.length;
    if (this.size > MAX_FILE) {
      this.stream.destroy();
      throw new BigQueryError("invalid", `The file is larger than ${MAX_FILE} bytes.`);
    }
    if (!this.stream.write(bytes)) await once(this.stream, "drain");
  }

  async close(): Promise<void> {
    this.stream.end();
    await once(this.stream, "finish");
  }
}

import type { FastifyInstance, FastifyRequest } from "fastify";
import type { DatasetEntry } from "../../catalog/model.ts";
import { BigQueryError } from "../../errors.ts";
import { identityFor, type ServerContext } from "../context.ts";
import { pageOf } from "../paging.ts";
import { datasetReference, datasetResource, etagOf } from "../resources.ts";

interface Params {
  readonly project: string;
  readonly dataset: string;
}
type Body = Readonly<Record<string, unknown>> & {
  readonly datasetReference?: { readonly datasetId?: string };
};

export function datasetRoutes(app: FastifyInstance, context: ServerContext): void {
  const { administration } = context;

  app.get("/projects", async () => {
    const { projectId } = context.engine.parts;
    const project = {
      kind: "bigquery#project",
      id: projectId,
      projectReference: { projectId },
      friendlyName: projectId,
    };
    return { kind: "bigquery#projectList", projects: [project], totalItems: 1 };
  });

  app.get("/projects/:project/datasets", async (request) => {
    const { project } = request.params as Params;
    const { page, ...next } = pageOf(
      administration.catalog.datasets(),
      request.query as Record<string, string>,
    );
    const identity = identityFor(context, project);
    const datasets = page.map((entry) => ({
      kind: "bigquery#dataset",
      id: `${project}:${entry.id}`,
      datasetReference: datasetReference(entry.id, identity),
      location: entry.location,
      ...(entry.labels && { labels: entry.labels }),
      ...(entry.friendlyName && { friendlyName: entry.friendlyName }),
    }));
    return { kind: "bigquery#datasetList", datasets, ...next };
  });

  app.post("/projects/:project/datasets", async (request) => {
    const body = request.body as Body;
    const id = body.datasetReference?.datasetId;
    if (!id) throw new BigQueryError("required", "Required parameter is missing: datasetReference.datasetId");
    const entry = await administration.createDataset(id, changesOf(body));
    return datasetResource(entry, identityFor(context, (request.params as Params).project));
  });

  app.get("/projects/:project/datasets/:dataset", async (request) => {
    const { project, dataset } = request.params as Params;
    return datasetResource(administration.dataset(dataset), identityFor(context, project));
  });

  const update = async (request: FastifyRequest) => {
    const { project, dataset } = request.params as Params;
    checkEtag(request, etagOf(administration.dataset(dataset)));
    const changes = changesOf(request.body as Body);
    if (request.method === "PATCH") mergeLabels(changes, administration.dataset(dataset).labels);
    const entry = await administration.updateDataset(dataset, changes);
    return datasetResource(entry, identityFor(context, project));
  };
  app.patch("/projects/:project/datasets/:dataset", update);
  app.put("/projects/:project/datasets/:dataset", update);

  app.delete("/projects/:project/datasets/:dataset", async (request, reply) => {
    const { dataset } = request.params as Params;
    const { deleteContents } = request.query as { deleteContents?: string };
    await administration.deleteDataset(dataset, deleteContents === "true");
    return reply.code(204).send();
  });
}

/** A resource that changed since the client read it is not overwritten. */
export function checkEtag(request: FastifyRequest, etag: string): void {
  const wanted = request.headers["if-match"];
  if (wanted === undefined || wanted === "*" || wanted === etag) return;
  throw Object.assign(new BigQueryError("invalid", "Precondition check failed: the resource has changed."), {
    statusCode: 412,
  });
}

/** A PATCH adds to the labels that are there; null takes one away. */
export function mergeLabels(
  changes: { labels?: Readonly<Record<string, string>> },
  before: Readonly<Record<string, string>> | undefined,
): void {
  if (!changes.labels) return;
  const merged = Object.entries({ ...before, ...changes.labels }).filter(([, value]) => value !== null);
  changes.labels = Object.fromEntries(merged);
}

/** What a body changes: null takes a property away. */
function changesOf(body: Body): Partial<DatasetEntry> {
  const changes: Record<string, unknown> = {};
  for (const name of [
    ...[
      "description",
      "friendlyName",
      "labels",
      "defaultTableExpirationMs",
      "defaultPartitionExpirationMs",
      "access",
    ],
  ]) {
    if (name in body) changes[name] = body[name] ?? undefined;
  }
  return changes as Partial<DatasetEntry>;
}

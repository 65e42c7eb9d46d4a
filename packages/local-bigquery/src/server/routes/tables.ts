import type { FastifyInstance, FastifyRequest } from "fastify";
import type { RelationEntry, TableEntry } from "../../catalog/model.ts";
import type { NewTable } from "../../engine/administration.ts";
import { BigQueryError } from "../../errors.ts";
import { identityFor, type ServerContext } from "../context.ts";
import { countOf, pageOf, startOf, tokenOf } from "../paging.ts";
import { rowsText } from "../query-results.ts";
import { etagOf, requestFields, tableListItem, tableResource } from "../resources.ts";
import { checkEtag, mergeLabels } from "./datasets.ts";

interface Params {
  readonly project: string;
  readonly dataset: string;
  readonly table: string;
}
type Body = Readonly<Record<string, unknown>> & {
  readonly tableReference?: { readonly tableId?: string };
  readonly view?: { readonly query?: string; readonly useLegacySql?: boolean };
};
type Query = Readonly<Record<string, string | undefined>>;

/** The largest page of tabledata.list that is read at once. */
const PAGE_ROWS = 20_000;

export function tableRoutes(app: FastifyInstance, context: ServerContext): void {
  const { administration } = context;
  const tables = "/projects/:project/datasets/:dataset/tables";

  app.get(tables, async (request) => {
    const { project, dataset } = request.params as Params;
    administration.dataset(dataset);
    const relations = administration.catalog.relations(dataset);
    const { page, ...next } = pageOf(relations, request.query as Query as Record<string, string>);
    const identity = identityFor(context, project);
    const items = page.map((entry) => tableListItem(entry, identity));
    return { kind: "bigquery#tableList", tables: items, ...next, totalItems: relations.length };
  });

  app.post(tables, async (request) => {
    const { project, dataset } = request.params as Params;
    const body = request.body as Body;
    const id = body.tableReference?.tableId;
    if (!id) throw new BigQueryError("required", "Required parameter is missing: tableReference.tableId");
    const entry = await administration.createTable(newTable(dataset, id, body));
    return resource(context, project, entry);
  });

  app.get(`${tables}/:table`, async (request) => {
    const { project, dataset, table } = request.params as Params;
    return resource(context, project, administration.relation(dataset, table));
  });

  const update = async (request: FastifyRequest) => {
    const { project, dataset, table } = request.params as Params;
    checkEtag(request, etagOf(administration.relation(dataset, table)));
    const body = request.body as Body;
    refuseLegacy(body);
    const changes: { labels?: Readonly<Record<string, string>> } = changesOf(body);
    if (request.method === "PATCH") mergeLabels(changes, administration.relation(dataset, table).labels);
    const entry = await administration.updateTable(dataset, table, changes, body.view?.query);
    return resource(context, project, entry);
  };
  app.patch(`${tables}/:table`, update);
  app.put(`${tables}/:table`, update);

  app.delete(`${tables}/:table`, async (request, reply) => {
    const { dataset, table } = request.params as Params;
    await administration.deleteTable(dataset, table);
    return reply.code(204).send();
  });

  app.get(`${tables}/:table/data`, async (request, reply) => {
    const { dataset, table } = request.params as Params;
    const query = request.query as Query;
    const entry = administration.relation(dataset, table);
    if (entry.kind !== "TABLE") {
      throw new BigQueryError(
        "invalid",
        `Cannot list a table of type ${entry.materialized ? "MATERIALIZED_VIEW" : "VIEW"}.`,
      );
    }
    const start = query.pageToken ? startOf(query.pageToken) : Number(query.startIndex ?? 0);
    const names = query.selectedFields?.toLowerCase().split(",");
    if (names?.some((name) => name.includes("."))) {
      throw new BigQueryError("unsupported", "Unsupported: selectedFields of a part of a column");
    }
    const page = await administration.tableRows(entry, start, countOf(query.maxResults, PAGE_ROWS), names);
    const source = {
      columns: page.columns,
      rows: (from: number, count: number) => page.rows.slice(from, from + count),
    };
    const int64Timestamp = query["formatOptions.useInt64Timestamp"] === "true";
    const { text, rows } = await rowsText(source, 0, page.rows.length, int64Timestamp);
    const next = start + rows;
    const head = JSON.stringify({
      kind: "bigquery#tableDataList",
      etag: etagOf(entry),
      totalRows: String(page.totalRows),
      ...(next < page.totalRows && { pageToken: tokenOf(next) }),
    });
    return reply.type("application/json").send(`${head.slice(0, -1)},"rows":${text}}`);
  });
}

async function resource(context: ServerContext, project: string, entry: RelationEntry) {
  const rows = entry.kind === "TABLE" ? await context.administration.rowCount(entry) : undefined;
  const size = rows === undefined ? undefined : { rows, bytes: rows * rowBytes(entry) };
  return tableResource(entry, identityFor(context, project), size);
}

/** A row's size by BigQuery's rules for the fixed types; text is taken as 16 bytes. */
export function rowBytes(entry: Pick<RelationEntry, "columns">): number {
  const sizes: Readonly<Record<string, number>> = {
    BOOL: 1,
    NUMERIC: 16,
    STRING: 18,
    BYTES: 18,
    ARRAY: 32,
    STRUCT: 32,
    JSON: 32,
  };
  return entry.columns.reduce((sum, { type }) => sum + (sizes[type.kind] ?? 8), 0);
}

function newTable(dataset: string, id: string, body: Body): NewTable {
  refuseLegacy(body);
  const { fields, ...changes } = changesOf(body);
  const { description, friendlyName, labels, ...layout } = changes;
  return {
    ...{ dataset, id, fields: fields ?? [] },
    ...(body.view?.query !== undefined && { viewQuery: body.view.query }),
    ...(description !== undefined && { description }),
    ...(friendlyName !== undefined && { friendlyName }),
    ...(labels !== undefined && { labels }),
    layout: layout as NonNullable<NewTable["layout"]>,
  };
}

function refuseLegacy(body: Body): void {
  if (body.view?.useLegacySql === true)
    throw new BigQueryError("unsupported", "Unsupported: views in legacy SQL");
  for (const name of [
    "externalDataConfiguration",
    "snapshotDefinition",
    "cloneDefinition",
    "biglakeConfiguration",
  ]) {
    if (body[name]) throw new BigQueryError("unsupported", `Unsupported: tables with ${name}`);
  }
}

/** What a body changes: null takes a property away. */
function changesOf(body: Body): Partial<TableEntry> {
  const changes: Record<string, unknown> = {};
  for (const name of [
    "description",
    "friendlyName",
    "labels",
    "timePartitioning",
    "rangePartitioning",
    "expirationTime",
  ]) {
    if (name in body) changes[name] = body[name] ?? undefined;
  }
  const clustering = body.clustering as { fields?: string[] } | null | undefined;
  if (clustering !== undefined) changes.clustering = clustering?.fields;
  const time = body.timePartitioning as { field?: string; requirePartitionFilter?: boolean } | undefined;
  const required = body.requirePartitionFilter ?? time?.requirePartitionFilter;
  if (required !== undefined) changes.requirePartitionFilter = required === true;
  if (time && !time.field)
    throw new BigQueryError("unsupported", "Unsupported: tables partitioned by ingestion time");
  const fields = requestFields(body.schema);
  if (fields) changes.fields = fields;
  return changes as Partial<TableEntry>;
}

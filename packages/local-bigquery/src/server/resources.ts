import { createHash } from "node:crypto";
import type { DatasetEntry, FieldSchema, RelationEntry, RoutineEntry } from "../catalog/model.ts";
import { parseType } from "../types/schema.ts";
import type { SqlType } from "../types/types.ts";

/** The server as resources name it. */
export interface Identity {
  readonly projectId: string;
  readonly location: string;
}

function etag(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64").slice(0, 24);
}

export function etagOf(entry: DatasetEntry | RelationEntry | RoutineEntry): string {
  return etag({ ...entry, columns: undefined });
}

function described(entry: DatasetEntry | RelationEntry) {
  return {
    ...(entry.description !== undefined && { description: entry.description }),
    ...(entry.friendlyName !== undefined && { friendlyName: entry.friendlyName }),
    ...(entry.labels && Object.keys(entry.labels).length > 0 && { labels: entry.labels }),
    creationTime: String(entry.created),
    lastModifiedTime: String(entry.modified),
  };
}

export function datasetReference(id: string, { projectId }: Identity) {
  return { projectId, datasetId: id };
}

export function datasetResource(entry: DatasetEntry, identity: Identity) {
  return {
    kind: "bigquery#dataset",
    etag: etagOf(entry),
    id: `${identity.projectId}:${entry.id}`,
    selfLink: `/bigquery/v2/projects/${identity.projectId}/datasets/${entry.id}`,
    datasetReference: datasetReference(entry.id, identity),
    ...described(entry),
    location: entry.location,
    type: "DEFAULT",
    ...(entry.defaultTableExpirationMs && { defaultTableExpirationMs: entry.defaultTableExpirationMs }),
    ...(entry.defaultPartitionExpirationMs && {
      defaultPartitionExpirationMs: entry.defaultPartitionExpirationMs,
    }),
    access: entry.access ?? [{ role: "OWNER", specialGroup: "projectOwners" }],
  };
}

export function tableReference(entry: { dataset: string; id: string }, { projectId }: Identity) {
  return { projectId, datasetId: entry.dataset, tableId: entry.id };
}

/** What tables.list says of a table. */
export function tableListItem(entry: RelationEntry, identity: Identity) {
  const { creationTime, labels, friendlyName } = described(entry) as {
    creationTime: string;
    labels?: object;
    friendlyName?: string;
  };
  return {
    kind: "bigquery#table",
    id: `${identity.projectId}:${entry.dataset}.${entry.id}`,
    tableReference: tableReference(entry, identity),
    type: tableType(entry),
    creationTime,
    ...(labels && { labels }),
    ...(friendlyName !== undefined && { friendlyName }),
    ...layout(entry),
    ...(entry.kind === "VIEW" && { view: { useLegacySql: false } }),
  };
}

function tableType(entry: RelationEntry): string {
  if (entry.kind === "TABLE") return "TABLE";
  return entry.materialized ? "MATERIALIZED_VIEW" : "VIEW";
}

function layout(entry: RelationEntry) {
  if (entry.kind !== "TABLE") return {};
  const filter = entry.requirePartitionFilter ? { requirePartitionFilter: true } : {};
  return {
    ...(entry.timePartitioning && { timePartitioning: { ...entry.timePartitioning, ...filter }, ...filter }),
    ...(entry.rangePartitioning && { rangePartitioning: entry.rangePartitioning, ...filter }),
    ...(entry.clustering && { clustering: { fields: entry.clustering } }),
    ...(entry.expirationTime !== undefined && { expirationTime: entry.expirationTime }),
  };
}

export function tableResource(
  entry: RelationEntry,
  identity: Identity,
  size?: { rows: number; bytes: number },
) {
  const { projectId } = identity;
  return {
    kind: "bigquery#table",
    etag: etagOf(entry),
    id: `${projectId}:${entry.dataset}.${entry.id}`,
    selfLink: `/bigquery/v2/projects/${projectId}/datasets/${entry.dataset}/tables/${entry.id}`,
    tableReference: tableReference(entry, identity),
    ...described(entry),
    type: tableType(entry),
    location: identity.location,
    schema: { fields: entry.fields },
    ...layout(entry),
    ...(entry.kind === "VIEW" &&
      (entry.materialized
        ? { materializedView: { query: entry.query } }
        : { view: { query: entry.query, useLegacySql: false } })),
    ...(size && { numRows: String(size.rows), numBytes: String(size.bytes), numLongTermBytes: "0" }),
  };
}

export function routineReference({ dataset, id }: { dataset: string; id: string }, { projectId }: Identity) {
  return { projectId, datasetId: dataset, routineId: id };
}

/** A routine's parameter as its statement writes it. */
export interface RoutineParameter {
  readonly name: string;
  /** In GoogleSQL, or "ANY TYPE". */
  readonly type: string;
  readonly mode?: string;
}

export function routineResource(
  entry: RoutineEntry,
  identity: Identity,
  parameters: readonly RoutineParameter[],
) {
  const { definition } = entry;
  return {
    etag: etagOf(entry),
    routineReference: routineReference(entry, identity),
    routineType: entry.routineType,
    language: "SQL",
    creationTime: String(entry.created),
    lastModifiedTime: String(entry.modified),
    arguments: parameters.map(({ name, type, mode }) => ({
      name,
      ...(/^any\s+type$/i.test(type)
        ? { argumentKind: "ANY_TYPE" }
        : { dataType: standardType(parseType(type)) }),
      ...(mode && { mode }),
    })),
    ...(definition?.returns && { returnType: standardType(parseType(definition.returns)) }),
    definitionBody: definition?.body ?? entry.ddl.slice(Math.max(0, entry.ddl.search(/\bBEGIN\b/i))),
  };
}

/** A type as routines write it (StandardSqlDataType). */
function standardType(type: SqlType): object {
  if (type.kind === "ARRAY") return { typeKind: "ARRAY", arrayElementType: standardType(type.element) };
  if (type.kind === "RANGE") return { typeKind: "RANGE", rangeElementType: standardType(type.element) };
  if (type.kind !== "STRUCT") return { typeKind: type.kind };
  const fields = type.fields.map((field) => ({ name: field.name, type: standardType(field.type) }));
  return { typeKind: "STRUCT", structType: { fields } };
}

/** The fields of a request's schema, checked to be a list. */
export function requestFields(schema: unknown): FieldSchema[] | undefined {
  const fields = (schema as { fields?: unknown } | undefined)?.fields;
  return Array.isArray(fields) ? (fields as FieldSchema[]) : undefined;
}

import { informationSchemaTable } from "../catalog/information-schema.ts";
import type { RelationEntry, TableEntry } from "../catalog/model.ts";
import type { CatalogSnapshot } from "../catalog/snapshot.ts";
import { BigQueryError, type SourcePosition, unsupported } from "../errors.ts";
import type { FunctionDefinition } from "../translator/translated.ts";

/** Where a statement's names are looked up. */
export interface Environment {
  readonly catalog: CatalogSnapshot;
  /** The script's temporary tables by name. */
  readonly temporary: ReadonlyMap<string, TableEntry>;
  /** Its temporary functions by lower-case name. */
  readonly temporaryFunctions: ReadonlyMap<string, FunctionDefinition>;
  /** Project ids that mean this server. */
  readonly projects: ReadonlySet<string>;
  readonly defaultDataset: string | undefined;
  readonly location: string;
  /** The project as messages name it. */
  readonly projectId: string;
}

/** A relation made for one statement, such as INFORMATION_SCHEMA: its rows are in its SQL, so it is never cached. */
export interface VirtualTable extends TableEntry {
  readonly virtual: true;
}

export function isVirtual(entry: RelationEntry): entry is VirtualTable {
  return "virtual" in entry;
}

/** A table name's parts; the project is dropped if it is this server's, and refused otherwise. */
export interface RelationName {
  readonly dataset: string | undefined;
  readonly id: string;
}

export function relationName(env: Environment, path: readonly string[]): RelationName {
  const parts = path.flatMap((part) => part.split("."));
  if (parts.length === 3 && parts[0] !== undefined && env.projects.has(parts[0])) parts.shift();
  const [first, second] = parts;
  if (parts.length === 1 && first !== undefined) {
    return { dataset: env.temporary.has(first) ? undefined : env.defaultDataset, id: first };
  }
  if (parts.length === 2 && first !== undefined && second !== undefined)
    return { dataset: first, id: second };
  throw notFound(env, path);
}

/** The relation a path names, or undefined. */
export function findRelation(env: Environment, path: readonly string[]): RelationEntry | undefined {
  const parts = path.flatMap((part) => part.split("."));
  if (parts.some((part) => part.toUpperCase() === "INFORMATION_SCHEMA"))
    return informationSchemaTable(env, parts);
  if (parts.at(-1)?.endsWith("*")) throw unsupported(`wildcard table ${path.join(".")}`);
  if (parts.length === 3 && parts[0] !== undefined && env.projects.has(parts[0])) parts.shift();
  const [first, second] = parts;
  if (parts.length === 1 && first !== undefined) {
    const temporary = env.temporary.get(first);
    if (temporary) return temporary;
    return env.defaultDataset ? env.catalog.relation(env.defaultDataset, first) : undefined;
  }
  if (parts.length === 2 && first !== undefined && second !== undefined)
    return env.catalog.relation(first, second);
  return undefined;
}

/** The path by which the analyzer knows it: `dataset.table`, or the bare name of a temporary table. */
export function relationPath(entry: RelationEntry): string[] {
  return entry.dataset === "" ? [entry.id] : [...entry.dataset.split("."), entry.id];
}

/** A table whose rows count as bytes processed: INFORMATION_SCHEMA has none. */
export function countedTable(env: Environment, path: readonly string[]): TableEntry | undefined {
  const entry = findRelation(env, path);
  return entry?.kind === "TABLE" && !isVirtual(entry) ? entry : undefined;
}

/** BigQuery's words for a name that is not there. */
export function notFound(
  env: Environment,
  path: readonly string[],
  position?: SourcePosition,
): BigQueryError {
  const parts = path.flatMap((part) => part.split("."));
  if (parts.length === 1 && !env.defaultDataset) {
    const message = `Table "${parts[0]}" must be qualified with a dataset (e.g. dataset.table)`;
    return new BigQueryError("invalid", message, position);
  }
  const [table = "", dataset = env.defaultDataset ?? "", project = env.projectId] = [...parts].reverse();
  if (!env.catalog.dataset(dataset) || !(env.projects.has(project) || project === env.projectId)) {
    const message = `Not found: Dataset ${project}:${dataset} was not found in location ${env.location}`;
    return new BigQueryError("notFound", message, position);
  }
  const message = `Not found: Table ${project}:${dataset}.${table} was not found in location ${env.location}`;
  return new BigQueryError("notFound", message, position);
}

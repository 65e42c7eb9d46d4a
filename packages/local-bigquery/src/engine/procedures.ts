import type { CatalogChange, RoutineEntry } from "../catalog/model.ts";
import { BigQueryError, unsupported } from "../errors.ts";
import type { ProcedureDefinition } from "../script/ast.ts";
import type { Procedure } from "../script/host.ts";
import { parseType } from "../types/schema.ts";
import { datasetNotFound } from "./ddl/execute.ts";
import { type Environment, relationName } from "./environment.ts";
import type { Scripts } from "./scripts.ts";

/** The procedure a CALL names, read from the statement that created it. */
export async function findProcedure(
  scripts: Scripts,
  env: Environment,
  path: readonly string[],
): Promise<Procedure> {
  const { ddl } = existing(env, path) ?? missing(env, path);
  const { source, statements } = await scripts.parse(ddl);
  const [statement] = statements;
  if (statement?.kind !== "createProcedure")
    throw new Error(`The catalog's text of ${path.join(".")} is no procedure.`);
  const parameters = statement.parameters.map(({ name, mode, type }) => {
    const text = source.slice(type);
    if (text.includes("(")) throw unsupported(`procedure parameter of the parameterized type ${text}`);
    return { name, mode, type: parseType(text) };
  });
  return { source, body: statement.body, parameters };
}

/** The catalog's change of CREATE PROCEDURE; undefined: IF NOT EXISTS and there it is. */
export function createProcedure(
  env: Environment,
  definition: ProcedureDefinition,
  ddl: string,
): CatalogChange | undefined {
  const { dataset, id } = named(env, definition.path);
  const before = existing(env, definition.path);
  if (before && definition.ifNotExists) return undefined;
  if (before && !definition.orReplace) {
    throw new BigQueryError("duplicate", `Already Exists: Routine ${env.projectId}:${dataset}.${id}`);
  }
  const now = Date.now();
  const entry: RoutineEntry = {
    dataset,
    id,
    routineType: "PROCEDURE",
    ddl,
    created: before?.created ?? now,
    modified: now,
  };
  return { put: "routine", entry };
}

export function dropProcedure(
  env: Environment,
  path: readonly string[],
  ifExists: boolean,
): CatalogChange | undefined {
  const entry = existing(env, path);
  if (!entry) return ifExists ? undefined : missing(env, path);
  return { drop: "routine", dataset: entry.dataset, id: entry.id };
}

function named(env: Environment, path: readonly string[]): { dataset: string; id: string } {
  const { dataset, id } = relationName(env, path);
  if (dataset === undefined)
    throw new BigQueryError("invalid", `Routine "${id}" must be qualified with a dataset`);
  if (!env.catalog.dataset(dataset)) throw datasetNotFound(env, dataset);
  return { dataset, id };
}

function existing(env: Environment, path: readonly string[]): RoutineEntry | undefined {
  const { dataset, id } = named(env, path);
  return env.catalog.routine(dataset, id);
}

function missing(env: Environment, path: readonly string[]): never {
  const { dataset, id } = named(env, path);
  throw new BigQueryError("notFound", `Not found: Routine ${env.projectId}:${dataset}.${id}`);
}

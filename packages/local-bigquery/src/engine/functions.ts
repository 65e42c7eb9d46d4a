import type { CatalogFunction } from "../analyzer/functions.ts";
import type { RoutineEntry } from "../catalog/model.ts";
import { BigQueryError } from "../errors.ts";
import type { FunctionDefinition, Translated } from "../translator/translated.ts";
import { parseType } from "../types/schema.ts";
import { type DdlPlan, datasetNotFound } from "./ddl/execute.ts";
import { type Environment, relationName } from "./environment.ts";

type CreateFunction = Extract<Translated, { kind: "createFunction" }>;
type DropFunction = Extract<Translated, { kind: "dropFunction" }>;

/** The functions that a statement's text may mean, and those that their bodies may mean. */
export function mentionedFunctions(sql: string, env: Environment): CatalogFunction[] {
  const found = new Map<string, CatalogFunction>();
  const search = (text: string): void => {
    const lower = text.toLowerCase();
    for (const [key, id, spelled, definition] of allFunctions(env)) {
      if (found.has(key) || !lower.includes(id.toLowerCase())) continue;
      found.set(key, catalogFunction(definition, spelled));
      search(definition.body);
    }
  };
  search(sql);
  return [...found.values()];
}

function* allFunctions(env: Environment): Generator<[string, string, string[][], FunctionDefinition]> {
  for (const [id, definition] of env.temporaryFunctions) yield [`temp ${id}`, id, [[id]], definition];
  for (const { dataset, id, definition } of env.catalog.allRoutines()) {
    if (definition) yield [`${dataset}.${id}`, id, spellings(env, dataset, id), definition];
  }
}

/** Dots may stand inside backticks or between names. */
function spellings(env: Environment, dataset: string, id: string): string[][] {
  const qualified = [...env.projects].flatMap((project) => [
    [project, dataset, id],
    [`${project}.${dataset}.${id}`],
    [`${project}.${dataset}`, id],
  ]);
  const own = env.defaultDataset === dataset && !env.temporaryFunctions.has(id.toLowerCase()) ? [[id]] : [];
  return [[dataset, id], [`${dataset}.${id}`], ...qualified, ...own];
}

function catalogFunction(definition: FunctionDefinition, spelled: string[][]): CatalogFunction {
  const { kind, body, returns } = definition;
  return {
    spelled,
    kind,
    arguments: definition.arguments.map(({ name, type }) =>
      /^any\s+type$/i.test(type) ? { name } : { name, type: parseType(type) },
    ),
    body: returns ? `CAST((\n${body}\n) AS ${returns})` : body,
  };
}

export function planCreateFunction(statement: CreateFunction, env: Environment): DdlPlan {
  const { target, existing } = routine(env, statement.path);
  if (existing && statement.mode === "IF_NOT_EXISTS")
    return { statements: [], changes: [], ddl: { operation: "SKIP", target, isRoutine: true } };
  if (existing && statement.mode === "DEFAULT") {
    throw new BigQueryError(
      "duplicate",
      `Already Exists: Routine ${env.projectId}:${target.dataset}.${target.id}`,
    );
  }
  const now = Date.now();
  const entry: RoutineEntry = {
    ...target,
    routineType: ROUTINE_TYPES[statement.definition.kind],
    ddl: statement.ddl,
    definition: statement.definition,
    created: existing?.created ?? now,
    modified: now,
  };
  const operation = existing ? "REPLACE" : "CREATE";
  return {
    statements: [],
    changes: [{ put: "routine", entry }],
    ddl: { operation, target, isRoutine: true },
  };
}

const ROUTINE_TYPES = {
  SCALAR: "SCALAR_FUNCTION",
  AGGREGATE: "AGGREGATE_FUNCTION",
  TABLE: "TABLE_VALUED_FUNCTION",
} as const;

export function planDropFunction(statement: DropFunction, env: Environment): DdlPlan {
  const { target, existing } = routine(env, statement.path, statement.ifExists);
  const isTable = existing?.routineType === "TABLE_VALUED_FUNCTION";
  if (!existing?.definition || isTable !== statement.table) {
    if (statement.ifExists)
      return { statements: [], changes: [], ddl: { operation: "SKIP", target, isRoutine: true } };
    throw new BigQueryError("notFound", `Not found: Routine ${env.projectId}:${target.dataset}.${target.id}`);
  }
  return {
    statements: [],
    changes: [{ drop: "routine", dataset: existing.dataset, id: existing.id }],
    ddl: { operation: "DROP", target, isRoutine: true },
  };
}

function routine(env: Environment, path: readonly string[], missingIsFine = false) {
  const { dataset, id } = relationName(env, path);
  if (dataset === undefined)
    throw new BigQueryError("invalid", `Routine "${id}" must be qualified with a dataset`);
  if (!env.catalog.dataset(dataset) && !missingIsFine) throw datasetNotFound(env, dataset);
  return { target: { dataset, id }, existing: env.catalog.routine(dataset, id) };
}

import { BigQueryError } from "../errors.ts";
import type { Procedure } from "../script/host.ts";
import { type Environment, relationName } from "./environment.ts";
import type { EngineParts } from "./parts.ts";

/** The procedure a CALL names, read from the statement that created it. */
export async function findProcedure(
  _parts: EngineParts,
  env: Environment,
  path: readonly string[],
): Promise<Procedure> {
  const { dataset, id } = relationName(env, path);
  throw new BigQueryError("notFound", `Not found: Routine ${env.projectId}:${dataset ?? ""}.${id}`);
}

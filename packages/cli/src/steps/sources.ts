import { type CompiledGraph, shortName } from "../dataform/graph.ts";
import { wrongUse } from "../errors.ts";
import type { State } from "../state/state.ts";
import type { Client } from "../warehouse/client.ts";

/** Models on sources that were never loaded would each fail with "not found": one sentence says it better. */
export async function requireSources(state: State, client: Client, graph: CompiledGraph): Promise<void> {
  if (state.load) return;
  const sources = (graph.declarations ?? []).map((declaration) => shortName(declaration.target));
  for (const name of sources) if (await client.table(name)) return;
  if (sources.length === 0) return;
  throw wrongUse(
    `Nothing is loaded in ${state.shown}: the models' source tables are not there.`,
    "Load some data first, for example: growth load",
  );
}

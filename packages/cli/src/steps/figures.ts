import type { Outcome } from "../dataform/execute.ts";
import { byDepth, isRule, kindOf, shortName } from "../dataform/graph.ts";
import type { BuiltTable } from "../state/records.ts";
import type { RunOrder } from "./run.ts";

/** What was built, in the order data flows: rows as the warehouse counts them, seconds as its jobs took. */
export function figures({ client, graph, chosen }: RunOrder, done: Outcome): Promise<BuiltTable[]> {
  return Promise.all(
    byDepth(chosen).map(async (action) => {
      const name = shortName(action.target);
      const event = done.events.get(name);
      const jobs = await Promise.all((event?.jobIds ?? []).map((id) => client.jobSeconds(id)));
      const known = jobs.filter((seconds) => seconds !== undefined);
      const facts = await client.table(name);
      return {
        name,
        kind: kindOf(graph, name),
        rows: facts?.rows ?? null,
        seconds: known.length > 0 ? known.reduce((sum, seconds) => sum + seconds, 0) : (event?.seconds ?? 0),
        ...(facts ? { modified: facts.modified } : {}),
        ...(isRule(graph, name) ? { isRule: true } : {}),
      };
    }),
  );
}

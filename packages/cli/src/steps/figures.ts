import type { Executed } from "../dataform/execute.ts";
import { byDepth, isRule, kindOf, shortName } from "../dataform/graph.ts";
import type { BuiltTable } from "../state/records.ts";
import type { JobSpan } from "../warehouse/client.ts";
import type { RunOrder } from "./run.ts";

/** What was built, in the order data flows: rows as the warehouse counts them, seconds as its jobs took. */
export async function figures({ client, graph, chosen }: RunOrder, done: Executed): Promise<BuiltTable[]> {
  const actions = byDepth(chosen);
  const names = actions.map((action) => shortName(action.target));
  const jobs = new Map<string, JobSpan>();
  const ids = names.flatMap((name) => done.events.get(name)?.jobIds ?? []);
  for (const id of ids) {
    const span = await client.jobSpan(id);
    if (span) jobs.set(id, span);
  }
  const own = ownSeconds(jobs);
  return Promise.all(
    names.map(async (name) => {
      const facts = await client.table(name);
      const event = done.events.get(name);
      const known = (event?.jobIds ?? []).flatMap((id) => own.get(id) ?? []);
      return {
        name,
        kind: kindOf(graph, name),
        rows: facts?.rows ?? null,
        seconds: known.length > 0 ? known.reduce((sum, time) => sum + time, 0) : (event?.seconds ?? 0),
        ...(facts ? { modified: facts.modified } : {}),
        ...(isRule(graph, name) ? { isRule: true } : {}),
      };
    }),
  );
}

/** The local warehouse writes one table at a time: a job that waited for another counts from that one's end. */
function ownSeconds(jobs: ReadonlyMap<string, JobSpan>): Map<string, number> {
  const own = new Map<string, number>();
  let before = 0;
  for (const [id, { start, end }] of [...jobs].sort(([, a], [, b]) => a.end - b.end)) {
    own.set(id, (end - Math.max(start, before)) / 1000);
    before = end;
  }
  return own;
}

import { builtTable } from "../format/built.ts";
import { colorsFor, type Io } from "../io.ts";
import type { State } from "../state/state.ts";
import type { Client } from "../warehouse/client.ts";
import { funnelText } from "./funnel.ts";
import { judgementText } from "./judgement.ts";

/** What a start leaves: the tables with their figures, the funnel of what is loaded, and what the data say of the thresholds. */
export async function summary(io: Io, state: State, client: Client): Promise<string> {
  const { run, assert } = state.build;
  if (!run) return "Nothing is built.";
  const { bold, dim } = colorsFor(io.stdout, io.env);
  const tables = await builtTable(io, run, assert ?? { passed: 0, byTable: {} });
  const funnel = await funnelText(io, client, run.tables);
  if (!funnel) return tables;
  const about = [
    state.load?.data,
    run.run_date && `as of ${run.run_date}`,
    "growth-issued benefits, control groups left out",
  ];
  const judgement = await judgementText(client, run.tables);
  const parts = [tables, `${bold("Funnel")} ${dim(about.filter(Boolean).join(", "))}`, funnel];
  if (judgement) parts.push(`${bold("Thresholds")} ${dim("of mature and churned users")}`, judgement);
  return parts.join("\n\n");
}

/** A command that shows something of what was built: the last table in the order data flows. */
export function exampleQuery(state: State): string {
  const tables = state.build.run?.tables ?? [];
  const name = tables.filter((table) => table.rows && !table.isRule).at(-1)?.name ?? "dataset.table";
  return `npx growth query${state.isDefault ? "" : ` --state ${state.shown}`} "SELECT * FROM ${name} LIMIT 10"`;
}

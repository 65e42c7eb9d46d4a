import { compile } from "../dataform/cli.ts";
import { assertions, type CompiledAssertion, type CompiledGraph, shortName } from "../dataform/graph.ts";
import { select } from "../dataform/select.ts";
import { exitCode, wrongUse } from "../errors.ts";
import { home } from "../home.ts";
import { runSteps } from "../progress/progress.ts";
import { withLock } from "../state/lock.ts";
import { State } from "../state/state.ts";
import { runAssertions } from "../steps/assert.ts";
import { checkSetUp } from "../steps/set-up.ts";
import { requireSources } from "../steps/sources.ts";
import { checkedDate, varsFor } from "../steps/vars.ts";
import { withWarehouse } from "../warehouse/session.ts";
import { type Command, list, stateOption, text } from "./command.ts";

export const assert: Command = {
  name: "assert",
  summary: "run the assertions with the stock Dataform CLI",
  description:
    "Runs assertions on what is built. Of each failed one the first rows it found are shown; exit code 1.",
  options: [
    {
      flags: "--date <date>",
      description: "business day the models were built for (default: the day of the last run)",
    },
    {
      flags: "--select <names...>",
      description:
        "only these: assertions by name or tag, or all that read a table (dataset.table, with * for any text)",
    },
    stateOption,
  ],
  examples: [
    ["growth assert", "run all of them"],
    ["growth assert --select redcdm.dwd_ecm_trd_order_line_di", "those that read one table"],
  ],
  async run(io, options) {
    const state = new State(io.cwd, options.state);
    const date = text(options, "date");
    const day = date === undefined ? state.build.run?.run_date : checkedDate("--date", date);
    const vars = varsFor(state.load, day || undefined);
    await withLock(state, "assert", async (lock) => {
      if (state.project === home()) await checkSetUp(io.env);
      await withWarehouse(state, (client) =>
        runSteps(io, [
          {
            title: "Run the assertions",
            run: async (view) => {
              view.status("compiling");
              const graph = await compile(state.project, vars, io.env);
              const chosen = selectAssertions(graph, list(options, "select"));
              if (chosen.length === 0) throw wrongUse("There are no assertions to run.");
              await requireSources(state, client, graph);
              await runAssertions({ io, state, client, lock, graph, vars, chosen, view });
            },
          },
        ]),
      );
    });
    return exitCode.ok;
  },
};

/** A selector that names tables stands for the assertions that read them. */
function selectAssertions(graph: CompiledGraph, selectors: readonly string[]): CompiledAssertion[] {
  const all = assertions(graph);
  if (selectors.length === 0) return all;
  const tables = [...(graph.tables ?? []), ...(graph.operations ?? []), ...(graph.declarations ?? [])];
  const chosen = new Set<CompiledAssertion>();
  for (const selector of selectors) {
    const found = select([...all, ...tables], [selector]);
    const names = new Set(found.map((action) => shortName(action.target)));
    for (const assertion of all) {
      const reads = (assertion.dependencyTargets ?? []).map(shortName);
      if (names.has(shortName(assertion.target)) || reads.some((name) => names.has(name)))
        chosen.add(assertion);
    }
  }
  return all.filter((assertion) => chosen.has(assertion));
}

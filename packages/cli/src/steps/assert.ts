import type { Vars } from "../dataform/cli.ts";
import { Execution } from "../dataform/execute.ts";
import { failureText } from "../dataform/failure.ts";
import {
  assertionSchema,
  assertions,
  assertionsByTable,
  type CompiledAssertion,
  type CompiledGraph,
  shortName,
} from "../dataform/graph.ts";
import type { ActionFailure } from "../dataform/output.ts";
import { atFault } from "../errors.ts";
import { answerTable } from "../format/answer.ts";
import { count } from "../format/table.ts";
import { colorsFor, type Io } from "../io.ts";
import type { StepView } from "../progress/progress.ts";
import type { Lock } from "../state/lock.ts";
import type { AssertRecord } from "../state/records.ts";
import type { State } from "../state/state.ts";
import type { Client } from "../warehouse/client.ts";
import { inputsOf, sameInputs } from "./run.ts";

export interface AssertOrder {
  readonly io: Io;
  readonly state: State;
  readonly client: Client;
  readonly lock: Lock;
  readonly graph: CompiledGraph;
  readonly vars: Vars;
  readonly chosen: readonly CompiledAssertion[];
  readonly view: StepView;
}

/** Rows shown of each failed assertion. */
const shownRows = 5;

/**
 * Runs assertions, or waits for those that `execution` runs already; a failed one ends the command with the rows it
 * found. Recorded when all passed on the recorded run.
 */
export async function runAssertions(order: AssertOrder, execution = begin(order)): Promise<AssertRecord> {
  const { state, graph, chosen, view } = order;
  const started = performance.now();
  show(order, execution);
  const { events, failures } = await execution.outcome(chosen);
  if (failures.length > 0) throw await failed(order, failures);
  const skipped = [...events.values()].filter((event) => event.outcome !== "done").map((event) => event.name);
  if (skipped.length > 0) throw atFault(`${skipped.length} assertions were not run.`, skipped.join("\n"));
  const warnings = await warningsOf(order);
  const inputs = inputsOf(state, order.vars);
  const record: AssertRecord = {
    ...inputs,
    seconds: (performance.now() - started) / 1000,
    passed: chosen.length,
    byTable: assertionsByTable(graph),
    warnings,
  };
  const build = state.build;
  if (chosen.length === assertions(graph).length && sameInputs(build.run, inputs)) {
    state.saveBuild({ ...build, assert: record });
  }
  for (const { rule, rows } of warnings) view.item(rule, "skipped", rowCount(rows));
  view.status(`${chosen.length} passed${warningCount(warnings)}`);
  return record;
}

function begin(order: AssertOrder): Execution {
  const { io, client, chosen } = order;
  return new Execution({
    ...order,
    env: io.env,
    target: client,
    actions: chosen,
    fullRefresh: false,
    log: "assert.log",
  });
}

function show({ chosen, view }: AssertOrder, execution: Execution): void {
  const names = new Set(chosen.map((assertion) => shortName(assertion.target)));
  let passed = 0;
  let failures = 0;
  const status = () =>
    view.status(`${passed} of ${chosen.length} passed${failures > 0 ? `, ${failures} failed` : ""}`);
  status();
  execution.on({
    ended: ({ name, outcome }) => {
      if (!names.has(name)) return;
      if (outcome === "done") passed++;
      else if (outcome === "failed") {
        failures++;
        view.item(name, "failed");
      }
      status();
    },
  });
}

/** Violations too young to stop anything: the project lists them in the view `warnings` beside its assertions. */
async function warningsOf({ client, graph }: AssertOrder): Promise<AssertRecord["warnings"]> {
  const view = `${assertionSchema(graph)}.warnings`;
  if (!(graph.tables ?? []).some((table) => shortName(table.target) === view)) return [];
  const rows = await client.rows(
    `SELECT rule_name, COUNT(*) AS violations FROM ${quoted(view)} GROUP BY rule_name ORDER BY rule_name`,
  );
  return rows.map((row) => ({ rule: String(row.rule_name), rows: Number(row.violations) }));
}

export function warningCount(warnings: AssertRecord["warnings"]): string {
  if (warnings.length === 0) return "";
  return warnings.length === 1 ? ", 1 rule warns" : `, ${warnings.length} rules warn`;
}

function rowCount(rows: number): string {
  return rows === 1 ? "1 row" : `${count(rows)} rows`;
}

async function failed(order: AssertOrder, failures: readonly ActionFailure[]) {
  const details: string[] = [];
  for (const failure of failures) details.push(await failureDetails(order, failure));
  return atFault(`${failures.length} of ${order.chosen.length} assertions failed.`, details.join("\n\n"));
}

async function failureDetails(order: AssertOrder, failure: ActionFailure): Promise<string> {
  const colors = colorsFor(order.io.stderr, order.io.env);
  const assertion = order.chosen.find((candidate) => shortName(candidate.target) === failure.name);
  const found = /query returned (\d+) row/.exec(failure.message)?.[1];
  if (found === undefined) return failureText(failure, assertion, order.state.project, colors);
  const sql = `SELECT * FROM ${quoted(failure.name)} LIMIT ${shownRows}`;
  const rows = await answerTable(await order.client.query(sql), order.io.stderr, colors);
  const more = Number(found) > shownRows ? `, the first ${shownRows}:` : ":";
  const heading = `${colors.bold(failure.name)}  ${colors.cyan(assertion?.fileName ?? "")}`;
  return [heading, `  ${rowCount(Number(found))}${more}`, "", indent(rows)].join("\n");
}

function quoted(name: string): string {
  return `\`${name}\``;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}

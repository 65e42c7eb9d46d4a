/**
 * The project as the stock Dataform CLI compiles it, and each table's statements as the one script that the CLI would send.
 * Tests that build many days or many small worlds run these scripts themselves: process, compilation and polling are left
 * out, nothing else. Stories that run the CLI itself hold the two against each other.
 */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { contractOf } from "./contracts.ts";
import { project } from "./dataform.ts";

/** A run: its day, and the instant up to which things are known ("2024-06-01 12:00:00+08:00"). */
export interface Run {
  readonly runDate: string;
  readonly asOf: string;
}

interface Target {
  readonly schema: string;
  readonly name: string;
}
export interface Action {
  readonly target: Target;
  readonly dependencyTargets?: readonly Target[];
  readonly queries?: readonly string[];
  readonly enumType?: string;
  readonly query?: string;
  readonly incrementalQuery?: string;
  readonly preOps?: readonly string[];
  readonly postOps?: readonly string[];
  readonly incrementalPreOps?: readonly string[];
  readonly incrementalPostOps?: readonly string[];
  readonly bigquery?: { readonly partitionBy?: string; readonly clusterBy?: readonly string[] };
}

/** Stand in the compiled statements where a run's day and instant will. */
const ANY: Run = { runDate: "2001-02-03", asOf: "2001-03-04 05:06:07+08:00" };

/** `bootstrapAt`: as the variable of dataform.json wants it. */
export async function compile(bootstrapAt = ""): Promise<{ actions: Action[]; sources: string[] }> {
  const cli = join(
    dirname(createRequire(import.meta.url).resolve("@dataform/cli/package.json")),
    "bundle.js",
  );
  const vars = `run_date=${ANY.runDate},as_of_at=${ANY.asOf},bootstrap_at=${bootstrapAt}`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [cli, "compile", project, "--json", `--vars=${vars}`],
    { maxBuffer: 2 ** 28 },
  );
  const graph = JSON.parse(stdout) as Record<"tables" | "operations" | "declarations", Action[] | undefined>;
  return {
    actions: [...(graph.operations ?? []), ...(graph.tables ?? [])],
    sources: (graph.declarations ?? []).map(({ target }) => nameOf(target)),
  };
}

/** What the tables need, each after what it reads. */
export function closure(actions: readonly Action[], tables: readonly string[]): Action[] {
  const ordered = new Map<string, Action>();
  const visit = (name: string): void => {
    const action = actions.find(({ target }) => nameOf(target) === name);
    if (!action || ordered.has(name)) return;
    for (const target of action.dependencyTargets ?? []) visit(nameOf(target));
    ordered.set(name, action);
  };
  for (const table of tables) visit(table);
  return [...ordered.values()];
}

/** The one script as which the CLI sends a table or an operation for a run. */
export function scriptFor(action: Action, incrementally: boolean, run: Run): string {
  return scriptOf(action, incrementally).replaceAll(ANY.runDate, run.runDate).replaceAll(ANY.asOf, run.asOf);
}

function scriptOf(action: Action, incrementally: boolean): string {
  if (action.queries) return joined(action.queries);
  if (action.enumType === "INCREMENTAL" && incrementally) {
    const columns = contractOf(nameOf(action.target))
      .columns.map(({ name }) => `\`${name}\``)
      .join(",");
    const query = action.incrementalQuery ?? action.query;
    const insert = `insert into \`${nameOf(action.target)}\`\n(${columns})\nselect ${columns}\nfrom (${query}) as insertions`;
    return joined([...(action.incrementalPreOps ?? []), insert, ...(action.incrementalPostOps ?? [])]);
  }
  const { partitionBy, clusterBy = [] } = action.bigquery ?? {};
  const type = action.enumType === "VIEW" ? "view" : "table";
  const create = `create or replace ${type} \`${nameOf(action.target)}\` ${partitionBy ? `partition by ${partitionBy} ` : ""}${
    clusterBy.length > 0 ? `cluster by ${clusterBy.join(", ")} ` : ""
  }as ${action.query}`;
  return joined([...(action.preOps ?? []), create, ...(action.postOps ?? [])]);
}

function joined(statements: readonly string[]): string {
  return statements.map((statement) => statement.trim().replace(/;$/, "")).join(";\n");
}

export function nameOf({ schema, name }: Target): string {
  return `${schema}.${name}`;
}

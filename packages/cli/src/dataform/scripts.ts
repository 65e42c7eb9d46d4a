import { atFault } from "../errors.ts";
import { addDays } from "../steps/vars.ts";
import { compile, type Vars } from "./cli.ts";
import { type CompiledAction, type CompiledGraph, fullName, shortName } from "./graph.ts";
import { select } from "./select.ts";

/** A run: its day, and the instant up to which things are known ("2024-06-01 12:00:00+08:00"; default the day's end). */
export interface Day {
  readonly runDate: string;
  readonly asOf?: string;
}

/** An action with its statements, as `dataform compile --json` prints it. */
export interface Action extends CompiledAction {
  /** Of an operation: statements that are sent one by one. */
  readonly queries?: readonly string[];
  readonly enumType?: "TABLE" | "INCREMENTAL" | "VIEW";
  readonly query?: string;
  readonly incrementalQuery?: string;
  readonly preOps?: readonly string[];
  readonly postOps?: readonly string[];
  readonly incrementalPreOps?: readonly string[];
  readonly incrementalPostOps?: readonly string[];
  readonly uniqueKey?: readonly string[];
  readonly where?: string;
  readonly incrementalStrategy?: string;
  readonly onSchemaChange?: string;
  readonly materialized?: boolean;
  readonly bigquery?: Readonly<Record<string, unknown>> & {
    readonly partitionBy?: string;
    readonly clusterBy?: readonly string[];
  };
}

/** Stand in the compiled statements where a run's day, the day after it and its instant will. */
const any = { runDate: "2001-02-03", next: "2001-02-04", asOf: "2001-03-04 05:06:07+08:00" };

/**
 * The scripts that the stock Dataform CLI sends for a project's tables and operations on any day, from one compilation: only
 * the day and the instant in them differ. For work over many days, where process, compilation and polling would take most of
 * the time. A test holds the scripts against the CLI's own, byte for byte.
 */
export class DailyScripts {
  readonly graph: CompiledGraph;
  readonly #withInstant: boolean;

  private constructor(graph: CompiledGraph, withInstant: boolean) {
    this.graph = graph;
    this.#withInstant = withInstant;
  }

  /** `vars`: those that stay the same every day. `withInstant`: every run gives as_of_at, too. */
  static async compile(
    project: string,
    vars: Vars,
    env: NodeJS.ProcessEnv,
    { withInstant = false } = {},
  ): Promise<DailyScripts> {
    const all = { ...vars, run_date: any.runDate, ...(withInstant ? { as_of_at: any.asOf } : {}) };
    return new DailyScripts(await compile(project, all, env), withInstant);
  }

  /** Every table, view and operation. */
  get actions(): Action[] {
    const { tables = [], operations = [] } = this.graph;
    return [...operations, ...tables].filter((action) => !action.disabled);
  }

  /** The tables that selectors name (none: all), and what they read, each after what it reads itself. */
  selected(selectors: readonly string[]): Action[] {
    const tables = this.actions.filter(({ enumType }) => enumType === "TABLE" || enumType === "INCREMENTAL");
    return this.withUpstream(select(tables, selectors).map(({ target }) => shortName(target)));
  }

  /** What some of the actions need, these included, each after what it reads. */
  withUpstream(names: Iterable<string>): Action[] {
    const byName = new Map(this.actions.map((action) => [shortName(action.target), action]));
    const ordered = new Map<string, Action>();
    const visit = (name: string): void => {
      const action = byName.get(name);
      if (!action || ordered.has(name)) return;
      for (const target of action.dependencyTargets ?? []) visit(shortName(target));
      ordered.set(name, action);
    };
    for (const name of names) visit(name);
    return [...ordered.values()];
  }

  /** What is sent, in this order. `columns`: those of the table as it stands; left out: it is made anew. */
  of(action: Action, day: Day, columns?: readonly string[]): string[] {
    if (this.#withInstant !== (day.asOf !== undefined))
      throw new Error(`These scripts ${this.#withInstant ? "want" : "do not take"} an instant for each day.`);
    return scripts(action, columns).map((script) =>
      script
        .replaceAll(any.runDate, day.runDate)
        .replaceAll(any.next, addDays(day.runDate, 1))
        .replaceAll(any.asOf, day.asOf ?? ""),
    );
  }
}

function scripts(action: Action, columns: readonly string[] | undefined): string[] {
  if (action.queries) return [...action.queries];
  const unknown = unknownFeature(action);
  if (unknown)
    throw atFault(
      `${shortName(action.target)} can not be run day by day here: ${unknown}.`,
      "Use growth run.",
    );
  if (action.enumType === "INCREMENTAL" && columns) {
    const { incrementalPreOps = [], incrementalPostOps = [] } = action;
    return [joined([...incrementalPreOps, insertion(action, columns), ...incrementalPostOps])];
  }
  return [joined([...(action.preOps ?? []), creation(action), ...(action.postOps ?? [])])];
}

/** What the project does not use, and the CLI writes other statements for. */
function unknownFeature(action: Action): string | undefined {
  const { partitionBy: _, clusterBy: __, updatePartitionFilter, labels, ...options } = action.bigquery ?? {};
  if (action.uniqueKey?.length) return "uniqueKey";
  if (action.where) return "where";
  if (action.incrementalStrategy?.includes("OVERWRITE")) return "insert_overwrite";
  if (action.onSchemaChange && action.onSchemaChange !== "IGNORE") return "onSchemaChange";
  if (action.materialized) return "a materialized view";
  const option = Object.entries(options).find(([, value]) => value && Object.keys(value).length > 0);
  return option && `bigquery.${option[0]}`;
}

function quoted(action: Action): string {
  return `\`${fullName(action.target)}\``;
}

function creation(action: Action): string {
  const { partitionBy, clusterBy = [] } = action.bigquery ?? {};
  const partition = partitionBy ? `partition by ${partitionBy} ` : "";
  const cluster = clusterBy.length > 0 ? `cluster by ${clusterBy.join(", ")} ` : "";
  const kind = action.enumType === "VIEW" ? "view" : "table";
  return `create or replace ${kind} ${quoted(action)} ${partition}${cluster}as ${action.query}`;
}

// The tabs are the CLI's.
function insertion(action: Action, columns: readonly string[]): string {
  const list = columns.map((column) => `\`${column}\``).join(",");
  return `	
insert into ${quoted(action)}	
(${list})	
select ${list}	
from (${action.incrementalQuery || action.query}) as insertions`;
}

/** Statements as one script: a semicolon after each but the last, before a comment that ends its last line. */
function joined(statements: readonly string[]): string {
  const whole = statements.map((statement) => statement.trim()).filter((statement) => statement !== "");
  return whole.map((statement, place) => ended(statement, place === whole.length - 1)).join("\n");
}

function ended(statement: string, isLast: boolean): string {
  const comment = statement.indexOf("--", statement.lastIndexOf("\n") + 1);
  if (comment === 0) return statement;
  const code = comment < 0 ? statement : statement.slice(0, comment).trimEnd();
  const end = isLast || code.endsWith(";") ? "" : ";";
  return comment < 0 ? `${code}${end}` : `${code}${end} ${statement.slice(comment)}`;
}

/** What `dataform compile --json` prints, as far as the commands read it. */
export interface CompiledGraph {
  readonly tables?: readonly CompiledTable[];
  readonly operations?: readonly CompiledAction[];
  readonly assertions?: readonly CompiledAssertion[];
  readonly declarations?: readonly CompiledAction[];
  readonly projectConfig?: { readonly assertionSchema?: string };
  readonly graphErrors?: { readonly compilationErrors?: readonly CompilationError[] };
}

export interface Target {
  readonly database?: string;
  readonly schema: string;
  readonly name: string;
}

export interface CompiledAction {
  readonly target: Target;
  readonly fileName: string;
  readonly tags?: readonly string[];
  readonly disabled?: boolean;
  readonly dependencyTargets?: readonly Target[];
}

export interface CompiledTable extends CompiledAction {
  readonly enumType: "TABLE" | "INCREMENTAL" | "VIEW";
}

export interface CompiledAssertion extends CompiledAction {
  /** The table whose config block asks for this assertion; absent where it has a file of its own. */
  readonly parentAction?: Target;
}

export interface CompilationError {
  readonly fileName?: string;
  readonly message: string;
  readonly stack?: string;
}

/** dataset.table: how people and Dataform's own lines call an action. */
export function shortName(target: Target): string {
  return `${target.schema}.${target.name}`;
}

/** The name that Dataform's --actions takes without a doubt. */
export function fullName(target: Target): string {
  return target.database ? `${target.database}.${shortName(target)}` : shortName(target);
}

/** Everything `growth run` builds: all that runs but assertions. */
export function models(graph: CompiledGraph): CompiledAction[] {
  return [...(graph.tables ?? []), ...(graph.operations ?? [])].filter((action) => !action.disabled);
}

export function assertions(graph: CompiledGraph): CompiledAssertion[] {
  return (graph.assertions ?? []).filter((assertion) => !assertion.disabled);
}

export function kindOf(graph: CompiledGraph, name: string): "table" | "incremental" | "view" | "operation" {
  const table = graph.tables?.find((candidate) => shortName(candidate.target) === name);
  if (!table) return "operation";
  return ({ TABLE: "table", INCREMENTAL: "incremental", VIEW: "view" } as const)[table.enumType];
}

/** The dataset of the assertions' views. Views of the project's own in it are rules' machinery, not tables for users. */
export function assertionSchema(graph: CompiledGraph): string {
  return graph.projectConfig?.assertionSchema ?? "dataform_assertions";
}

export function isRule(graph: CompiledGraph, name: string): boolean {
  return name.startsWith(`${assertionSchema(graph)}.`);
}

/** In the order data flows: what reads nothing of the others first; names decide among equals. */
export function byDepth<T extends CompiledAction>(actions: readonly T[]): T[] {
  const byName = new Map(actions.map((action) => [shortName(action.target), action]));
  const depths = new Map<string, number>();
  const depthOf = (name: string): number => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    depths.set(name, 0);
    const read = (byName.get(name)?.dependencyTargets ?? [])
      .map(shortName)
      .filter((other) => byName.has(other));
    const depth = read.length === 0 ? 0 : 1 + Math.max(...read.map(depthOf));
    depths.set(name, depth);
    return depth;
  };
  return [...byName]
    .sort(([a], [b]) => depthOf(a) - depthOf(b) || (a < b ? -1 : 1))
    .map(([, action]) => action);
}

/** Assertions counted by the tables they read; a rule's view in between is looked through. */
export function assertionsByTable(graph: CompiledGraph): Record<string, number> {
  const rules = new Map(
    (graph.tables ?? [])
      .filter((table) => isRule(graph, shortName(table.target)))
      .map((table) => [shortName(table.target), table]),
  );
  const tablesOf = (action: CompiledAction, seen = new Set<string>()): string[] =>
    (action.dependencyTargets ?? []).map(shortName).flatMap((name) => {
      const rule = rules.get(name);
      if (!rule) return [name];
      if (seen.has(name)) return [];
      return tablesOf(rule, seen.add(name));
    });
  const counts: Record<string, number> = {};
  for (const assertion of assertions(graph)) {
    for (const name of new Set(tablesOf(assertion))) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

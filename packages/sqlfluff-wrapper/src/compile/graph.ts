/** What `dataform compile --json` prints, as far as it is read here. */
export interface CompiledGraph {
  readonly tables?: readonly CompiledAction[];
  readonly operations?: readonly CompiledAction[];
  readonly assertions?: readonly CompiledAction[];
  readonly declarations?: readonly CompiledAction[];
  readonly tests?: readonly CompiledAction[];
  readonly graphErrors?: { readonly compilationErrors?: readonly CompilationError[] };
}

export interface Target {
  readonly database?: string;
  readonly schema?: string;
  readonly name: string;
}

export interface CompiledAction {
  readonly target?: Target;
  readonly name?: string;
  readonly fileName: string;
  readonly type?: string;
  readonly enumType?: string;
  readonly disabled?: boolean;
  readonly hasOutput?: boolean;
  readonly parentAction?: Target;
  readonly uniqueKey?: readonly string[];
  readonly dependencyTargets?: readonly Target[];
  readonly actionDescriptor?: { readonly description?: string; readonly columns?: readonly unknown[] };
  readonly bigquery?: { readonly partitionBy?: string; readonly clusterBy?: readonly string[] };
}

export interface CompilationError {
  readonly fileName?: string;
  readonly message: string;
}

export type Variant = "full" | "incremental";

/** One text of SQL in a compiled action. */
export interface CompiledText {
  readonly action: CompiledAction;
  /** Which text of the action, such as `preOps.0`. */
  readonly field: string;
  readonly variant: Variant;
  readonly sql: string;
}

const sqlFields: Readonly<Record<string, Variant>> = {
  query: "full",
  queries: "full",
  preOps: "full",
  postOps: "full",
  where: "incremental",
  incrementalQuery: "incremental",
  incrementalPreOps: "incremental",
  incrementalPostOps: "incremental",
  testQuery: "full",
  expectedOutputQuery: "full",
};

export const kinds = ["tables", "operations", "assertions", "declarations", "tests"] as const;

export function actionsOf(graph: CompiledGraph): CompiledAction[] {
  return kinds.flatMap((kind) => graph[kind] ?? []);
}

export function textsOf(action: CompiledAction): CompiledText[] {
  return Object.entries(sqlFields).flatMap(([name, variant]) => {
    const value = (action as unknown as Record<string, unknown>)[name];
    return (Array.isArray(value) ? value : [value]).flatMap((sql, place) =>
      typeof sql === "string" && sql !== "" ? [{ action, field: `${name}.${place}`, variant, sql }] : [],
    );
  });
}

/** dataset.name, or a test's name. */
export function actionName(action: CompiledAction): string {
  const { target } = action;
  return target ? [target.schema, target.name].filter(Boolean).join(".") : (action.name ?? "");
}

/** Tells one text of a project's SQL from all others, in any compilation of it. */
export function textKey({ action, field }: CompiledText): string {
  return [action.fileName, actionName(action), field].join("\n");
}

import {
  actionName,
  actionsOf,
  type CompiledAction,
  type CompiledGraph,
  type Target,
} from "../compile/graph.ts";
import type { SourceFiles } from "../lint/sources.ts";
import type { Violation } from "../violation.ts";
import { type ActionType, type OwnCode, type OwnRule, ownRules } from "./rules.ts";

/** Findings about config blocks, from what they came to in the compiled project. */
export function configFindings(
  files: SourceFiles,
  graph: CompiledGraph,
  isLinted: (path: string) => boolean,
  isOn: (code: OwnCode) => boolean,
  keyAssertions: readonly string[],
): Violation[] {
  const rules: readonly OwnRule[] = ownRules.filter((rule) => isOn(rule.code));
  return actionsOf(graph).flatMap((action) => {
    const type = typeOf(graph, action);
    if (!type || !action.fileName?.endsWith(".sqlx") || !isLinted(action.fileName)) return [];
    const facts = new Set(hasKeyAssertion(graph, action, keyAssertions) ? ["key"] : []);
    return rules
      .filter(({ config }) => config?.types.includes(type) && !config.kept(action, facts))
      .flatMap((rule) => findingAt(files, action, rule));
  });
}

function typeOf(graph: CompiledGraph, action: CompiledAction): ActionType | undefined {
  if (graph.declarations?.includes(action)) return "declaration";
  if (graph.operations?.includes(action)) return action.hasOutput ? "operation" : undefined;
  if (!graph.tables?.includes(action)) return undefined;
  return ({ VIEW: "view", INCREMENTAL: "incremental" } as const)[action.enumType ?? ""] ?? "table";
}

/** Dataform names the assertions of a config block after their kind. */
function hasKeyAssertion(
  graph: CompiledGraph,
  { target }: CompiledAction,
  patterns: readonly string[],
): boolean {
  if (!target) return false;
  const wanted = new Set(
    patterns.map((pattern) =>
      pattern.replaceAll("{name}", target.name).replaceAll("{schema}", target.schema ?? ""),
    ),
  );
  return (graph.assertions ?? []).some(
    (assertion) =>
      (isSame(assertion.parentAction, target) && /_uniqueKey_\d+$/.test(assertion.target?.name ?? "")) ||
      wanted.has(assertion.target?.name ?? ""),
  );
}

function isSame(a: Target | undefined, b: Target): boolean {
  return a?.name === b.name && a.schema === b.schema && a.database === b.database;
}

/** At the config block; `// noqa` or `// noqa: SW12` in it says that the rule is broken on purpose. */
function findingAt(files: SourceFiles, action: CompiledAction, rule: OwnRule): Violation[] {
  const { scripts, text } = files.document(action.fileName);
  const block = scripts.find(({ kind }) => kind === "config");
  const noqa = block && /\/\/\s*noqa(?::\s*([\w, ]+))?/i.exec(text.slice(block.start, block.end));
  if (noqa && (!noqa[1] || noqa[1].split(/[\s,]+/).includes(rule.code))) return [];
  const lines = files.lines(action.fileName);
  const start = lines.at(block?.start ?? 0);
  const end = lines.at(block ? block.start + "config".length : 0);
  return [
    {
      file: action.fileName,
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
      code: rule.code,
      name: rule.name,
      message: `${actionName(action)}: ${rule.description} ${rule.remedy}`,
      severity: rule.severity,
      unit: "config",
      variant: "full",
      fixable: false,
    },
  ];
}

// Whether a fix changed nothing but what it was meant to.
import { actionName, actionsOf, type CompiledGraph, textKey, textsOf } from "../compile/graph.ts";
import type { Build } from "../lint/build.ts";
import { textsByKey } from "../lint/build.ts";
import type { Marked } from "../mark/marks.ts";
import { comments, meaning } from "./tokens.ts";

/**
 * The first thing that a fix must not have changed, in words; undefined where there is none. `keepsTokens`: only rules
 * were applied that leave the tokens of SQL alone.
 */
export function unwantedChange(before: Build, after: Build, keepsTokens: boolean): string | undefined {
  const [was, is] = [before.plain, after.plain];
  if (is.errors.length > was.errors.length)
    return `the project no longer compiles: ${is.errors[is.errors.length - 1]?.message}`;
  if (withoutSql(was.graph) !== withoutSql(is.graph))
    return "a compiled action's config or dependencies changed";
  const texts = textsByKey(is);
  const generatedBefore = generatedTexts(before);
  const generatedAfter = generatedTexts(after);
  for (const [key, text] of textsByKey(was)) {
    const name = `${actionName(text.action)} (${text.field})`;
    const now = texts.get(key)?.sql;
    if (now === undefined) return `${name} is no longer compiled`;
    if (now === text.sql) continue;
    const isSame = meaning(now) === meaning(text.sql);
    const [made, makes] = [generatedBefore.get(key), generatedAfter.get(key)];
    if (!isSame && (made === undefined || makes === undefined))
      return `the SQL of ${name}, in which no fix was meant, changed`;
    // A literal that lost its last space counts as a name, and so as generated: then the tokens decide.
    if (!isSame && made !== undefined && makes !== undefined && !isRespaced(made, makes))
      return `what a placeholder of ${name} gives changed`;
    if (keepsTokens && (!isSame || comments(now) !== comments(text.sql)))
      return `the SQL of ${name} changed in more than layout, case and AS`;
  }
  return undefined;
}

/** A literal in a placeholder is dedented or trimmed with it, so that its space may come out otherwise. */
function isRespaced(a: string, b: string): boolean {
  return a.replace(/\s+/g, "") === b.replace(/\s+/g, "");
}

/** Everything of the graph but its SQL, as text. */
function withoutSql(graph: CompiledGraph): string {
  const sql = new Set(actionsOf(graph).flatMap((action) => textsOf(action).map((text) => text.sql)));
  return JSON.stringify(graph, (_, value: unknown) =>
    typeof value === "string" && sql.has(value) ? "" : value,
  );
}

/** By text: what is not the files' own literal SQL in it. */
function generatedTexts(build: Build): Map<string, string> {
  const result = new Map<string, string>();
  for (const texts of build.texts.values()) {
    for (const text of texts) {
      const marks = text.nodes.some((node) => typeof node !== "string");
      if (marks) result.set(textKey(text), generatedIn(build, text.nodes, false).join("\0"));
    }
  }
  return result;
}

function generatedIn(build: Build, nodes: readonly Marked[], isLiteral: boolean): string[] {
  return nodes.flatMap((node): string[] => {
    if (typeof node === "string") return isLiteral ? [] : [node];
    const kind = build.origins[node.id]?.kind;
    return generatedIn(build, node.children, kind === "unit" || kind === "literal");
  });
}

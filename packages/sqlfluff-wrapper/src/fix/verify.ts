// Whether a fix changed nothing but what it was meant to.
import {
  actionName,
  type CompiledGraph,
  type CompiledText,
  kinds,
  textKey,
  textsOf,
} from "../compile/graph.ts";
import type { Build } from "../lint/build.ts";
import { textsByKey } from "../lint/build.ts";
import { type Marked, nodesIn } from "../mark/marks.ts";
import { comments, meaning } from "./tokens.ts";

export interface Unwanted {
  readonly why: string;
  /** Files that it may come from; none where that cannot be told. */
  readonly files: readonly string[];
}

/** What a fix must not have changed. `keepsTokens`: only rules were applied that leave the tokens of SQL alone. */
export function unwantedChanges(before: Build, after: Build, keepsTokens: boolean): Unwanted[] {
  const [was, is] = [before.plain, after.plain];
  if (is.errors.length > was.errors.length) {
    return is.errors.slice(was.errors.length).map(({ message, fileName }) => ({
      why: `the project no longer compiles: ${message}`,
      files: fileName ? [fileName] : [],
    }));
  }
  const found = changedConfigs(was.graph, is.graph);
  const texts = textsByKey(is);
  const generatedBefore = generatedTexts(before);
  const generatedAfter = generatedTexts(after);
  const filesBefore = filesOfTexts(before);
  for (const [key, text] of textsByKey(was)) {
    const why = unwantedIn(
      text,
      texts.get(key)?.sql,
      generatedBefore.get(key),
      generatedAfter.get(key),
      keepsTokens,
    );
    if (why !== undefined) found.push({ why, files: filesBefore.get(key) ?? [text.action.fileName] });
  }
  return found;
}

function unwantedIn(
  text: CompiledText,
  now: string | undefined,
  made: string | undefined,
  makes: string | undefined,
  keepsTokens: boolean,
): string | undefined {
  const name = `${actionName(text.action)} (${text.field})`;
  if (now === undefined) return `${name} is no longer compiled`;
  if (now === text.sql) return undefined;
  const isSame = meaning(now) === meaning(text.sql);
  if (!isSame && (made === undefined || makes === undefined))
    return `the SQL of ${name}, in which no fix was meant, changed`;
  // A literal that lost its last space counts as a name, and so as generated: then the tokens decide.
  if (!isSame && made !== undefined && makes !== undefined && !isRespaced(made, makes))
    return `what a placeholder of ${name} gives changed`;
  if (keepsTokens && (!isSame || comments(now) !== comments(text.sql)))
    return `the SQL of ${name} changed in more than layout, case and AS`;
  return undefined;
}

/** A literal in a placeholder is dedented or trimmed with it, so that its space may come out otherwise. */
function isRespaced(a: string, b: string): boolean {
  return a.replace(/\s+/g, "") === b.replace(/\s+/g, "");
}

/** Actions of which more than the SQL changed, and what stands beside the actions. */
function changedConfigs(was: CompiledGraph, is: CompiledGraph): Unwanted[] {
  const [before, after] = [withoutSql(was), withoutSql(is)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [one, other] = [before.get(key), after.get(key)];
    if (one?.text === other?.text) return [];
    const file = (one ?? other)?.file;
    return [{ why: "a compiled action's config or dependencies changed", files: file ? [file] : [] }];
  });
}

/** Everything of the graph but its SQL, as text, by action. */
function withoutSql(graph: CompiledGraph): Map<string, { file?: string; text: string }> {
  const beside = Object.entries(graph).filter(([name]) => !kinds.some((kind) => kind === name));
  const result = new Map<string, { file?: string; text: string }>([["", { text: JSON.stringify(beside) }]]);
  for (const kind of kinds) {
    for (const [place, action] of (graph[kind] ?? []).entries()) {
      const sql = new Set(textsOf(action).map((text) => text.sql));
      const text = JSON.stringify(action, (_, value: unknown) =>
        typeof value === "string" && sql.has(value) ? "" : value,
      );
      result.set(`${kind} ${place}`, { file: action.fileName, text });
    }
  }
  return result;
}

/** By text: the files whose literal SQL is in it, and the one that made it. */
function filesOfTexts(build: Build): Map<string, string[]> {
  const result = new Map<string, string[]>();
  for (const text of [...build.texts.values()].flat()) {
    const files = new Set([text.action.fileName]);
    for (const { id } of nodesIn(text.nodes)) {
      const file = build.origins[id]?.file;
      if (file) files.add(file);
    }
    result.set(textKey(text), [...files]);
  }
  return result;
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

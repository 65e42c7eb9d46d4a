import { unsupported } from "../errors.ts";
import { readScript, type Statement, systemVariableRanges } from "./ast.ts";
import { ScriptSource } from "./source.ts";

/** A script, parsed. */
export interface Script {
  readonly source: ScriptSource;
  readonly statements: readonly Statement[];
}

/** System variables that are known, as the names they become. */
const KNOWN = new Set(
  [
    "error.message",
    "error.statement_text",
    "error.stack_trace",
    "error.formatted_stack_trace",
    "row_count",
    "project_id",
  ].map(variableName),
);

/** `@@error.message` becomes the script variable `_error_message_`: as long, so that every position stays. */
export function variableName(systemVariable: string): string {
  return `_${systemVariable.replaceAll(".", "_")}_`;
}

/** Makes a script of its text and the parser's tree. */
export function scriptOf(text: string, tree: unknown): Script {
  const original = new ScriptSource(text);
  let replaced = text;
  for (const range of systemVariableRanges(tree)) {
    const written = original.slice(range);
    const name = variableName(written.slice(2).toLowerCase());
    if (name.length !== written.length || !KNOWN.has(name)) {
      throw unsupported(`system variable ${written}`, original.position(range));
    }
    // Offsets of bytes are those of the text wherever nothing but ASCII comes before.
    const at = original.slice({ start: 0, end: range.start }).length;
    replaced = replaced.slice(0, at) + name + replaced.slice(at + written.length);
  }
  return { source: new ScriptSource(replaced, text), statements: readScript(tree) };
}

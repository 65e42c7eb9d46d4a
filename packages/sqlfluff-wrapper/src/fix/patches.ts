import type { LintAnswer } from "../driver/protocol.ts";
import { Atlas, utf16 } from "../driver/request.ts";
import { sourceText } from "../unit/chunk.ts";
import type { Unit } from "../unit/unit.ts";
import { edits } from "./diff.ts";

export interface Patch {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** sqlfluff's patches as changes of files, as small as can be: only those that lie within one stretch of literal SQL. */
export function patchesOf(
  unit: Unit,
  answer: LintAnswer,
  /** A patch is applied whole or not at all: without that, what is left of it is held against the tokens later. */
  isWhole: boolean,
  textOf: (file: string) => string,
): Patch[] {
  const atlas = new Atlas(unit.chunks);
  const source = sourceText(unit.chunks);
  const toUtf16 = utf16(source);
  return (answer.patches ?? []).flatMap(([first, last, fixed]) => {
    const from = toUtf16(first);
    const found = edits(source.slice(from, toUtf16(last)), fixed);
    const patches = found.flatMap((edit): Patch[] => {
      const span = atlas.span(from + edit.start, from + edit.end);
      if (!span) return [];
      const text = textOf(span.file);
      const { file, start, end } = span;
      // Where a literal's lines end up is up to the function that is given it: only what is within a line is mended.
      if (span.zone !== "top" && (edit.text + text.slice(start, end)).includes("\n")) return [];
      // A unit was dedented for sqlfluff: a line that is new in the file begins where the statement's lines do.
      const made = edit.text.replaceAll("\n", `\n${indentOf(unit, span.file, text)}`);
      return isSafe(made, text.slice(start, end)) ? [{ file, start, end, text: made }] : [];
    });
    return isWhole && patches.length < found.length ? [] : patches;
  });
}

function indentOf(unit: Unit, file: string, text: string): string {
  const first = unit.chunks.find(
    (chunk) =>
      chunk.kind === "literal" && chunk.file === file && chunk.zone === "top" && chunk.text.trim() !== "",
  );
  if (!first || unit.name === "body") return "";
  const line = text.lastIndexOf("\n", first.start - 1) + 1;
  const space = /^[ \t]*/.exec(text.slice(line))?.[0] ?? "";
  const kept = /^[ \t]*/.exec(first.text)?.[0].length ?? 0;
  return line + space.length >= first.start ? space.slice(0, space.length - kept) : "";
}

/** What means something to JavaScript or to Dataform's lexer is neither brought in nor taken away. */
function isSafe(made: string, was: string): boolean {
  const meaning = (text: string): string => (text.match(/[`\\{}'"]|---|\$\{/g) ?? []).join("");
  return meaning(made) === meaning(was);
}

/** Applies patches to a text. Of two that overlap the first is applied: the next round finds what is left. */
export function applyPatches(text: string, patches: readonly Patch[]): string {
  const distinct = new Map(patches.map((patch) => [`${patch.start} ${patch.end} ${patch.text}`, patch]));
  const ordered = [...distinct.values()].sort((a, b) => a.start - b.start || a.end - b.end);
  let result = "";
  let at = 0;
  let last = -1;
  for (const { start, end, text: made } of ordered) {
    if (start < at || start === last) continue;
    result += text.slice(at, start) + made;
    at = end;
    last = start;
  }
  return result + text.slice(at);
}

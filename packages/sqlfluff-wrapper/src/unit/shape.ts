// What makes of a rendered statement a text that sqlfluff can lint: dedented, one newline at its end, and a bare condition
// dressed as a query.
import type { UnitName } from "../violation.ts";
import { type Chunk, commonIndent, dedented } from "./chunk.ts";

export interface Shape {
  readonly name: UnitName;
  /** The space before the statement where it begins a line; undefined where it does not. */
  readonly indentBefore: string | undefined;
  /** The text reaches the end of the file, whose last newline is then its own. */
  readonly toEnd: boolean;
  /** Spaces of one level, as .sqlfluff says. */
  readonly indent: number;
}

export function shaped(chunks: readonly Chunk[], shape: Shape): Chunk[] {
  const { inner, before } =
    shape.name === "script" ? trimmed(chunks) : { inner: chunks, before: shape.indentBefore };
  const result = shape.name === "body" ? [...chunks] : flush(inner, before);
  if (shape.name === "incremental_where") return condition(result, shape.indent);
  if (!shape.toEnd) result.push(made("\n", result, "end"));
  return result;
}

/** Without the indentation that all lines share. `before`: that of the first line. */
function flush(chunks: readonly Chunk[], before: string | undefined): Chunk[] {
  const first = before?.length;
  const indents = [first, commonIndent(chunks, false)].filter((indent) => indent !== undefined);
  const indent = indents.length > 0 ? Math.min(...indents) : 0;
  const result = dedented(chunks, indent, false);
  if (first !== undefined && first > indent) result.unshift(made(" ".repeat(first - indent), result));
  return result;
}

/** Space that the file does not have; a finding there would be told of the character beside it. */
function made(text: string, chunks: readonly Chunk[], side: "start" | "end" = "start"): Chunk {
  const beside = side === "start" ? chunks[0] : chunks[chunks.length - 1];
  const start = !beside
    ? 0
    : side === "start" || beside.kind === "generated"
      ? beside.start
      : beside.start + beside.text.length;
  return { kind: "literal", text, file: beside?.file ?? "", start, zone: "nested" };
}

/** `a = 1` as `SELECT * FROM rows_read WHERE a = 1`, one level in. */
function condition(chunks: readonly Chunk[], indent: number): Chunk[] {
  const space = " ".repeat(indent);
  const indented: Chunk[] = [];
  for (const chunk of chunks) {
    if (chunk.kind === "generated" || chunk.zone !== "top") {
      indented.push(chunk);
      continue;
    }
    let at = 0;
    for (const line of chunk.text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
      if (at > 0 && line.trim() !== "")
        indented.push({ ...chunk, text: space, start: chunk.start + at, zone: "nested" });
      indented.push({ ...chunk, text: line, start: chunk.start + at });
      at += line.length;
      if (at === chunk.text.length && line.endsWith("\n"))
        indented.push({ ...chunk, text: space, start: chunk.start + at, zone: "nested" });
    }
  }
  const first = chunks[0];
  const head: Chunk = {
    kind: "generated",
    text: "SELECT rows_read.some_key\nFROM rows_read\nWHERE\n",
    source: "{...}\n",
    file: first?.file ?? "",
    start: first?.start ?? 0,
    end: first?.start ?? 0,
  };
  return [head, made(space, chunks), ...indented, made("\n", chunks, "end")];
}

/** A script's SQL often begins on the line after the backtick, and is indented with the script. */
function trimmed(chunks: readonly Chunk[]): { inner: Chunk[]; before: string | undefined } {
  const inner = [...chunks];
  let space = "";
  while (inner[0] && inner[0].kind === "generated" && inner[0].text.trim() === "")
    space += inner.shift()?.text;
  for (let last = inner.at(-1); last?.kind === "generated" && last.text.trim() === ""; last = inner.at(-1))
    inner.pop();
  return { inner, before: space.includes("\n") ? space.slice(space.lastIndexOf("\n") + 1) : undefined };
}

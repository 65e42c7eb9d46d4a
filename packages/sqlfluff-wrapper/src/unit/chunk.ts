// A rendered unit: its text in order, every part with its origin. This is what is handed to sqlfluff, and what brings its
// findings back to the file.

/** Where literal SQL stands: in the file's own SQL, in a branch of a placeholder, in another literal, in a script. */
export type Zone = "top" | "branch" | "nested";

export interface LiteralChunk {
  readonly kind: "literal";
  readonly text: string;
  readonly file: string;
  /** Offset in the file. */
  readonly start: number;
  readonly zone: Zone;
}

export interface GeneratedChunk {
  readonly kind: "generated";
  readonly text: string;
  /** What stands for it in the source that sqlfluff sees: the placeholder where it is one line. */
  readonly source: string;
  readonly file: string;
  /** The placeholder it came from. */
  readonly start: number;
  readonly end: number;
}

export type Chunk = LiteralChunk | GeneratedChunk;

export function renderedText(chunks: readonly Chunk[]): string {
  return chunks.map((chunk) => chunk.text).join("");
}

export function sourceText(chunks: readonly Chunk[]): string {
  return chunks.map((chunk) => (chunk.kind === "literal" ? chunk.text : chunk.source)).join("");
}

/** Takes `indent` columns off the start of every line that begins in literal text. `fresh`: the first chunk begins a line. */
export function dedented(chunks: readonly Chunk[], indent: number, fresh: boolean): Chunk[] {
  if (indent === 0) return [...chunks];
  const result: Chunk[] = [];
  let atLineStart = fresh;
  for (const chunk of chunks) {
    if (chunk.kind === "generated" || chunk.zone !== "top") {
      result.push(chunk);
      if (chunk.text !== "") atLineStart = chunk.text.endsWith("\n");
      continue;
    }
    let at = 0;
    for (const line of chunk.text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
      const space = atLineStart ? Math.min(indent, /^[ \t]*/.exec(line)?.[0].length ?? 0) : 0;
      if (line.length > space)
        result.push({ ...chunk, text: line.slice(space), start: chunk.start + at + space });
      at += line.length;
      atLineStart = line.endsWith("\n");
    }
  }
  return merged(result);
}

/** Neighbours that are neighbours in the file too become one. */
function merged(chunks: readonly Chunk[]): Chunk[] {
  const result: Chunk[] = [];
  for (const chunk of chunks) {
    const last = result[result.length - 1];
    if (
      last?.kind === "literal" &&
      chunk.kind === "literal" &&
      last.file === chunk.file &&
      last.zone === chunk.zone &&
      last.start + last.text.length === chunk.start
    )
      result[result.length - 1] = { ...last, text: last.text + chunk.text };
    else result.push(chunk);
  }
  return result;
}

/** The indentation that all lines of literal text share; blank lines do not count. `fresh` as above. No line: undefined. */
export function commonIndent(chunks: readonly Chunk[], fresh: boolean): number | undefined {
  let common = Number.POSITIVE_INFINITY;
  let atLineStart = fresh;
  for (const chunk of chunks) {
    if (chunk.kind === "literal" && chunk.zone === "top") {
      for (const line of chunk.text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
        const space = /^[ \t]*/.exec(line)?.[0].length ?? 0;
        if (atLineStart && (line.trim() !== "" || !line.endsWith("\n"))) common = Math.min(common, space);
        atLineStart = line.endsWith("\n");
      }
    } else if (chunk.text !== "") atLineStart = chunk.text.endsWith("\n");
  }
  return Number.isFinite(common) ? common : undefined;
}

// Between chunks and sqlfluff: offsets there are code points of a source made up of the chunks, here UTF-16 of a file.
import type { Chunk, Zone } from "../unit/chunk.ts";
import { renderedText, sourceText } from "../unit/chunk.ts";
import type { LintRequest, Slice } from "./protocol.ts";

export function requestOf(path: string, chunks: readonly Chunk[]): LintRequest {
  const slices = chunks.map(
    (chunk): Slice =>
      chunk.kind === "literal"
        ? ["literal", points(chunk.text), points(chunk.text)]
        : ["templated", points(chunk.source), points(chunk.text)],
  );
  return { path, source: sourceText(chunks), templated: renderedText(chunks), slices };
}

function points(text: string): number {
  return /[\uD800-\uDBFF]/.test(text) ? [...text].length : text.length;
}

/** UTF-16 offsets of code point offsets in one text. */
export function utf16(text: string): (offset: number) => number {
  if (!/[\uD800-\uDBFF]/.test(text)) return (offset) => Math.min(offset, text.length);
  const starts: number[] = [];
  for (let at = 0; at < text.length; at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) starts.push(at);
  return (offset) => starts[offset] ?? text.length;
}

export interface Place {
  readonly chunk: Chunk;
  /** Offset in the chunk's file. */
  readonly offset: number;
}

/** Finds places of the made-up source in the files. */
export class Atlas {
  readonly #chunks: readonly Chunk[];
  readonly #starts: number[] = [];
  readonly #length: number;

  constructor(chunks: readonly Chunk[]) {
    this.#chunks = chunks;
    let at = 0;
    for (const chunk of chunks) {
      this.#starts.push(at);
      at += (chunk.kind === "literal" ? chunk.text : chunk.source).length;
    }
    this.#length = at;
  }

  /** The character at an offset; at the source's end, the place after its last one. */
  at(offset: number): Place | undefined {
    let index = this.#chunks.length - 1;
    while (index > 0 && ((this.#starts[index] ?? 0) > offset || this.#isEmpty(index))) index--;
    const chunk = this.#chunks[index];
    if (!chunk) return undefined;
    const inside = Math.min(offset, this.#length) - (this.#starts[index] ?? 0);
    return { chunk, offset: chunk.kind === "literal" ? chunk.start + inside : chunk.start };
  }

  /** Whether only space stands between an offset and a placeholder that gave nothing. */
  isBeforeNothing(offset: number): boolean {
    let from = offset;
    for (const [index, chunk] of this.#chunks.entries()) {
      const start = this.#starts[index] ?? 0;
      if (chunk.kind === "literal") {
        if (start + chunk.text.length <= from) continue;
        if (/[^ \t]/.test(chunk.text.slice(from - start))) return false;
        from = start + chunk.text.length;
      } else if (start >= from) return chunk.text === "";
    }
    return false;
  }

  /** The stretch of a file that a stretch of the source is, if it is one, in literal text. */
  span(start: number, end: number): { file: string; start: number; end: number; zone: Zone } | undefined {
    for (const [index, chunk] of this.#chunks.entries()) {
      const from = this.#starts[index] ?? 0;
      if (chunk.kind !== "literal" || start < from || end > from + chunk.text.length) continue;
      const offset = chunk.start - from;
      return { file: chunk.file, start: start + offset, end: end + offset, zone: chunk.zone };
    }
    return undefined;
  }

  #isEmpty(index: number): boolean {
    const chunk = this.#chunks[index];
    return (chunk?.kind === "literal" ? chunk.text : chunk?.source) === "";
  }
}

import { BigQueryError, type SourcePosition, unsupported } from "../errors.ts";
import type { Range } from "./ast.ts";

/** A script's text, cut by the parser's UTF-8 byte offsets; errors inside a piece are moved to the whole. */
export class ScriptSource {
  readonly text: string;
  private readonly bytes: Buffer | undefined;

  private readonly written: string;

  constructor(text: string, written = text) {
    this.text = text;
    this.written = written;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII, where a byte is a character.
    this.bytes = /^[\x00-\x7f]*$/.test(text) ? undefined : Buffer.from(text, "utf8");
  }

  slice(range: Range): string {
    return this.bytes
      ? this.bytes.subarray(range.start, range.end).toString("utf8")
      : this.text.slice(range.start, range.end);
  }

  /** A piece as it was written, system variables by their own names. */
  original(range: Range): string {
    if (this.written === this.text) return this.slice(range);
    return new ScriptSource(this.written).slice(range);
  }

  position(range: Range): SourcePosition {
    return positionOf(this.text, this.slice({ start: 0, end: range.start }).length);
  }

  /**
   * The error as it reads in the whole script. `prefix` counts the characters put before the piece on its first line.
   * An error without a place gets that of the piece when `locate` is set.
   */
  relocate(error: unknown, range: Range, options: { prefix?: number; locate?: boolean } = {}): unknown {
    if (!(error instanceof BigQueryError)) return error;
    if (!error.position) {
      return options.locate && error.reason !== "stopped" ? withPosition(error, this.position(range)) : error;
    }
    const { line, column } = error.position;
    const own = { line, column: line === 1 ? Math.max(1, column - (options.prefix ?? 0)) : column };
    const before = this.slice({ start: 0, end: range.start }).length;
    return withPosition(error, positionOf(this.text, before + indexOf(this.slice(range), own)));
  }
}

/** Columns count characters, a tab reaching to the next multiple of eight, as GoogleSQL counts them. */
const TAB = 8;

function positionOf(text: string, index: number): SourcePosition {
  const lines = text.slice(0, index).split(/\r\n|\r|\n/);
  return { line: lines.length, column: columnAfter(lines.at(-1) ?? "") };
}

function columnAfter(text: string): number {
  let column = 1;
  for (const character of text) column = step(column, character);
  return column;
}

function step(column: number, character: string): number {
  return column + (character === "\t" ? TAB - ((column - 1) % TAB) : 1);
}

/** The index of a place in a text; the inverse of positionOf. */
function indexOf(text: string, { line, column }: SourcePosition): number {
  const breaks = [...text.matchAll(/\r\n|\r|\n/g)];
  const lineBreak = breaks[line - 2];
  const start = lineBreak ? lineBreak.index + lineBreak[0].length : 0;
  let index = start;
  let at = 1;
  for (const character of text.slice(start, breaks[line - 1]?.index)) {
    if (at >= column) break;
    at = step(at, character);
    index += character.length;
  }
  return index;
}

function withPosition(error: BigQueryError, position: SourcePosition): BigQueryError {
  const message = error.message.replace(/(?:,? at \[\d+:\d+\]|, at \d+:\d+)$/, "");
  if (error.reason === "unsupported") return unsupported(message.replace(/^Unsupported: /, ""), position);
  return new BigQueryError(error.reason, message, position);
}

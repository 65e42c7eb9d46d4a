import { BigQueryError, type SourcePosition, unsupported } from "../errors.ts";
import type { Range } from "./ast.ts";

/** A script's text, cut by the parser's UTF-8 byte offsets; errors inside a piece are moved to the whole. */
export class ScriptSource {
  readonly text: string;
  private readonly bytes: Buffer | undefined;

  constructor(text: string) {
    this.text = text;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII, where a byte is a character.
    this.bytes = /^[\x00-\x7f]*$/.test(text) ? undefined : Buffer.from(text, "utf8");
  }

  slice(range: Range): string {
    return this.bytes
      ? this.bytes.subarray(range.start, range.end).toString("utf8")
      : this.text.slice(range.start, range.end);
  }

  position(range: Range): SourcePosition {
    const before = this.slice({ start: 0, end: range.start });
    const lines = before.split(/\r\n|\r|\n/);
    return { line: lines.length, column: [...(lines.at(-1) ?? "")].length + 1 };
  }

  /**
   * The error as it reads in the whole script. `prefix` counts the characters put before the piece on its first line.
   * An error without a place gets that of the piece when `locate` is set.
   */
  relocate(error: unknown, range: Range, options: { prefix?: number; locate?: boolean } = {}): unknown {
    if (!(error instanceof BigQueryError)) return error;
    const start = this.position(range);
    if (!error.position) {
      return options.locate && error.reason !== "stopped" ? withPosition(error, start) : error;
    }
    const { line, column } = error.position;
    const inner = line === 1 ? Math.max(1, column - (options.prefix ?? 0)) : column;
    return withPosition(error, {
      line: start.line + line - 1,
      column: line === 1 ? start.column + inner - 1 : inner,
    });
  }
}

function withPosition(error: BigQueryError, position: SourcePosition): BigQueryError {
  const message = error.message.replace(/(?:,? at \[\d+:\d+\]|, at \d+:\d+)$/, "");
  if (error.reason === "unsupported") return unsupported(message.replace(/^Unsupported: /, ""), position);
  return new BigQueryError(error.reason, message, position);
}

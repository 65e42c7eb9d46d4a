import type { Span, Statement } from "../sqlx/document.ts";

/**
 * The part of a statement that is SQL: without the blank lines around it, with the spaces that end its last line. Where the
 * file begins or ends with it, up to there, so that what is asked of a file's first and last line can be asked.
 */
export function unitSpan(text: string, statement: Statement): Span | undefined {
  const shown = statement.pieces.filter(
    (piece) => piece.kind === "placeholder" || text.slice(piece.start, piece.end).trim() !== "",
  );
  const first = shown[0];
  const last = shown[shown.length - 1];
  if (!first || !last) return undefined;
  let { start } = first;
  if (first.kind === "text" && start > 0) start += /^\s*/.exec(text.slice(start, first.end))?.[0].length ?? 0;
  let { end } = last;
  if (last.kind === "text" && end < text.length) {
    const shownText = text.slice(last.start, end);
    const kept = shownText.trimEnd().length;
    end = last.start + kept + (/^[ \t]+(?=\n)/.exec(shownText.slice(kept))?.[0].length ?? 0);
  }
  // Nothing but space follows up to the file's own end.
  if (text.slice(end).trim() === "" && statement.pieces[statement.pieces.length - 1]?.end === text.length)
    end = text.length;
  return { start, end };
}

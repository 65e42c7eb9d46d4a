import { parseExpression, parseStatements } from "../javascript/parse.ts";
import type { Section, SqlxDocument, Statement } from "../sqlx/document.ts";
import { unitSpan } from "../unit/span.ts";
import { Edits } from "./edits.ts";
import { type MarkContext, markLiterals, number, type Origin } from "./literals.ts";
import { closing, moduleName, opening } from "./marks.ts";

/** "all": literals inside placeholders too; "placeholders": only what a placeholder gave as a whole, which changes nothing. */
export type MarkDepth = "all" | "placeholders";

export interface MarkedUnit {
  readonly section: Section;
  readonly statement: Statement;
  /** From 0, within its section. */
  readonly index: number;
  /** The mark around its compiled text. */
  readonly id: number;
}

/** A .sqlx file in which every `${expression}` says what came of it. Origins are added to `origins`. */
export function markSqlx(
  file: string,
  document: SqlxDocument,
  origins: Origin[],
  depth: MarkDepth,
): { text: string; units: MarkedUnit[] } {
  const edits = new Edits();
  const context: MarkContext = { file, text: document.text, edits, origins };
  const units: MarkedUnit[] = [];
  for (const section of document.sections) {
    for (const [index, statement] of section.statements.entries()) {
      const span = unitSpan(document.text, statement);
      if (!span) continue;
      const id = number(context, "unit", span.start, span.end);
      units.push({ section, statement, index, id });
      edits.insert(span.start, opening(id));
      for (const piece of statement.pieces) {
        if (piece.kind === "placeholder") markPlaceholder(context, piece.start, piece.end, depth);
      }
      edits.insert(span.end, closing);
    }
  }
  if (depth === "all") {
    for (const block of document.scripts) {
      const parsed =
        block.kind === "js" && parseStatements(document.text, block.inner.start, block.inner.end);
      if (parsed) markLiterals(context, parsed);
    }
  }
  return { text: edits.apply(document.text), units };
}

/** A .js file in which every literal of SQL says where it is from; undefined where it does not parse. */
export function markScript(file: string, text: string, origins: Origin[]): string | undefined {
  const edits = new Edits();
  const parsed = parseStatements(text);
  if (!parsed) return undefined;
  markLiterals({ file, text, edits, origins }, parsed);
  return edits.apply(text);
}

/**
 * No quotes, backticks or backslashes, which mean something to Dataform's lexer where the placeholder stands in a quoted
 * string; a newline before the closing parentheses, so that a trailing `// comment` ends.
 */
function markPlaceholder(context: MarkContext, start: number, end: number, depth: MarkDepth): void {
  const inner = { start: start + 2, end: end - 1 };
  const id = number(context, "placeholder", start, end);
  context.edits.insert(inner.start, `${moduleName}.value(${id},(`);
  const parsed = depth === "all" ? parseExpression(context.text, inner.start, inner.end) : undefined;
  if (parsed) markLiterals(context, parsed);
  context.edits.insert(inner.end, "\n))");
}

// A .sqlx file as Dataform reads it: JavaScript blocks, and sections of SQL statements made of text and `${}` placeholders.
import { expressionEnd } from "../javascript/parse.ts";
import { lex, type Node } from "./lexer.ts";

export type SectionKind = "body" | "pre_operations" | "post_operations" | "incremental_where" | "input";

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Piece extends Span {
  readonly kind: "text" | "comment" | "placeholder";
}

/** The SQL between two `---`. */
export interface Statement {
  readonly pieces: readonly Piece[];
}

export interface Section extends Span {
  readonly kind: SectionKind;
  /** Of an input block: the names in its header. */
  readonly label: string;
  readonly statements: readonly Statement[];
}

export interface ScriptBlock extends Span {
  readonly kind: "config" | "js";
  /** Between the braces. */
  readonly inner: Span;
}

export interface SqlxDocument {
  readonly text: string;
  readonly scripts: readonly ScriptBlock[];
  /** Blocks in file order; the body last. */
  readonly sections: readonly Section[];
  /** Where a block or a quoted string is still open at the end of the file. */
  readonly unclosed?: number;
}

/** Reads a .sqlx file. Newlines must be `\n`. */
export function readSqlx(text: string): SqlxDocument {
  const root = lex(text);
  const scripts: ScriptBlock[] = [];
  const sections: Section[] = [];
  const body: Node[] = [];
  for (const node of root.children) {
    if (node.kind !== "block") body.push(node);
    else if (node.state === "javascript") scripts.push(scriptBlock(text, node));
    else sections.push(sectionOf(text, node));
  }
  sections.push({
    kind: "body",
    label: "",
    start: 0,
    end: text.length,
    statements: statementsOf(text, body),
  });
  const unclosed = firstUnclosed(root);
  return { text, scripts, sections, ...(unclosed === undefined ? {} : { unclosed }) };
}

function scriptBlock(text: string, node: Node): ScriptBlock {
  const { start, end } = node;
  const inner = { start: text.indexOf("{", start) + 1, end: node.closed ? end - 1 : end };
  return { kind: text.startsWith("config", start) ? "config" : "js", start, end, inner };
}

function sectionOf(text: string, node: Node): Section {
  const header = text.slice(node.start, text.indexOf("{", node.start));
  const kind = header.split(/[ "]/, 1)[0] as SectionKind;
  const label = [...header.matchAll(/"([^"]*)"/g)].map((found) => found[1]).join(".");
  const open = node.start + header.length + 1;
  const close = node.closed ? node.end - 1 : node.end;
  const children = fill(node.children, open, close);
  return { kind, label, start: node.start, end: node.end, statements: statementsOf(text, children) };
}

/** A block's text starts right after its brace, which the lexer's token includes. */
function fill(children: readonly Node[], open: number, close: number): Node[] {
  const nodes: Node[] = [];
  let at = open;
  for (const child of children) {
    if (child.start > at)
      nodes.push({ kind: "text", start: at, end: child.start, children: [], closed: true });
    nodes.push(child);
    at = child.end;
  }
  if (at < close) nodes.push({ kind: "text", start: at, end: close, children: [], closed: true });
  return nodes;
}

function statementsOf(text: string, nodes: readonly Node[]): Statement[] {
  const statements: Piece[][] = [[]];
  for (const node of nodes) {
    if (node.kind === "separator") statements.push([]);
    else addPieces(text, node, statements[statements.length - 1] as Piece[]);
  }
  return statements.map((pieces) => ({ pieces: evaluated(text, pieces) }));
}

function addPieces(text: string, node: Node, pieces: Piece[]): void {
  if (node.kind === "placeholder") pieces.push({ kind: "placeholder", start: node.start, end: node.end });
  else if (node.kind === "comment") pieces.push({ kind: "comment", start: node.start, end: node.end });
  else if (node.children.length === 0) addText(pieces, node.start, node.end);
  else {
    let at = node.start;
    for (const child of node.children) {
      if (child.start > at) addText(pieces, at, child.start);
      addPieces(text, child, pieces);
      at = child.end;
    }
    if (at < node.end) addText(pieces, at, node.end);
  }
}

function addText(pieces: Piece[], start: number, end: number): void {
  const last = pieces[pieces.length - 1];
  if (last?.kind === "text" && last.end === start) pieces[pieces.length - 1] = { ...last, end };
  else pieces.push({ kind: "text", start, end });
}

/** `${` that the lexer left in text (double quotes) is evaluated all the same: it stands in a JavaScript template string. */
function evaluated(text: string, pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    let at = piece.start;
    while (piece.kind === "text") {
      const open = text.indexOf("${", at);
      if (open < 0 || open >= piece.end) break;
      const end = expressionEnd(text, open + 2);
      if (end === undefined || end > piece.end) break;
      if (open > at) result.push({ kind: "text", start: at, end: open });
      result.push({ kind: "placeholder", start: open, end });
      at = end;
    }
    if (at < piece.end) result.push({ ...piece, start: at });
  }
  return result;
}

function firstUnclosed(node: Node): number | undefined {
  for (const child of node.children) {
    if (!child.closed) return child.start;
    const inner = firstUnclosed(child);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

// From a compiled text with marks to chunks with origins.
import type { Origin } from "../mark/literals.ts";
import { type Marked, type MarkNode, unmarked } from "../mark/marks.ts";
import type { Span, Statement } from "../sqlx/document.ts";
import type { Chunk, Zone } from "./chunk.ts";

export interface Sources {
  readonly origins: readonly Origin[];
  /** A file's text, newlines `\n`. */
  text(file: string): string;
}

/** Branches to take in spite of the compiler, by the choice's number. */
export type Forced = ReadonlyMap<number, number>;

/** The chunks of a .sqlx statement; `children` are what its unit mark holds. */
export function weaveStatement(
  sources: Sources,
  file: string,
  statement: Statement,
  span: Span,
  children: readonly Marked[],
  forced: Forced,
): Chunk[] {
  const text = sources.text(file);
  const runs = textRuns(statement, span);
  const chunks: Chunk[] = [];
  let rendered = "";
  let at = 0;
  const flush = (): void => {
    chunks.push(...literalRun(text, file, runs[at] ?? [], rendered));
    rendered = "";
    at++;
  };
  for (const child of children) {
    if (typeof child === "string") rendered += child;
    else {
      flush();
      chunks.push(...weavePlaceholder(sources, child, forced));
    }
  }
  flush();
  return chunks;
}

/** The text before, between and after a statement's placeholders; a run has several parts where a block stands between. */
function textRuns(statement: Statement, span: Span): Span[][] {
  const runs: Span[][] = [[]];
  for (const piece of statement.pieces) {
    const start = Math.max(piece.start, span.start);
    const end = Math.min(piece.end, span.end);
    if (start >= end) continue;
    if (piece.kind === "placeholder") runs.push([]);
    else runs[runs.length - 1]?.push({ start, end });
  }
  return runs;
}

/** Text that JavaScript gave back as it stands in the file; where it did not (a backslash), it counts as generated. */
function literalRun(text: string, file: string, run: readonly Span[], rendered: string): Chunk[] {
  const written = run.map(({ start, end }) => text.slice(start, end)).join("");
  if (written === rendered) {
    return run.map(({ start, end }) => ({
      kind: "literal",
      text: text.slice(start, end),
      file,
      start,
      zone: "top",
    }));
  }
  const start = run[0]?.start ?? 0;
  return [
    {
      kind: "generated",
      text: rendered,
      source: written,
      file,
      start,
      end: run[run.length - 1]?.end ?? start,
    },
  ];
}

function weavePlaceholder(sources: Sources, node: MarkNode, forced: Forced): Chunk[] {
  const origin = sources.origins[node.id] as Origin;
  const written = sources.text(origin.file).slice(origin.start, origin.end);
  const chunks = weaveNested(sources, node.children, origin, forced, "branch");
  if (chunks.some((chunk) => chunk.kind === "literal")) return chunks;
  const text = chunks.map((chunk) => chunk.text).join("");
  return [
    {
      kind: "generated",
      text,
      source: oneLine(written),
      file: origin.file,
      start: origin.start,
      end: origin.end,
    },
  ];
}

/** What a placeholder or a script gave: literals of the source in text that functions made. */
export function weaveNested(
  sources: Sources,
  nodes: readonly Marked[],
  around: Origin,
  forced: Forced,
  zone: Zone,
): Chunk[] {
  // Text beside a template or a choice means that a function built the whole from it.
  const inner =
    nodes.filter((node) => typeof node !== "string" || node.trim() !== "").length === 1 ? zone : "nested";
  return nodes.flatMap((node): Chunk[] => {
    if (typeof node === "string") return node === "" ? [] : [generated(node, around)];
    const origin = sources.origins[node.id] as Origin;
    if (node.taken !== undefined) {
      const branch = node.children[forced.get(node.id) ?? node.taken];
      if (branch === undefined || typeof branch === "string") return [];
      return weaveNested(sources, branch.children, around, forced, inner === "nested" ? "nested" : "branch");
    }
    if (origin.kind === "template") return weaveTemplate(sources, node, around, forced, inner);
    return origin.kind === "literal"
      ? [literal(sources, node, origin, inner) ?? generated(unmarked([node]), around)]
      : weaveNested(sources, node.children, around, forced, "nested");
  });
}

/** A template's own text, and what its `${}` gave. */
function weaveTemplate(
  sources: Sources,
  node: MarkNode,
  around: Origin,
  forced: Forced,
  zone: Zone,
): Chunk[] {
  return node.children.flatMap((child): Chunk[] => {
    if (typeof child === "string") return child === "" ? [] : [generated(child, around)];
    const origin = sources.origins[child.id] as Origin;
    return origin.kind === "literal"
      ? [literal(sources, child, origin, zone) ?? generated(unmarked([child]), around)]
      : weaveNested(sources, [child], around, forced, zone === "nested" ? "nested" : "branch");
  });
}

/** Undefined where a function changed the text between the marks. */
function literal(sources: Sources, node: MarkNode, origin: Origin, zone: Zone): Chunk | undefined {
  const written = sources.text(origin.file).slice(origin.start, origin.end);
  const [text] = node.children;
  return node.children.length === 1 && text === written
    ? { kind: "literal", text, file: origin.file, start: origin.start, zone }
    : undefined;
}

function generated(text: string, around: Origin): Chunk {
  return {
    kind: "generated",
    text,
    // Space around a template is that of its script.
    source: text.trim() === "" ? text : "{...}",
    file: around.file,
    start: around.start,
    end: around.end,
  };
}

function oneLine(written: string): string {
  return written.includes("\n") ? "{...}" : written;
}

/**
 * The ways in which a text has to be rendered so that every literal in it is seen: as compiled, and once for each branch
 * that no rendering took, together with the branches around it.
 */
export function unseenBranches(
  renderings: readonly (readonly Marked[])[],
  origins: readonly Origin[],
): Map<number, number>[] {
  const seen = new Set<number>();
  for (const nodes of renderings) for (const id of literalsIn(nodes, origins)) seen.add(id);
  const ways: Map<number, number>[] = [];
  const visit = (nodes: readonly Marked[], path: ReadonlyMap<number, number>): void => {
    for (const node of nodes) {
      if (typeof node === "string") continue;
      if (node.taken === undefined) {
        visit(node.children, path);
        continue;
      }
      for (const [place, branch] of node.children.entries()) {
        if (typeof branch === "string") continue;
        const forced = new Map(path).set(node.id, place);
        const inside = [...literalsIn(branch.children, origins)];
        if (inside.some((id) => !seen.has(id))) {
          ways.push(forced);
          for (const id of inside) seen.add(id);
        }
        visit(branch.children, forced);
      }
    }
  };
  for (const nodes of renderings) visit(nodes, new Map());
  return ways;
}

/** The literals that a rendering shows: of every choice, only what was taken. */
function* literalsIn(nodes: readonly Marked[], origins: readonly Origin[]): Generator<number> {
  for (const node of nodes) {
    if (typeof node === "string") continue;
    if (node.taken !== undefined) {
      const branch = node.children[node.taken];
      if (branch !== undefined) yield* literalsIn([branch], origins);
      continue;
    }
    if (origins[node.id]?.kind === "literal") yield node.id;
    yield* literalsIn(node.children, origins);
  }
}

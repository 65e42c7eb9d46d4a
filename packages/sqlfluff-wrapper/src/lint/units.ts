import { guessPlaceholder } from "../compile/heuristic.ts";
import type { MarkedUnit } from "../mark/instrument.ts";
import type { Origin } from "../mark/literals.ts";
import { type Marked, type MarkNode, nodesIn } from "../mark/marks.ts";
import type { Span } from "../sqlx/document.ts";
import { type Chunk, renderedText } from "../unit/chunk.ts";
import { shaped } from "../unit/shape.ts";
import { unitSpan } from "../unit/span.ts";
import type { Unit } from "../unit/unit.ts";
import { type Sources, unseenBranches, weaveNested, weaveStatement } from "../unit/weave.ts";
import type { RenderedAs } from "../violation.ts";
import type { Build, MarkedText } from "./build.ts";
import type { SourceFiles } from "./sources.ts";

export interface FileUnits {
  readonly units: readonly Unit[];
  /** Statements that no compiled text shows. */
  readonly guessed: number;
}

/** What of a .sqlx file is linted: every statement in every rendering that differs. */
export function sqlxUnits(files: SourceFiles, build: Build, path: string, indent: number): FileUnits {
  const document = files.document(path);
  const sources: Sources = { origins: build.origins, text: (file) => files.text(file) };
  const texts = build.texts.get(path) ?? [];
  const units: Unit[] = [];
  let guessed = 0;
  const statements = document.sections.flatMap((section) =>
    section.statements.flatMap((statement, index) => {
      const span = unitSpan(document.text, statement);
      return span ? [{ section, statement, index, span }] : [];
    }),
  );
  for (const { section, statement, index, span } of statements) {
    const marked = build.units
      .get(path)
      ?.find(
        (unit) =>
          unit.section.start === section.start && unit.section.kind === section.kind && unit.index === index,
      );
    let renderings: Rendering[] = marked ? compiledRenderings(texts, marked) : [];
    if (renderings.length === 0) {
      guessed++;
      renderings = [{ variant: "uncompiled", nodes: guess(files, build.origins, path, statement, span) }];
    }
    const before = document.text.slice(document.text.lastIndexOf("\n", span.start - 1) + 1, span.start);
    const shape = {
      name: section.kind,
      indentBefore: before.trim() === "" ? before : undefined,
      toEnd: span.end === document.text.length && section.kind === "body",
      indent,
    };
    const seen = new Set<string>();
    const add = (
      variant: RenderedAs,
      nodes: readonly Marked[],
      forced: ReadonlyMap<number, number>,
    ): void => {
      const woven = weaveStatement(sources, path, statement, span, nodes, forced);
      if (!hasSql(woven)) return;
      // What placeholders give in another variant makes no other finding about the file's own text, unless it is nothing.
      const key = JSON.stringify(
        woven.map((chunk) => (chunk.kind === "literal" ? chunk.text : chunk.text !== "")),
      );
      if (seen.has(key)) return;
      seen.add(key);
      units.push({ file: path, name: section.kind, variant, chunks: shaped(woven, shape) });
    };
    for (const { variant, nodes } of renderings) add(variant, nodes, new Map());
    const [base] = renderings;
    for (const forced of unseenBranches(
      renderings.map(({ nodes }) => nodes),
      build.origins,
    )) {
      if (base) add(base.variant === "uncompiled" ? "uncompiled" : "branch", base.nodes, forced);
    }
  }
  return { units, guessed };
}

/** A statement may be nothing but a placeholder: the SQL is then not this file's. */
function hasSql(chunks: readonly Chunk[]): boolean {
  return chunks.some((chunk) => chunk.kind === "literal" && chunk.text.trim() !== "");
}

interface Rendering {
  readonly variant: RenderedAs;
  readonly nodes: readonly Marked[];
}

/** A unit's texts in its own file's actions: once for each variant. A test renders the model it tests, too: not counted. */
function compiledRenderings(texts: readonly MarkedText[], unit: MarkedUnit): Rendering[] {
  return texts.flatMap(({ variant, nodes }) =>
    [...nodesIn(nodes)]
      .filter((node) => node.id === unit.id && node.taken === undefined)
      .map((node) => ({ variant, nodes: node.children })),
  );
}

function guess(
  files: SourceFiles,
  origins: Origin[],
  path: string,
  statement: MarkedUnit["statement"],
  span: Span,
): Marked[] {
  const text = files.text(path);
  const nodes: Marked[] = [];
  for (const piece of statement.pieces) {
    const start = Math.max(piece.start, span.start);
    const end = Math.min(piece.end, span.end);
    if (start >= end) continue;
    const isText = piece.kind !== "placeholder";
    nodes.push(isText ? text.slice(start, end) : guessPlaceholder(path, text, start, end, origins));
  }
  return nodes;
}

/** What of the .js files is linted: the SQL of the actions they define, each literal in the first rendering that shows it. */
export function scriptUnits(
  files: SourceFiles,
  build: Build,
  isLinted: (path: string) => boolean,
  indent: number,
): Unit[] {
  const shown = new Set<number>();
  const sources: Sources = { origins: build.origins, text: (file) => files.text(file) };
  const units: Unit[] = [];
  for (const [path, texts] of build.texts) {
    if (!path.endsWith(".js")) continue;
    for (const { nodes, variant } of texts) {
      const literals = [...nodesIn(nodes)].filter((node) => isScriptLiteral(build.origins, node, isLinted));
      if (literals.every((node) => shown.has(node.id))) continue;
      for (const node of literals) shown.add(node.id);
      const around: Origin = { kind: "placeholder", file: path, start: 0, end: 0 };
      const add = (as: RenderedAs, forced: ReadonlyMap<number, number>): void => {
        const woven = weaveNested(sources, nodes, around, forced, "top");
        if (renderedText(woven).trim() === "") return;
        const chunks = shaped(woven, { name: "script", indentBefore: undefined, toEnd: false, indent });
        units.push({ file: path, name: "script", variant: as, chunks });
      };
      add(variant, new Map());
      for (const forced of unseenBranches([nodes], build.origins)) add("branch", forced);
    }
  }
  return units;
}

function isScriptLiteral(
  origins: readonly Origin[],
  node: MarkNode,
  isLinted: (path: string) => boolean,
): boolean {
  const origin = origins[node.id];
  return (
    node.taken === undefined &&
    origin?.kind === "literal" &&
    origin.file.endsWith(".js") &&
    isLinted(origin.file)
  );
}

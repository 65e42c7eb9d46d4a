// The compiled project, and where each of its characters is from.
import { ProjectCopy } from "../compile/copy.ts";
import { type Compilation, compile } from "../compile/dataform.ts";
import { actionsOf, type CompiledText, textKey, textsOf } from "../compile/graph.ts";
import { type MarkDepth, type MarkedUnit, markScript, markSqlx } from "../mark/instrument.ts";
import type { Origin } from "../mark/literals.ts";
import { isMarked, type Marked, moduleName, moduleText, parseMarks, unmarked } from "../mark/marks.ts";
import type { SourceFiles } from "./sources.ts";

export interface MarkedText extends CompiledText {
  readonly nodes: readonly Marked[];
}

export interface Build {
  /** The project as it is. */
  readonly plain: Compilation;
  readonly origins: Origin[];
  readonly units: ReadonlyMap<string, readonly MarkedUnit[]>;
  /** The compiled texts by the file that made them; only those that are the plain ones but for the marks. */
  readonly texts: ReadonlyMap<string, readonly MarkedText[]>;
  /** Scripts whose SQL could not be marked. */
  readonly unmarked: ReadonlySet<string>;
}

/** Compiles the project and its marked copy, side by side. */
export class Builder {
  readonly #sources: SourceFiles;
  readonly #vars: Readonly<Record<string, string>>;
  #plain: ProjectCopy | undefined;
  #marked: ProjectCopy | undefined;
  /** Files in which marks inside placeholders change what is compiled: only the placeholders themselves are marked. */
  readonly #shallow = new Set<string>();

  constructor(sources: SourceFiles, vars: Readonly<Record<string, string>>) {
    this.#sources = sources;
    this.#vars = vars;
  }

  /** `replaced`: texts in the place of files, for both compilations. */
  async build(
    isLinted: (path: string) => boolean,
    replaced: ReadonlyMap<string, string> = new Map(),
  ): Promise<Build> {
    this.#plain ??= new ProjectCopy(this.#sources.root);
    this.#plain.update(this.#sources.files, replaced);
    const plain = compile(this.#plain.folder, this.#sources.root, this.#vars);
    plain.catch(() => {});
    let marked = await this.#compileMarked(isLinted, replaced);
    const expected = textsByKey(await plain);
    const changed = this.#changedFiles(marked.compilation, expected);
    const deep = changed.filter((file) => !this.#shallow.has(file));
    if (deep.length > 0) {
      for (const file of deep) this.#shallow.add(file);
      marked = await this.#compileMarked(isLinted, replaced);
    }
    return {
      plain: await plain,
      origins: marked.origins,
      units: marked.units,
      unmarked: marked.unmarked,
      texts: sameTexts(marked.compilation, expected),
    };
  }

  dispose(): void {
    this.#plain?.dispose();
    this.#marked?.dispose();
  }

  async #compileMarked(isLinted: (path: string) => boolean, replaced: ReadonlyMap<string, string>) {
    // Number 0 is for nodes without an origin of their own.
    const origins: Origin[] = [{ kind: "choice", file: "", start: 0, end: 0 }];
    const units = new Map<string, MarkedUnit[]>();
    const unmarked = new Set<string>();
    const texts = new Map([...replaced, [`includes/${moduleName}.js`, moduleText]]);
    for (const path of this.#sources.files.keys()) {
      if (!isLinted(path) || isMarked(this.#sources.text(path))) continue;
      const depth: MarkDepth = this.#shallow.has(path) ? "placeholders" : "all";
      if (path.endsWith(".sqlx")) {
        const made = markSqlx(path, this.#sources.document(path), origins, depth);
        units.set(path, made.units);
        texts.set(path, made.text);
      } else {
        const text = depth === "all" ? markScript(path, this.#sources.text(path), origins) : undefined;
        if (text === undefined) unmarked.add(path);
        else texts.set(path, text);
      }
    }
    this.#marked ??= new ProjectCopy(this.#sources.root);
    this.#marked.update(this.#sources.files, texts);
    const compilation = await compile(this.#marked.folder, this.#sources.root, this.#vars);
    return { compilation, origins, units, unmarked };
  }

  /** Files whose SQL is another, or is missing, with the marks. */
  #changedFiles(marked: Compilation, expected: ReadonlyMap<string, CompiledText>): string[] {
    const found = new Map(compiledTexts(marked).map((text) => [textKey(text), text]));
    const changed = new Set<string>();
    for (const [key, text] of expected) {
      const other = found.get(key);
      const nodes = other && parseMarks(other.sql);
      if (!nodes || unmarked(nodes) !== text.sql) changed.add(text.action.fileName);
    }
    return [...changed];
  }
}

function compiledTexts({ graph }: Compilation): CompiledText[] {
  return actionsOf(graph).flatMap(textsOf);
}

export function textsByKey(compilation: Compilation): Map<string, CompiledText> {
  return new Map(compiledTexts(compilation).map((text) => [textKey(text), text]));
}

function sameTexts(
  marked: Compilation,
  expected: ReadonlyMap<string, CompiledText>,
): Map<string, MarkedText[]> {
  const result = new Map<string, MarkedText[]>();
  for (const text of compiledTexts(marked)) {
    const nodes = parseMarks(text.sql);
    if (!nodes || unmarked(nodes) !== expected.get(textKey(text))?.sql) continue;
    const { fileName } = text.action;
    result.set(fileName, [...(result.get(fileName) ?? []), { ...text, nodes }]);
  }
  return result;
}

import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { normalised } from "../compile/project.ts";
import type { Rule } from "../driver/protocol.ts";
import { requestOf } from "../driver/request.ts";
import { EnvironmentProblem } from "../errors.ts";
import type { Build } from "../lint/build.ts";
import {
  type Engine,
  type LintResult,
  lintPrepared,
  lintUnit,
  type Prepared,
  prepare,
} from "../lint/linter.ts";
import { withLineEnds } from "./newlines.ts";
import { applyPatches, type Patch, patchesOf } from "./patches.ts";
import { unwantedChanges } from "./verify.ts";

export interface FixOptions {
  readonly paths?: readonly string[];
  /** Groups whose findings are mended, those that change what SQL says left out; default layout, capitalisation, aliasing. */
  readonly groups?: readonly string[];
  /** Rules to mend beyond those: codes, names or groups. */
  readonly also?: readonly string[];
  /** Find out, write nothing. */
  readonly check?: boolean;
}

export interface FixResult {
  /** Files that were changed (with `check`: would be), with their new text. */
  readonly changed: ReadonlyMap<string, string>;
  /** Files that were left alone, because mending them would have changed more than was meant. */
  readonly refused: readonly { readonly file: string; readonly why: string }[];
  /** The project as it is then; with `check` not looked for. */
  readonly after: LintResult | undefined;
}

const harmless = ["layout", "capitalisation", "aliasing"];
/** Rules of these groups that take something away or put another name in its place. */
const notByDefault = new Set(["AL05", "AL07", "AL09"]);
/** A fix of one rendering may uncover one in another. */
const rounds = 4;

/**
 * Mends what can be mended, round by round, until a round finds nothing more. Each round is compiled once: that holds it
 * against the project as it was, and is what the next round starts from.
 */
export async function fixProject(engine: Engine, options: FixOptions): Promise<FixResult> {
  const before = await prepare(engine, options.paths);
  if (before.build.plain.errors.length > 0) {
    throw new EnvironmentProblem(
      `The project does not compile, so that no fix could be proved harmless: ${before.build.plain.errors[0]?.message}`,
    );
  }
  const rules = rulesToMend(before.started.rules, options);
  const keepsTokens = rules.every((rule) => isSafe(rule));
  const codes = rules.map((rule) => rule.code);
  const mended = new MendedFiles(engine);
  let current = before;
  let news: ReadonlySet<string> | undefined;
  for (let round = 0; ; round++) {
    const found = await mendedTexts(engine, current, news, codes, keepsTokens);
    for (const [file, text] of found) {
      if (mended.refused.has(file)) found.delete(file);
      else if (round >= rounds) mended.refuse(file, "its fixes do not come to an end");
      else mended.put(file, text);
    }
    if (found.size === 0) break;
    news = new Set(found.keys());
    current = await prepare(engine, options.paths, mended.texts);
    for (;;) {
      const wrong = filesAtFault(before.build, current.build, mended.texts, keepsTokens);
      if (wrong.size === 0) break;
      for (const [file, why] of wrong) mended.refuse(file, why);
      current = await prepare(engine, options.paths, mended.texts);
    }
  }
  const after = options.check ? undefined : await lintPrepared(engine, current);
  const changed = mended.written(options.check === true);
  return { changed, refused: [...mended.refused].map(([file, why]) => ({ file, why })), after };
}

/** The files' new texts, which stand in the place of the files' own until they are written. */
class MendedFiles {
  readonly texts = new Map<string, string>();
  readonly refused = new Map<string, string>();
  readonly #engine: Engine;
  /** Every text that a file has had, the project's own first. */
  readonly #had = new Map<string, string[]>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  put(file: string, text: string): void {
    const had = this.#had.get(file) ?? [this.#engine.files.text(file)];
    if (had.includes(text)) {
      this.refuse(file, "its fixes undo each other");
      return;
    }
    this.#had.set(file, [...had, text]);
    this.texts.set(file, text);
    this.#engine.files.replace(file, text);
  }

  refuse(file: string, why: string): void {
    this.refused.set(file, why);
    this.texts.delete(file);
    this.#engine.files.forget(file);
  }

  /** Writes the files, or only tells what would be written. */
  written(isCheck: boolean): Map<string, string> {
    const changed = new Map<string, string>();
    for (const [file, text] of this.texts) {
      const path = join(this.#engine.root, file);
      const original = readFileSync(path, "utf8");
      this.#engine.files.forget(file);
      if (normalised(original) !== this.#had.get(file)?.[0]) {
        this.refused.set(file, "it was changed by someone else meanwhile");
        continue;
      }
      const made = withLineEnds(original, text);
      if (made === original) continue;
      if (!isCheck) write(path, made);
      changed.set(file, made);
    }
    return changed;
  }
}

function isSafe({ code, groups }: Rule): boolean {
  return harmless.some((group) => groups.includes(group)) && !notByDefault.has(code);
}

function rulesToMend(rules: readonly Rule[], { groups = harmless, also = [] }: FixOptions): Rule[] {
  return rules.filter(
    (rule) =>
      (isSafe(rule) && groups.some((group) => rule.groups.includes(group))) ||
      [rule.code, rule.name, ...rule.groups].some((name) => also.includes(name)),
  );
}

/** New texts of the files in which sqlfluff has something to mend. */
async function mendedTexts(
  engine: Engine,
  current: Prepared,
  news: ReadonlySet<string> | undefined,
  codes: readonly string[],
  keepsTokens: boolean,
): Promise<Map<string, string>> {
  const result = new Map<string, string>();
  for (const [file, found] of await patchesFor(engine, current, news, codes, keepsTokens)) {
    if (!current.files.includes(file)) continue;
    const text = engine.files.text(file);
    const fixed = applyPatches(text, found);
    if (fixed !== text) result.set(file, fixed);
  }
  return result;
}

/**
 * `news`: files that changed since the units were mended last; a unit with nothing of them has nothing more to mend. Only what
 * linting tells is mended: sqlfluff would lay out anew what is somebody else's, such as a script's indentation.
 */
async function patchesFor(
  engine: Engine,
  { units, files, started }: Prepared,
  news: ReadonlySet<string> | undefined,
  codes: readonly string[],
  keepsTokens: boolean,
): Promise<Map<string, Patch[]>> {
  const wanted = new Set(files);
  const result = new Map<string, Patch[]>();
  const found = await Promise.all(
    units
      .filter((unit) => unit.variant !== "uncompiled" && wanted.has(unit.file))
      .filter((unit) => !news || news.has(unit.file) || unit.chunks.some(({ file }) => news.has(file)))
      .map(async (unit) => {
        const told = (await lintUnit(engine, unit, started)).filter(
          ({ code, fixable }) => fixable && codes.includes(code),
        );
        if (told.length === 0) return [];
        const answer = await engine.ask({
          ...requestOf(join(engine.root, unit.file), unit.chunks),
          fix: codes.filter((code) => told.some((finding) => finding.code === code)),
        });
        const patches = patchesOf(unit, answer, !keepsTokens, (file) => engine.files.text(file));
        return patches.filter((patch) => told.some(({ file }) => file === patch.file));
      }),
  );
  for (const patch of found.flat()) {
    const list = result.get(patch.file) ?? [];
    list.push(patch);
    result.set(patch.file, list);
  }
  return result;
}

/** The mended files that changed more than was meant; all of them where it cannot be told which. */
function filesAtFault(
  before: Build,
  after: Build,
  texts: ReadonlyMap<string, string>,
  keepsTokens: boolean,
): Map<string, string> {
  const result = new Map<string, string>();
  for (const { why, files } of unwantedChanges(before, after, keepsTokens)) {
    const mended = files.filter((file) => texts.has(file));
    for (const file of mended.length > 0 ? mended : texts.keys())
      if (!result.has(file)) result.set(file, why);
  }
  return result;
}

function write(file: string, text: string): void {
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}

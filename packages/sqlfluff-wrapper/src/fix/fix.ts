import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Rule } from "../driver/protocol.ts";
import { requestOf } from "../driver/request.ts";
import { EnvironmentProblem } from "../errors.ts";
import { type Engine, lintProject, type Prepared, prepare } from "../lint/linter.ts";
import type { Violation } from "../violation.ts";
import { withLineEnds } from "./newlines.ts";
import { applyPatches, type Patch, patchesOf } from "./patches.ts";
import { unwantedChange } from "./verify.ts";

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
  /** What is left; with `check` not looked for. */
  readonly remaining: readonly Violation[];
}

const harmless = ["layout", "capitalisation", "aliasing"];
/** Rules of these groups that take something away or put another name in its place. */
const notByDefault = new Set(["AL05", "AL07", "AL09"]);
/** A fix of one rendering may uncover one in another. */
const rounds = 4;

/** Mends what can be mended; recompiles, and writes only what changed nothing else. */
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
  const refused = new Map<string, string>();
  let texts = new Map<string, string>();
  for (;;) {
    texts = await mend(engine, before, codes, keepsTokens, refused, options.paths);
    const wrong = await firstUnwanted(engine, before, texts, keepsTokens);
    if (!wrong) break;
    for (const [file, why] of wrong) {
      refused.set(file, why);
      texts.delete(file);
    }
    for (const file of before.files) engine.files.forget(file);
  }
  const changed = new Map<string, string>();
  for (const [file, text] of texts) {
    const original = readFileSync(join(engine.root, file), "utf8");
    const made = withLineEnds(original, text);
    if (made !== original) changed.set(file, made);
  }
  if (!options.check) for (const [file, text] of changed) write(join(engine.root, file), text);
  for (const file of before.files) engine.files.forget(file);
  const after = options.check ? undefined : await lintProject(engine, options.paths);
  return {
    changed,
    refused: [...refused].map(([file, why]) => ({ file, why })),
    remaining: after?.violations ?? [],
  };
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

/** New texts of files: fixes applied round by round, until a round finds nothing more. */
async function mend(
  engine: Engine,
  before: Prepared,
  codes: readonly string[],
  keepsTokens: boolean,
  refused: Map<string, string>,
  paths: readonly string[] | undefined,
): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  let current = before;
  for (let round = 0; ; round++) {
    const patches = await patchesFor(engine, current, codes, keepsTokens);
    const mended = new Map<string, string>();
    for (const [file, found] of patches) {
      if (refused.has(file) || !before.files.includes(file)) continue;
      const text = engine.files.text(file);
      const fixed = applyPatches(text, found);
      if (fixed !== text) mended.set(file, fixed);
    }
    if (mended.size === 0) return texts;
    for (const [file, fixed] of mended) {
      if (round < rounds) {
        engine.files.replace(file, fixed);
        texts.set(file, fixed);
      } else {
        engine.files.forget(file);
        texts.delete(file);
        refused.set(file, "its fixes do not come to an end");
      }
    }
    if (round === rounds) return texts;
    current = await prepare(engine, paths, texts);
    if (current.build.plain.errors.length > 0) return texts;
  }
}

async function patchesFor(
  engine: Engine,
  { units, files }: Prepared,
  codes: readonly string[],
  keepsTokens: boolean,
): Promise<Map<string, Patch[]>> {
  const wanted = new Set(files);
  const result = new Map<string, Patch[]>();
  const found = await Promise.all(
    units
      .filter((unit) => unit.variant !== "uncompiled" && wanted.has(unit.file))
      .map(async (unit) => {
        const answer = await engine.ask({
          ...requestOf(join(engine.root, unit.file), unit.chunks),
          fix: codes,
        });
        return patchesOf(unit, answer, !keepsTokens, (file) => engine.files.text(file));
      }),
  );
  for (const patch of found.flat()) {
    const list = result.get(patch.file) ?? [];
    list.push(patch);
    result.set(patch.file, list);
  }
  return result;
}

/** All files at once; where that is not clean, file by file, to find those that are at fault. */
async function firstUnwanted(
  engine: Engine,
  before: Prepared,
  texts: ReadonlyMap<string, string>,
  keepsTokens: boolean,
): Promise<Map<string, string> | undefined> {
  if (texts.size === 0) return undefined;
  const whole = await engine.builder.build(engine.isLinted, texts);
  const why = unwantedChange(before.build, whole, keepsTokens);
  if (why === undefined) return undefined;
  const wrong = new Map<string, string>();
  for (const [file, text] of texts) {
    for (const other of texts.keys()) if (other !== file) engine.files.forget(other);
    engine.files.replace(file, text);
    const alone = await engine.builder.build(engine.isLinted, new Map([[file, text]]));
    const reason = unwantedChange(before.build, alone, keepsTokens);
    if (reason !== undefined) wrong.set(file, reason);
  }
  // Harmless one by one and not together: none is written.
  return wrong.size > 0 ? wrong : new Map([...texts.keys()].map((file) => [file, why]));
}

function write(file: string, text: string): void {
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}

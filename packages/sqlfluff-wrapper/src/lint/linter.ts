import { existsSync, realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { Driver, DriverFailure } from "../driver/driver.ts";
import type { LintAnswer, LintRequest, Started } from "../driver/protocol.ts";
import { requestOf } from "../driver/request.ts";
import { EnvironmentProblem } from "../errors.ts";
import { findPython } from "../python/find.ts";
import { configFindings } from "../rules/config.ts";
import { type OwnCode, ownRule, ownRules } from "../rules/rules.ts";
import { readSettings, type Settings } from "../settings.ts";
import type { Unit } from "../unit/unit.ts";
import { byPlace, type Violation } from "../violation.ts";
import { type Build, Builder } from "./build.ts";
import { findingsOf, referenceFindings, withoutRepeats } from "./findings.ts";
import { SourceFiles } from "./sources.ts";
import { scriptUnits, sqlxUnits } from "./units.ts";

export interface LinterOptions {
  /** The folder with dataform.json or workflow_settings.yaml. */
  readonly project: string;
  /** A further sqlfluff configuration file, read last. */
  readonly config?: string;
  /** Only these rules, by code, name or group. */
  readonly rules?: readonly string[];
  readonly excludeRules?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Instead of those in the project's files. */
  readonly settings?: Partial<Settings>;
}

export interface LintResult {
  /** By file, line and column. */
  readonly violations: readonly Violation[];
  /** Files that were linted. */
  readonly files: readonly string[];
  /** Renderings of statements that were linted. */
  readonly units: number;
  readonly seconds: number;
}

/** What lint and fix share: the project, its compilation, and the one sqlfluff process. */
export class Engine {
  readonly root: string;
  readonly settings: Settings;
  readonly files: SourceFiles;
  readonly builder: Builder;
  readonly #options: LinterOptions;
  readonly #answers = new Map<string, Promise<LintAnswer>>();
  #driver: { driver: Driver; started: Promise<Started>; configuration: string } | undefined;

  constructor(options: LinterOptions) {
    this.#options = options;
    this.root = realpathSync(options.project);
    this.settings = { ...readSettings(this.root), ...options.settings };
    this.files = new SourceFiles(this.root);
    this.builder = new Builder(this.files, this.settings.vars);
  }

  readonly isLinted = (path: string): boolean => {
    const below = (folder: string): boolean => {
      const name = folder.replace(/\/+$/, "");
      return name === "." || path === name || path.startsWith(`${name}/`);
    };
    const { include, exclude } = this.settings;
    return /\.(sqlx|js)$/.test(path) && include.some(below) && !exclude.some(below);
  };

  /** The linted files below the given paths (all without any); a path that names none is refused. */
  chosen(paths: readonly string[] | undefined): string[] {
    const all = [...this.files.files.keys()].filter(this.isLinted).sort();
    if (!paths || paths.length === 0) return all;
    const chosen = new Set<string>();
    for (const given of paths) {
      const path = this.#inProject(given);
      const found = all.filter((file) => path === "" || file === path || file.startsWith(`${path}/`));
      if (found.length === 0) {
        const why = existsSync(join(this.root, path))
          ? `holds no .sqlx or .js file below ${this.settings.include.join(", ")}`
          : "does not exist";
        throw new EnvironmentProblem(`${given} ${why}.`);
      }
      for (const file of found) chosen.add(file);
    }
    return all.filter((file) => chosen.has(file));
  }

  #inProject(given: string): string {
    const absolute = isAbsolute(given) ? given : resolve(this.root, given);
    const real = existsSync(absolute) ? realpathSync(absolute) : absolute;
    return relative(this.root, real).split(sep).join("/");
  }

  /** Starts sqlfluff, again where its configuration has changed since. */
  start(): { driver: Driver; started: Promise<Started> } {
    const configuration = this.#configuration();
    if (this.#driver && this.#driver.configuration !== configuration) this.#stop();
    if (!this.#driver) {
      const env = this.#options.env ?? process.env;
      const driver = new Driver(findPython(this.root, this.settings, env), this.root, env);
      const { config, rules, excludeRules } = this.#options;
      const started = driver.start(join(this.root, "definitions/any.sqlx"), {
        ...(config ? { config: resolve(this.root, config) } : {}),
        rules: (rules ?? []).filter((rule) => !isOwn(rule)),
        exclude_rules: (excludeRules ?? []).filter((rule) => !isOwn(rule)),
      });
      started.catch(() => {});
      this.#driver = { driver, started, configuration };
    }
    return this.#driver;
  }

  /** The answers of the last runs are kept: a unit that has not changed is not linted again. */
  ask(request: LintRequest): Promise<LintAnswer> {
    const key = JSON.stringify(request);
    let answer = this.#answers.get(key);
    if (!answer) {
      answer = this.start().driver.lint(request);
      this.#answers.set(key, answer);
      answer.catch(() => this.#answers.delete(key));
    }
    return answer;
  }

  isOn(code: OwnCode): boolean {
    const { rules = [], excludeRules = [] } = this.#options;
    const named = (list: readonly string[]): boolean =>
      list.includes(code) || list.includes(ownRule(code).name);
    if (named(excludeRules) || this.settings.excludeRules.includes(code)) return false;
    // What was not linted is told, whichever rules are asked for.
    return rules.length === 0 || named(rules) || code < "SW10";
  }

  get lintsSql(): boolean {
    const { rules = [] } = this.#options;
    return rules.length === 0 || rules.some((rule) => !isOwn(rule));
  }

  dispose(): void {
    this.#stop();
    this.builder.dispose();
  }

  #stop(): void {
    this.#driver?.driver.dispose();
    this.#driver = undefined;
    this.#answers.clear();
  }

  /** Which configuration files there are, and in which state. */
  #configuration(): string {
    const folders = new Set([this.root]);
    for (const file of this.files.files.keys()) {
      if (this.isLinted(file)) folders.add(dirname(join(this.root, file)));
    }
    return [...folders]
      .flatMap((folder) =>
        [".sqlfluff", "setup.cfg", "tox.ini", "pyproject.toml"].map((name) => join(folder, name)),
      )
      .map((file) => `${file} ${statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? ""}`)
      .join("\n");
  }
}

function isOwn(rule: string): boolean {
  return ownRules.some(({ code, name }) => code === rule || name === rule);
}

/** The project compiled, and its statements as they are linted. */
export interface Prepared {
  readonly files: readonly string[];
  readonly build: Build;
  readonly started: Started;
  readonly units: readonly Unit[];
  /** What the preparation itself found: the compiler's errors, and what had to be guessed. */
  readonly found: readonly Violation[];
}

/** `replaced`: texts in the place of files, already known to the engine's files. */
export async function prepare(
  engine: Engine,
  paths: readonly string[] | undefined,
  replaced: ReadonlyMap<string, string> = new Map(),
): Promise<Prepared> {
  engine.files.refresh();
  const files = engine.chosen(paths);
  const wanted = new Set(files);
  const starting = engine.start();
  const [build, started] = await Promise.all([
    engine.builder.build(engine.isLinted, replaced),
    starting.started,
  ]);
  const found: Violation[] = [];
  const units: Unit[] = [];
  for (const { fileName, message } of build.plain.errors) {
    const file = fileName && engine.files.files.has(fileName) ? fileName : "dataform.json";
    found.push(...ownFinding(engine, "SW01", file, 0, plainMessage(message)));
  }
  for (const file of files) {
    if (!file.endsWith(".sqlx")) continue;
    const { unclosed } = engine.files.document(file);
    if (unclosed !== undefined)
      found.push(
        ...ownFinding(engine, "SW04", file, unclosed, "What begins here does not end before the file does."),
      );
    const inFile = sqlxUnits(engine.files, build, file, started.indent);
    units.push(...inFile.units);
    if (inFile.guessed > 0) {
      const how = inFile.guessed === 1 ? "A statement is" : `${inFile.guessed} statements are`;
      const message = `${how} not in the compiled project: linted by a guess of what the placeholders give.`;
      found.push(...ownFinding(engine, "SW02", file, 0, message));
    }
  }
  for (const file of files.filter((path) => build.unmarked.has(path))) {
    const message =
      "The SQL of this script was not linted: a function reads the text it is given, so it cannot be marked.";
    found.push(...ownFinding(engine, "SW02", file, 0, message));
  }
  if (files.some((file) => file.endsWith(".js")))
    units.push(...scriptUnits(engine.files, build, (path) => wanted.has(path), started.indent));
  return { files, build, started, units, found };
}

/** Compiles and lints; what could not be linted is a finding. */
export async function lintProject(engine: Engine, paths: readonly string[] | undefined): Promise<LintResult> {
  const began = performance.now();
  return lintPrepared(engine, await prepare(engine, paths), began);
}

/** The findings of a project that is compiled already; `began` is when that work did. */
export async function lintPrepared(
  engine: Engine,
  { files, build, started, units, found }: Prepared,
  began: number = performance.now(),
): Promise<LintResult> {
  const violations = [...found];
  if (engine.lintsSql || engine.isOn("SW13")) {
    const ofUnits = await Promise.all(
      units.map((unit) =>
        lintUnit(engine, unit, started).catch((error: Error) => failure(engine, unit, error)),
      ),
    );
    violations.push(...ofUnits.flat());
  }
  const wanted = new Set(files);
  violations.push(
    ...configFindings(
      engine.files,
      build.plain.graph,
      (path) => wanted.has(path),
      (code) => engine.isOn(code),
      engine.settings.keyAssertions,
    ),
  );
  const reported = violations.filter(({ file, code }) => wanted.has(file) || code === "SW01").sort(byPlace);
  return {
    violations: withoutRepeats(reported),
    files,
    units: units.length,
    seconds: (performance.now() - began) / 1000,
  };
}

function ownFinding(
  engine: Engine,
  code: OwnCode,
  file: string,
  offset: number,
  message: string,
): Violation[] {
  if (!engine.isOn(code)) return [];
  const { name, severity } = ownRule(code);
  const exists = engine.files.files.has(file);
  const place = exists ? engine.files.lines(file).at(offset) : { line: 1, column: 1 };
  const at = { ...place, endLine: place.line, endColumn: place.column };
  return [{ file, ...at, code, name, message, severity, unit: "file", variant: "full", fixable: false }];
}

/** What is found in one rendering of a statement. */
export async function lintUnit(engine: Engine, unit: Unit, started: Started): Promise<Violation[]> {
  const path = join(engine.root, unit.file);
  const answer = await engine.ask({ ...requestOf(path, unit.chunks), tables: engine.isOn("SW13") });
  return [
    ...(engine.lintsSql ? findingsOf(engine.files, unit, answer, started.maxLineLength) : []),
    ...(engine.isOn("SW13") ? referenceFindings(engine.files, unit, answer) : []),
  ];
}

/** A unit on which sqlfluff itself fails is a finding; a process that ended is not. */
function failure(engine: Engine, unit: Unit, error: Error): Violation[] {
  if (!(error instanceof DriverFailure)) throw error;
  const first = unit.chunks.find((chunk) => chunk.file === unit.file);
  const message = `sqlfluff failed on this ${unit.name}: ${error.message}`;
  return ownFinding(engine, "SW03", unit.file, first?.start ?? 0, message);
}

/** Dataform's messages may bring the stack of its sandbox. */
function plainMessage(message: string): string {
  return message.replace(/(\n\s+at .*)+/g, "").trim();
}

import { EventEmitter } from "node:events";
import { watch as watchFolder } from "node:fs";
import { type Finding, inspect } from "./doctor.ts";
import { type FixOptions, type FixResult, fixProject } from "./fix/fix.ts";
import { Engine, type LinterOptions, type LintResult, lintProject } from "./lint/linter.ts";

/** A linter of one project. It keeps one sqlfluff process and what it learned of unchanged files; dispose it at the end. */
export interface Linter extends AsyncDisposable {
  /** Lints the files below the given paths, all without any. Reads the project anew each time. */
  lint(paths?: readonly string[]): Promise<LintResult>;
  /** Mends what can be mended without changing what the SQL says, and more if asked to. */
  fix(options?: FixOptions): Promise<FixResult>;
  /** Mends layout and capitalisation only. */
  format(options?: Pick<FixOptions, "paths" | "check">): Promise<FixResult>;
  /** What is needed, and what of it was found. */
  doctor(): readonly Finding[];
  /** Lints now and after every change, until the signal. */
  watch(paths: readonly string[], signal: AbortSignal, told: (result: LintResult) => void): Promise<void>;
  dispose(): void;
}

export function createLinter(options: LinterOptions): Linter {
  const engine = new Engine(options);
  // One at a time: each reads and writes the same copies.
  let queue: Promise<unknown> = Promise.resolve();
  const next = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work);
    queue = result.catch(() => {});
    return result;
  };
  const lint = (paths?: readonly string[]): Promise<LintResult> =>
    next(async () => {
      const { violations, files, units, seconds } = await lintProject(engine, paths);
      return { violations, files, units, seconds };
    });
  const dispose = (): void => engine.dispose();
  return {
    lint,
    fix: (fix = {}) => next(() => fixProject(engine, fix)),
    format: (format = {}) =>
      next(() => fixProject(engine, { ...format, groups: ["layout", "capitalisation"] })),
    doctor: () => inspect(engine.root, engine.settings, options.env ?? process.env),
    watch: (paths, signal, told) => watchProject(engine, signal, async () => told(await lint(paths))),
    dispose,
    [Symbol.asyncDispose]: async () => dispose(),
  };
}

/** Editors write a file in several steps. */
const quietMs = 60;

async function watchProject(engine: Engine, signal: AbortSignal, lint: () => Promise<void>): Promise<void> {
  const changes = new EventEmitter();
  const watcher = watchFolder(engine.root, { recursive: true, signal }, (_, name) => {
    if (name && !/(^|[\\/])(\.git|node_modules)([\\/]|$)/.test(name)) changes.emit("change");
  });
  watcher.on("error", () => {});
  let timer: NodeJS.Timeout | undefined;
  let changed = false;
  let wake = (): void => {};
  changes.on("change", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      changed = true;
      wake();
    }, quietMs);
  });
  signal.addEventListener("abort", () => wake());
  while (!signal.aborted) {
    changed = false;
    await lint();
    if (!changed && !signal.aborted) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  clearTimeout(timer);
}

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { isAlive } from "../../packages/cli/src/state/process.ts";

export const repository = fileURLToPath(new URL("../..", import.meta.url));

const own = ["cli", "contracts", "loaders", "local-bigquery", "simulator"];

let built: Promise<string> | undefined;

/** A test process that was killed leaves its folder. */
function sweep(): void {
  const dist = join(repository, "packages/cli/dist");
  for (const name of existsSync(dist) ? readdirSync(dist) : []) {
    const pid = Number(/^test-(\d+)$/.exec(name)?.[1] ?? Number.NaN);
    if (pid !== process.pid && !Number.isNaN(pid) && !isAlive({ pid, started: "" })) {
      rmSync(join(dist, name), { recursive: true, force: true });
    }
  }
}

/** The command's bundle made from the sources as they stand, in a folder of this test process alone. */
function bundle(): Promise<string> {
  built ??= (async () => {
    sweep();
    const folder = join(repository, `packages/cli/dist/test-${process.pid}`);
    await build({
      absWorkingDir: repository,
      entryPoints: [
        "packages/cli/src/main.ts",
        // The analyzer's thread starts from a file of this name beside the bundle.
        { in: "packages/local-bigquery/src/analyzer/worker.mjs", out: "worker" },
        ...own
          .filter((name) => name !== "cli")
          .map((name) => ({ in: `packages/${name}/src/index.ts`, out: name })),
      ].map((entry) => (typeof entry === "string" ? { in: entry, out: "main" } : entry)),
      outdir: folder,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      splitting: true,
      platform: "node",
      target: "node20",
      format: "esm",
      packages: "external",
      alias: Object.fromEntries(
        own.map((name) => [`@growth/${name}`, join(repository, `packages/${name}/src/index.ts`)]),
      ),
      logLevel: "warning",
    });
    process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
    return join(folder, "main.mjs");
  })();
  return built;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<Ended>;
  /** What it has printed so far. */
  output(): string;
  /** Waits until stdout matches. */
  until(pattern: RegExp): Promise<RegExpMatchArray>;
}

export interface Options {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

/** Starts `growth ...` as a process of its own. */
export async function startGrowth(args: readonly string[], options: Options = {}): Promise<Running> {
  const child = spawn(process.execPath, [await bundle(), ...args], {
    cwd: options.cwd ?? repository,
    env: { ...process.env, NO_COLOR: "1", ...options.env },
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  }) as ChildProcessByStdio<null, Readable, Readable>;
  if (options.input !== undefined)
    (child as unknown as { stdin: NodeJS.WritableStream }).stdin.end(options.input);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return {
    child,
    ended,
    output: () => stdout + stderr,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = stdout.match(pattern);
          if (found) resolve(found);
        };
        child.stdout.on("data", look);
        look();
        void ended.then((end) =>
          reject(new Error(`ended (${end.code}) before ${pattern}:\n${stdout}${stderr}`)),
        );
      }),
  };
}

/** Runs `growth ...` to its end. */
export async function growth(args: readonly string[], options: Options = {}): Promise<Ended> {
  return (await startGrowth(args, options)).ended;
}

/** A folder that goes away with the test process. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "growth-test-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

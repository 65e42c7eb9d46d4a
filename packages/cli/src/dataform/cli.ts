import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { dataformArguments } from "@growth/dataform-cli";
import { atFault } from "../errors.ts";
import type { CompilationError, CompiledGraph } from "./graph.ts";

/** Variables handed to Dataform with --vars. */
export type Vars = Readonly<Record<string, string>>;

export interface DataformRun {
  /** The project's folder. */
  readonly project: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Told the child's process id at its start. */
  readonly started?: (pid: number | undefined) => void;
  readonly onOut?: (text: string) => void;
  readonly onErr?: (text: string) => void;
  /** Kills it. */
  readonly signal?: AbortSignal;
}

/** Runs the stock Dataform CLI, exactly as somebody would at a prompt in the project's folder. */
export function dataform(run: DataformRun): Promise<number> {
  const require = createRequire(fileURLToPath(import.meta.url));
  const folder = dirname(require.resolve("@dataform/cli/package.json"));
  const child = spawn(process.execPath, dataformArguments(folder, run.args), {
    cwd: run.project,
    env: run.env,
    stdio: ["ignore", "pipe", "pipe"],
    killSignal: "SIGKILL",
    ...(run.signal ? { signal: run.signal } : {}),
  });
  run.started?.(child.pid);
  child.stdout.setEncoding("utf8").on("data", (text: string) => run.onOut?.(text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => run.onErr?.(text));
  const stop = stopWith(child);
  return new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  }).finally(stop);
}

/** A child must not outlive a command that is asked to stop, by Ctrl-C or otherwise. */
function stopWith(child: ChildProcess): () => void {
  const onExit = () => child.kill("SIGKILL");
  // 128 + the signal's number, as a shell tells it.
  const onInterrupt = () => process.exit(130);
  const onTerminate = () => process.exit(143);
  process.on("exit", onExit).on("SIGINT", onInterrupt).on("SIGTERM", onTerminate);
  return () => process.off("exit", onExit).off("SIGINT", onInterrupt).off("SIGTERM", onTerminate);
}

export function varsFlag(vars: Vars): string[] {
  const pairs = Object.entries(vars).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? [] : [`--vars=${pairs.join(",")}`];
}

/** Dataform gives itself a minute, which a busy machine may not keep. */
export const compileTimeout = "--timeout=10m";

/** Compiles the project; compilation errors end the command, all of them shown with their files. */
export async function compile(project: string, vars: Vars, env: NodeJS.ProcessEnv): Promise<CompiledGraph> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await dataform({
    project,
    args: ["compile", "--json", compileTimeout, ...varsFlag(vars), "."],
    env,
    onOut: (text) => out.push(text),
    onErr: (text) => err.push(text),
  });
  const graph = parse(out.join(""));
  const errors = graph?.graphErrors?.compilationErrors ?? [];
  if (!graph || code !== 0 || errors.length > 0) {
    const said = stripVTControlCharacters(err.join("") || out.join("")).trim();
    const details = errors.length > 0 ? errors.map(errorText).join("\n") : said;
    throw atFault("The Dataform project does not compile.", details);
  }
  return graph;
}

function parse(text: string): CompiledGraph | undefined {
  try {
    return JSON.parse(text) as CompiledGraph;
  } catch {
    return undefined;
  }
}

function errorText(error: CompilationError): string {
  // Dataform words a missing ref() twice, the second time with the option object it uses inside.
  const message = error.message.replace(/"\{"name":"([^"]*)"[^}]*\}"/, '"$1"');
  const where = error.fileName && error.fileName !== "index.js" ? `${error.fileName}: ` : "";
  return `${where}${message}`;
}

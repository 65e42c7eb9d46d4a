import { spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { dataformArguments } from "@growth/dataform-cli";
import { EnvironmentProblem } from "../errors.ts";
import { packageFolder } from "./copy.ts";
import type { CompilationError, CompiledGraph } from "./graph.ts";

export interface Compilation {
  readonly graph: CompiledGraph;
  readonly errors: readonly CompilationError[];
}

/** Compiles a folder with the project's own Dataform CLI. Errors of the code come back; only a missing CLI throws. */
export async function compile(
  folder: string,
  root: string,
  vars: Readonly<Record<string, string>>,
): Promise<Compilation> {
  const cli = packageFolder("@dataform/cli", root);
  if (!cli) {
    throw new EnvironmentProblem(
      "@dataform/cli is not installed: add it to the project (npm install --save-dev @dataform/cli @dataform/core).",
    );
  }
  const pairs = Object.entries(vars).map(([name, value]) => `${name}=${value}`);
  const args = [
    "compile",
    "--json",
    "--timeout=10m",
    ...(pairs.length ? [`--vars=${pairs.join(",")}`] : []),
    ".",
  ];
  const { stdout, stderr } = await output(process.execPath, dataformArguments(cli, args), folder);
  const graph = parse(stdout);
  if (!graph) {
    const message = stripVTControlCharacters(stderr || stdout).trim() || "dataform compile printed nothing.";
    return { graph: {}, errors: [{ message }] };
  }
  return { graph, errors: graph.graphErrors?.compilationErrors ?? [] };
}

function parse(text: string): CompiledGraph | undefined {
  try {
    return JSON.parse(text) as CompiledGraph;
  } catch {
    return undefined;
  }
}

function output(
  file: string,
  args: readonly string[],
  cwd: string,
): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    const stop = (): void => void child.kill("SIGKILL");
    process.on("exit", stop);
    const told = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      told.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      told.stderr += text;
    });
    child.on("error", reject);
    child.on("close", () => {
      process.off("exit", stop);
      resolve(told);
    });
  });
}

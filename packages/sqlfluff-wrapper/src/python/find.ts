import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { EnvironmentProblem } from "../errors.ts";
import { installCached } from "./install.ts";
import { packageFile } from "./package.ts";

/** A Python that can import the pinned sqlfluff. */
export interface Python {
  readonly command: string;
  /** Folders for PYTHONPATH; none where sqlfluff is installed in the Python itself. */
  readonly path: readonly string[];
  /** How it was found, for people. */
  readonly how: string;
}

/** Folders of a project in which Python tools are commonly kept. */
const environments = [".venv", "venv", "env"];

/** The one release that is driven: its Python API is no public promise from release to release. */
export function pinnedVersion(): string {
  const pin = /^sqlfluff==(\S+)/m.exec(readFileSync(packageFile("python/requirements.txt"), "utf8"));
  if (!pin?.[1]) throw new Error("python/requirements.txt pins no sqlfluff.");
  return pin[1];
}

/**
 * The project's own Python with the pinned sqlfluff: a folder that the settings name, a virtual environment, the Python on
 * the path; else one with a cache of its own, filled on first use.
 */
export function findPython(
  root: string,
  settings: { readonly python?: string; readonly pythonPath?: string },
  env: NodeJS.ProcessEnv,
): Python {
  const wanted = pinnedVersion();
  const folders = settings.pythonPath ? [resolve(root, settings.pythonPath)] : [];
  const bases = basePythons(settings, env);
  const candidates: Python[] = [
    ...bases
      .slice(0, 1)
      .flatMap((command) =>
        folders.map((folder) => ({ command, path: [folder], how: settings.pythonPath ?? "" })),
      ),
    ...environments
      .map((name) => join(root, name, process.platform === "win32" ? "Scripts/python.exe" : "bin/python"))
      .filter((command) => existsSync(command))
      .map((command) => ({ command, path: [], how: "the project's virtual environment" })),
    ...bases.map((command) => ({ command, path: [], how: `${command} on the path` })),
  ];
  for (const candidate of candidates) if (sqlfluffIn(candidate, env) === wanted) return candidate;
  const [base] = bases;
  if (!base) {
    throw new EnvironmentProblem(
      "Python 3.10 or later was not found, and sqlfluff needs it: install it from your system's packages or https://www.python.org, or name one in $PYTHON.",
    );
  }
  return { command: base, path: [installCached(base, env)], how: "the cache of sqlfluff-wrapper" };
}

/** Pythons that are new enough. */
function basePythons(settings: { readonly python?: string }, env: NodeJS.ProcessEnv): string[] {
  const named = settings.python ?? env.PYTHON;
  return (named ? [named] : ["python3", "python"]).filter((command) => {
    const script = "import sys; sys.exit(sys.version_info < (3, 10))";
    return spawnSync(command, ["-c", script], { env, timeout: 20_000 }).status === 0;
  });
}

/** The version of sqlfluff that a Python has, "" where it has none. */
function sqlfluffIn(python: Python, env: NodeJS.ProcessEnv): string {
  const script = "import importlib.metadata as m; print(m.version('sqlfluff'))";
  const found = spawnSync(python.command, ["-c", script], {
    env: pythonEnvironment(python, env),
    encoding: "utf8",
    timeout: 20_000,
  });
  return found.status === 0 ? found.stdout.trim() : "";
}

export function pythonEnvironment(python: Python, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (python.path.length === 0) return env;
  return { ...env, PYTHONPATH: [...python.path, env.PYTHONPATH].filter(Boolean).join(delimiter) };
}

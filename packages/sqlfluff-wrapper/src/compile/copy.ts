import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { EnvironmentProblem } from "../errors.ts";
import type { ProjectFile } from "./project.ts";

/** A copy of a project in a temporary folder, in which files can be replaced; kept up to date file by file. */
export class ProjectCopy {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "sqlfluff-wrapper-")));
  readonly #root: string;
  /** What each file was made from: its stamp, or its replacement. */
  readonly #made = new Map<string, string>();

  constructor(root: string) {
    this.#root = root;
    copyPackages(root, this.folder);
  }

  /** Brings the copy up to date; `replaced` are texts that stand instead of the project's. */
  update(files: ReadonlyMap<string, ProjectFile>, replaced: ReadonlyMap<string, string>): void {
    for (const [path, { stamp }] of files) {
      const text = replaced.get(path) ?? withoutCoreVersion(this.#root, path);
      const from = text ?? stamp;
      if (this.#made.get(path) === from) continue;
      const target = join(this.folder, path);
      mkdirSync(dirname(target), { recursive: true });
      if (text === undefined) copyFileSync(join(this.#root, path), target);
      else writeFileSync(target, text);
      this.#made.set(path, from);
    }
    for (const [path, text] of replaced) {
      if (files.has(path) || this.#made.get(path) === text) continue;
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), text);
      this.#made.set(path, text);
    }
    for (const path of [...this.#made.keys()]) {
      if (files.has(path) || replaced.has(path)) continue;
      rmSync(join(this.folder, path), { force: true });
      this.#made.delete(path);
    }
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** With a version in workflow_settings.yaml the CLI would install it anew for each compilation; the copy has it already. */
function withoutCoreVersion(root: string, path: string): string | undefined {
  if (path !== "workflow_settings.yaml" || existsSync(join(root, "package.json"))) return undefined;
  return readFileSync(join(root, path), "utf8").replace(/^dataformCoreVersion:.*$/m, "");
}

/** Dataform's sandbox reads packages only below the project's folder, and not through links. */
function copyPackages(root: string, folder: string): void {
  const core = packageFolder("@dataform/core", root);
  if (!core) {
    throw new EnvironmentProblem(
      "@dataform/core is not installed: add it to the project (npm install --save-dev @dataform/core @dataform/cli).",
    );
  }
  cpSync(core, join(folder, "node_modules/@dataform/core"), { recursive: true });
  if (!existsSync(join(root, "package.json"))) writeFileSync(join(folder, "package.json"), "{}\n");
  const copied = new Set(["@dataform/core", "@dataform/cli"]);
  const copyDependencies = (from: string): void => {
    for (const name of dependenciesOf(from)) {
      const found = copied.has(name) ? undefined : packageFolder(name, from);
      copied.add(name);
      if (!found) continue;
      cpSync(found, join(folder, "node_modules", name), { recursive: true, dereference: true });
      copyDependencies(found);
    }
  };
  copyDependencies(root);
}

function dependenciesOf(folder: string): string[] {
  const file = join(folder, "package.json");
  return existsSync(file) ? Object.keys(JSON.parse(readFileSync(file, "utf8")).dependencies ?? {}) : [];
}

/** Where a package is installed, as seen from the project, else from here. */
export function packageFolder(name: string, from: string): string | undefined {
  for (const place of [join(from, "package.json"), fileURLToPath(import.meta.url)]) {
    for (const modules of createRequire(place).resolve.paths(name) ?? []) {
      if (existsSync(join(modules, name, "package.json"))) return join(modules, name);
    }
  }
  return undefined;
}

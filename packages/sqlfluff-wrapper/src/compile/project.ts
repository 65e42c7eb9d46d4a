import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentProblem } from "../errors.ts";

/** What Dataform may load of a project. */
const loaded = /\.(sqlx|sql|js|json|ya?ml|md|ipynb)$/;
const settingsFiles = ["dataform.json", "workflow_settings.yaml"];

export interface ProjectFile {
  /** Relative to the project's folder, with `/`. */
  readonly path: string;
  readonly stamp: string;
}

/** The files of a Dataform project by path; installed packages, other packages and other projects inside it are left out. */
export function projectFiles(root: string): Map<string, ProjectFile> {
  if (!settingsFiles.some((name) => exists(join(root, name)))) {
    throw new EnvironmentProblem(
      `${root} is no Dataform project: it has neither ${settingsFiles.join(" nor ")}. Name the project's folder with --project.`,
    );
  }
  const files = new Map<string, ProjectFile>();
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      if (entry.isDirectory()) {
        if (!isOther(join(root, path))) walk(path);
      } else if (loaded.test(entry.name)) {
        const { mtimeMs, size } = statSync(join(root, path));
        files.set(path, { path, stamp: `${mtimeMs} ${size}` });
      }
    }
  };
  walk("");
  return files;
}

function isOther(folder: string): boolean {
  return ["package.json", ...settingsFiles].some((name) => exists(join(folder, name)));
}

function exists(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}

/** A file's text as Dataform's template strings have it: newlines `\n`. */
export function readNormalised(file: string): string {
  return normalised(readFileSync(file, "utf8"));
}

export function normalised(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}

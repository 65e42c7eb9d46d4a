import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root, whose installed packages and Python files the tests use. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

export const pythonPath = join(root, ".tools/python");

/** Gives a project elsewhere the packages that Dataform needs. */
export function withPackages(folder: string): void {
  cpSync(join(root, "node_modules/@dataform/core"), join(folder, "node_modules/@dataform/core"), {
    recursive: true,
  });
}

/** A project of the given files. */
export function writeProject(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  withPackages(folder);
}

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { wrongUse } from "./errors.ts";

function upwards(from: string, matches: (folder: string) => boolean): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (matches(folder)) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

function isHome(folder: string): boolean {
  const file = join(folder, "package.json");
  return existsSync(file) && JSON.parse(readFileSync(file, "utf8")).name === "growth-warehouse";
}

let found: string | undefined;

/** The folder of the growth warehouse itself: where the tools, the packages and its own models are. */
export function home(): string {
  found ??= upwards(dirname(fileURLToPath(import.meta.url)), isHome);
  if (!found) throw wrongUse("The growth warehouse's own folder was not found above the growth command.");
  return found;
}

/** The Dataform project a command works on: the nearest folder upwards with a dataform.json, else the warehouse's own. */
export function projectFolder(cwd: string): string {
  return upwards(cwd, (folder) => existsSync(join(folder, "dataform.json"))) ?? home();
}

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A file of this package, from the sources as well as from the bundle. */
export function packageFile(path: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "python/driver.py"))) return join(folder, path);
    if (dirname(folder) === folder) throw new Error(`sqlfluff-wrapper is installed without ${path}.`);
  }
}

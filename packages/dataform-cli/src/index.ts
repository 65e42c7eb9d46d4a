import { join } from "node:path";
import { fileURLToPath } from "node:url";

// As far below the package's folder as the bundle.
const compileOnce = fileURLToPath(new URL("../compile-once.cjs", import.meta.url));

/**
 * What Node is started with to be the stock Dataform CLI.
 * @param folder where @dataform/cli is installed
 * @param args the CLI's own arguments
 */
export function dataformArguments(folder: string, args: readonly string[]): string[] {
  return ["--require", compileOnce, join(folder, "bundle.js"), ...args];
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "./compile/copy.ts";
import { findPython, pinnedVersion } from "./python/find.ts";
import type { Settings } from "./settings.ts";

export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
}

/** What the wrapper needs and what of it is there. Fills the cache where no Python of the project has sqlfluff. */
export function inspect(root: string, settings: Settings, env: NodeJS.ProcessEnv): Finding[] {
  return [
    packageFinding("@dataform/cli", root),
    packageFinding("@dataform/core", root),
    attempt(`sqlfluff ${pinnedVersion()}`, () => {
      const { command, how } = findPython(root, settings, env);
      return `${how} (${command})`;
    }),
  ];
}

function packageFinding(name: string, root: string): Finding {
  return attempt(name, () => {
    const folder = packageFolder(name, root);
    if (!folder) throw new Error("not installed: npm install --save-dev @dataform/cli @dataform/core");
    return String(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version);
  });
}

function attempt(name: string, look: () => string): Finding {
  try {
    return { name, ok: true, found: look() };
  } catch (error) {
    return { name, ok: false, found: error instanceof Error ? error.message : String(error) };
  }
}

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { AnalyzerFiles } from "./analyzer/engine.ts";

/**
 * The analyzer's files where set-up puts them: in folder `.tools` of a project's root. Throws if one is missing.
 */
export function defaultFiles(projectFolder: string): AnalyzerFiles {
  const tools = join(projectFolder, ".tools");
  const files: AnalyzerFiles = {
    wasmFile: join(tools, "python/zetasql/wasi/zetasql.wasm"),
    descriptorFile: join(tools, "zetasql.binpb"),
    zoneinfo: join(tools, "python/tzdata/zoneinfo"),
  };
  const missing = Object.values(files).find((file) => !existsSync(file));
  if (missing) throw new Error(`${missing} is missing: run "npm start" or "npm test" once to set it up.`);
  return { ...files, answers: join(tools, "analyzer-answers") };
}

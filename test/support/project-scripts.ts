import { DailyScripts } from "../../packages/cli/src/dataform/scripts.ts";
import { project } from "./dataform.ts";

const compiled = new Map<string, Promise<DailyScripts>>();

/** The project's scripts; a test worker compiles it once for the same variables, whatever number of warehouses it builds. */
export function projectScripts(
  vars: Readonly<Record<string, string>> = {},
  options: { readonly withInstant?: boolean } = {},
): Promise<DailyScripts> {
  const key = JSON.stringify([Object.entries(vars).sort(), options.withInstant ?? false]);
  const known = compiled.get(key) ?? DailyScripts.compile(project, vars, process.env, options);
  compiled.set(key, known);
  return known;
}

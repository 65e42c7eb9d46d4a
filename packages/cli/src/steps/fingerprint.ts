import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folders = ["definitions", "includes", "assertions"];
const settings = ["dataform.json", "workflow_settings.yaml", "node_modules/@dataform/core/package.json"];

/** Hash of everything that Dataform compiles: the same hash means the same models, whatever the variables are. */
export function modelsFingerprint(project: string): string {
  const hash = createHash("sha256");
  for (const file of [...settings, ...folders.flatMap((folder) => sources(project, folder))]) {
    const path = join(project, file);
    if (!existsSync(path)) continue;
    const content = readFileSync(path);
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/** What Dataform reads: SQLX, SQL and JavaScript. Contracts reach it through generated JavaScript. */
function sources(project: string, folder: string): string[] {
  if (!existsSync(join(project, folder))) return [];
  return readdirSync(join(project, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(sqlx|sql|js|json)$/.test(name))
    .map((name) => join(folder, name))
    .sort();
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type LoadResult, readContracts } from "@growth/contracts";
import { afterAll } from "vitest";

/** The repository. */
export const root = fileURLToPath(new URL("../..", import.meta.url));
/** The standard's own schema. */
export const schemaFile = join(root, ".tools/python/open_data_contract_standard/schema.json");

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A folder with the given files, gone after the tests. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), "growth-contracts-"));
  made.push(folder);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  }
  return folder;
}

/** A contract of the table `d.<name>`, its columns and other lines of the table as YAML. */
export function contractText(name: string, columns: string, table = "", head = ""): string {
  const indented = (text: string, by: string) => text.trim().replaceAll(/^(?!$)/gm, by);
  return `apiVersion: v3.2.0
kind: DataContract
id: d.${name}
version: 1.0.0
status: active
${head}
schema:
  - name: ${name}
    physicalName: d.${name}
    businessName: 表
    description: Things. One row per thing.
    dataGranularityDescription: thing_id
${indented(table, "    ")}
    properties:
${indented(columns, "      ")}
`;
}

/** The columns every test table can start with. */
export const thingId = `- name: thing_id
  physicalType: STRING
  description: A thing.
  primaryKey: true
`;

/** Reads the contracts of a project of the given files, held against the standard. */
export function read(files: Readonly<Record<string, string>>): LoadResult {
  return readContracts(folderOf(files), { schemaFile });
}

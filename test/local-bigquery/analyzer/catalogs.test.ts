/** A registered catalog serves other statements too, and never lends them a name that they should not know. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type CatalogTable, createAnalyzer } from "../../../packages/local-bigquery/src/analyzer/analyzer.ts";
import { withoutPoolCheck } from "../../../packages/local-bigquery/src/analyzer/wasm.ts";
import { defaultFiles } from "../../../packages/local-bigquery/src/files.ts";
import type { SqlType } from "../../../packages/local-bigquery/src/types/types.ts";
import { project } from "../../support/dataform.ts";

const { answers: _, ...files } = defaultFiles(project);
const analyzer = createAnalyzer(files);
const INT64: SqlType = { kind: "INT64" };
const STRING: SqlType = { kind: "STRING" };
const table = (path: string, columns: Record<string, SqlType>): CatalogTable => ({
  path: path.split("."),
  columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
});
const orders = table("d.orders", { id: INT64, state: STRING });

async function columns(sql: string, tables: CatalogTable[], constants: Record<string, SqlType> = {}) {
  const request = { sql, tables, constants: new Map(Object.entries(constants)) };
  const tree = await (await analyzer).analyze(request);
  if (tree.kind !== "ResolvedQueryStmt") throw new Error(tree.kind);
  return tree.outputColumnList.map(({ column }) => `${column?.name} ${column?.type.kind}`);
}

test("a variable of one script is not one of the next", async () => {
  expect(await columns("SELECT id + added AS n FROM d.orders", [orders], { added: INT64 })).toEqual([
    "n INT64",
  ]);
  await expect(columns("SELECT id + added AS n FROM d.orders", [orders])).rejects.toThrow(
    "Unrecognized name: added",
  );
  expect(await columns("SELECT added FROM d.orders", [orders], { added: STRING })).toEqual(["added STRING"]);
});

test("a table that is gone is not found, though a catalog still has it", async () => {
  const users = table("d.users", { id: INT64 });
  expect(await columns("SELECT * FROM d.users JOIN d.orders USING (id)", [users, orders])).toHaveLength(2);
  await expect(columns("SELECT * FROM d.users JOIN d.orders USING (id)", [orders])).rejects.toThrow(
    "Table not found: d.users",
  );
});

test("a table whose columns changed is read with those it has now", async () => {
  const sql = "SELECT * FROM d.orders";
  expect(await columns(sql, [orders])).toEqual(["id INT64", "state STRING"]);
  expect(await columns(sql, [table("d.orders", { id: STRING })])).toEqual(["id STRING"]);
  expect(await columns(sql, [orders])).toEqual(["id INT64", "state STRING"]);
});

test("names that differ in case alone are never lent to one another", async () => {
  const upper = table("d.ORDERS", { amount: INT64 });
  expect(await columns("SELECT * FROM d.ORDERS", [upper])).toEqual(["amount INT64"]);
  expect(await columns("SELECT * FROM d.orders", [orders])).toEqual(["id INT64", "state STRING"]);
  const other = table("D.lines", { id: INT64 });
  expect(await columns("SELECT * FROM D.lines", [other])).toEqual(["id INT64"]);
  const users = table("d.users", { id: INT64 });
  expect(await columns("SELECT * FROM d.users JOIN d.ORDERS ON id = amount", [users, upper])).toHaveLength(2);
});

test("the same name means another table where it is spelled differently", async () => {
  const other = table("e.orders", { amount: INT64 });
  expect(await columns("SELECT * FROM `e.orders`", [other])).toEqual(["amount INT64"]);
  expect(await columns("SELECT * FROM d.orders", [orders])).toEqual(["id INT64", "state STRING"]);
});

test("a function that only the message names is suggested, and what joins call unasked is there", async () => {
  await expect(columns("SELECT coalesc(id, 1) FROM d.orders", [orders])).rejects.toThrow(
    "Function not found: coalesc; Did you mean coalesce?",
  );
  const users = table("d.users", { id: INT64, name: STRING });
  expect(await columns("SELECT id FROM d.users FULL JOIN d.orders USING (id)", [users, orders])).toEqual([
    "id INT64",
  ]);
});

test("of the wasm file one assertion's code is taken out, in place; a file without it stays as it is", () => {
  const wasm = readFileSync(files.wasmFile);
  const patched = withoutPoolCheck(wasm);
  expect(patched).toHaveLength(wasm.length);
  const changed = wasm.reduce((count, byte, at) => count + (byte === patched[at] ? 0 : 1), 0);
  expect(changed).toBeGreaterThan(300);
  expect(changed).toBeLessThanOrEqual(338);
  expect(withoutPoolCheck(patched)).toBe(patched);
});

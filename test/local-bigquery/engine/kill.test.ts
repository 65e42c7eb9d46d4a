import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ask, serve } from "../../support/served-bigquery.ts";

const folder = mkdtempSync(join(tmpdir(), "bigquery-kill-"));
const database = join(folder, "data.duckdb");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ROUNDS = Number(process.env.KILL_ROUNDS ?? 6);

/** Statements that all keep one promise: `a` and `b` hold the same number, `shape` is whole in one of its two shapes. */
function work(n: number): string[] {
  return [
    `BEGIN TRANSACTION; UPDATE k.a SET n = ${n} WHERE TRUE; UPDATE k.b SET n = ${n} WHERE TRUE; COMMIT TRANSACTION`,
    `CREATE OR REPLACE TABLE k.shape AS SELECT x, 'text ${n}' AS said FROM UNNEST(GENERATE_ARRAY(1, 20000)) AS x`,
    "MERGE k.shape t USING (SELECT x + 10000 AS x FROM k.shape) s ON t.x = s.x WHEN MATCHED THEN UPDATE SET said = 'merged' WHEN NOT MATCHED THEN INSERT (x, said) VALUES (s.x, 'new')",
    `CREATE OR REPLACE TABLE k.shape AS SELECT x, [x] AS list FROM UNNEST(GENERATE_ARRAY(1, 20000)) AS x`,
    `CREATE OR REPLACE VIEW k.v AS SELECT ${n} AS n, a.n AS an FROM k.a AS a`,
  ];
}

async function holds(url: string): Promise<void> {
  const [[a, b]] = (await ask(url, "SELECT (SELECT SUM(n) FROM k.a), (SELECT SUM(n) FROM k.b)")) as [
    [string, string],
  ];
  expect(a).toBe(b);
  const response = await fetch(`${url}/projects/local/datasets/k/tables/shape`);
  const shape = (await response.json()) as { schema: { fields: { name: string }[] }; numRows: string };
  const names = shape.schema.fields.map(({ name }) => name).join();
  expect(["x,said", "x,list"]).toContain(names);
  // The catalog and the data agree: every column the catalog names can be read, in every row.
  const [[rows]] = (await ask(url, `SELECT COUNT(*) FROM (SELECT ${names} FROM k.shape)`)) as [[string]];
  expect(rows).toBe(shape.numRows);
  expect(names === "x,list" ? ["20000"] : ["20000", "30000"]).toContain(rows);
  await ask(url, "SELECT n, an FROM k.v");
}

test("a server killed at any moment comes back with every table whole and the catalog in agreement", async () => {
  let server = await serve(database, join(folder, "uploads"));
  await ask(
    server.url,
    "CREATE SCHEMA k; CREATE TABLE k.a AS SELECT 0 AS n; CREATE TABLE k.b AS SELECT 0 AS n",
  );
  for (const statement of work(0)) await ask(server.url, statement);
  for (let round = 1; round <= ROUNDS; round += 1) {
    // Statements run on while the server dies: what they answer then does not matter.
    const busy = (async () => {
      for (let n = round * 1000; ; n += 1) for (const statement of work(n)) await ask(server.url, statement);
    })().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 1500));
    await server.kill();
    await busy;
    server = await serve(database, join(folder, "uploads"));
    await holds(server.url);
  }
  await server.kill();
});

test("a second process on the same file is told so in one sentence", async () => {
  const server = await serve(database, join(folder, "uploads"));
  await expect(serve(database, join(folder, "uploads"))).rejects.toThrow(
    /^Cannot open the database file .*: another process \(\d+\) is using it\. Stop that process, or name another file\.$/,
  );
  await server.kill();
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalBigQuery, defaultFiles } from "@growth/local-bigquery";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectFolder, startBigQuery } from "../../support/bigquery-client.ts";

const folder = mkdtempSync(join(tmpdir(), "bigquery-catalog-"));
const database = join(folder, "data.duckdb");
let server: Awaited<ReturnType<typeof startBigQuery>>;
beforeAll(async () => {
  server = await startBigQuery({ database });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function rows(sql: string): Promise<unknown[][]> {
  return (await server.local.query(sql)).rows;
}
async function message(sql: string): Promise<string> {
  return server.local.query(sql).then(
    () => "no error",
    (error) => error.message,
  );
}

test("datasets: made, described, listed, in use, deleted", async () => {
  const { client } = server;
  await client.createDataset("d1", { description: "first", labels: { a: "b" } } as never);
  await client.dataset("d1").setMetadata({ friendlyName: "First", labels: { c: "d" } });
  const [metadata] = await client.dataset("d1").getMetadata();
  expect(metadata).toMatchObject({
    description: "first",
    friendlyName: "First",
    labels: { a: "b", c: "d" },
    location: "US",
  });
  await rows("CREATE SCHEMA d2 OPTIONS (description = 'second'); CREATE TABLE d2.t (x INT64)");
  expect((await client.getDatasets())[0].map(({ id }) => id)).toEqual(["d1", "d2"]);
  expect(await message("DROP SCHEMA d2")).toMatch(/Dataset local:d2 is still in use/);
  await client.dataset("d2").delete({ force: true });
  expect(await message("SELECT * FROM d2.t")).toMatch(/Not found: Dataset local:d2/);
  expect(await message("CREATE SCHEMA `d-x`")).toMatch(/Invalid dataset ID/);
});

test("tables by the API: made, changed with an etag, columns added, deleted", async () => {
  const table = server.client.dataset("d1").table("api");
  const fields = [
    { name: "id", type: "INTEGER", mode: "REQUIRED" },
    { name: "tags", type: "STRING", mode: "REPEATED" },
  ];
  const clustering = { fields: ["id"] };
  await expect(
    table.create({ schema: { fields }, clustering, timePartitioning: { type: "MONTH", field: "day" } }),
  ).rejects.toThrow(/partitioning cannot be found in the schema: day/);
  await table.create({ schema: { fields }, clustering });
  const [made] = await table.getMetadata();
  expect(made).toMatchObject({
    schema: { fields },
    clustering: { fields: ["id"] },
    numRows: "0",
    type: "TABLE",
  });
  await rows("INSERT INTO d1.api (id) VALUES (1)");
  expect(await message("INSERT INTO d1.api (tags) VALUES (['x'])")).toMatch(
    /Required field id cannot be null/,
  );
  const more = [
    { ...fields[0], mode: "NULLABLE", description: "The key." },
    fields[1],
    { name: "list", type: "DATE", mode: "REPEATED" },
  ];
  const [filled] = await table.getMetadata();
  await table.setMetadata({ schema: { fields: more }, etag: filled.etag } as never);
  expect(await rows("SELECT id, tags, list, ARRAY_LENGTH(list) FROM d1.api")).toEqual([[1n, [], [], 0n]]);
  await expect(table.setMetadata({ description: "late", etag: made.etag } as never)).rejects.toMatchObject({
    code: 412,
  });
  await expect(table.setMetadata({ schema: { fields: [fields[1]] } } as never)).rejects.toThrow(
    /does not match Table/,
  );
  await table.delete();
  await expect(table.getMetadata()).rejects.toMatchObject({ code: 404, errors: [{ reason: "notFound" }] });
});

test("a table's type cannot be mixed up with a view's", async () => {
  await rows("CREATE TABLE d1.base AS SELECT 1 AS a; CREATE VIEW d1.seen AS SELECT a + 1 AS b FROM d1.base");
  expect(await message("CREATE OR REPLACE TABLE d1.seen AS SELECT 1 AS x")).toMatch(
    /local:d1.seen is not allowed for this operation because it is currently a VIEW/,
  );
  expect(await message("CREATE OR REPLACE VIEW d1.base AS SELECT 1 AS x")).toMatch(/currently a TABLE/);
  expect(await message("DROP TABLE IF EXISTS d1.seen")).toMatch(/currently a VIEW/);
  await rows("DROP VIEW IF EXISTS d1.nothing; DROP TABLE IF EXISTS d1.nothing");
});

test("a view follows its tables, through other views, and names itself when it breaks", async () => {
  await rows("CREATE OR REPLACE VIEW d1.over AS SELECT b * 10 AS c FROM d1.seen");
  expect(await rows("SELECT c FROM d1.over")).toEqual([[20n]]);
  await rows("CREATE OR REPLACE TABLE d1.base AS SELECT 5 AS a, 'new' AS said");
  expect(await rows("SELECT c FROM d1.over")).toEqual([[60n]]);
  await rows("CREATE OR REPLACE TABLE d1.base AS SELECT 5 AS other");
  expect(await message("SELECT c FROM d1.over")).toMatch(/Unrecognized name: a.*in view local:d1.seen/);
  await rows("CREATE OR REPLACE TABLE d1.base AS SELECT 1 AS a");
});

test("names that differ in case alone are different tables, as are reserved words", async () => {
  await rows(
    "CREATE TABLE d1.Case AS SELECT 1 AS x; CREATE TABLE d1.CASE AS SELECT 2 AS x; CREATE SCHEMA D1; CREATE TABLE D1.Case AS SELECT 3 AS x",
  );
  expect(await rows("SELECT x FROM d1.Case")).toEqual([[1n]]);
  expect(await rows("SELECT x FROM d1.CASE")).toEqual([[2n]]);
  expect(await rows("SELECT x FROM `D1.Case`")).toEqual([[3n]]);
  await rows(
    "CREATE SCHEMA main; CREATE SCHEMA information; CREATE TABLE main.`order` AS SELECT 4 AS `select`",
  );
  expect(await rows("SELECT `select` FROM main.`order`")).toEqual([[4n]]);
  expect(await message("SELECT * FROM d1.case")).toMatch(/Not found: Table local:d1.case/);
});

test("ALTER: columns, options, names, defaults", async () => {
  await rows(
    "CREATE TABLE d1.alt (a INT64 NOT NULL, b STRING DEFAULT 'none') PARTITION BY RANGE_BUCKET(a, GENERATE_ARRAY(0, 100, 10)) OPTIONS (description = 'to change')",
  );
  await rows(`ALTER TABLE d1.alt ADD COLUMN c ARRAY<INT64>, ADD COLUMN IF NOT EXISTS b STRING;
    ALTER TABLE d1.alt SET OPTIONS (description = 'changed', labels = [('k', 'v')]);
    ALTER TABLE d1.alt RENAME COLUMN b TO said;
    INSERT INTO d1.alt (a) VALUES (1);
    ALTER TABLE d1.alt ALTER COLUMN a DROP NOT NULL;
    ALTER TABLE d1.alt RENAME TO altered;`);
  expect(await rows("SELECT a, said, c FROM d1.altered")).toEqual([[1n, "none", []]]);
  const [metadata] = await server.client.dataset("d1").table("altered").getMetadata();
  expect(metadata).toMatchObject({
    description: "changed",
    labels: { k: "v" },
    rangePartitioning: { field: "a", range: { start: "0", end: "100", interval: "10" } },
  });
  expect(await message("ALTER TABLE d1.altered DROP COLUMN a")).toMatch(/used for partitioning/);
  await rows("ALTER TABLE d1.altered DROP COLUMN c");
  expect(await rows("SELECT * FROM d1.altered")).toEqual([[1n, "none"]]);
});

test("CREATE TABLE LIKE, COPY and AS keep what each keeps", async () => {
  await rows(
    "CREATE TABLE d1.src (a INT64 NOT NULL OPTIONS (description = 'key')) CLUSTER BY a; INSERT INTO d1.src VALUES (1)",
  );
  await rows("CREATE TABLE d1.like_it LIKE d1.src; CREATE TABLE d1.copied COPY d1.src");
  expect(await rows("SELECT (SELECT COUNT(*) FROM d1.like_it), (SELECT COUNT(*) FROM d1.copied)")).toEqual([
    [0n, 1n],
  ]);
  const [like] = await server.client.dataset("d1").table("like_it").getMetadata();
  expect(like).toMatchObject({
    clustering: { fields: ["a"] },
    schema: { fields: [{ mode: "REQUIRED", description: "key" }] },
  });
  expect(await message("INSERT INTO d1.like_it VALUES (NULL)")).toMatch(/Required field a cannot be null/);
});

test("INFORMATION_SCHEMA tells of tables, columns, fields, views and partitions; other views are refused by name", async () => {
  await rows(
    "CREATE TABLE d1.parts (ds DATE, s STRUCT<x INT64, y ARRAY<STRUCT<z STRING>>>) PARTITION BY ds OPTIONS (description = 'p')",
  );
  await rows("INSERT INTO d1.parts (ds) VALUES ('2024-01-01'), ('2024-01-01'), ('2024-01-03'), (NULL)");
  expect(
    await rows(
      "SELECT table_type FROM d1.INFORMATION_SCHEMA.TABLES WHERE table_name IN ('parts', 'seen') ORDER BY 1",
    ),
  ).toEqual([["BASE TABLE"], ["VIEW"]]);
  expect(
    await rows(
      "SELECT column_name, is_partitioning_column FROM `local.d1.INFORMATION_SCHEMA.COLUMNS` WHERE table_name = 'parts' ORDER BY ordinal_position",
    ),
  ).toEqual([
    ["ds", "YES"],
    ["s", "NO"],
  ]);
  expect(
    await rows(
      "SELECT field_path FROM `region-us`.INFORMATION_SCHEMA.COLUMN_FIELD_PATHS WHERE table_name = 'parts' ORDER BY 1",
    ),
  ).toEqual([["ds"], ["s"], ["s.x"], ["s.y"], ["s.y.z"]]);
  expect(
    await rows("SELECT view_definition FROM d1.INFORMATION_SCHEMA.VIEWS WHERE table_name = 'seen'"),
  ).toEqual([["SELECT a + 1 AS b FROM d1.base"]]);
  expect(
    await rows(
      "SELECT partition_id, total_rows FROM d1.INFORMATION_SCHEMA.PARTITIONS WHERE table_name = 'parts' ORDER BY 1",
    ),
  ).toEqual([
    ["20240101", 2n],
    ["20240103", 1n],
    ["__NULL__", 1n],
  ]);
  expect(await message("SELECT * FROM d1.INFORMATION_SCHEMA.TABLE_STORAGE")).toMatch(
    /Unsupported: INFORMATION_SCHEMA.TABLE_STORAGE/,
  );
});

test("what was stored is there after a restart, the catalog word for word", async () => {
  const describe = async () => {
    const [tables] = await server.client.dataset("d1").getTables();
    return Promise.all(tables.map(async (table) => (await table.getMetadata())[0]));
  };
  const before = await describe();
  await server.close();
  server = await startBigQuery({ database });
  expect((await describe()).map(({ selfLink: _, ...rest }) => rest)).toEqual(
    before.map(({ selfLink: _, ...rest }) => rest),
  );
  expect(await rows("SELECT x FROM d1.CASE")).toEqual([[2n]]);
});

test("a file that is no database is told so in one sentence", async () => {
  const file = join(folder, "broken.duckdb");
  writeFileSync(file, "this is not a database file, only text that is long enough to look at".repeat(100));
  await expect(createLocalBigQuery({ files: defaultFiles(projectFolder), database: file })).rejects.toThrow(
    /^Cannot open the database file .*broken.duckdb: it is not a sound database file\./,
  );
});

test("a port in use is told so in one sentence", async () => {
  const other = await createLocalBigQuery({ files: defaultFiles(projectFolder) });
  const port = Number(new URL(server.url).port);
  await expect(other.listen(port)).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use.`);
  await other.close();
});

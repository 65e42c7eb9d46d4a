import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { TableSchema } from "@google-cloud/bigquery";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBigQuery } from "../../support/bigquery-client.ts";

const folder = mkdtempSync(join(tmpdir(), "bigquery-load-"));
const uploads = join(folder, "uploads");
let server: Awaited<ReturnType<typeof startBigQuery>>;
beforeAll(async () => {
  server = await startBigQuery({ uploadFolder: uploads });
  await server.client.createDataset("l");
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const field = (name: string, type: string, rest: object = {}) => ({ name, type, ...rest });

async function load(
  table: string,
  file: string,
  text: string | undefined,
  options: object,
): Promise<unknown> {
  const path = join(folder, file);
  if (text !== undefined) writeFileSync(path, text);
  const [job] = await server.client.dataset("l").table(table).load(path, options);
  return Number(job.statistics?.load?.outputRows);
}
async function rows(sql: string): Promise<unknown[][]> {
  return (await server.local.query(sql)).rows;
}

const everything: TableSchema = {
  fields: [
    field("id", "INTEGER", { mode: "REQUIRED" }),
    field("ok", "BOOLEAN"),
    field("amt", "NUMERIC"),
    field("ratio", "FLOAT"),
    field("said", "STRING"),
    field("day", "DATE"),
    field("local", "DATETIME"),
    field("clock", "TIME"),
    field("at", "TIMESTAMP"),
    field("raw", "BYTES"),
    field("tags", "STRING", { mode: "REPEATED" }),
    field("benefits", "RECORD", {
      mode: "REPEATED",
      fields: [field("seq", "INTEGER"), field("amt", "NUMERIC"), field("days", "DATE", { mode: "REPEATED" })],
    }),
  ],
};
const first = [
  1n,
  true,
  "1.25",
  0.5,
  'a, "b"\nc',
  "2024-02-29",
  "2024-01-31T12:00:00.500000",
  "01:02:03",
  "2024-01-31T04:00:00.000000Z",
  new Uint8Array([1, 2]),
  ["x", "y"],
  [
    [1n, "0.1", ["2024-01-01"]],
    [2n, null, []],
  ],
];
const empty = [2n, null, null, null, null, null, null, null, null, null, [], []];

test("CSV: columns by place, empty is NULL, quoted empty is text, arrays and structs as JSON", async () => {
  const header = "id,ok,amt,ratio,said,day,local,clock,at,raw,tags,benefits";
  const line = `1,true,1.25,0.5,"a, ""b""\nc",2024-02-29,2024-01-31 12:00:00.5,01:02:03,2024-01-31 12:00:00+08,AQI=,"[""x"",""y""]","[{""seq"":1,""amt"":""0.1"",""days"":[""2024-01-01""]},{""seq"":2}]"`;
  const text = `${header}\n${line}\n2,,,,,,,,,,,\n`;
  expect(await load("csv", "a.csv", text, { schema: everything, skipLeadingRows: 1 })).toBe(2);
  expect(await rows("SELECT * FROM l.csv ORDER BY id")).toEqual([first, empty]);
  expect(
    await load("quoted", "q.csv", '1,""\n2,\n', {
      schema: { fields: [field("id", "INTEGER"), field("s", "STRING")] },
    }),
  ).toBe(2);
  expect(await rows("SELECT s IS NULL FROM l.quoted ORDER BY id")).toEqual([[false], [true]]);
});

test("NDJSON: members by name, missing ones NULL or empty, unknown ones refused", async () => {
  const line = JSON.stringify({
    ...{
      id: "1",
      ok: true,
      amt: 1.25,
      ratio: 0.5,
      said: 'a, "b"\nc',
      day: "2024-02-29",
      local: "2024-01-31T12:00:00.5",
    },
    ...{ clock: "01:02:03", at: "2024-01-31T04:00:00Z", raw: "AQI=", tags: ["x", "y"] },
    benefits: [
      { seq: 1, amt: "0.1", days: ["2024-01-01"] },
      { seq: 2, amt: null },
    ],
  });
  const options = { schema: everything, sourceFormat: "NEWLINE_DELIMITED_JSON" };
  expect(await load("json", "a.json", `${line}\n{"id":2,"tags":null}\n`, options)).toBe(2);
  expect(await rows("SELECT * FROM l.json ORDER BY id")).toEqual([first, empty]);
  await expect(load("json", "b.json", '{"id":3,"nope":1}\n', options)).rejects.toThrow(/No such field: nope/);
  await expect(load("json", "b.json", '{"id":3,"benefits":[{"sqe":1}]}\n', options)).rejects.toThrow(
    /No such field: benefits\.sqe/,
  );
  await expect(load("json", "b.json", '{"id":3,"tags":"x"}\n', options)).rejects.toThrow(
    /Field tags must be a JSON array/,
  );
});

async function parquet(file: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`SET TimeZone = 'UTC'; COPY (${sql}) TO '${join(folder, file)}' (FORMAT parquet)`);
  instance.closeSync();
}

test("Parquet: columns and members by name, whatever their order in the file", async () => {
  await parquet(
    "a.parquet",
    `SELECT TIMESTAMPTZ '2024-01-31 04:00:00+00' AS at, 1::INTEGER AS ID, true AS ok, 1.25::DECIMAL(10,2) AS amt, 0.5::FLOAT AS ratio,
      'a, "b"' || chr(10) || 'c' AS said, DATE '2024-02-29' AS day, TIMESTAMP '2024-01-31 12:00:00.5' AS local, TIME '01:02:03' AS clock,
      '\\x01\\x02'::BLOB AS raw, ['x', 'y'] AS tags,
      [{days: [DATE '2024-01-01'], amt: 0.1::DECIMAL(4,1), seq: 1::SMALLINT}, {days: NULL, amt: NULL, seq: 2}] AS benefits`,
  );
  const options = { schema: everything, sourceFormat: "PARQUET" };
  expect(await load("parquet", "a.parquet", undefined, options)).toBe(1);
  expect(await rows("SELECT * FROM l.parquet")).toEqual([first]);
  await parquet("b.parquet", "SELECT 1.5 AS id");
  await expect(load("parquet", "b.parquet", undefined, options)).rejects.toThrow(
    /column 'id' has type DECIMAL.* does not match the target type INT64/,
  );
  await parquet("c.parquet", "SELECT 1 AS id, 2 AS other");
  await expect(load("parquet", "c.parquet", undefined, options)).rejects.toThrow(/No such field: other/);
});

test("a Parquet file without a schema brings its own", async () => {
  await parquet(
    "d.parquet",
    "SELECT 1 AS a, {x: 'y', z: [1.5]} AS s, TIMESTAMPTZ '2024-01-01 00:00:00+00' AS at",
  );
  await load("own", "d.parquet", undefined, { sourceFormat: "PARQUET" });
  expect(
    await rows(
      "SELECT column_name, data_type FROM l.INFORMATION_SCHEMA.COLUMNS WHERE table_name = 'own' ORDER BY ordinal_position",
    ),
  ).toEqual([
    ["a", "INT64"],
    ["s", "STRUCT<x STRING, z ARRAY<NUMERIC>>"],
    ["at", "TIMESTAMP"],
  ]);
});

test("WRITE_APPEND adds, WRITE_TRUNCATE replaces rows and schema, WRITE_EMPTY refuses a table with rows", async () => {
  const one = { schema: { fields: [field("a", "INTEGER")] } };
  await load("w", "w.csv", "1\n", one);
  await load("w", "w.csv", "2\n", one);
  expect(await rows("SELECT a FROM l.w ORDER BY a")).toEqual([[1n], [2n]]);
  await expect(load("w", "w.csv", "3\n", { ...one, writeDisposition: "WRITE_EMPTY" })).rejects.toThrow(
    /Already Exists: Table local:l.w/,
  );
  await load("w", "w.csv", "x,3\n", {
    schema: { fields: [field("b", "STRING"), field("c", "INTEGER")] },
    writeDisposition: "WRITE_TRUNCATE",
  });
  expect(await rows("SELECT * FROM l.w")).toEqual([["x", 3n]]);
});

test("a bad file loads nothing and says where it is bad", async () => {
  const schema = {
    fields: [field("id", "INTEGER", { mode: "REQUIRED" }), field("n", "NUMERIC"), field("d", "DATE")],
  };
  await load("bad", "ok.csv", "1,1,2024-01-01\n", { schema });
  const refused = async (text: string, message: RegExp) => {
    await expect(load("bad", "bad.csv", text, { schema })).rejects.toThrow(message);
    expect(await rows("SELECT COUNT(*) FROM l.bad")).toEqual([[1n]]);
  };
  await refused(
    "2,1,2024-01-01\n3,1,2024-13-01\n",
    /Could not parse '2024-13-01' as DATE for field d; row 2/,
  );
  await refused(
    "2,1.0000000001,2024-01-01\n",
    /Could not parse '1.0000000001' as NUMERIC for field n; row 1/,
  );
  await refused("1.5,1,2024-01-01\n", /Could not parse '1.5' as INT64 for field id; row 1/);
  await refused(",1,2024-01-01\n", /Required field id cannot be null|NOT NULL/);
  await refused("1,2\n", /column/i);
});

test("nothing is left in the upload folder", () => {
  expect(readdirSync(uploads).filter((name) => name.startsWith("upload-"))).toEqual([]);
});

test("a million rows of Parquet load in seconds", async () => {
  await parquet(
    "big.parquet",
    "SELECT range AS id, 'user ' || range AS said, range % 1000 / 100 AS amt_text, [range] AS list, {a: range} AS s FROM range(1000000)",
  );
  const fields = [
    field("id", "INTEGER"),
    field("said", "STRING"),
    field("amt_text", "FLOAT"),
    field("list", "INTEGER", { mode: "REPEATED" }),
    field("s", "RECORD", { fields: [field("a", "INTEGER")] }),
  ];
  const start = performance.now();
  expect(await load("big", "big.parquet", undefined, { schema: { fields }, sourceFormat: "PARQUET" })).toBe(
    1_000_000,
  );
  console.log(`a million rows of Parquet: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  expect(await rows("SELECT COUNT(*), SUM(s.a), SUM(list[OFFSET(0)]) FROM l.big")).toEqual([
    [1000000n, 499999500000n, 499999500000n],
  ]);
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { startBigQuery } from "../../support/bigquery-client.ts";

let server: Awaited<ReturnType<typeof startBigQuery>>;
beforeAll(async () => {
  server = await startBigQuery();
  await server.local.query(`CREATE SCHEMA r;
    CREATE TABLE r.t (id INT64 NOT NULL, amt NUMERIC, made_at TIMESTAMP, tags ARRAY<STRING>, st STRUCT<a INT64, b STRING>, kind STRING DEFAULT 'new');`);
});
afterAll(() => server.close());

async function rows(sql: string): Promise<unknown[][]> {
  return (await server.local.query(sql)).rows;
}

test("insertAll adds rows at once, with defaults, arrays, structs and dates", async () => {
  await server.client
    .dataset("r")
    .table("t")
    .insert([
      {
        id: 1,
        amt: "1.25",
        made_at: server.client.timestamp("2024-01-01T10:00:00Z"),
        tags: ["x", "y"],
        st: { a: 1, b: "z" },
      },
      { ID: 2, kind: "old" },
    ]);
  expect(await rows("SELECT id, amt, made_at, tags, st, kind FROM r.t ORDER BY id")).toEqual([
    [1n, "1.25", "2024-01-01T10:00:00.000000Z", ["x", "y"], [1n, "z"], "new"],
    [2n, null, null, [], null, "old"],
  ]);
});

test("one bad row keeps all out and is named; skipInvalidRows lets the others in", async () => {
  const table = server.client.dataset("r").table("t");
  const bad = [{ id: 10 }, { id: "ten" }, { id: 11, nothing: 1 }, { amt: 1 }, { id: 12, st: { c: 1 } }];
  const fault = await table.insert(bad).then(
    () => undefined,
    (error) => error,
  );
  expect(fault.name).toBe("PartialFailureError");
  expect(
    fault.response.insertErrors.map((e: { index: number; errors: { reason: string }[] }) => [
      e.index,
      e.errors[0]?.reason,
    ]),
  ).toEqual([
    [0, "stopped"],
    [1, "invalid"],
    [2, "invalid"],
    [3, "invalid"],
    [4, "invalid"],
  ]);
  expect(JSON.stringify(fault.response)).toMatch(
    /ten.*no such field: nothing\..*Missing required field: id\..*no such field: st\.c\./,
  );
  expect(await rows("SELECT COUNT(*) FROM r.t WHERE id >= 10")).toEqual([[0n]]);
  await table.insert(bad, { skipInvalidRows: true, ignoreUnknownValues: true }).catch(() => undefined);
  expect(await rows("SELECT id FROM r.t WHERE id >= 10 ORDER BY id")).toEqual([[10n], [11n], [12n]]);
});

test("a row sent again with its insertId is there once", async () => {
  const table = server.client.dataset("r").table("t");
  for (let turn = 0; turn < 2; turn += 1)
    await table.insert([{ insertId: "only", json: { id: 20 } }], { raw: true });
  expect(await rows("SELECT COUNT(*) FROM r.t WHERE id = 20")).toEqual([[1n]]);
});

test("copy jobs copy, append, replace and refuse as they are told", async () => {
  const { client } = server;
  await server.local.query(
    "CREATE TABLE r.src (ds DATE, n INT64) PARTITION BY ds CLUSTER BY n; INSERT INTO r.src VALUES ('2024-01-01', 1)",
  );
  const [source, target] = [client.dataset("r").table("src"), client.dataset("r").table("dst")];
  await source.copy(target);
  const [metadata] = await target.getMetadata();
  expect(metadata).toMatchObject({
    timePartitioning: { type: "DAY", field: "ds" },
    clustering: { fields: ["n"] },
  });
  await expect(source.copy(target)).rejects.toThrow("Already Exists: Table local:r.dst");
  await source.copy(target, { writeDisposition: "WRITE_APPEND" });
  expect(await rows("SELECT SUM(n) FROM r.dst")).toEqual([[2n]]);
  await source.copy(target, { writeDisposition: "WRITE_TRUNCATE" });
  expect(await rows("SELECT SUM(n) FROM r.dst")).toEqual([[1n]]);
  await expect(
    source.copy(client.dataset("r").table("t"), { writeDisposition: "WRITE_APPEND" }),
  ).rejects.toThrow(/same columns/);
  await expect(client.dataset("r").table("none").copy(target)).rejects.toThrow(
    "Not found: Table local:r.none",
  );
});

test("routines: made, told, changed and deleted by the API, and by SQL", async () => {
  const dataset = server.client.dataset("r");
  const [made] = await dataset.createRoutine("plus", {
    routineType: "SCALAR_FUNCTION",
    language: "SQL",
    arguments: [
      { name: "x", dataType: { typeKind: "INT64" } },
      { name: "list", dataType: { typeKind: "ARRAY", arrayElementType: { typeKind: "INT64" } } },
    ],
    returnType: { typeKind: "INT64" },
    definitionBody: "x + ARRAY_LENGTH(list)",
  });
  expect(made.metadata).toMatchObject({
    routineType: "SCALAR_FUNCTION",
    definitionBody: expect.stringContaining("x + ARRAY_LENGTH(list)"),
  });
  expect(await rows("SELECT r.plus(1, [5, 6])")).toEqual([[3n]]);
  await server.local.query("CREATE PROCEDURE r.double(IN x INT64, OUT y INT64) BEGIN SET y = x * 2; END");
  const [routines] = await dataset.getRoutines();
  expect(routines.map(({ id }) => id)).toEqual(["double", "plus"]);
  const [procedure] = await dataset.routine("double").getMetadata();
  expect(procedure).toMatchObject({
    routineType: "PROCEDURE",
    arguments: [
      { name: "x", mode: "IN", dataType: { typeKind: "INT64" } },
      { name: "y", mode: "OUT" },
    ],
    definitionBody: "BEGIN SET y = x * 2; END",
  });
  await dataset.routine("plus").setMetadata({ ...made.metadata, definitionBody: "x" });
  expect(await rows("SELECT r.plus(1, [5, 6])")).toEqual([[1n]]);
  await dataset.routine("plus").delete();
  await expect(server.local.query("SELECT r.plus(1, [])")).rejects.toThrow(/Function not found/);
  await expect(dataset.routine("plus").getMetadata()).rejects.toThrow("Not found: Routine local:r.plus");
});

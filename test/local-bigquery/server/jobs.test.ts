import { afterAll, beforeAll, expect, test } from "vitest";
import { startBigQuery } from "../../support/bigquery-client.ts";

let server: Awaited<ReturnType<typeof startBigQuery>>;
beforeAll(async () => {
  server = await startBigQuery();
  await server.local.query(
    "CREATE SCHEMA j; CREATE TABLE j.t AS SELECT x, CAST(x AS STRING) AS s FROM UNNEST(GENERATE_ARRAY(1, 100000)) AS x",
  );
});
afterAll(() => server.close());

interface Answer {
  readonly jobReference: { readonly jobId: string };
  readonly error: { readonly message: string; readonly errors: readonly { readonly reason: string }[] };
}

async function post(path: string, body: object): Promise<{ status: number; body: Answer }> {
  const response = await fetch(server.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Answer };
}

test("every type arrives at Google's client as itself", async () => {
  const [rows] = await server.client.query(
    `SELECT 9007199254740991 AS i, 0.1 AS f, CAST('nan' AS FLOAT64) AS nan, NUMERIC '123.456' AS n, TRUE AS b, 'ü数' AS s, b'\\x00\\xff' AS y,
      DATE '2024-02-29' AS d, DATETIME '2024-02-29 12:00:00.5' AS dt, TIME '01:02:03' AS t, TIMESTAMP '2024-02-29 12:00:00.123456+00' AS ts,
      [1, 2] AS arr, STRUCT(1 AS a, ['x'] AS b) AS st, JSON '{"k": [1]}' AS j, CAST(NULL AS INT64) AS nothing, CAST(NULL AS ARRAY<INT64>) AS none`,
  );
  expect(JSON.parse(JSON.stringify(rows[0]))).toEqual({
    ...{
      i: 9007199254740991,
      f: 0.1,
      nan: null,
      n: "123.456",
      b: true,
      s: "ü数",
      y: { type: "Buffer", data: [0, 255] },
    },
    ...{ d: { value: "2024-02-29" }, dt: { value: "2024-02-29T12:00:00.500000" }, t: { value: "01:02:03" } },
    ...{
      ts: { value: "2024-02-29T12:00:00.123456000Z" },
      arr: [1, 2],
      st: { a: 1, b: ["x"] },
      j: '{"k":[1]}',
      nothing: null,
      none: [],
    },
  });
  expect(rows[0].nan).toBeNaN();
});

test("parameters: named, positional, arrays, structs, dates, NULL of a declared type", async () => {
  const { client } = server;
  const [named] = await client.query({
    query: "SELECT @i + 1 AS i, @s AS s, @d AS d, @ts AS ts, @list AS list, @st.a AS a, @nothing AS nothing",
    params: {
      i: 41,
      s: "it's",
      d: client.date("2024-01-31"),
      ts: client.timestamp("2024-01-31T00:00:00.5Z"),
      list: ["a", "b"],
      st: { a: 7 },
      nothing: null,
    },
    types: { nothing: "INT64" } as never,
  });
  expect(JSON.parse(JSON.stringify(named))).toEqual([
    {
      i: 42,
      s: "it's",
      d: { value: "2024-01-31" },
      ts: { value: "2024-01-31T00:00:00.500Z" },
      list: ["a", "b"],
      a: 7,
      nothing: null,
    },
  ]);
  const [positional] = await client.query({ query: "SELECT ? AS a, ? AS b", params: [1.5, true] });
  expect(positional).toEqual([{ a: 1.5, b: true }]);
});

test("a hundred thousand rows come page by page, in order, each once", async () => {
  const [job] = await server.client.createQueryJob("SELECT x, s FROM j.t ORDER BY x");
  const [all] = await job.getQueryResults({ maxResults: 30_000 });
  expect(all.length).toBe(30_000);
  const seen: number[] = [];
  for await (const row of job.getQueryResultsStream()) seen.push((row as { x: number }).x);
  expect(seen.length).toBe(100_000);
  expect(seen.every((x, place) => x === place + 1)).toBe(true);
  const at = await fetch(`${server.url}/projects/local/queries/${job.id}?startIndex=99998&maxResults=5`);
  const page = (await at.json()) as { rows: { f: { v: string }[] }[]; totalRows: string; pageToken?: string };
  expect(page.rows.map((row) => row.f[0]?.v)).toEqual(["99999", "100000"]);
  expect([page.totalRows, page.pageToken]).toEqual(["100000", undefined]);
});

test("a job id is used once; a repeated request with the same requestId is the same job", async () => {
  await server.client.createQueryJob({ query: "SELECT 1", jobId: "mine" });
  await expect(server.client.createQueryJob({ query: "SELECT 2", jobId: "mine" })).rejects.toMatchObject({
    code: 409,
    errors: [{ reason: "duplicate", message: "Already Exists: Job local:US.mine" }],
  });
  const insert = { query: "INSERT INTO j.once VALUES (1)", useLegacySql: false, requestId: "r1" };
  await server.local.query("CREATE TABLE j.once (n INT64)");
  const [a, b] = [
    await post("/projects/local/queries", insert),
    await post("/projects/local/queries", insert),
  ];
  expect(a.body.jobReference).toEqual(b.body.jobReference);
  expect((await server.local.query("SELECT COUNT(*) FROM j.once")).rows).toEqual([[1n]]);
});

test("errors have BigQuery's codes, reasons and words", async () => {
  const answers = async (query: string, code: number, reason: string, message: string | RegExp) => {
    const { status, body } = await post("/bigquery/v2/projects/local/queries", {
      query,
      useLegacySql: false,
    });
    expect([status, body.error?.errors?.[0]?.reason]).toEqual([code, reason]);
    expect(body.error.message).toMatch(message);
  };
  await answers("SELECT nope FROM j.t", 400, "invalidQuery", /^Unrecognized name: nope at \[1:8\]$/);
  await answers(
    "SELECT * FROM j.nope",
    404,
    "notFound",
    /^Not found: Table local:j.nope was not found in location US at \[1:15\]$/,
  );
  await answers(
    "SELECT * FROM nope.t",
    404,
    "notFound",
    /^Not found: Dataset local:nope was not found in location US/,
  );
  await answers("CREATE TABLE j.t (x INT64)", 409, "duplicate", /^Already Exists: Table local:j.t$/);
  await answers(
    "DROP VIEW j.t",
    400,
    "invalid",
    /is not allowed for this operation because it is currently a TABLE/,
  );
  await answers("SELECT ERROR('stop here')", 400, "invalidQuery", /^stop here$/);
  await answers("SELECT 1 / (x - 1) FROM j.t", 400, "invalidQuery", /^division by zero: 1 \/ 0$/);
  await answers("SELECT ST_GEOGPOINT(1, 2)", 400, "invalidQuery", /./);
  await answers("SELEC 1", 400, "invalidQuery", /^Syntax error: .* at \[1:1\]$/);
  const failed = await post("/projects/local/jobs", {
    configuration: { query: { query: "SELECT ERROR('later')", useLegacySql: false } },
  });
  expect(failed.status).toBe(200);
  const status = async () => {
    const response = await fetch(`${server.url}/projects/local/jobs/${failed.body.jobReference.jobId}`);
    return ((await response.json()) as { status: unknown }).status;
  };
  await expect
    .poll(status)
    .toMatchObject({ state: "DONE", errorResult: { reason: "invalidQuery", message: "later" } });
});

test("a job tells what it did: statement type, rows changed, tables read", async () => {
  await server.local.query("CREATE TABLE j.dml AS SELECT 1 AS n");
  const did = async (query: string) => {
    const [job] = await server.client.createQueryJob(query);
    await job.getQueryResults();
    return (await job.getMetadata())[0].statistics.query;
  };
  expect(await did("UPDATE j.dml SET n = 2 WHERE TRUE")).toMatchObject({
    statementType: "UPDATE",
    numDmlAffectedRows: "1",
  });
  expect(await did("INSERT INTO j.dml SELECT x FROM j.t WHERE x <= 3")).toMatchObject({
    statementType: "INSERT",
    dmlStats: { insertedRowCount: "3" },
  });
  expect(await did("CREATE OR REPLACE TABLE j.made AS SELECT n FROM j.dml")).toMatchObject({
    statementType: "CREATE_TABLE_AS_SELECT",
    ddlOperationPerformed: "CREATE",
    ddlTargetTable: { datasetId: "j", tableId: "made" },
    referencedTables: [{ datasetId: "j", tableId: "dml" }],
  });
  expect(await did("DECLARE a INT64 DEFAULT 1; SELECT a")).toMatchObject({ statementType: "SCRIPT" });
});

test("a dry run answers schema, tables and bytes, keeps no job and changes nothing", async () => {
  const [job] = await server.client.createQueryJob({
    query: "SELECT x + 1 AS y, [s] AS list FROM j.t",
    dryRun: true,
  });
  expect(job.metadata.statistics.query).toMatchObject({
    statementType: "SELECT",
    schema: {
      fields: [
        { name: "y", type: "INTEGER" },
        { name: "list", type: "STRING", mode: "REPEATED" },
      ],
    },
    referencedTables: [{ tableId: "t" }],
  });
  expect(Number(job.metadata.statistics.totalBytesProcessed)).toBeGreaterThan(100_000);
  await expect(job.getQueryResults()).rejects.toThrow(/Not found: Job/);
  await server.client.createQueryJob({ query: "DROP TABLE j.t", dryRun: true });
  expect((await server.local.query("SELECT COUNT(*) FROM j.t")).rows).toEqual([[100000n]]);
});

test("a dry run follows a script: variables, temporary tables, tables it would make, branches", async () => {
  const dry = (query: string) => server.client.createQueryJob({ query, dryRun: true });
  await dry(`DECLARE n DEFAULT (SELECT MAX(x) FROM j.t);
    CREATE TEMP TABLE a AS SELECT x AS k FROM j.t WHERE x = n;
    IF n > 1 THEN CREATE OR REPLACE TABLE j.later AS SELECT k FROM a; ELSE CREATE OR REPLACE TABLE j.later AS SELECT 1 AS k; END IF;
    INSERT INTO j.later SELECT k FROM a; FOR r IN (SELECT k FROM a) DO SELECT r.k; END FOR; DROP TABLE j.later;`);
  await expect(dry("CREATE TEMP TABLE a AS SELECT x AS k FROM j.t;\nSELECT x FROM a")).rejects.toThrow(
    "Unrecognized name: x at [2:8]",
  );
  await expect(dry("DECLARE a INT64;\nSET a = DATE '2024-01-01'")).rejects.toThrow(
    /Cannot coerce .* at \[2:9\]/,
  );
  await expect(dry("DECLARE a INT64;\nIF a THEN SELECT 1; END IF")).rejects.toThrow(
    /to type BOOL at \[2:4\]/,
  );
  await expect(dry("IF TRUE THEN SELECT 1; ELSE SELECT nope; END IF")).rejects.toThrow(
    /Unrecognized name: nope/,
  );
  expect(
    (
      await server.local.query(
        "SELECT table_name FROM j.INFORMATION_SCHEMA.TABLES WHERE table_name = 'later'",
      )
    ).rows,
  ).toEqual([]);
});

test("jobs are listed newest first and filtered by state", async () => {
  const [job] = await server.client.createQueryJob({ query: "SELECT 1", jobId: "listed" });
  await job.getQueryResults();
  const response = await fetch(`${server.url}/projects/local/jobs?maxResults=3&stateFilter=done`);
  const { jobs, nextPageToken } = (await response.json()) as {
    jobs: { jobReference: { jobId: string } }[];
    nextPageToken: string;
  };
  expect(jobs.length).toBe(3);
  expect(jobs[0]?.jobReference.jobId).toBe("listed");
  expect(nextPageToken).not.toBe("");
});

test("an open transaction at the end of a script is rolled back and the next writer goes on", async () => {
  await server.local.query("CREATE OR REPLACE TABLE j.tx AS SELECT 1 AS n");
  await server.local.query("BEGIN TRANSACTION; DELETE FROM j.tx WHERE TRUE;");
  expect((await server.local.query("SELECT COUNT(*) FROM j.tx")).rows).toEqual([[1n]]);
  const half = "BEGIN TRANSACTION; INSERT INTO j.tx VALUES (2); SELECT ERROR('no'); COMMIT TRANSACTION;";
  await expect(server.local.query(half)).rejects.toThrow(/^no at \[1:49\]$/);
  await server.local.query("INSERT INTO j.tx VALUES (3)");
  expect((await server.local.query("SELECT n FROM j.tx ORDER BY n")).rows).toEqual([[1n], [3n]]);
});

test("sixteen readers beside a writer see whole states only", async () => {
  await server.local.query(
    "CREATE OR REPLACE TABLE j.whole AS SELECT 0 AS n, x FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS x",
  );
  let writing = true;
  const writer = (async () => {
    for (let n = 1; n <= 12; n += 1) {
      await server.local.query(
        n % 3 === 0
          ? `CREATE OR REPLACE TABLE j.whole AS SELECT ${n} AS n, CAST(x AS STRING) AS x FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS x`
          : n % 3 === 1
            ? `CREATE OR REPLACE TABLE j.whole AS SELECT x, ${n} AS n FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS x`
            : `UPDATE j.whole SET n = ${n} WHERE TRUE`,
      );
    }
    writing = false;
  })();
  const readers = Array.from({ length: 16 }, async () => {
    while (writing) {
      const { rows } = await server.local.query(
        "SELECT COUNT(*), COUNT(DISTINCT n), COUNT(DISTINCT x) FROM j.whole",
      );
      expect(rows).toEqual([[1000n, 1n, 1000n]]);
    }
  });
  await Promise.all([writer, ...readers]);
});

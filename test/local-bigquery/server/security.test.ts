import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBigQuery } from "../../support/bigquery-client.ts";

let server: Awaited<ReturnType<typeof startBigQuery>>;
beforeAll(async () => {
  server = await startBigQuery();
});
afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A request with headers that fetch would not let a program choose. */
function send(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(server.url);
    const call = request({ host: "127.0.0.1", port, method, path, headers }, (response) => {
      let text = "";
      response.on("data", (chunk) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    call.on("error", reject);
    call.end(body);
  });
}

const json = { "content-type": "application/json" };
const queries = "/bigquery/v2/projects/local/queries";
const select = JSON.stringify({ query: "SELECT 1 AS x", useLegacySql: false });

test("a DNS name rebound to this machine gets nothing", async () => {
  const { status, body } = await send("GET", "/projects/local/datasets", { host: "evil.example:80" });
  expect(status).toBe(403);
  expect(JSON.parse(body).error.errors[0].reason).toBe("accessDenied");
  expect((await send("GET", "/projects/local/datasets", { host: "localhost" })).status).toBe(200);
});

test("a page of another site cannot post, whatever it pretends to send", async () => {
  const form = { "content-type": "application/x-www-form-urlencoded" };
  expect((await send("POST", queries, form, select)).status).toBe(400);
  expect((await send("POST", queries, { "content-type": "text/plain" }, select)).status).toBe(400);
  expect((await send("POST", queries, {}, select)).status).toBe(400);
  expect((await send("POST", queries, { ...json, origin: "https://evil.example" }, select)).status).toBe(403);
  expect((await send("POST", queries, { ...json, "sec-fetch-site": "cross-site" }, select)).status).toBe(403);
  expect((await send("POST", "/projects/local/jobs/x/cancel", { origin: "null" })).status).toBe(403);
  expect(
    (
      await send(
        "POST",
        "/upload/bigquery/v2/projects/local/jobs?uploadType=multipart",
        { "content-type": "multipart/form-data; boundary=x" },
        "x",
      )
    ).status,
  ).toBe(400);
  expect(
    (
      await send("OPTIONS", queries, {
        origin: "https://evil.example",
        "access-control-request-method": "POST",
      })
    ).status,
  ).toBe(403);
  expect((await send("POST", queries, json, select)).status).toBe(200);
});

test("too large and malformed bodies are refused by name and the server goes on", async () => {
  expect((await send("POST", queries, json, '{"query": ')).status).toBe(400);
  expect((await send("POST", queries, json, "[]")).status).toBe(400);
  expect((await send("POST", queries, json, "null")).status).toBe(400);
  const large = JSON.stringify({ query: "x".repeat(20 * 1024 * 1024) });
  expect((await send("POST", queries, json, large).catch(() => ({ status: 413 }))).status).toBe(413);
  const long = JSON.stringify({ query: `SELECT '${"x".repeat(1024 * 1024)}'` });
  expect((await send("POST", queries, json, long)).body).toContain("The query is too large");
  expect((await send("POST", queries, json, select)).status).toBe(200);
});

test("SQL reaches neither files nor settings nor the catalog's own tables", async () => {
  const refused = async (sql: string) => {
    const error = await server.local.query(sql).catch((e) => e);
    expect(error, sql).toBeInstanceOf(Error);
    expect(error.reason, sql).not.toBe("internalError");
  };
  await refused("SELECT * FROM `/etc/passwd`");
  await refused("SELECT * FROM `bq.__bq.entries`");
  await refused("SELECT * FROM __bq.entries");
  await refused("SELECT * FROM read_csv('/etc/passwd')");
  await refused("SET enable_external_access = true");
  await refused("EXPORT DATA OPTIONS (uri = 'file:///tmp/x', format = 'CSV') AS SELECT 1");
  await refused("LOAD DATA INTO d.t FROM FILES (format = 'CSV', uris = ['file:///etc/passwd'])");
  await refused("ATTACH 'x.db'");
  await refused("CREATE EXTERNAL TABLE d.t OPTIONS (format = 'CSV', uris = ['file:///etc/passwd'])");
});

test("text that looks like DuckDB's SQL stays text", async () => {
  const nasty = `'; DROP TABLE x; -- "\\" \u0000 $$ ?`;
  const { rows } = await server.local.query("SELECT @p AS p, CONCAT(@p, '!') AS q", {
    parameters: { named: new Map([["p", { type: { kind: "STRING" }, value: nasty }]]), positional: [] },
  });
  expect(rows).toEqual([[nasty, `${nasty}!`]]);
});

test("a thousand nested parentheses are answered and the server goes on", async () => {
  const deep = `SELECT ${"(".repeat(3000)}1${")".repeat(3000)}`;
  await server.local.query(deep).catch((error) => expect(error.message).toMatch(/too|nest|deep|gave up/i));
  expect((await server.local.query("SELECT 1")).rows).toEqual([[1n]]);
});

test("a cross join that would take for ever ends at its time limit, and by a cancel", async () => {
  const endless =
    "SELECT COUNT(*) AS n FROM UNNEST(GENERATE_ARRAY(1, 300000)) AS a, UNNEST(GENERATE_ARRAY(1, 300000)) AS b WHERE MOD(a * b, 7) = 3";
  const [limited] = await server.client.createQueryJob({ query: endless, jobTimeoutMs: 1500 });
  await expect(limited.getQueryResults()).rejects.toThrow(/timed out after 1.5 seconds/);
  const [job] = await server.client.createQueryJob({ query: endless });
  await new Promise((resolve) => setTimeout(resolve, 500));
  await job.cancel();
  await expect(job.getQueryResults()).rejects.toThrow(/cancelled/);
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { startBigQuery } from "../../support/bigquery-client.ts";
import { DataformSample } from "../../support/dataform-sample.ts";

let server: Awaited<ReturnType<typeof startBigQuery>>;
const sample = new DataformSample();

beforeAll(async () => {
  server = await startBigQuery();
});
afterAll(async () => {
  await server.close();
  sample.remove();
});

async function rows(sql: string): Promise<unknown[]> {
  const [answer] = await server.client.query(sql);
  return JSON.parse(JSON.stringify(answer));
}

test("a first run of the stock Dataform CLI builds every action", async () => {
  const { code, output } = await sample.cli(server.url, "run");
  expect(output).not.toMatch(/failed/i);
  expect(code).toBe(0);
  expect(
    await rows("SELECT order_id, ARRAY_LENGTH(lines) AS n FROM sample.orders ORDER BY order_id"),
  ).toEqual([
    { order_id: "o1", n: 2 },
    { order_id: "o2", n: 1 },
    { order_id: "o3", n: 0 },
  ]);
});

test("descriptions, labels, partitioning and clustering are where the CLI put them", async () => {
  const [orders] = await server.client.dataset("sample").table("orders").getMetadata();
  expect(orders).toMatchObject({
    description: "Orders, one row per order_id.",
    labels: { layer: "sample", owner: "growth" },
    timePartitioning: { type: "DAY", field: "ds" },
    clustering: { fields: ["user_id", "order_id"] },
    numRows: "3",
  });
  const lines = orders.schema.fields.find((field: { name: string }) => field.name === "lines");
  expect(lines).toMatchObject({
    description: "The order's lines.",
    mode: "REPEATED",
    fields: [{ description: "What was bought." }, { description: "How many." }],
  });
  const [view] = await server.client.dataset("sample").table("order_days").getMetadata();
  expect(view).toMatchObject({ type: "VIEW", description: "Sales by day, one row per ds." });
});

test("a second run appends, merges, overwrites partitions and recomputes touched days", async () => {
  const { code, output } = await sample.cli(server.url, "run", "--vars=run_date=2024-03-02");
  expect(output).not.toMatch(/failed/i);
  expect(code).toBe(0);
  expect(await rows("SELECT order_id FROM sample.appended ORDER BY ds, order_id")).toEqual([
    { order_id: "o2" },
    { order_id: "o3" },
  ]);
  expect(await rows("SELECT user_id, last_ds, order_cnt FROM sample.merged ORDER BY user_id")).toEqual([
    { user_id: "u1", last_ds: { value: "2024-03-01" }, order_cnt: 1 },
    { user_id: "u2", last_ds: { value: "2024-03-02" }, order_cnt: 1 },
  ]);
  expect(await rows("SELECT ds, sku, qty, built_on FROM sample.overwritten ORDER BY ds, sku")).toEqual([
    { ds: { value: "2024-03-01" }, sku: "a", qty: 2, built_on: "2024-03-03" },
    { ds: { value: "2024-03-01" }, sku: "b", qty: 1, built_on: "2024-03-03" },
    { ds: { value: "2024-03-02" }, sku: "a", qty: 1, built_on: "2024-03-02" },
  ]);
  expect(
    await rows(
      "SELECT FORMAT_DATE('%d', ds) AS day, FORMAT_DATE('%d', built_on) AS built FROM sample.touched ORDER BY ds",
    ),
  ).toEqual([
    { day: "01", built: "02" },
    { day: "02", built: "02" },
    { day: "03", built: "03" },
  ]);
  expect(await rows("SELECT name, row_cnt FROM sample.log")).toEqual([{ name: "orders", row_cnt: 3 }]);
});

test("the CLI's unit tests run", async () => {
  const { code, output } = await sample.cli(server.url, "test");
  expect(output).toMatch(/order_days_test: .*passed/);
  expect(code).toBe(0);
});

test("a dry run validates everything, scripts and incremental tables too, and changes nothing", async () => {
  const before = await rows("SELECT COUNT(*) AS n FROM sample.touched");
  const { code, output } = await sample.cli(server.url, "run", "--dry-run");
  expect(output).not.toMatch(/failed/i);
  expect(output).toMatch(/dry run success/);
  expect(code).toBe(0);
  expect(await rows("SELECT COUNT(*) AS n FROM sample.touched")).toEqual(before);
});

test("a dry run finds a typo in a column behind pre-operations and temporary tables", async () => {
  const file = "definitions/typo.sqlx";
  sample.write(
    file,
    `config { type: "incremental" }
pre_operations {
  DECLARE n INT64 DEFAULT 3;
  CREATE TEMP TABLE few AS SELECT order_id FROM \${ref("orders")};
}
SELECT order_id, amuont FROM few WHERE n > 1`,
  );
  const { code, output } = await sample.cli(server.url, "run", "--dry-run", "--actions=typo");
  expect(output).toMatch(/Unrecognized name: amuont at \[\d+:\d+\]/);
  expect(code).not.toBe(0);
});

test("an assertion that does not hold fails the run", async () => {
  sample.write("definitions/typo.sqlx", `config { type: "assertion" }\nSELECT * FROM \${ref("orders")}`);
  const { code, output } = await sample.cli(server.url, "run", "--actions=typo");
  expect(output).toMatch(/Assertion failed: query returned 3 row\(s\)/);
  expect(code).not.toBe(0);
});

import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import {
  type CheckOptions,
  checkFolder,
  type FolderCheck,
  formatDataProblem,
  loadContracts,
} from "@growth/contracts";
import { describe, expect, test } from "vitest";
import { folderOf, root } from "./project.ts";

const contracts = loadContracts(root);
const refunds = "reddw.dw_trd_refund_day.csv";
const refundHeader =
  "refund_id,order_line_id,order_id,refund_amt,refund_status,refunded_at,is_benefit_returned,ingested_at";
const refund = "r1,l1,o1,12.50,succeeded,2024-06-05 10:00:00+08:00,true,2024-06-05T02:00:01Z";
const triggers = "redods.ods_ecm_mkt_strategy_execution_log_di.csv";
const triggerHeader =
  "log_id,execution_id,user_id,strategy_id,strategy_version,scene_code,triggered_at,experiment_id,experiment_group,benefits,ingested_at";

function check(files: Record<string, string | Uint8Array>, options?: CheckOptions): Promise<FolderCheck> {
  return checkFolder(folderOf(files), contracts, options);
}
/** Refund rows, each the sound one with some cells of its own. */
function refundRows(...changes: Partial<Record<string, string>>[]): Record<string, string> {
  const names = refundHeader.split(",");
  const rows = changes.map((change) =>
    refund
      .split(",")
      .map((cell, index) => change[names[index] ?? ""] ?? cell)
      .join(","),
  );
  return { [refunds]: [refundHeader, ...rows].join("\n") };
}
function triggerRow(benefits: string): Record<string, string> {
  const cell = `"${benefits.replaceAll('"', '""')}"`;
  const row = `g1,e1,u1,s1,1,,2024-06-01 02:00:00,,,${cell},2024-06-01 02:00:05`;
  return { [triggers]: `${triggerHeader}\n${row}\n` };
}
async function problemsOf(
  files: Record<string, string | Uint8Array>,
  options?: CheckOptions,
): Promise<string[]> {
  return (await check(files, options)).problems.map(formatDataProblem);
}
const userQuery =
  "SELECT 'u1' AS user_id, now() AS registered_at, 'f' AS gender_code, '30' AS age_band, '1' AS city_tier, now() AS ingested_at";
/** What a loader would read. */
async function readPlan(result: FolderCheck): Promise<unknown[]> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("SET TimeZone = 'UTC'");
  const reader = await connection.runAndReadAll(result.tables[0]?.select ?? "");
  return reader.getRowObjectsJson();
}
/** A Parquet file of a DuckDB query. */
async function parquet(folder: string, file: string, query: string): Promise<void> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`COPY (${query}) TO '${join(folder, file)}' (FORMAT parquet)`);
}

describe("a sound folder", () => {
  test("is taken, with a plan of what to load", async () => {
    const result = await check({ ...refundRows({}, { refund_id: "r2", refunded_at: "" }), ".DS_Store": "x" });
    expect(result.problems).toEqual([]);
    expect(result.ok).toBe(true);
    expect(result.tables).toMatchObject([
      { table: "reddw.dw_trd_refund_day", file: refunds, format: "csv", rows: 2 },
    ]);
    expect(result.tables[0]?.columns[3]).toEqual({ name: "refund_amt", type: "NUMERIC" });
    expect(await readPlan(result)).toMatchObject([
      {
        refund_id: "r1",
        refund_amt: "12.500000000",
        refunded_at: "2024-06-05 02:00:00+00",
        is_benefit_returned: true,
      },
      { refund_id: "r2", refunded_at: null },
    ]);
  });

  test("may have its columns in any order, quoted cells, line breaks in cells and Windows line ends", async () => {
    const lines = ["scene_name,scene_code,scene_group,ingested_at", '"Live, ""big""\nroom",live,,2024-06-01'];
    const result = await check({ "redcdm.dim_ecm_mkt_scene_df.csv": `\uFEFF${lines.join("\r\n")}\r\n` });
    expect(result.problems).toEqual([]);
    expect(await readPlan(result)).toEqual([
      {
        scene_code: "live",
        scene_name: 'Live, "big"\nroom',
        scene_group: null,
        ingested_at: "2024-06-01 00:00:00+00",
      },
    ]);
  });

  test("holds arrays of structs as JSON text", async () => {
    const benefits =
      '[{"benefit_seq":1,"benefit_type":"coupon","template_id":"t1","planned_amt":"20.00"},{"benefit_seq":2,"benefit_type":"allowance","planned_amt":30.5}]';
    const result = await check(triggerRow(benefits));
    expect(result.problems).toEqual([]);
    expect(await readPlan(result)).toMatchObject([
      {
        benefits: [
          { benefit_seq: "1", benefit_type: "coupon", template_id: "t1", planned_amt: "20.000000000" },
          { benefit_seq: "2", benefit_type: "allowance", template_id: null, planned_amt: "30.500000000" },
        ],
      },
    ]);
  });

  test("may lie below a folder that looks like a partition", async () => {
    const folder = folderOf({ [`ds=2024-06-01/${refunds}`]: `${refundHeader}\n${refund}` });
    await parquet(join(folder, "ds=2024-06-01"), "redcdm.dim_ecm_user_df.parquet", userQuery);
    expect((await checkFolder(join(folder, "ds=2024-06-01"), contracts)).problems).toEqual([]);
  });

  test("may repeat a row, or a key as another version", async () => {
    expect(
      await problemsOf(refundRows({}, {}, { ingested_at: "2024-06-06 00:00:00", refund_amt: "12.00" })),
    ).toEqual([]);
  });
});

describe("a folder is refused for", () => {
  test("a file that no source table has, with the nearest name", async () => {
    expect(await problemsOf({ "reddw.dw_trd_refunds_day.csv": "a\n1\n" })).toEqual([
      `reddw.dw_trd_refunds_day.csv: not a source table's file; name it <dataset>.<table>.csv or .parquet, or remove it. Did you mean "${refunds}"?`,
    ]);
  });

  test("a file of a table that the models build", async () => {
    expect(await problemsOf({ "redcdm.dwd_ecm_trd_order_line_di.csv": "a\n1\n" })).toEqual([
      "redcdm.dwd_ecm_trd_order_line_di.csv: redcdm.dwd_ecm_trd_order_line_di is built by the models, not loaded; remove the file",
    ]);
  });

  test("two files of one table", async () => {
    const folder = folderOf(refundRows({}));
    await parquet(folder, "reddw.dw_trd_refund_day.parquet", "SELECT 1 AS a");
    const { problems } = await checkFolder(folder, contracts);
    expect(problems.map(formatDataProblem)).toEqual([
      `reddw.dw_trd_refund_day.parquet: reddw.dw_trd_refund_day has a file already, ${refunds}; keep one of the two`,
    ]);
  });

  test("being empty, or not there", async () => {
    const empty = folderOf({});
    expect((await checkFolder(empty, contracts)).problems).toMatchObject([{ code: "folder" }]);
    await expect(checkFolder(join(empty, "nowhere"), contracts)).rejects.toThrow(/No folder .*nowhere/);
  });

  test("a missing, an unknown and a repeated column", async () => {
    const header = refundHeader
      .replace("refund_amt", "refund_amount")
      .replace("is_benefit_returned", "order_id");
    expect(await problemsOf({ [refunds]: `${header}\n` })).toEqual([
      `${refunds}, column refund_amount: reddw.dw_trd_refund_day has no such column; remove or rename it. Did you mean "refund_amt"?`,
      `${refunds}, column order_id: the column stands twice in the file; keep one`,
      `${refunds}, column refund_amt: the column is missing; add it (NUMERIC), empty where nothing is known`,
      `${refunds}, column is_benefit_returned: the column is missing; add it (BOOL), empty where nothing is known`,
    ]);
  });

  test("a file without header", async () => {
    expect(await problemsOf({ [refunds]: "" })).toEqual([
      `${refunds}: the file has no header; its first line names the columns, separated by commas`,
    ]);
  });

  test("rows with too few or too many cells, with their number", async () => {
    const { problems } = await check({
      [refunds]: [refundHeader, refund, "r2,l1", `${refund},more`].join("\n"),
    });
    expect(problems).toMatchObject([
      { code: "row", row: 2, value: '"r2,l1"' },
      { code: "row", row: 3 },
    ]);
  });

  test("text that is not UTF-8", async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${refundHeader}\n`),
      Buffer.from([0xff, 0xfe]),
      Buffer.from(`${refund}\n`),
    ]);
    expect((await check({ [refunds]: bytes })).problems).toMatchObject([{ code: "row", row: 1 }]);
  });

  const cells: [string, Record<string, string>, RegExp][] = [
    [
      "an amount with a decimal comma",
      { refund_amt: '"12,5"' },
      /row 1, column refund_amt: "12,5" is not of type NUMERIC; write a number with at most nine decimals, such as 12\.34$/,
    ],
    ["an amount with ten decimals", { refund_amt: "0.1234567891" }, /is not of type NUMERIC/],
    ["an amount with digit groups", { refund_amt: "1_000" }, /is not of type NUMERIC/],
    ["a fraction of a cent", { refund_amt: "12.345" }, /"12\.345": the value is to be a multiple of 0\.01/],
    [
      "a time without minutes",
      { refunded_at: "2024-06-05 10" },
      /is not of type TIMESTAMP; write an instant such as 2024-06-01 10:00:00\+08:00/,
    ],
    [
      "a day that is not in the calendar",
      { refunded_at: "2024-02-30" },
      /"2024-02-30" is not of type TIMESTAMP/,
    ],
    ["nanoseconds", { refunded_at: "2024-06-05 10:00:00.1234567" }, /is not of type TIMESTAMP/],
    [
      "a word for a BOOL",
      { is_benefit_returned: "maybe" },
      /"maybe" is not of type BOOL; write true or false/,
    ],
    [
      "a required value that is missing",
      { order_line_id: "" },
      /row 1, column order_line_id: the value is missing; the contract requires one/,
    ],
    [
      "a value that is not accepted",
      { refund_status: "suceeded" },
      /column refund_status: "suceeded": the value is to be one of 'applied', 'succeeded', 'rejected'\. Did you mean "succeeded"\?/,
    ],
  ];
  test.each(cells)("%s", async (_, change, problem) => {
    const problems = await problemsOf(refundRows(change));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  const benefits: [string, string, RegExp][] = [
    ["JSON that is not JSON", "[{", /column benefits: .*is not of type ARRAY<STRUCT/],
    ["an object where an array is to be", '{"benefit_seq":1}', /is not of type ARRAY/],
    ["an unknown field", '[{"benefit_seq":1,"benefit_type":"coupon","benefit":"x"}]', /is not of type ARRAY/],
    [
      "a number where text is to be",
      '[{"benefit_seq":1,"benefit_type":"coupon","template_id":7}]',
      /is not of type ARRAY/,
    ],
    [
      "a fraction where a whole number is to be",
      '[{"benefit_seq":1.5,"benefit_type":"coupon"}]',
      /is not of type ARRAY/,
    ],
    ["NULL among the elements", '[null,{"benefit_seq":1,"benefit_type":"coupon"}]', /is not of type ARRAY/],
    ["a missing required field", '[{"benefit_type":"coupon"}]', /its field benefit_seq is to be not null/],
    [
      "a field value that is not accepted",
      '[{"benefit_seq":1,"benefit_type":"promotion"}]',
      /its field benefit_type is to be one of 'coupon', 'allowance'/,
    ],
  ];
  test.each(benefits)("%s in an array of structs", async (_, json, problem) => {
    const problems = await problemsOf(triggerRow(json));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });
});

test("a value outside its bounds is refused", async () => {
  const header =
    "flow_id,allowance_id,allowance_template_id,user_id,flow_type,amt,order_line_id,occurred_at,valid_to,execution_id,benefit_seq,ingested_at";
  const row = "f1,a1,t1,u1,grant,0,,2024-06-01 10:00:00,,,,2024-06-01 10:00:00";
  expect(await problemsOf({ "reddw.dw_trd_user_allowance_flow_day.csv": `${header}\n${row}` })).toEqual([
    'reddw.dw_trd_user_allowance_flow_day.csv, row 1, column amt: "0": the value is to be greater than 0 and a multiple of 0.01.',
  ]);
});

test("one version of a key with two contents is a warning, and the folder is taken", async () => {
  const result = await check(refundRows({}, {}, { refund_amt: "12.00" }, { refund_id: "r2" }));
  expect(result.ok).toBe(true);
  expect(result.problems.map(formatDataProblem)).toEqual([
    `warning: ${refunds}, row 1, column refund_id, ingested_at: "r1|2024-06-05T02:00:01Z" stands in 3 rows with different contents; the greatest TO_JSON_STRING of the row wins. Give each version its own time`,
  ]);
});

test("two spellings of one content are one content", async () => {
  expect(await problemsOf(refundRows({}, { refund_amt: "12.5" }))).toEqual([]);
});

test("at most so many examples a rule are told, and all rows are counted", async () => {
  const { problems } = await check(refundRows(...Array.from({ length: 7 }, () => ({ refund_amt: "x" }))), {
    limit: 2,
  });
  expect(problems).toMatchObject([
    { code: "type", row: 1, count: 7 },
    { code: "type", row: 2, count: 7 },
  ]);
  expect(formatDataProblem(problems[0] ?? expect.fail())).toMatch(/\(7 rows\)$/);
});

test("a wrong row far down a large file is found by its number", async () => {
  const rows = Array.from({ length: 300_000 }, (_, index) =>
    index === 234_566 ? refund.replace("12.50", "?") : refund,
  );
  const { problems } = await check({ [refunds]: [refundHeader, ...rows].join("\n") });
  expect(problems).toMatchObject([
    { code: "type", row: 234_567, column: "refund_amt", value: '"?"', count: 1 },
  ]);
});

describe("of Parquet files", () => {
  const sound = {
    refund_id: "'r1'",
    order_line_id: "'l1'",
    order_id: "'o1'",
    refund_amt: "CAST(12.5 AS DECIMAL(18,2))",
    refund_status: "'succeeded'",
    refunded_at: "TIMESTAMPTZ '2024-06-05 02:00:00Z'",
    is_benefit_returned: "TRUE",
    ingested_at: "TIMESTAMP '2024-06-05 02:00:01'",
  };
  const checkParquet = async (change: Partial<Record<keyof typeof sound, string>>) => {
    const folder = folderOf({});
    const columns = Object.entries({ ...sound, ...change }).map(([name, value]) => `${value} AS ${name}`);
    await parquet(folder, "reddw.dw_trd_refund_day.parquet", `SELECT ${columns.join(", ")}`);
    return checkFolder(folder, contracts);
  };

  test("those with the contract's columns are taken; a time without zone is UTC", async () => {
    const result = await checkParquet({});
    expect(result.problems).toEqual([]);
    expect(await readPlan(result)).toMatchObject([
      { refund_amt: "12.500000000", ingested_at: "2024-06-05 02:00:01+00" },
    ]);
  });

  const taken: [string, string, string][] = [
    ["a DOUBLE of whole cents", "CAST(12345678901.23 AS DOUBLE)", "12345678901.230000000"],
    ["a whole number", "CAST(7 AS INTEGER)", "7.000000000"],
    ["a DECIMAL of 38 digits", "CAST(12.5 AS DECIMAL(38,10))", "12.500000000"],
  ];
  test.each(taken)("%s is taken for NUMERIC", async (_, value, expected) => {
    const result = await checkParquet({ refund_amt: value });
    expect(result.problems).toEqual([]);
    expect(await readPlan(result)).toMatchObject([{ refund_amt: expected }]);
  });

  test("a column without any value is taken whatever its type", async () => {
    const result = await checkParquet({ refunded_at: "CAST(NULL AS INTEGER)" });
    expect(result.problems).toEqual([]);
    expect(await readPlan(result)).toMatchObject([{ refunded_at: null }]);
  });

  const refused: [string, Partial<Record<keyof typeof sound, string>>, RegExp][] = [
    [
      "a DOUBLE that is no decimal",
      { refund_amt: "CAST(0.1 AS DOUBLE) + CAST(0.2 AS DOUBLE)" },
      /row 1, column refund_amt: "0\.30000000000000004" is not of type NUMERIC; write a value that converts without loss/,
    ],
    [
      "a number for text",
      { refund_id: "1" },
      /column refund_id: the column is INTEGER in the file, STRING in the contract; write it with the contract's type/,
    ],
    [
      "text for a time",
      { refunded_at: "'2024-06-05'" },
      /column refunded_at: the column is VARCHAR in the file, TIMESTAMP in the contract/,
    ],
    [
      "nanoseconds",
      { refunded_at: "TIMESTAMP_NS '2024-06-05 02:00:00.123456789'" },
      /column refunded_at: .* is not of type TIMESTAMP/,
    ],
    [
      "NULL for a required value",
      { order_id: "CAST(NULL AS VARCHAR)" },
      /column order_id: the value is missing/,
    ],
  ];
  test.each(refused)("%s is refused", async (_, change, problem) => {
    const problems = (await checkParquet(change)).problems.map(formatDataProblem);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  test("a fraction for a whole number is refused", async () => {
    const folder = folderOf({});
    const table = contracts.find((contract) => contract.name === "dw_trd_order_goods_day");
    const values: Record<string, string> = {
      qty: "CAST(1.5 AS DOUBLE)",
      list_amt: "1.00",
      pay_amt: "1.00",
      created_at: "now()",
      paid_at: "now()",
      ingested_at: "now()",
    };
    const columns = table?.columns.map(({ name }) => `${values[name] ?? "'x'"} AS ${name}`) ?? [];
    await parquet(folder, "reddw.dw_trd_order_goods_day.parquet", `SELECT ${columns.join(", ")}`);
    const { problems } = await checkFolder(folder, contracts);
    expect(problems.map(formatDataProblem)).toEqual([
      'reddw.dw_trd_order_goods_day.parquet, row 1, column qty: "1.5" is not of type INT64; write a value that converts without loss',
    ]);
  });

  test("arrays of structs are taken field by field, and refused with an unknown one", async () => {
    const query = (
      benefit: string,
    ) => `SELECT 'g1' AS log_id, 'e1' AS execution_id, 'u1' AS user_id, 's1' AS strategy_id,
      1 AS strategy_version, NULL AS scene_code, now() AS triggered_at, NULL AS experiment_id, NULL AS experiment_group,
      [${benefit}] AS benefits, now() AS ingested_at`;
    const file = "redods.ods_ecm_mkt_strategy_execution_log_di.parquet";
    const good = folderOf({});
    await parquet(
      good,
      file,
      query("{benefit_seq: 1, benefit_type: 'coupon', template_id: 't', planned_amt: 20::DOUBLE}"),
    );
    const result = await checkFolder(good, contracts);
    expect(result.problems).toEqual([]);
    expect(await readPlan(result)).toMatchObject([
      { benefits: [{ benefit_seq: "1", planned_amt: "20.000000000" }] },
    ]);
    const bad = folderOf({});
    await parquet(bad, file, query("{benefit_seq: 1, benefit_type: 'coupon', template_id: 't', amount: 20}"));
    expect((await checkFolder(bad, contracts)).problems.map(formatDataProblem)).toEqual([
      `${file}, column benefits: the column has elements whose type does not fit: has a field "amount" that the contract does not have; write it with the contract's type`,
    ]);
  });

  test("a file that is no Parquet file is refused", async () => {
    const folder = folderOf({ "reddw.dw_trd_refund_day.parquet": "text" });
    expect((await checkFolder(folder, contracts)).problems).toMatchObject([{ code: "file" }]);
  });
});

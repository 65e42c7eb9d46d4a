import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { contractsModule, includesData } from "@growth/contracts";
import { createLocalBigQuery, defaultFiles, type LocalBigQuery } from "@growth/local-bigquery";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contractText, read, root } from "./project.ts";

const table = contractText(
  "things",
  `- name: thing_id
  physicalType: STRING
  description: A thing.
  primaryKey: true
  primaryKeyPosition: 1
- name: day_ds
  physicalType: DATE
  description: Its day.
  primaryKey: true
  primaryKeyPosition: 2
  required: false
- name: kind
  physicalType: STRING
  description: Kind of the thing.
  required: true
  enum: [{ value: big }, { value: "it's" }]
- name: price_amt
  physicalType: NUMERIC
  description: Price.
  logicalTypeOptions: { minimum: 0, exclusiveMaximum: 100, multipleOf: 0.01 }
  customProperties: [{ property: unit, value: currency }, { property: additivity, value: additive }]
- name: groups
  physicalType: ARRAY<STRUCT<code STRING>>
  description: Groups; the name is a reserved word.
  items: { properties: [{ name: code, description: Code., enum: [{ value: a }, { value: b }] }] }
- name: note
  physicalType: STRING
  description: A note.
  quality: [{ metric: nullValues, mustBe: 0, severity: warning }]`,
  "quality: [{ type: custom, engine: googlesql, name: big things cost, implementation: kind <> 'big' OR price_amt > 0 }]",
);
const { contracts, problems } = read({ "definitions/dm/things.yaml": table });
const module = contractsModule(includesData(contracts));

let engine: LocalBigQuery;
beforeAll(async () => {
  engine = await createLocalBigQuery({ files: defaultFiles(root) });
});
afterAll(() => engine?.close());

const columns =
  "thing_id STRING, day_ds DATE, kind STRING, price_amt NUMERIC, `groups` ARRAY<STRUCT<code STRING>>, note STRING";
async function rowsOf(query: string | undefined, ...rows: string[]): Promise<unknown[][]> {
  const list = rows
    .map((row) => `SELECT * FROM UNNEST(ARRAY<STRUCT<${columns}>>[(${row})])`)
    .join(" UNION ALL ");
  const answer = await engine.query((query ?? "").replace("FROM things_here", `FROM (${list})`));
  return answer.rows;
}
const check = (...rows: string[]) => rowsOf(module.rulesCheck("d.things", "things_here"), ...rows);
const sound = "'t1', DATE '2024-06-01', 'big', NUMERIC '1.25', [STRUCT('a' AS code)], 'n'";

test("sound rows break no rule", async () => {
  expect(problems).toEqual([]);
  expect(await check(sound, "'t2', NULL, \"it's\", NULL, [], NULL")).toEqual([]);
  expect(await rowsOf(module.keyCheck("d.things", "things_here"), sound, sound.replace("t1", "t2"))).toEqual(
    [],
  );
});

test("a repeated key is one row that says how many keys repeat, a NULL part counting as equal", async () => {
  const other = "'t1', NULL, 'big', NULL, [], 'n'";
  expect(await rowsOf(module.keyCheck("d.things", "things_here"), sound, sound, sound, other, other)).toEqual(
    [["thing_id, day_ds", "unique", 2n, "t1|2024-06-01"]],
  );
});

test("each broken rule is one row, with how many rows break it and the key of one", async () => {
  expect(
    await check(
      sound,
      "'t2', DATE '2024-06-02', NULL, NUMERIC '-1', [], 'n'",
      "'t3', NULL, 'small', NUMERIC '100', [STRUCT('a'), STRUCT('c')], 'n'",
      "NULL, NULL, 'big', NUMERIC '0.001', [], 'n'",
      "'t4', NULL, 'big', NUMERIC '0', [], 'n'",
    ),
  ).toEqual([
    ["thing_id", "not null", 1n, "∅|∅"],
    ["kind", "not null", 1n, "t2|2024-06-02"],
    ["kind", "one of 'big', 'it\\'s'", 1n, "t3|∅"],
    ["price_amt", "at least 0 and less than 100 and a multiple of 0.01", 3n, "t2|2024-06-02"],
    ["groups.code", "one of 'a', 'b'", 1n, "t3|∅"],
    ["(row)", "big things cost", 1n, "t4|∅"],
  ]);
});

test("rules that only warn are asked apart", async () => {
  const query = module.rulesCheck("d.things", "things_here", "warning");
  expect(await rowsOf(query, sound, "'t2', NULL, 'big', NUMERIC '1', [], NULL")).toEqual([
    ["note", "not null", 1n, "t2|∅"],
  ]);
});

test("every file of assertions/ is loaded", () => {
  const files = readdirSync(join(root, "assertions"))
    .filter((file) => file.endsWith(".js"))
    .map((file) => ({ file, text: readFileSync(join(root, "assertions", file), "utf8") }));
  const main = readFileSync(join(root, "definitions/assertions.js"), "utf8");
  const loading = [main, ...files.map(({ text }) => text)].join("\n");
  expect(files.filter(({ file }) => !loading.includes(`/${file}")`))).toEqual([]);
});

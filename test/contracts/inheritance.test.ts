import { typeText } from "@growth/contracts";
import { expect, test } from "vitest";
import { contractText, read, thingId } from "./project.ts";

const described = `${thingId}
- name: price_amt
  businessName: 价格
  physicalType: NUMERIC
  description: Price of the thing.
  customProperties: [{ property: unit, value: currency }, { property: additivity, value: additive }]
- name: color_code
  physicalType: STRING
  description: Color.
  required: true
  enum: [{ value: red, label: 红 }, { value: blue, label: 蓝 }]
`;

test("a column listed by name only inherits its meaning from the first table that has it", () => {
  const { contracts, problems } = read({
    "definitions/source/things.yaml": contractText("things", described),
    "definitions/dm/wide.yaml": contractText(
      "wide",
      `- name: thing_id\n  primaryKey: true\n- name: price_amt\n- name: color_code`,
    ),
  });
  expect(problems).toEqual([]);
  const wide = contracts.find((contract) => contract.name === "wide");
  expect(wide?.columns.map((column) => [column.name, typeText(column.type), column.description])).toEqual([
    ["thing_id", "STRING", "A thing."],
    ["price_amt", "NUMERIC", "Price of the thing."],
    ["color_code", "STRING", "Color."],
  ]);
  expect(wide?.columns[1]).toMatchObject({
    businessName: "价格",
    unit: "currency",
    additivity: "additive",
    describedIn: "definitions/source/things.yaml",
  });
  expect(wide?.columns[2]?.values.map((entry) => entry.value)).toEqual(["red", "blue"]);
});

test("whether a column is required, and the key, are each table's own", () => {
  const { contracts } = read({
    "definitions/source/things.yaml": contractText("things", described),
    "definitions/dm/wide.yaml": contractText(
      "wide",
      `- name: thing_id\n- name: color_code\n- name: day_ds\n  physicalType: DATE\n  description: Day.\n  primaryKey: true`,
    ),
  });
  const wide = contracts.find((contract) => contract.name === "wide");
  expect(wide?.key).toEqual(["day_ds"]);
  expect(wide?.columns.map((column) => column.required)).toEqual([false, false, true]);
});

test("what a table says itself overrides, one custom property at a time", () => {
  const { contracts, problems } = read({
    "definitions/source/things.yaml": contractText("things", described),
    "definitions/dm/wide.yaml": contractText(
      "wide",
      `- name: thing_id
  primaryKey: true
- name: price_amt
  description: Price on the last day.
  customProperties: [{ property: additivity, value: semi-additive }]`,
    ),
  });
  expect(problems).toEqual([]);
  expect(contracts.find((contract) => contract.name === "wide")?.columns[1]).toMatchObject({
    description: "Price on the last day.",
    businessName: "价格",
    unit: "currency",
    additivity: "semi-additive",
  });
});

test("columns.yaml comes before any table", () => {
  const { contracts, problems } = read({
    "definitions/columns.yaml": `apiVersion: v3.2.0
kind: DataContract
id: columns
version: 1.0.0
status: active
schema:
  - name: columns
    properties:
      - name: note
        physicalType: STRING
        description: A note, worded once.
`,
    "definitions/source/things.yaml": contractText("things", `${thingId}\n- name: note`),
  });
  expect(problems).toEqual([]);
  expect(contracts[0]?.columns[1]).toMatchObject({
    description: "A note, worded once.",
    describedIn: "definitions/columns.yaml",
  });
});

test("two tables of the first layer that describe a column are no single source for it", () => {
  const { problems } = read({
    "definitions/source/a.yaml": contractText(
      "a",
      `${thingId}\n- name: note\n  physicalType: STRING\n  description: One.`,
    ),
    "definitions/source/b.yaml": contractText(
      "b",
      `${thingId}\n- name: note\n  physicalType: STRING\n  description: Other.`,
    ),
    "definitions/dm/wide.yaml": contractText(
      "wide",
      `- name: wide_id\n  physicalType: STRING\n  description: W.\n  primaryKey: true\n- name: note`,
    ),
  });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({
    code: "inherit",
    file: "definitions/dm/wide.yaml",
    path: "schema[0].properties[1]",
    message:
      'column "note" could inherit from definitions/source/a.yaml and definitions/source/b.yaml; describe it once, in definitions/columns.yaml',
  });
});

test("fields of an array of structs take their types from the column and their meaning by name", () => {
  const { contracts, problems } = read({
    "definitions/source/things.yaml": contractText("things", described),
    "definitions/source/lots.yaml": contractText(
      "lots",
      `- name: lot_id
  physicalType: STRING
  description: A lot.
  primaryKey: true
- name: content
  physicalType: ARRAY<STRUCT<thing_id STRING, copies INT64>>
  description: Things of the lot.
  items:
    properties:
      - name: thing_id
        required: true
      - name: copies
        description: Copies of the thing.`,
    ),
  });
  expect(problems).toEqual([]);
  const content = contracts.find((contract) => contract.name === "lots")?.columns[1];
  expect(content?.fields.map((field) => [field.name, typeText(field.type), field.description])).toEqual([
    ["thing_id", "STRING", "A thing."],
    ["copies", "INT64", "Copies of the thing."],
  ]);
});

import { ContractError, formatProblem, loadContracts } from "@growth/contracts";
import { expect, test } from "vitest";
import { contractText, folderOf, read, schemaFile, thingId } from "./project.ts";

const file = "definitions/source/things.yaml";

/** The problems of one contract, as a reader sees them. */
function problemsOf(text: string): string[] {
  return read({ [file]: text }).problems.map(formatProblem);
}
const withColumn = (column: string) => contractText("things", `${thingId}\n${column}`);
const note = (more: string) =>
  withColumn(`- name: note\n  physicalType: STRING\n  description: A note.\n${more}`);

test("a sound contract has no problem", () => {
  expect(problemsOf(withColumn(""))).toEqual([]);
});

const cases: [sentence: string, text: string, problem: RegExp][] = [
  [
    "YAML that is not YAML is told with its place",
    "schema: [",
    /^definitions\/source\/things\.yaml:1:10 not valid YAML/,
  ],
  [
    "a property unknown to the standard is told with the nearest one",
    note("  descripton: x"),
    /things\.yaml:\d+:9 schema\[0\]\.properties\[1\]\.descripton: the standard has no "descripton" here.*Did you mean "description"\?/,
  ],
  [
    "a wrong kind of value is told as the standard words it",
    note("  required: perhaps"),
    /properties\[1\]\.required: must be boolean/,
  ],
  [
    "an unknown version of the standard is told with the known ones",
    withColumn("").replace("v3.2.0", "v9"),
    /apiVersion: .*v3\.2\.0/,
  ],
  [
    "a type that is not BigQuery's is told with those that are",
    withColumn("- name: note\n  physicalType: VARCHAR\n  description: A note."),
    /properties\[1\]\.physicalType: not a BigQuery type: "VARCHAR" is not one of INT64/,
  ],
  [
    "an array of arrays is told how to be written",
    withColumn("- name: note\n  physicalType: ARRAY<ARRAY<STRING>>\n  description: A note."),
    /array of arrays; wrap the inner one in a STRUCT/,
  ],
  [
    "a logical type that does not fit is told",
    note("  logicalType: integer"),
    /logicalType "integer" does not fit STRING, which is "string"/,
  ],
  [
    "a column described nowhere is told with the nearest name",
    withColumn("- name: thing_idd"),
    /column "thing_idd" is described nowhere.*Did you mean "thing_id"\?/,
  ],
  ["a column listed twice is told", withColumn("- name: thing_id"), /column "thing_id" is listed twice/],
  [
    "a name that binds another type is told",
    withColumn("- name: sold_at\n  physicalType: STRING\n  description: When."),
    /column "sold_at" is STRING; a name like this is TIMESTAMP in every table/,
  ],
  [
    "a measure without unit is told",
    withColumn(
      "- name: sold_cnt\n  physicalType: INT64\n  description: How many.\n  customProperties: [{ property: additivity, value: additive }]",
    ),
    /measure "sold_cnt" has no unit/,
  ],
  [
    "a measure without additivity is told",
    withColumn(
      "- name: sold_cnt\n  physicalType: INT64\n  description: How many.\n  customProperties: [{ property: unit, value: thing }]",
    ),
    /measure "sold_cnt" has no additivity/,
  ],
  [
    "a misspelt custom property is told",
    note("  customProperties: [{ property: unitt, value: x }]"),
    /"unitt" means nothing\. Did you mean "unit"\?/,
  ],
  [
    "an accepted value of another type is told",
    note("  enum: [{ value: 1 }]"),
    /properties\[1\]\.enum\[0\]: 1 is not a value of type STRING/,
  ],
  [
    "a severity other than error and warning is told",
    note("  quality: [{ metric: nullValues, mustBe: 0, severity: fatal }]"),
    /severity is "error" \(stops\) or "warning" \(is listed\), not "fatal"/,
  ],
  [
    "a quality rule that is not supported is refused",
    note("  quality: [{ metric: duplicateValues, mustBe: 0 }]"),
    /this quality rule is not supported \(metric "duplicateValues"\)/,
  ],
  [
    "required on an array is told",
    withColumn("- name: notes\n  physicalType: ARRAY<STRING>\n  description: Notes.\n  required: true"),
    /a BigQuery ARRAY is never NULL/,
  ],
  [
    "a field that the column's type lacks is told",
    withColumn(
      "- name: pair\n  physicalType: STRUCT<a STRING>\n  description: P.\n  properties: [{ name: a, description: A. }, { name: b, description: B. }]",
    ),
    /physicalType has no field "b"/,
  ],
  [
    "a table without a key is told",
    contractText("things", "- name: note\n  physicalType: STRING\n  description: A note."),
    /no key; mark its columns with primaryKey: true/,
  ],
  [
    "a description that does not say what a row is, is told",
    withColumn("").replace("One row per thing.", "Many rows."),
    /schema\[0\]\.description: the description does not end in "One row per \.\.\."/,
  ],
  [
    "a file that is named unlike its table is told",
    withColumn("").replaceAll("things", "stuff"),
    /the file is named "things", the table "stuff"/,
  ],
  [
    "a table without its dataset is told",
    withColumn("").replace("physicalName: d.things", "physicalName: things"),
    /physicalName is "<dataset>\.<table>", not "things"/,
  ],
  [
    "a contract of two tables is refused",
    `${withColumn("")}  - name: other\n`,
    /a contract describes one table/,
  ],
  [
    "a cluster column that is not there is told",
    contractText("things", thingId, "customProperties: [{ property: clusterBy, value: [thing] }]"),
    /"thing" is not a column of d\.things/,
  ],
  [
    "freshness without a unit is told",
    contractText("things", thingId, "", "slaProperties: [{ property: freshness, value: 3 }]"),
    /freshness is a number with unit h/,
  ],
];
test.each(cases)("%s", (_, text, problem) => {
  const problems = problemsOf(text);
  expect(
    problems.filter((line) => problem.test(line)),
    problems.join("\n"),
  ).toHaveLength(1);
});

test("a problem stands at its line and column", () => {
  const text = note("  required: perhaps");
  const line = text.split("\n").findIndex((entry) => entry.includes("required: perhaps")) + 1;
  expect(read({ [file]: text }).problems).toMatchObject([{ code: "standard", file, line, column: 9 }]);
});

test("two contracts of one table are told", () => {
  const { problems } = read({ [file]: withColumn(""), "definitions/dm/things.yaml": withColumn("") });
  expect(problems.map((problem) => problem.message)).toContain(
    `d.things already has a contract in definitions/dm/things.yaml; a table has one`,
  );
});

test("all problems of all files are told at once", () => {
  const folder = folderOf({
    [file]: note("  required: perhaps"),
    "definitions/dm/other.yaml": contractText("other", "- name: nowhere\n  primaryKey: true"),
  });
  const load = () => loadContracts(folder, { schemaFile });
  expect(load).toThrow(ContractError);
  expect(load).toThrow(/The contracts have 2 problems:/);
  expect(load).toThrow(/"nowhere" is described nowhere/);
  expect(load).toThrow(/must be boolean/);
});

test("other YAML files beside models are left alone", () => {
  expect(
    read({ "definitions/dim/calendar_days.yaml": "- { ds: 2024-06-18, name: 618 }\n" }).contracts,
  ).toEqual([]);
});

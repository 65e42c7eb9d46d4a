import { expect, test } from "vitest";
import { csvLine } from "../../packages/cli/src/format/csv.ts";
import { amount } from "../../packages/cli/src/format/table.ts";
import { timestampText, toJson, toText, typeText } from "../../packages/cli/src/warehouse/values.ts";

const line = {
  name: "line",
  type: "RECORD",
  mode: "REPEATED",
  fields: [
    { name: "goods_id", type: "STRING" },
    { name: "pay_amt", type: "NUMERIC" },
  ],
};
const lines = [{ v: { f: [{ v: "G1" }, { v: "12.30" }] } }, { v: { f: [{ v: null }, { v: "0" }] } }];

test("JSON keeps every number exact: INT64 beyond 2^53 and NUMERIC are strings", () => {
  expect(toJson("42", { name: "n", type: "INTEGER" })).toBe(42);
  expect(toJson("9007199254740993", { name: "n", type: "INTEGER" })).toBe("9007199254740993");
  expect(toJson("4569679.68", { name: "n", type: "NUMERIC" })).toBe("4569679.68");
});

test("JSON writes floats as numbers and what JSON has no number for as text", () => {
  expect(toJson("0.1", { name: "n", type: "FLOAT" })).toBe(0.1);
  expect(toJson("NaN", { name: "n", type: "FLOAT" })).toBe("NaN");
});

test("arrays of structs become arrays of objects, in CSV as JSON text", () => {
  expect(toJson(lines, line)).toEqual([
    { goods_id: "G1", pay_amt: "12.30" },
    { goods_id: null, pay_amt: "0" },
  ]);
  expect(toText(lines, line)).toBe('[{"goods_id":"G1","pay_amt":"12.30"},{"goods_id":null,"pay_amt":"0"}]');
  expect(typeText(line)).toBe("ARRAY<STRUCT<goods_id STRING, pay_amt NUMERIC>>");
});

test("a timestamp has as many digits as it needs, also before 1970", () => {
  expect(timestampText("1718668800000000")).toBe("2024-06-18T00:00:00Z");
  expect(timestampText("1718668800120000")).toBe("2024-06-18T00:00:00.120Z");
  expect(timestampText("-1")).toBe("1969-12-31T23:59:59.999999Z");
  expect(timestampText("1.7186688E9")).toBe("2024-06-18T00:00:00Z");
});

test("CSV tells NULL from the empty text", () => {
  expect(csvLine([null, "", "a,b", 'say "hi"', "two\nlines"])).toBe(',"","a,b","say ""hi""","two\nlines"\n');
});

test("amounts are grouped and have two digits", () => {
  expect(amount("4569679.68")).toBe("4,569,679.68");
  expect(amount("-1234.5")).toBe("-1,234.50");
  expect(amount("0")).toBe("0.00");
});

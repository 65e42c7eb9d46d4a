import { expect, test } from "vitest";
import { placeIn, sourcePlace } from "../../packages/cli/src/dataform/locate.ts";

const source = `config { type: "table" }

WITH
  lines AS (
    SELECT order_id, pay_amt FROM \${ref("orders")}
  ),
  refunds AS (
    SELECT order_id, pay_amnt FROM \${ref("orders")}
    WHERE ds = \${params.runDate} AND qty > 0
  )
SELECT order_id
FROM lines
`;

const script = `create or replace table \`redcdm.x\` as 

WITH
  lines AS (
    SELECT order_id, pay_amt FROM \`reddw.orders\`
  ),
  refunds AS (
    SELECT order_id, pay_amnt FROM \`reddw.orders\`
    WHERE ds = DATE '2024-06-18' AND qty > 0
  )
SELECT order_id
FROM lines`;

test("both ways of writing a place are read", () => {
  expect(placeIn("Unrecognized name: foo at [3:14]")).toEqual({ line: 3, column: 14 });
  expect(placeIn("Syntax error: Unexpected keyword AT [at 1:83]")).toEqual({ line: 1, column: 83 });
  expect(placeIn("Unsupported: GEOGRAPHY, at 2:5")).toEqual({ line: 2, column: 5 });
  expect(placeIn("Table not found")).toBeUndefined();
});

test("a place of the compiled script is found in the model's file", () => {
  expect(sourcePlace(script, { line: 8, column: 22 }, source)).toEqual({ line: 8, column: 22 });
});

test("a line with a filled-in placeholder is found, and so is the column behind it", () => {
  const column = (script.split("\n")[8] ?? "").indexOf("qty") + 1;
  const expected = (source.split("\n")[8] ?? "").indexOf("qty") + 1;
  expect(sourcePlace(script, { line: 9, column }, source)).toEqual({ line: 9, column: expected });
});

test("of equal lines the one with the same neighbours is taken", () => {
  const twice = "SELECT a\nFROM x\nWHERE a > 0\nUNION ALL\nSELECT b\nFROM x\nWHERE b > 0\n";
  expect(sourcePlace(`create or replace view v as ${twice}`, { line: 6, column: 6 }, twice)).toEqual({
    line: 6,
    column: 6,
  });
});

test("a generated line has no place in the file", () => {
  expect(sourcePlace("BEGIN TRANSACTION;\nSELECT 1", { line: 1, column: 1 }, source)).toBeUndefined();
});

test("a short line is not taken for one of the file unless its neighbours agree", () => {
  const generated = "BEGIN\n  SELECT 1\n)\nEND";
  expect(sourcePlace(generated, { line: 3, column: 1 }, source)).toBeUndefined();
  expect(sourcePlace(script, { line: 6, column: 3 }, source)).toEqual({ line: 6, column: 3 });
});

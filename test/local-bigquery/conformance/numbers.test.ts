import { beforeAll, describe, expect, test } from "vitest";
import { type TestEngine, testEngine } from "../../support/engine.ts";
import { conform, type Grid } from "./grid.ts";
import { BOOL, FLOAT64, INT64, NUMERIC, SMALL } from "./operands.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await testEngine();
});

const cases: Record<string, Grid> = {
  "INT64 arithmetic": {
    expressions: [
      "a + b",
      "a - b",
      "a * b",
      "DIV(a, b)",
      "MOD(a, b)",
      "a / b",
      "SAFE_DIVIDE(a, b)",
      "SAFE_ADD(a, b)",
      "SAFE_SUBTRACT(a, b)",
      "SAFE_MULTIPLY(a, b)",
      "IEEE_DIVIDE(a, b)",
      "GREATEST(a, b)",
      "LEAST(a, b)",
      "a & b",
      "a | b",
      "a ^ b",
    ],
    operands: { a: INT64, b: INT64 },
  },
  "shifts of INT64": {
    expressions: ["a << b", "a >> b"],
    operands: { a: INT64, b: ["0", "1", "5", "63", "64", "-1", "NULL"] },
  },
  "INT64 functions of one argument": {
    expressions: [
      "-a",
      "ABS(a)",
      "SIGN(a)",
      "SAFE_NEGATE(a)",
      "~a",
      "BIT_COUNT(a)",
      "NULLIFZERO(a)",
      "ZEROIFNULL(a)",
      "SAFE.ABS(a)",
      "SAFE_CAST(a AS BOOL)",
      "CAST(a AS STRING)",
      "CAST(a AS FLOAT64)",
      "CAST(a AS NUMERIC)",
      "CAST(a AS BOOL)",
    ],
    operands: { a: INT64 },
  },
  "NUMERIC arithmetic": {
    expressions: [
      "a + b",
      "a - b",
      "a * b",
      "a / b",
      "SAFE_DIVIDE(a, b)",
      "SAFE_MULTIPLY(a, b)",
      "SAFE_ADD(a, b)",
      "DIV(a, b)",
      "MOD(a, b)",
      "GREATEST(a, b)",
      "LEAST(a, b)",
    ],
    operands: { a: NUMERIC, b: NUMERIC },
  },
  "NUMERIC with INT64": {
    expressions: ["a * b", "a + b", "a / b", "b * a"],
    operands: { a: NUMERIC, b: ["0", "3", "-7", "1000000007", "NULL"] },
  },
  "NUMERIC functions of one argument": {
    expressions: [
      "-a",
      "ABS(a)",
      "SIGN(a)",
      "ROUND(a)",
      "TRUNC(a)",
      "CEIL(a)",
      "FLOOR(a)",
      "ROUND(a, 2)",
      "ROUND(a, 0)",
      "ROUND(a, 8)",
      "ROUND(a, 9)",
      "ROUND(a, -2)",
      "TRUNC(a, 2)",
      "TRUNC(a, -1)",
      "CAST(a AS STRING)",
      "CAST(a AS INT64)",
      "CAST(a AS FLOAT64)",
      "SAFE_CAST(a AS INT64)",
      "SQRT(a)",
      "POW(a, 2)",
    ],
    operands: {
      a: [...NUMERIC, "NUMERIC '2.5'", "NUMERIC '-2.5'", "NUMERIC '0.125'", "NUMERIC '5000000.5'"],
    },
  },
  "ROUND to a number of digits": {
    expressions: ["ROUND(a, b)", "TRUNC(a, b)"],
    operands: { a: NUMERIC.slice(0, 12), b: SMALL },
  },
  "FLOAT64 arithmetic": {
    expressions: [
      "a + b",
      "a - b",
      "a * b",
      "a / b",
      "SAFE_DIVIDE(a, b)",
      "SAFE_ADD(a, b)",
      "SAFE_MULTIPLY(a, b)",
      "IEEE_DIVIDE(a, b)",
      "GREATEST(a, b)",
      "LEAST(a, b)",
    ],
    operands: { a: FLOAT64, b: FLOAT64 },
  },
  "FLOAT64 with a literal": {
    expressions: ["a / 2", "a * 0.5", "a + 1", "a - 1.5", "a / 0.0", "2 * a", "1 / a"],
    operands: { a: FLOAT64 },
  },
  "FLOAT64 functions of one argument": {
    expressions: [
      "-a",
      "ABS(a)",
      "SIGN(a)",
      "ROUND(a)",
      "TRUNC(a)",
      "CEIL(a)",
      "FLOOR(a)",
      "ROUND(a, 2)",
      "ROUND(a, -2)",
      "TRUNC(a, 1)",
      "IS_NAN(a)",
      "IS_INF(a)",
      "CAST(a AS STRING)",
      "CAST(a AS INT64)",
      "SAFE_CAST(a AS INT64)",
      "CAST(a AS NUMERIC)",
      "SAFE_CAST(a AS NUMERIC)",
    ],
    operands: {
      a: [
        ...FLOAT64,
        "2.5",
        "-2.5",
        "0.5",
        "1e15",
        "1e16",
        "123456789012.345",
        "0.285",
        "1.005",
        "12345.678901234567",
        "1e20",
        "-0.0",
        "4.35",
        "1e-7",
        "100.0",
        "9.3e18",
      ],
    },
  },
  "FLOAT64 mathematics": {
    expressions: [
      "SQRT(a)",
      "EXP(a)",
      "LN(a)",
      "LOG10(a)",
      "SIN(a)",
      "COS(a)",
      "TAN(a)",
      "ASIN(a)",
      "ACOS(a)",
      "ATAN(a)",
      "SINH(a)",
      "COSH(a)",
      "TANH(a)",
      "ASINH(a)",
      "CBRT(a)",
      "LOG(a)",
    ],
    operands: {
      a: [
        "0.0",
        "1.5",
        "-2.5",
        "0.1",
        "0.5",
        "100.25",
        "1e300",
        "-0.5",
        "CAST('nan' AS FLOAT64)",
        "CAST('inf' AS FLOAT64)",
        "CAST('-inf' AS FLOAT64)",
        "NULL",
      ],
    },
  },
  "FLOAT64 mathematics of two arguments": {
    expressions: ["POW(a, b)", "ATAN2(a, b)", "LOG(a, b)"],
    operands: {
      a: ["0.0", "1.5", "-2.5", "2.0", "1e300", "CAST('nan' AS FLOAT64)", "NULL"],
      b: ["0.0", "2.0", "-1.0", "0.5", "3.0", "CAST('inf' AS FLOAT64)", "NULL"],
    },
  },
  "BOOL casts and logic": {
    expressions: [
      "a AND b",
      "a OR b",
      "NOT a",
      "a IS TRUE",
      "a IS NOT FALSE",
      "IF(a, 1, 2)",
      "CAST(a AS INT64)",
      "CAST(a AS STRING)",
      "a = b",
      "a < b",
      "COALESCE(a, b)",
      "a IS NULL",
    ],
    operands: { a: BOOL, b: BOOL },
  },
};

describe.each(Object.entries(cases))("%s", (_name, grid) => {
  test("agrees with the reference implementation", async () => {
    const { differing, refused } = await conform(engine, grid);
    expect([...differing, ...refused]).toEqual([]);
  });
});

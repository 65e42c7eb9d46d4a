import { beforeAll, describe, expect, test } from "vitest";
import { type TestEngine, testEngine } from "../../support/engine.ts";
import { shown } from "./values.ts";

/** What the reference implementation of the analyzer's file lacks, worked by hand from BigQuery's documentation. */
let engine: TestEngine;
beforeAll(async () => {
  engine = await testEngine();
});

async function only(sql: string): Promise<string> {
  const { rows } = await engine.query(`SELECT ${sql}`);
  return shown(rows[0]);
}

describe("functions without a reference implementation", () => {
  test("approximate aggregates count exactly; NULL is a value of its own to APPROX_TOP_COUNT, none to the others", async () => {
    const rows = "UNNEST([STRUCT('a' AS x, 1.5 AS w), ('b', 2), ('a', 3), ('a', NULL), (NULL, 9)])";
    expect(await only(`APPROX_TOP_COUNT(x, 1), APPROX_TOP_COUNT(x, 9)[OFFSET(0)].count FROM ${rows}`)).toBe(
      '[[["a", 3]], 3]',
    );
    expect(await only(`APPROX_TOP_SUM(x, w, 2) FROM ${rows}`)).toBe('[[[null, 9], ["a", 4.5]]]');
    expect(await only(`APPROX_COUNT_DISTINCT(x), APPROX_QUANTILES(w, 2) FROM ${rows}`)).toBe(
      "[2, [1.5, 2, 9]]",
    );
    expect(await only(`APPROX_QUANTILES(i, 4) FROM UNNEST([1, 2, 3, 4, 5, NULL]) AS i`)).toBe(
      "[[1, 2, 3, 4, 5]]",
    );
  });

  test("APPROX_TOP_SUM keeps a group whose weights are all NULL, behind those that sum to 0", async () => {
    const rows = "UNNEST([STRUCT('apple' AS x, NULL AS w), ('pear', 0), ('pear', NULL)])";
    expect(await only(`APPROX_TOP_SUM(x, w, 2) FROM ${rows}`)).toBe('[[["pear", 0], ["apple", null]]]');
  });

  test("sketches of HLL_COUNT merge without counting a value twice; no value gives NULL, which counts 0", async () => {
    const rows = "UNNEST([STRUCT('a' AS x, 1 AS k), ('b', 1), ('b', 2), ('c', 2), (NULL, 3)])";
    const sketches = `(SELECT k, HLL_COUNT.INIT(x) AS s FROM ${rows} GROUP BY k)`;
    expect(
      await only(`HLL_COUNT.MERGE(s), HLL_COUNT.EXTRACT(HLL_COUNT.MERGE_PARTIAL(s)) FROM ${sketches}`),
    ).toBe("[3, 3]");
    expect(await only(`LOGICAL_AND((k = 3) = (s IS NULL)), SUM(HLL_COUNT.EXTRACT(s)) FROM ${sketches}`)).toBe(
      "[true, 4]",
    );
    await expect(only("HLL_COUNT.EXTRACT(b'xyz')")).rejects.toThrow(/Invalid or incompatible sketch/);
  });

  test("base 32 is RFC 4648's, both ways, and refuses what is none", async () => {
    expect(await only("TO_BASE32(b''), TO_BASE32(b'f'), TO_BASE32(b'fooba'), TO_BASE32(b'abcde\\xff')")).toBe(
      '["", "MY======", "MZXW6YTB", "MFRGGZDF74======"]',
    );
    expect(
      await only("FROM_BASE32('MZXW6YQ='), FROM_BASE32(''), SAFE.FROM_BASE32('1'), FROM_BASE32(NULL)"),
    ).toBe("[x666f6f62, x, null, null]");
  });

  test("normalisation composes and decomposes; case folding is full folding", async () => {
    expect(await only("NORMALIZE('e\\u0301') = 'é', NORMALIZE('ﬁ', NFKC), LENGTH(NORMALIZE('é', NFD))")).toBe(
      '[true, "fi", 2]',
    );
    expect(await only("NORMALIZE_AND_CASEFOLD('Straße ΑΣ İ'), NORMALIZE_AND_CASEFOLD('ẞ')")).toBe(
      '["strasse ασ i̇", "ss"]',
    );
  });

  test("bitwise aggregates of BYTES", async () => {
    expect(await only("BIT_AND(x), BIT_OR(x), BIT_XOR(x) FROM UNNEST([b'\\x0f', b'\\x05', NULL]) AS x")).toBe(
      "[x05, x0f, x0a]",
    );
  });
});

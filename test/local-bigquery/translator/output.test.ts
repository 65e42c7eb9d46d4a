import { beforeAll, describe, expect, it } from "vitest";
import type { TestEngine } from "../../support/engine.ts";
import { smallTables } from "./fixture.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await smallTables();
});

const names = async (sql: string) => (await engine.query(sql)).columns.map((column) => column.name);

describe("output columns", () => {
  it("without a name are f0_, f1_, ... by their count, not their place", async () => {
    expect(await names("SELECT 1, 2 AS x, 3, a + 1 FROM t")).toEqual(["f0_", "x", "f1_", "f2_"]);
  });

  it("may repeat a name", async () => {
    expect(await names("SELECT a AS x, b AS x FROM t")).toEqual(["x", "x"]);
  });

  it("of SELECT AS STRUCT are the struct's fields", async () => {
    expect(await names("SELECT AS STRUCT a, b AS y FROM t")).toEqual(["a", "y"]);
  });

  it("take any character that GoogleSQL quotes", async () => {
    expect(await names('SELECT 1 AS `a "b" 中`, 2 AS `select`')).toEqual(['a "b" 中', "select"]);
  });
});

describe("query parameters", () => {
  it("stand for values of any type", () =>
    engine.same(
      "SELECT a + @n, @list, a IN UNNEST(@list), @pair.y, @missing FROM t WHERE b = @text OR @missing IS NULL",
      {
        parameters: {
          n: { type: { kind: "INT64" }, value: 5n },
          text: { type: { kind: "STRING" }, value: "it's" },
          list: { type: { kind: "ARRAY", element: { kind: "INT64" } }, value: [1n, 3n] },
          missing: { type: { kind: "DATE" }, value: null },
          pair: {
            type: {
              kind: "STRUCT",
              fields: [
                { name: "x", type: { kind: "INT64" } },
                { name: "y", type: { kind: "STRING" } },
              ],
            },
            value: [1n, "q"],
          },
        },
      },
    ));
});

describe("volatile functions", () => {
  it("are evaluated once for each row they are named for", async () => {
    await engine.same("SELECT COUNTIF(x = x) FROM (SELECT RAND() AS x FROM UNNEST(GENERATE_ARRAY(1, 1000)))");
    await engine.same(
      "SELECT COUNTIF(x >= 0.5) FROM (SELECT RAND() AS x FROM UNNEST(GENERATE_ARRAY(1, 1000))) WHERE x < 0.5",
    );
    await engine.same("WITH r AS (SELECT RAND() AS x) SELECT (SELECT x FROM r) = (SELECT x FROM r)");
    await engine.same("SELECT COUNT(DISTINCT e) FROM t, UNNEST([RAND()]) e");
  });
});

describe("what is not translated", () => {
  it("is refused by name and place", async () => {
    await expect(engine.query("SELECT a FROM t TABLESAMPLE SYSTEM (10 PERCENT)")).rejects.toThrow(
      /^Unsupported: TABLESAMPLE/,
    );
    await expect(engine.query("SELECT a FROM t FOR SYSTEM_TIME AS OF CURRENT_TIMESTAMP()")).rejects.toThrow(
      /^Unsupported: FOR SYSTEM_TIME AS OF/,
    );
    await expect(
      engine.translated("EXPORT DATA OPTIONS(uri='gs://x/*', format='CSV') AS SELECT 1 AS x"),
    ).rejects.toThrow(/^Unsupported: EXPORT DATA/);
  });
});

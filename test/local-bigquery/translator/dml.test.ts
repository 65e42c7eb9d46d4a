import { beforeEach, describe, expect, it } from "vitest";
import { type TestEngine, testEngine } from "../../support/engine.ts";

let engine: TestEngine;
beforeEach(async () => {
  engine = await testEngine();
  await engine.table(
    "t",
    "a INT64, b STRING, arr ARRAY<INT64>, st STRUCT<x INT64, y STRUCT<p INT64, q STRING>>",
    "(1, 'x', [1], (1, (2, 'q'))), (2, 'y', [], (2, (3, 'r'))), (3, 'z', NULL, NULL)",
  );
  await engine.table("s", "a INT64, c STRING", "(2, 'two'), (3, 'three'), (4, 'four'), (NULL, 'null')");
  await engine.table("dup", "a INT64, c STRING", "(2, 'two'), (2, 'deux')");
});

const rows = async (sql = "SELECT a, b FROM t ORDER BY a, b") =>
  (await engine.query(sql)).rows.map((row) =>
    row.map((value) => (typeof value === "bigint" ? Number(value) : value)),
  );
const oneSource = "UPDATE/MERGE must match at most one source row for each target row";

describe("INSERT", () => {
  it("takes rows and queries, columns in any order, NULL for those left out", async () => {
    expect(
      await engine.dml("INSERT INTO t (b, a) VALUES ('n', 9), ((SELECT MAX(c) FROM s), 10)"),
    ).toMatchObject({ inserted: 2 });
    expect(await engine.dml("INSERT t (a) SELECT a FROM s WHERE a > 3")).toMatchObject({ inserted: 1 });
    expect(await rows()).toEqual([
      [1, "x"],
      [2, "y"],
      [3, "z"],
      [4, null],
      [9, "n"],
      [10, "two"],
    ]);
  });

  it("stores a NULL array as an empty one", async () => {
    await engine.dml("INSERT INTO t (a, arr) VALUES (7, NULL)");
    expect(await rows("SELECT arr IS NULL FROM t WHERE a = 7")).toEqual([[false]]);
  });
});

describe("UPDATE", () => {
  it("changes the rows that match and counts them", async () => {
    expect(await engine.dml("UPDATE t SET b = CONCAT(b, '!'), a = a + 1 WHERE a > 1")).toMatchObject({
      updated: 2,
    });
    expect(await rows()).toEqual([
      [1, "x"],
      [3, "y!"],
      [4, "z!"],
    ]);
  });

  it("sets fields of structs at any depth", async () => {
    await engine.dml("UPDATE t SET st.x = 7, st.y.q = 'new' WHERE a = 1");
    expect(await rows("SELECT st.x, st.y.p, st.y.q FROM t WHERE a = 1")).toEqual([[7, 2, "new"]]);
    await expect(engine.dml("UPDATE t SET st.x = 7 WHERE a = 3")).rejects.toThrow(
      "Cannot set field of NULL STRUCT",
    );
  });

  it("reads other tables row by row", async () => {
    await engine.dml("UPDATE t SET b = (SELECT MAX(c) FROM dup WHERE dup.a = t.a) WHERE TRUE");
    expect(await rows()).toEqual([
      [1, null],
      [2, "two"],
      [3, null],
    ]);
  });

  it("joins FROM at most one source row to each row", async () => {
    expect(await engine.dml("UPDATE t SET b = s.c FROM s WHERE s.a = t.a")).toMatchObject({ updated: 2 });
    expect(await rows()).toEqual([
      [1, "x"],
      [2, "two"],
      [3, "three"],
    ]);
    await expect(engine.dml("UPDATE t SET b = dup.c FROM dup WHERE dup.a = t.a")).rejects.toThrow(oneSource);
  });
});

describe("DELETE", () => {
  it("takes away the rows that match", async () => {
    expect(await engine.dml("DELETE FROM t WHERE EXISTS (SELECT 1 FROM s WHERE s.a = t.a)")).toMatchObject({
      deleted: 2,
    });
    expect(await rows()).toEqual([[1, "x"]]);
    expect(await engine.dml("DELETE t WHERE TRUE")).toMatchObject({ deleted: 1 });
  });
});

describe("MERGE", () => {
  it("gives each row the first clause that applies", async () => {
    const counts = await engine.dml(`
      MERGE t USING s ON t.a = s.a
      WHEN MATCHED AND s.c = 'two' THEN UPDATE SET b = s.c
      WHEN MATCHED THEN DELETE
      WHEN NOT MATCHED AND s.a IS NOT NULL THEN INSERT (a, b) VALUES (s.a, s.c)
      WHEN NOT MATCHED BY SOURCE THEN UPDATE SET b = 'gone'`);
    expect(counts).toEqual({ inserted: 1, updated: 2, deleted: 1 });
    expect(await rows()).toEqual([
      [1, "gone"],
      [2, "two"],
      [4, "four"],
    ]);
  });

  it("ON FALSE replaces a part of the table, as insert_overwrite does", async () => {
    const counts = await engine.dml(`
      MERGE t USING (SELECT a, c FROM s WHERE a > 2) s ON FALSE
      WHEN NOT MATCHED BY SOURCE AND a >= 2 THEN DELETE
      WHEN NOT MATCHED THEN INSERT (a, b) VALUES (a, c)`);
    expect(counts).toEqual({ inserted: 2, updated: 0, deleted: 2 });
    expect(await rows()).toEqual([
      [1, "x"],
      [3, "three"],
      [4, "four"],
    ]);
  });

  it("inserts whole rows, from the table itself too", async () => {
    await engine.dml("MERGE t USING t AS o ON FALSE WHEN NOT MATCHED BY TARGET AND o.a = 1 THEN INSERT ROW");
    expect(await rows("SELECT a, st.y.q FROM t ORDER BY a")).toEqual([
      [1, "q"],
      [1, "q"],
      [2, "r"],
      [3, null],
    ]);
  });

  it("refuses two source rows that would change one row, but not two of which one does", async () => {
    const twice = "MERGE t USING dup ON t.a = dup.a WHEN MATCHED THEN";
    await expect(engine.dml(`${twice} UPDATE SET b = dup.c`)).rejects.toThrow(oneSource);
    await expect(engine.dml(`${twice} DELETE`)).rejects.toThrow(oneSource);
    expect(await rows()).toEqual([
      [1, "x"],
      [2, "y"],
      [3, "z"],
    ]);
    await engine.dml(
      "MERGE t USING dup ON t.a = dup.a WHEN MATCHED AND dup.c = 'two' THEN UPDATE SET b = dup.c",
    );
    expect(await rows()).toEqual([
      [1, "x"],
      [2, "two"],
      [3, "z"],
    ]);
  });

  it("joins on any condition, subqueries in clauses included", async () => {
    await engine.dml(`
      MERGE t USING s ON t.a < s.a AND t.a = 1 AND s.a = 4
      WHEN MATCHED THEN UPDATE SET b = s.c
      WHEN NOT MATCHED BY SOURCE THEN DELETE
      WHEN NOT MATCHED AND EXISTS (SELECT 1 FROM dup WHERE dup.a = s.a) THEN INSERT (a) VALUES (100)`);
    expect(await rows()).toEqual([
      [1, "four"],
      [100, null],
    ]);
  });
});

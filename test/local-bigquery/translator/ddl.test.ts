import { beforeAll, describe, expect, it } from "vitest";
import type { TestEngine } from "../../support/engine.ts";
import { smallTables } from "./fixture.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await smallTables();
});

describe("CREATE TABLE", () => {
  it("tells columns, partitioning, clustering and options", async () => {
    const created = await engine.translated(`
      CREATE OR REPLACE TABLE d.x (
        a INT64 NOT NULL OPTIONS(description = 'hi'), b STRING DEFAULT 'x', ts TIMESTAMP, r ARRAY<STRUCT<x INT64>>)
      PARTITION BY TIMESTAMP_TRUNC(ts, MONTH) CLUSTER BY a, b
      OPTIONS(description = 'd', labels = [('k', 'v')], require_partition_filter = TRUE)`);
    expect(created).toEqual({
      kind: "createTable",
      path: ["d", "x"],
      mode: "OR_REPLACE",
      temp: false,
      options: { description: "d", labels: [["k", "v"]], require_partition_filter: true },
      columns: [
        { name: "a", type: { kind: "INT64" }, description: "hi", notNull: true },
        { name: "b", type: { kind: "STRING" }, default: { sql: "'x'", text: "'x'" } },
        { name: "ts", type: { kind: "TIMESTAMP" } },
        {
          name: "r",
          type: {
            kind: "ARRAY",
            element: { kind: "STRUCT", fields: [{ name: "x", type: { kind: "INT64" } }] },
          },
        },
      ],
      partitionBy: { kind: "time", unit: "MONTH", column: "ts" },
      clusterBy: ["a", "b"],
    });
  });

  it("AS a query carries the query and its columns", async () => {
    const created = await engine.translated(
      "CREATE TEMP TABLE x PARTITION BY RANGE_BUCKET(n, GENERATE_ARRAY(0, 100, 10)) AS SELECT a AS n, b FROM t",
    );
    expect(created).toMatchObject({
      kind: "createTableAs",
      path: ["x"],
      temp: true,
      mode: "DEFAULT",
      columns: [{ name: "n" }, { name: "b" }],
      partitionBy: { kind: "range", column: "n", start: 0n, end: 100n, interval: 10n },
    });
  });

  it("LIKE, COPY and CLONE name their source", async () => {
    expect(await engine.translated("CREATE TABLE d.x LIKE t")).toMatchObject({ how: "LIKE", source: ["t"] });
    expect(await engine.translated("CREATE TABLE d.x COPY t")).toMatchObject({ how: "COPY", source: ["t"] });
  });
});

describe("other definitions", () => {
  it("of views keep the query's own text", async () => {
    expect(
      await engine.translated("CREATE VIEW d.v OPTIONS(description='v') AS SELECT a, b AS c FROM t"),
    ).toMatchObject({
      kind: "createView",
      path: ["d", "v"],
      queryText: "SELECT a, b AS c FROM t",
      columns: [{ name: "a" }, { name: "c" }],
      options: { description: "v" },
    });
  });

  it("of schemas, drops and alterations are told as they are written", async () => {
    expect(await engine.translated("CREATE SCHEMA IF NOT EXISTS p.d OPTIONS(location='US')")).toEqual({
      kind: "createSchema",
      path: ["p", "d"],
      mode: "IF_NOT_EXISTS",
      options: { location: "US" },
    });
    expect(await engine.translated("DROP SCHEMA d CASCADE")).toEqual({
      kind: "dropSchema",
      path: ["d"],
      ifExists: false,
      cascade: true,
    });
    expect(await engine.translated("DROP VIEW IF EXISTS d.v")).toEqual({
      kind: "dropView",
      path: ["d", "v"],
      ifExists: true,
    });
    expect(
      await engine.translated("ALTER TABLE IF EXISTS t ADD COLUMN IF NOT EXISTS z INT64, DROP COLUMN a"),
    ).toMatchObject({
      kind: "alter",
      object: "TABLE",
      ifExists: true,
      actions: [
        { kind: "addColumn", column: { name: "z" }, ifNotExists: true },
        { kind: "dropColumn", name: "a", ifExists: false },
      ],
    });
  });
});

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import type { TestEngine } from "../../support/engine.ts";
import { smallTables } from "../translator/fixture.ts";
import { disagreement } from "./statement.ts";

/** Whole queries by family, one a line of `statements/<family>.sql`; "!" says that the order of rows counts. */
const folder = fileURLToPath(new URL("statements/", import.meta.url));
const families = readdirSync(folder).map((file) => [file.replace(".sql", ""), `${folder}${file}`] as const);

let engine: TestEngine;
beforeAll(async () => {
  engine = await smallTables();
  await engine.table(
    "sales",
    "quarter STRING, product STRING, qty INT64, price NUMERIC",
    "('Q1', 'A', 1, 1.5), ('Q2', 'A', 2, 2.5), ('Q1', 'B', 3, 0.1), ('Q3', 'A', 4, NULL), ('Q2', 'B', NULL, 9)",
  );
  await engine.table(
    "wide",
    "id INT64, q1 INT64, q2 INT64, q3 INT64",
    "(1, 10, 20, NULL), (2, NULL, NULL, 5), (3, 1, 1, 1)",
  );
  const item = "STRUCT<sku STRING, qty INT64, tags ARRAY<STRING>>";
  await engine.table(
    "orders",
    `id INT64, items ARRAY<${item}>, ts TIMESTAMP`,
    `(1, ARRAY<${item}>[('a', 2, ['x', 'y']), ('b', 1, CAST([] AS ARRAY<STRING>))], TIMESTAMP '2024-01-01 00:00:00+00'),
     (2, [], TIMESTAMP '2024-03-10 10:00:00+00'), (3, [('c', NULL, ['z'])], NULL)`,
  );
});

describe("statements give what the reference implementation gives", () => {
  test.each(families)("%s", async (_family, file) => {
    const differing: string[] = [];
    for (const line of readFileSync(file, "utf8").trim().split("\n")) {
      const ordered = line.startsWith("!");
      const found = await disagreement(engine, line.replace(/^!/, ""), { ordered });
      if (found) differing.push(found);
    }
    expect(differing).toEqual([]);
  });
});

import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { type TestEngine, testEngine } from "../../support/engine.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await testEngine();
  await engine.table(
    "orders",
    "order_id STRING, user_id STRING, amt NUMERIC, paid_at TIMESTAMP, ds DATE",
    "('o', 'u', 1, NULL, NULL)",
  );
  await engine.table(
    "triggers",
    "log_id STRING, ds DATE, benefits ARRAY<STRUCT<seq INT64, amt NUMERIC>>",
    "('l', NULL, [])",
  );
});

const golden = (name: string) => fileURLToPath(new URL(`../goldens/${name}.sql`, import.meta.url));
const statements: Record<string, string> = {
  aggregate:
    "SELECT DATE(paid_at, 'Asia/Shanghai') AS ds, COUNT(DISTINCT user_id) AS uv, SUM(amt) AS amt FROM orders WHERE amt > 0 GROUP BY ALL ORDER BY ds",
  qualify:
    "SELECT order_id, amt FROM orders QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY paid_at DESC, order_id) = 1",
  unnest:
    "SELECT t.log_id, b.seq, b.amt, o FROM triggers AS t, UNNEST(t.benefits) AS b WITH OFFSET o WHERE t.ds = DATE '2024-06-01'",
  join: "WITH paid AS (SELECT user_id, order_id FROM orders WHERE paid_at IS NOT NULL) SELECT t.log_id, p.order_id FROM triggers AS t LEFT JOIN paid AS p ON p.user_id = t.log_id",
  subquery:
    "SELECT user_id, ARRAY(SELECT AS STRUCT o.order_id, o.amt FROM orders AS o WHERE o.user_id = t.log_id ORDER BY o.paid_at) AS orders FROM triggers AS t JOIN orders USING (ds)",
  rollup:
    "SELECT ds, user_id, GROUPING(user_id) AS is_all, SUM(amt) AS amt FROM orders GROUP BY ROLLUP(ds, user_id)",
  merge:
    "MERGE orders AS o USING (SELECT log_id, ds FROM triggers) AS s ON o.order_id = s.log_id WHEN MATCHED AND s.ds IS NULL THEN DELETE WHEN MATCHED THEN UPDATE SET ds = s.ds WHEN NOT MATCHED THEN INSERT (order_id, ds) VALUES (s.log_id, s.ds)",
  overwrite:
    "MERGE orders AS o USING (SELECT * FROM orders WHERE ds = '2024-06-01') AS s ON FALSE WHEN NOT MATCHED BY SOURCE AND ds IN UNNEST([DATE '2024-06-01']) THEN DELETE WHEN NOT MATCHED THEN INSERT ROW",
};

describe("the generated SQL", () => {
  it.each(Object.keys(statements))("of %s is as kept in the goldens", async (name) => {
    const translated = await engine.translated(statements[name] as string);
    if (translated.kind === "query") await expect(`${translated.sql};\n`).toMatchFileSnapshot(golden(name));
    if (translated.kind === "dml") {
      await expect(translated.steps.map((step) => `${step.sql};\n`).join("\n")).toMatchFileSnapshot(
        golden(name),
      );
    }
  });
});

import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { repository, temporaryFolder } from "./growth.ts";

/** A small shop as a Dataform project of its own: two tables, a view, an incremental table and assertions. */
const shop: Readonly<Record<string, string>> = {
  "package.json": '{ "name": "shop", "version": "1.0.0" }',
  "dataform.json": JSON.stringify({
    warehouse: "bigquery",
    defaultSchema: "shop",
    assertionSchema: "shop_checks",
    vars: { run_date: "2024-06-18", timezone: "Asia/Shanghai" },
  }),
  "definitions/orders.sqlx": `config {
  type: "table",
  tags: ["daily"],
  assertions: { uniqueKey: ["order_id"] }
}

SELECT 1 AS order_id, DATE '2024-06-17' AS ds, NUMERIC '10.50' AS pay_amt
UNION ALL
SELECT 2, DATE '2024-06-18', NUMERIC '20'
UNION ALL
SELECT 3, DATE '2024-06-18', NUMERIC '0.25'
`,
  "definitions/days.sqlx": `config { type: "incremental", tags: ["daily"], bigquery: { partitionBy: "ds" } }

SELECT ds, COUNT(*) AS order_cnt, SUM(pay_amt) AS pay_amt
FROM \${ref("orders")}
WHERE ds <= DATE '\${dataform.projectConfig.vars.run_date}'
  \${when(incremental(), \`AND ds > (SELECT MAX(ds) FROM \${self()})\`)}
GROUP BY ds
`,
  "definitions/best.sqlx": `config { type: "view" }

SELECT order_id, pay_amt FROM \${ref("orders")} ORDER BY pay_amt DESC LIMIT 1
`,
  "definitions/days_add_up.sqlx": `config { type: "assertion" }

SELECT ds, days.pay_amt, SUM(orders.pay_amt) AS expected
FROM \${ref("days")} AS days JOIN \${ref("orders")} AS orders USING (ds)
GROUP BY ds, days.pay_amt
HAVING days.pay_amt != SUM(orders.pay_amt)
`,
};

/** The shop with its orders as a source: a declaration with a contract, and data for it. */
export const sourced: Readonly<Record<string, string>> = {
  "definitions/source/bought.sqlx": 'config { type: "declaration", schema: "raw", name: "bought" }\n',
  "definitions/source/bought.yaml": `apiVersion: v3.2.0
kind: DataContract
id: raw.bought
version: 1.0.0
status: active
team: { name: shop }
slaProperties: [{ property: freshness, value: 26, unit: h, element: ingested_at }]
schema:
  - name: bought
    physicalName: raw.bought
    physicalType: table
    businessName: 订单
    description: Orders. One row per order_id and version (ingested_at).
    dataGranularityDescription: order_id x ingested_at
    properties:
      - { name: order_id, physicalType: STRING, description: The order., primaryKey: true, primaryKeyPosition: 1, required: true }
      - { name: ds, physicalType: DATE, description: Its day., required: true }
      - { name: pay_amt, physicalType: NUMERIC, description: What was paid., required: true, customProperties: [{ property: unit, value: currency }, { property: additivity, value: additive }] }
      - { name: ingested_at, physicalType: TIMESTAMP, description: When it came., required: true, primaryKey: true, primaryKeyPosition: 2 }
`,
  "definitions/orders.sqlx": `config { type: "table", assertions: { uniqueKey: ["order_id"] } }

SELECT order_id, ds, pay_amt FROM \${ref("raw", "bought")}
`,
  "data/raw.bought.csv": `order_id,ds,pay_amt,ingested_at
1,2024-06-17,10.5,2024-06-17T12:00:00Z
2,2024-06-18,20,2024-06-18T12:00:00Z
3,2024-06-18,0.25,2024-06-18T12:00:00Z
`,
};

/** Writes the shop into a temporary folder, with some of its files changed or added. */
export function shopProject(changes: Readonly<Record<string, string>> = {}): string {
  const folder = temporaryFolder();
  change(folder, { ...shop, ...changes });
  // Dataform reads its core from the project's own folder and follows no links out of it.
  cpSync(join(repository, "node_modules/@dataform/core"), join(folder, "node_modules/@dataform/core"), {
    recursive: true,
  });
  return folder;
}

export function change(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

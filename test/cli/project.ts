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

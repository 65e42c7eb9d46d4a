import { readFileSync } from "node:fs";
import type { Truth } from "@growth/simulator";
import type { Client } from "../warehouse/client.ts";
import type { Cell } from "../warehouse/values.ts";

/** A total that was planted, and what the warehouse makes of it. */
export interface Total {
  readonly name: string;
  readonly planted: string;
  readonly found: string;
}

/** Queries whose columns are named as the totals of truth.json; of several rows each one's first column names it. */
const queries: readonly {
  readonly total: keyof Truth["totals"];
  readonly label?: string;
  readonly sql: string;
}[] = [
  {
    total: "executions",
    sql: `SELECT
  (SELECT COUNT(DISTINCT execution_id) FROM growth_state.strategy_execution_log) AS executions,
  COUNT(*) AS benefits
FROM redcdm.dwd_ecm_mkt_user_strategy_execution_benefit_di`,
  },
  {
    total: "paid_lines",
    sql: `SELECT
  COUNT(*) AS lines, COUNT(DISTINCT order_id) AS orders, COUNT(DISTINCT user_id) AS users, SUM(list_amt) AS list_amt,
  SUM(pay_amt) AS pay_amt, SUM(merchant_subsidy_amt) AS merchant_subsidy_amt, SUM(platform_subsidy_amt) AS platform_subsidy_amt,
  SUM(dgmv_amt) AS dgmv_amt
FROM redcdm.dwd_ecm_trd_order_line_di`,
  },
  {
    total: "redemptions",
    label: "benefit_type",
    sql: `SELECT
  benefit_type, COUNT(*) AS pairs, SUM(discount_amt) AS discount_amt, SUM(platform_subsidy_amt) AS platform_subsidy_amt,
  SUM(merchant_subsidy_amt) AS merchant_subsidy_amt, IF(benefit_type = 'allowance', NULL, SUM(returned_discount_amt)) AS returned_amt
FROM redcdm.dwd_ecm_trd_redemption_di
GROUP BY benefit_type`,
  },
  {
    total: "refunds",
    sql: "SELECT SUM(refund_amt) AS refund_amt FROM redcdm.dwd_ecm_trd_order_line_di",
  },
  {
    total: "ledger",
    label: "flow_type",
    sql: `SELECT flow.flow_type, COUNT(*) AS flows, SUM(flow.amt) AS amt
FROM growth_state.allowance_flow AS flow GROUP BY flow.flow_type
UNION ALL
SELECT 'grant of the wide table', COUNT(*), SUM(grant_amt)
FROM redcdm.dm_ecm_trd_mkt_activity_user_allowance_get_use_1d_df WHERE is_first_row`,
  },
];

/** Columns that the warehouse does not answer (NULL) are not compared. */
export async function compareTotals(client: Client, truthFile: string): Promise<Total[]> {
  const { totals } = JSON.parse(readFileSync(truthFile, "utf8")) as Truth;
  const found: Total[] = [];
  for (const { total, label, sql } of queries) {
    const planted = [totals[total]].flat() as readonly Readonly<Record<string, unknown>>[];
    for (const row of await client.rows(sql)) {
      const named = label === undefined ? "" : String(row[label]);
      const kind = named.split(" ")[0];
      const own = planted.find((candidate) => label === undefined || candidate[label] === kind);
      for (const [column, value] of Object.entries(row)) {
        if (column === label || value === null) continue;
        found.push({
          name: [total, named, column].filter(Boolean).join(" "),
          planted: plain(String(own?.[column] ?? "nothing")),
          found: plain(text(value)),
        });
      }
    }
  }
  return found;
}

function text(cell: Cell): string {
  return typeof cell === "string" ? cell : JSON.stringify(cell);
}

/** A decimal without the zeros at its end. */
function plain(number: string): string {
  return number.includes(".") ? number.replace(/\.?0+$/, "") : number;
}

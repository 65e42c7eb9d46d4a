import { amount, count, table } from "../format/table.ts";
import { colorsFor, type Io } from "../io.ts";
import type { BuiltTable } from "../state/records.ts";
import type { Client } from "../warehouse/client.ts";
import type { Cell } from "../warehouse/values.ts";

const triggered = "redcdm.dwd_ecm_mkt_user_strategy_execution_benefit_di";
const coupons = "redcdm.dwd_ecm_mkt_user_strategy_execution_coupon_get_use_df";
const allowances = "redcdm.dwd_ecm_mkt_user_strategy_execution_allowance_get_use_df";

const shownStrategies = 5;

/** The benefits of strategies that were claimed and redeemed, one row a pair of benefit and order. */
const chain = `
  SELECT strategy_id, user_id, CONCAT('coupon ', coupon_id) AS benefit, is_claimed, is_redeemed, is_first_row, order_id,
    face_amt AS claimed_amt, discount_amt
  FROM ${coupons}
  UNION ALL
  SELECT strategy_id, user_id, CONCAT('allowance ', allowance_id), is_claimed, is_redeemed, is_first_row, order_id,
    grant_amt, discount_amt
  FROM ${allowances}`;

const overall = `
WITH chain AS (${chain})
SELECT 1 AS step, COUNT(DISTINCT user_id) AS users, COUNT(*) AS benefits, SUM(planned_amt) AS amount
FROM ${triggered} WHERE NOT is_control
UNION ALL
SELECT 2, COUNT(DISTINCT user_id), COUNT(DISTINCT benefit), SUM(IF(is_first_row, claimed_amt, NULL))
FROM chain WHERE is_claimed
UNION ALL
SELECT 3, COUNT(DISTINCT user_id), COUNT(*), SUM(discount_amt)
FROM chain WHERE is_redeemed
ORDER BY step`;

const strategies = `
WITH chain AS (${chain}),
triggered AS (
  SELECT strategy_id, COUNT(DISTINCT user_id) AS users
  FROM ${triggered} WHERE NOT is_control GROUP BY strategy_id
),
used AS (
  SELECT strategy_id, COUNT(DISTINCT IF(is_claimed, user_id, NULL)) AS claim_users,
    COUNT(DISTINCT IF(is_redeemed, user_id, NULL)) AS redeem_users,
    COUNTIF(is_redeemed) AS redemptions, SUM(IF(is_redeemed, discount_amt, 0)) AS discount
  FROM chain GROUP BY strategy_id
)
SELECT strategy_id, users, claim_users, redeem_users, redemptions, discount
FROM triggered JOIN used USING (strategy_id)
WHERE redemptions > 0
ORDER BY redemptions DESC, strategy_id
LIMIT ${shownStrategies}`;

/** The funnel of what is loaded, trigger -> claim -> redeem, over all strategies and for the most redeemed ones. */
export async function funnelText(
  io: Io,
  client: Client,
  tables: readonly BuiltTable[],
): Promise<string | undefined> {
  const built = new Set(tables.map((made) => made.name));
  if (![triggered, coupons, allowances].every((name) => built.has(name))) return undefined;
  const colors = colorsFor(io.stdout, io.env);
  const [steps, top] = await Promise.all([client.rows(overall), client.rows(strategies)]);
  const right = (title: string) => ({ title, align: "right" as const });
  const all = await table(
    [
      { title: "all strategies" },
      right("users"),
      right("of the step before"),
      right("benefits"),
      right("amount"),
    ],
    steps.map((row, place) => [
      ["triggered", "claimed", "redeemed"][place] ?? "",
      number(row.users),
      share(row.users, steps[place - 1]?.users),
      number(row.benefits),
      amount(asText(row.amount)),
    ]),
    colors,
  );
  if (top.length === 0) return all;
  const best = await table(
    [
      { title: "most redeemed strategies" },
      right("triggered"),
      right("claimed"),
      right("redeemed"),
      right("redemptions"),
      right("discount"),
    ],
    top.map((row) => [
      asText(row.strategy_id) ?? "",
      number(row.users),
      number(row.claim_users),
      number(row.redeem_users),
      number(row.redemptions),
      amount(asText(row.discount)),
    ]),
    colors,
  );
  return `${all}\n\n${best}`;
}

function asText(cell: Cell | undefined): string | null {
  return typeof cell === "string" ? cell : null;
}

function number(cell: Cell | undefined): string {
  return count(Number(asText(cell) ?? 0));
}

function share(users: Cell | undefined, before: Cell | undefined): string {
  const whole = Number(asText(before) ?? 0);
  return whole === 0 ? "" : `${((100 * Number(asText(users) ?? 0)) / whole).toFixed(1)} %`;
}

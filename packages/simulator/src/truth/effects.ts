import type { Platform } from "../platform.ts";
import { rowsOf } from "./latest.ts";

/** What an experiment did to a group's users of a stage: counted, not estimated. */
export interface Effect {
  readonly experiment_id: string;
  readonly group_code: string;
  /** Stage on the day before the assignment. */
  readonly stage: string;
  /** Probability planted: that a claim of a triggered user makes one more order. */
  readonly lift: number;
  readonly assigned_users: number;
  readonly triggered_users: number;
  /** Paid orders that would not have been made in a group that gets nothing, and the users who made them. */
  readonly caused_orders: number;
  readonly caused_users: number;
  /** Orders that would have been made anyway, but later. */
  readonly forward_orders: number;
}

export async function effects(platform: Platform): Promise<Effect[]> {
  const { period, parameters } = platform;
  const rows = await rowsOf(
    platform,
    `WITH paid_order AS (
  SELECT purchase.u, cause, execution.e
  FROM purchase
  JOIN claim ON claim.c = purchase.c
  JOIN execution ON execution.x = claim.x
  WHERE cause IN ('experiment', 'forward') AND purchase.paid < ${period.end}
    AND NOT EXISTS (FROM order_correction WHERE order_correction.o = purchase.o AND kind = 'reversed')
),
of_user AS (
  SELECT u, count_if(cause = 'experiment') AS caused, count_if(cause = 'forward') AS forward FROM paid_order GROUP BY u
)
SELECT
  person.e, person.g, stage, any_value(CASE stage
    WHEN 'potential' THEN lift_potential WHEN 'new' THEN lift_new WHEN 'mature' THEN lift_mature ELSE lift_churned END) AS lift,
  count(*) AS assigned_users,
  count_if(person.u IN (SELECT u FROM execution WHERE e IS NOT NULL)) AS triggered_users,
  coalesce(sum(caused), 0)::BIGINT AS caused_orders, count_if(coalesce(caused, 0) > 0) AS caused_users,
  coalesce(sum(forward), 0)::BIGINT AS forward_orders
FROM person
JOIN stage USING (u)
JOIN experiment_group AS grp ON grp.e = person.e AND grp.g = person.g
LEFT JOIN of_user USING (u)
GROUP BY person.e, person.g, stage
ORDER BY person.e, person.g, stage`,
  );
  return rows.map((row) => {
    const x = parameters.experiments[Number(row.e)];
    return {
      experiment_id: x?.id ?? "",
      group_code: x?.groups[Number(row.g)]?.code ?? "",
      stage: String(row.stage),
      lift: Number(row.lift),
      assigned_users: Number(row.assigned_users),
      triggered_users: Number(row.triggered_users),
      caused_orders: Number(row.caused_orders),
      caused_users: Number(row.caused_users),
      forward_orders: Number(row.forward_orders),
    };
  });
}

import type { Day } from "../dataform/scripts.ts";
import type { Days } from "../replay/days.ts";
import type { Client, JobFigures } from "../warehouse/client.ts";

/** What a run costs, by table. */
export type Costs = ReadonlyMap<string, JobFigures>;

/** Logs of events: a shorter history is the same world without their older rows. What configures the platform stays. */
export const eventLogs = [
  "redods.ods_ecm_mkt_strategy_execution_log_di",
  "reddw.dw_trd_goods_coupon_day",
  "reddw.dw_trd_user_allowance_flow_day",
  "reddw.dw_trd_order_goods_day",
  "reddw.dw_trd_order_benefit_day",
  "reddw.dw_trd_refund_day",
  "redcdm.dim_ecm_user_tag_df",
];

/** Runs a day and tells what its jobs took; bytes are 0 where the server does not count them (`measureBytes`). */
export async function costsOf(client: Client, days: Days, day: Day, fullRefresh = false): Promise<Costs> {
  const costs = new Map<string, JobFigures>();
  const jobs: [string, string][] = [];
  await days.run(day, { fullRefresh, ended: (name, jobId) => jobs.push([name, jobId]) });
  for (const [name, jobId] of jobs) {
    const { seconds, bytes } = (await client.job(jobId)) ?? { seconds: 0, bytes: 0 };
    const sum = costs.get(name) ?? { seconds: 0, bytes: 0 };
    costs.set(name, { seconds: sum.seconds + seconds, bytes: sum.bytes + bytes });
  }
  return costs;
}

export function total(costs: Costs): JobFigures {
  const all = [...costs.values()];
  return {
    seconds: all.reduce((sum, { seconds }) => sum + seconds, 0),
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

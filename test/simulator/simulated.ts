import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { type SimulationOptions, simulate, type Truth } from "@growth/simulator";
import { afterAll, onTestFinished } from "vitest";

/** Keys of the source tables, by the short name of the view of their latest versions. */
export const sources = {
  execution: ["redods.ods_ecm_mkt_strategy_execution_log_di", ["log_id"]],
  strategy: ["redcdm.dim_ecm_mkt_strategy_config_df", ["strategy_id", "strategy_version"]],
  scene: ["redcdm.dim_ecm_mkt_scene_df", ["scene_code"]],
  coupon_template: ["reddw.dw_trd_coupon_template_day", ["coupon_template_id"]],
  allowance_template: ["redcdm.dim_ecm_mkt_allowance_template_df", ["allowance_template_id"]],
  promotion: ["reddw.dw_trd_promotion_target_benefit_day", ["promotion_id", "target_type", "target_id"]],
  coupon: ["reddw.dw_trd_goods_coupon_day", ["coupon_id"]],
  flow: ["reddw.dw_trd_user_allowance_flow_day", ["flow_id"]],
  line: ["reddw.dw_trd_order_goods_day", ["order_line_id"]],
  discount: ["reddw.dw_trd_order_benefit_day", ["order_benefit_id"]],
  refund: ["reddw.dw_trd_refund_day", ["refund_id"]],
  person: ["redcdm.dim_ecm_user_df", ["user_id"]],
  tag: ["redcdm.dim_ecm_user_tag_df", ["ds", "user_id"]],
  experiment: ["redcdm.dim_ecm_experiment_df", ["experiment_id"]],
  assignment: ["redcdm.dwd_ecm_experiment_assignment_di", ["experiment_id", "user_id", "group_code"]],
} as const;

export interface SimulatedFiles {
  folder: string;
  truth: Truth;
  dataset: Record<string, string>;
  /** Rows of a query over `log_<name>` (all versions) and `<name>` (latest versions). */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** The one number that a query answers. */
  number(sql: string): Promise<number>;
}

/** A simulation in a folder of its own, gone when the test is, or when all tests of the file are. */
export async function simulated(
  options: SimulationOptions,
  until: "test" | "file" = "test",
): Promise<SimulatedFiles> {
  const afterwards = until === "test" ? onTestFinished : afterAll;
  const folder = mkdtempSync(join(tmpdir(), "simulated-"));
  afterwards(() => rmSync(folder, { recursive: true, force: true }));
  const { truth } = await simulate({ ...options, out: folder });
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  afterwards(() => connection.closeSync());
  await createViews(connection, folder);
  const query = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjects();
  return {
    folder,
    truth,
    dataset: JSON.parse(readFileSync(join(folder, "dataset.json"), "utf8")),
    query,
    number: async (sql) => Number(Object.values((await query(sql))[0] ?? {})[0]),
  };
}

async function createViews(connection: DuckDBConnection, folder: string): Promise<void> {
  await connection.run("SET TimeZone = 'UTC'");
  for (const [name, [table, key]] of Object.entries(sources)) {
    await connection.run(`CREATE VIEW log_${name} AS FROM '${join(folder, table)}.parquet'`);
    await connection.run(`CREATE TABLE ${name} AS FROM log_${name} AS t
      QUALIFY row_number() OVER (PARTITION BY ${key.join(", ")} ORDER BY ingested_at DESC, to_json(t)::VARCHAR DESC) = 1`);
  }
}

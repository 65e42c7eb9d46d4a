import { loadContracts, typeText } from "@growth/contracts";
import { expect, test } from "vitest";
import { root, schemaFile } from "./project.ts";

const contracts = loadContracts(root, { schemaFile });
const sources = contracts.filter((contract) => contract.layer === "source");
const find = (table: string) => {
  const contract = contracts.find((entry) => entry.table === table);
  if (!contract) throw new Error(`${table} has no contract`);
  return contract;
};
const columns = (table: string) =>
  Object.fromEntries(find(table).columns.map((column) => [column.name, typeText(column.type)]));

test("every contract of the project keeps the standard and the conventions", () => {
  expect(contracts.length).toBeGreaterThan(15);
});

test("the platform's tables all have a contract, each a log of versions with its business key", () => {
  expect(Object.fromEntries(sources.map((contract) => [contract.table, contract.key.join(", ")]))).toEqual({
    "redcdm.dim_ecm_experiment_df": "experiment_id",
    "redcdm.dim_ecm_mkt_allowance_template_df": "allowance_template_id",
    "redcdm.dim_ecm_mkt_scene_df": "scene_code",
    "redcdm.dim_ecm_mkt_strategy_config_df": "strategy_id, strategy_version",
    "redcdm.dim_ecm_user_df": "user_id",
    "redcdm.dim_ecm_user_tag_df": "ds, user_id",
    "redcdm.dwd_ecm_experiment_assignment_di": "experiment_id, user_id, group_code",
    "reddw.dw_trd_coupon_template_day": "coupon_template_id",
    "reddw.dw_trd_goods_coupon_day": "coupon_id",
    "reddw.dw_trd_order_benefit_day": "order_benefit_id",
    "reddw.dw_trd_order_goods_day": "order_line_id",
    "reddw.dw_trd_promotion_target_benefit_day": "promotion_id, target_type, target_id",
    "reddw.dw_trd_refund_day": "refund_id",
    "reddw.dw_trd_user_allowance_flow_day": "flow_id",
    "redods.ods_ecm_mkt_strategy_execution_log_di": "log_id",
  });
  for (const contract of sources) {
    expect(contract.versionedBy).toBe("ingested_at");
    expect(contract.partitionBy).toBe("ingested_at");
    expect(contract.clusterBy).toEqual(contract.key);
    expect(contract.columns.at(-1)).toMatchObject({ name: "ingested_at", required: true });
  }
});

test("the trigger log has the platform's columns and types", () => {
  expect(columns("redods.ods_ecm_mkt_strategy_execution_log_di")).toEqual({
    log_id: "STRING",
    execution_id: "STRING",
    user_id: "STRING",
    strategy_id: "STRING",
    strategy_version: "INT64",
    scene_code: "STRING",
    triggered_at: "TIMESTAMP",
    experiment_id: "STRING",
    experiment_group: "STRING",
    benefits:
      "ARRAY<STRUCT<benefit_seq INT64, benefit_type STRING, template_id STRING, planned_amt NUMERIC>>",
    ingested_at: "TIMESTAMP",
  });
});

test("the allowance ledger says what each kind of entry does, and that amounts are positive", () => {
  const { columns: list, rules } = find("reddw.dw_trd_user_allowance_flow_day");
  const flow = list.find((column) => column.name === "flow_type");
  expect(flow?.values.map((entry) => `${entry.value} ${entry.label}`)).toEqual([
    "grant 发放",
    "use 使用",
    "return 退回",
    "expire 过期",
    "revoke 撤回",
  ]);
  expect(rules).toContainEqual({
    kind: "bounds",
    column: "amt",
    bounds: { exclusiveMinimum: 0, multipleOf: 0.01 },
    severity: "error",
  });
});

test("every column of every table has a meaning", () => {
  for (const contract of contracts) {
    for (const column of contract.columns)
      expect(column.description, `${contract.table}.${column.name}`).not.toBe("");
  }
});

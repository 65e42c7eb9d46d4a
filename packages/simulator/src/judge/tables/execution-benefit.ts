/** Every triggered benefit, control group included, one row per execution_id and benefit_seq; ds = trigger day. */
import type { JudgedTable } from "../facts.ts";
import { triggerColumns } from "./trigger-columns.ts";

export const executionBenefit: JudgedTable = {
  table: "redcdm.dwd_ecm_mkt_user_strategy_execution_benefit_di",
  key: ["execution_id", "benefit_seq"],
  rows: ({ triggered }) =>
    triggered.map((trigger) => ({ ...triggerColumns(trigger), is_control: trigger.isControl })),
};

/** A cell: amounts and shares as decimal text, instants as ISO text in UTC, days as YYYY-MM-DD. */
export type Cell =
  | string
  | number
  | boolean
  | null
  | readonly string[]
  | readonly Readonly<Record<string, Cell>>[];
export type SourceRow = Readonly<Record<string, Cell>>;
/** A version of a row, as it arrived. */
export type SourceVersion = SourceRow & { readonly ingested_at: string };

/** The source tables by short name: their full name, key, and columns with BigQuery's types, without ingested_at. */
export const sourceTables = {
  execution: {
    table: "redods.ods_ecm_mkt_strategy_execution_log_di",
    key: ["log_id"],
    columns: {
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
    },
  },
  strategy: {
    table: "redcdm.dim_ecm_mkt_strategy_config_df",
    key: ["strategy_id", "strategy_version"],
    columns: {
      strategy_id: "STRING",
      strategy_version: "INT64",
      strategy_name: "STRING",
      crowd_code: "STRING",
      scene_codes: "ARRAY<STRING>",
      budget_amt: "NUMERIC",
      valid_from: "TIMESTAMP",
      valid_to: "TIMESTAMP",
      owner: "STRING",
      strategy_status: "STRING",
    },
  },
  scene: {
    table: "redcdm.dim_ecm_mkt_scene_df",
    key: ["scene_code"],
    columns: { scene_code: "STRING", scene_name: "STRING", scene_group: "STRING" },
  },
  couponTemplate: {
    table: "reddw.dw_trd_coupon_template_day",
    key: ["coupon_template_id"],
    columns: {
      coupon_template_id: "STRING",
      template_name: "STRING",
      coupon_type: "STRING",
      threshold_amt: "NUMERIC",
      face_amt: "NUMERIC",
      discount_rate: "FLOAT64",
      max_discount_amt: "NUMERIC",
      scope_type: "STRING",
      platform_share: "NUMERIC",
      issue_limit_cnt: "INT64",
      budget_amt: "NUMERIC",
      valid_from: "TIMESTAMP",
      valid_to: "TIMESTAMP",
      valid_days: "INT64",
    },
  },
  allowanceTemplate: {
    table: "redcdm.dim_ecm_mkt_allowance_template_df",
    key: ["allowance_template_id"],
    columns: {
      allowance_template_id: "STRING",
      template_name: "STRING",
      face_amt: "NUMERIC",
      min_order_amt: "NUMERIC",
      platform_share: "NUMERIC",
      budget_amt: "NUMERIC",
      valid_days: "INT64",
      template_status: "STRING",
    },
  },
  promotion: {
    table: "reddw.dw_trd_promotion_target_benefit_day",
    key: ["promotion_id", "target_type", "target_id"],
    columns: {
      promotion_id: "STRING",
      promotion_name: "STRING",
      promotion_type: "STRING",
      target_type: "STRING",
      target_id: "STRING",
      threshold_amt: "NUMERIC",
      discount_amt: "NUMERIC",
      discount_rate: "FLOAT64",
      platform_share: "NUMERIC",
      start_at: "TIMESTAMP",
      end_at: "TIMESTAMP",
      promotion_status: "STRING",
    },
  },
  coupon: {
    table: "reddw.dw_trd_goods_coupon_day",
    key: ["coupon_id"],
    columns: {
      coupon_id: "STRING",
      coupon_template_id: "STRING",
      user_id: "STRING",
      claim_at: "TIMESTAMP",
      claim_scene_code: "STRING",
      execution_id: "STRING",
      benefit_seq: "INT64",
      face_amt: "NUMERIC",
      valid_from: "TIMESTAMP",
      valid_to: "TIMESTAMP",
      coupon_status: "STRING",
      is_synthetic: "BOOL",
    },
  },
  flow: {
    table: "reddw.dw_trd_user_allowance_flow_day",
    key: ["flow_id"],
    columns: {
      flow_id: "STRING",
      allowance_id: "STRING",
      allowance_template_id: "STRING",
      user_id: "STRING",
      flow_type: "STRING",
      amt: "NUMERIC",
      order_line_id: "STRING",
      occurred_at: "TIMESTAMP",
      valid_to: "TIMESTAMP",
      execution_id: "STRING",
      benefit_seq: "INT64",
    },
  },
  line: {
    table: "reddw.dw_trd_order_goods_day",
    key: ["order_line_id"],
    columns: {
      order_line_id: "STRING",
      order_id: "STRING",
      user_id: "STRING",
      seller_id: "STRING",
      goods_id: "STRING",
      category_id: "STRING",
      qty: "INT64",
      list_amt: "NUMERIC",
      pay_amt: "NUMERIC",
      order_status: "STRING",
      created_at: "TIMESTAMP",
      paid_at: "TIMESTAMP",
      channel_code: "STRING",
    },
  },
  discount: {
    table: "reddw.dw_trd_order_benefit_day",
    key: ["order_benefit_id"],
    columns: {
      order_benefit_id: "STRING",
      order_line_id: "STRING",
      order_id: "STRING",
      benefit_type: "STRING",
      benefit_id: "STRING",
      discount_amt: "NUMERIC",
      platform_amt: "NUMERIC",
      merchant_amt: "NUMERIC",
      used_at: "TIMESTAMP",
      returned_at: "TIMESTAMP",
    },
  },
  refund: {
    table: "reddw.dw_trd_refund_day",
    key: ["refund_id"],
    columns: {
      refund_id: "STRING",
      order_line_id: "STRING",
      order_id: "STRING",
      refund_amt: "NUMERIC",
      refund_status: "STRING",
      refunded_at: "TIMESTAMP",
      is_benefit_returned: "BOOL",
    },
  },
  user: {
    table: "redcdm.dim_ecm_user_df",
    key: ["user_id"],
    columns: {
      user_id: "STRING",
      registered_at: "TIMESTAMP",
      gender_code: "STRING",
      age_band: "STRING",
      city_tier: "STRING",
    },
  },
  tag: {
    table: "redcdm.dim_ecm_user_tag_df",
    key: ["ds", "user_id"],
    columns: {
      ds: "DATE",
      user_id: "STRING",
      consumption_level: "STRING",
      crowd_code: "STRING",
      live_activity_level: "STRING",
    },
  },
  experiment: {
    table: "redcdm.dim_ecm_experiment_df",
    key: ["experiment_id"],
    columns: {
      experiment_id: "STRING",
      experiment_name: "STRING",
      experiment_type: "STRING",
      strategy_id: "STRING",
      start_ds: "DATE",
      end_ds: "DATE",
      groups: "ARRAY<STRUCT<group_code STRING, expected_share NUMERIC, is_baseline BOOL>>",
      primary_metric: "STRING",
    },
  },
  assignment: {
    table: "redcdm.dwd_ecm_experiment_assignment_di",
    key: ["experiment_id", "user_id", "group_code"],
    columns: { experiment_id: "STRING", user_id: "STRING", group_code: "STRING", assigned_at: "TIMESTAMP" },
  },
} as const satisfies Readonly<
  Record<string, { table: string; key: readonly string[]; columns: Readonly<Record<string, string>> }>
>;
export type SourceName = keyof typeof sourceTables;

/**
 * The rows of the platform's source tables as JSON: TIMESTAMP as an ISO string, NUMERIC as a decimal string.
 * `ingested_at` is added when a version is put into the world.
 */
export interface TriggerLogRow {
  log_id: string;
  execution_id: string;
  user_id: string;
  strategy_id: string;
  strategy_version: number;
  scene_code: string;
  triggered_at: string;
  experiment_id: string | null;
  experiment_group: string | null;
  benefits: PlannedBenefitRow[];
}
export interface PlannedBenefitRow {
  benefit_seq: number;
  benefit_type: "coupon" | "allowance";
  template_id: string;
  planned_amt: string;
}
export interface StrategyRow {
  strategy_id: string;
  strategy_version: number;
  strategy_name: string;
  crowd_code: string | null;
  scene_codes: string[];
  budget_amt: string | null;
  valid_from: string;
  valid_to: string | null;
  owner: string | null;
  strategy_status: string;
}
export interface SceneRow {
  scene_code: string;
  scene_name: string;
  scene_group: string;
}
export interface CouponTemplateRow {
  coupon_template_id: string;
  template_name: string;
  coupon_type: "threshold_off" | "percent_off" | "direct_off";
  threshold_amt: string | null;
  face_amt: string | null;
  discount_rate: string | null;
  max_discount_amt: string | null;
  scope_type: string | null;
  platform_share: string;
  issue_limit_cnt: number | null;
  budget_amt: string | null;
  valid_from: string;
  valid_to: string | null;
  valid_days: number | null;
}
export interface AllowanceTemplateRow {
  allowance_template_id: string;
  template_name: string;
  face_amt: string;
  min_order_amt: string | null;
  platform_share: string;
  budget_amt: string | null;
  valid_days: number | null;
  template_status: string;
}
export interface PromotionTargetRow {
  promotion_id: string;
  target_type: "goods" | "seller" | "category" | "all";
  target_id: string;
  promotion_name: string;
  promotion_type: "direct_off" | "threshold_off" | "percent_off" | "multi_buy" | "flash_sale";
  threshold_amt: string | null;
  discount_amt: string | null;
  discount_rate: string | null;
  platform_share: string;
  start_at: string;
  end_at: string;
  promotion_status: string;
}
export interface CouponRow {
  coupon_id: string;
  coupon_template_id: string;
  user_id: string;
  claim_at: string;
  claim_scene_code: string | null;
  execution_id: string | null;
  benefit_seq: number | null;
  face_amt: string | null;
  valid_from: string;
  valid_to: string;
  coupon_status: "claimed" | "used" | "expired" | "voided";
  is_synthetic: boolean;
}
export interface AllowanceFlowRow {
  flow_id: string;
  allowance_id: string;
  allowance_template_id: string;
  user_id: string;
  flow_type: "grant" | "use" | "return" | "expire" | "revoke";
  amt: string;
  order_line_id: string | null;
  occurred_at: string;
  valid_to: string | null;
  execution_id: string | null;
  benefit_seq: number | null;
}
export interface OrderLineRow {
  order_line_id: string;
  order_id: string;
  user_id: string;
  seller_id: string;
  goods_id: string;
  category_id: string;
  qty: number;
  list_amt: string;
  pay_amt: string;
  order_status: string;
  created_at: string;
  paid_at: string | null;
  channel_code: string;
}
export interface OrderBenefitRow {
  order_benefit_id: string;
  order_line_id: string;
  order_id: string;
  benefit_type: "coupon" | "allowance" | "promotion";
  benefit_id: string;
  discount_amt: string;
  platform_amt: string;
  merchant_amt: string;
  used_at: string;
  returned_at: string | null;
}
export interface RefundRow {
  refund_id: string;
  order_line_id: string;
  order_id: string;
  refund_amt: string;
  refund_status: "applied" | "succeeded" | "rejected";
  refunded_at: string;
  is_benefit_returned: boolean;
}
export interface UserRow {
  user_id: string;
  registered_at: string;
  gender_code: string | null;
  age_band: string | null;
  city_tier: string | null;
}
export interface UserTagRow {
  ds: string;
  user_id: string;
  consumption_level: string | null;
  crowd_code: string | null;
  live_activity_level: string | null;
}
export interface ExperimentRow {
  experiment_id: string;
  experiment_name: string;
  experiment_type: "ab" | "reverse" | "holdout";
  strategy_id: string | null;
  start_ds: string;
  end_ds: string | null;
  groups: { group_code: string; expected_share: string; is_baseline: boolean }[];
  primary_metric: string;
}
export interface AssignmentRow {
  experiment_id: string;
  user_id: string;
  group_code: string;
  assigned_at: string;
}

export const sources = {
  triggerLog: "redods.ods_ecm_mkt_strategy_execution_log_di",
  strategy: "redcdm.dim_ecm_mkt_strategy_config_df",
  scene: "redcdm.dim_ecm_mkt_scene_df",
  couponTemplate: "reddw.dw_trd_coupon_template_day",
  allowanceTemplate: "redcdm.dim_ecm_mkt_allowance_template_df",
  promotionTarget: "reddw.dw_trd_promotion_target_benefit_day",
  coupon: "reddw.dw_trd_goods_coupon_day",
  allowanceFlow: "reddw.dw_trd_user_allowance_flow_day",
  orderLine: "reddw.dw_trd_order_goods_day",
  orderBenefit: "reddw.dw_trd_order_benefit_day",
  refund: "reddw.dw_trd_refund_day",
  user: "redcdm.dim_ecm_user_df",
  userTag: "redcdm.dim_ecm_user_tag_df",
  experiment: "redcdm.dim_ecm_experiment_df",
  assignment: "redcdm.dwd_ecm_experiment_assignment_di",
} as const;

export interface SourceRows {
  triggerLog: TriggerLogRow;
  strategy: StrategyRow;
  scene: SceneRow;
  couponTemplate: CouponTemplateRow;
  allowanceTemplate: AllowanceTemplateRow;
  promotionTarget: PromotionTargetRow;
  coupon: CouponRow;
  allowanceFlow: AllowanceFlowRow;
  orderLine: OrderLineRow;
  orderBenefit: OrderBenefitRow;
  refund: RefundRow;
  user: UserRow;
  userTag: UserTagRow;
  experiment: ExperimentRow;
  assignment: AssignmentRow;
}
export type SourceName = keyof SourceRows;

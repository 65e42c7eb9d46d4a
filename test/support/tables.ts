/** The tables that the stories ask, by the names they tell them with. */
export const tables = {
  orderLine: "redcdm.dwd_ecm_trd_order_line_di",
  executionBenefit: "redcdm.dwd_ecm_mkt_user_strategy_execution_benefit_di",
  executionCoupon: "redcdm.dwd_ecm_mkt_user_strategy_execution_coupon_df",
  executionAllowance: "redcdm.dwd_ecm_mkt_user_strategy_execution_allowance_df",
  couponChain: "redcdm.dwd_ecm_mkt_user_strategy_execution_coupon_get_use_df",
  allowanceChain: "redcdm.dwd_ecm_mkt_user_strategy_execution_allowance_get_use_df",
  couponWide: "redcdm.dm_ecm_trd_mkt_activity_coupon_get_use_600d_di",
  allowanceWide: "redcdm.dm_ecm_trd_mkt_activity_user_allowance_get_use_1d_df",
  promotionWide: "redcdm.dm_ecm_trd_mkt_promotion_use_dtl_500d_nd_di",
  funnelEvent: "redcdm.dwd_ecm_mkt_trigger_funnel_event_di",
  funnelStrategy: "redcdm.dm_ecm_mkt_trigger_funnel_strategy_1d_di",
  funnelScene: "redcdm.dm_ecm_mkt_trigger_funnel_scene_1d_di",
  funnelTemplate: "redcdm.dm_ecm_mkt_trigger_funnel_coupon_template_1d_di",
} as const;
export type TableName = keyof typeof tables;

/**
 * The platform's source rows as JSON writes them: TIMESTAMP as ISO text, DATE as YYYY-MM-DD, NUMERIC as decimal text,
 * INT64 as a number. Every row is one version; `ingested_at` says when it arrived.
 */
interface Version {
  readonly ingested_at: string;
}
export interface TriggerLog extends Version {
  readonly log_id: string;
  readonly execution_id: string;
  readonly user_id: string;
  readonly strategy_id: string;
  readonly strategy_version: number | null;
  readonly scene_code: string | null;
  readonly triggered_at: string;
  readonly experiment_id: string | null;
  readonly experiment_group: string | null;
  readonly benefits: readonly PlannedBenefit[] | null;
}
export interface PlannedBenefit {
  readonly benefit_seq: number;
  readonly benefit_type: string;
  readonly template_id: string | null;
  readonly planned_amt: string | null;
}
export interface Scene extends Version {
  readonly scene_code: string;
  readonly scene_group: string | null;
}
export interface UserTag extends Version {
  readonly ds: string;
  readonly user_id: string;
  readonly consumption_level: string | null;
  readonly crowd_code: string | null;
  readonly live_activity_level: string | null;
}
export interface CouponTemplate extends Version {
  readonly coupon_template_id: string;
  readonly coupon_type: string | null;
  readonly threshold_amt: string | null;
  readonly max_discount_amt: string | null;
  readonly platform_share: string | null;
}
export interface PromotionTarget extends Version {
  readonly promotion_id: string;
  readonly target_type: string;
  readonly target_id: string | null;
  readonly promotion_type: string | null;
  readonly platform_share: string | null;
  readonly start_at: string;
  readonly end_at: string | null;
}
export interface Coupon extends Version {
  readonly coupon_id: string;
  readonly coupon_template_id: string | null;
  readonly user_id: string;
  readonly claim_at: string;
  readonly claim_scene_code: string | null;
  readonly execution_id: string | null;
  readonly benefit_seq: number | null;
  readonly face_amt: string | null;
  readonly valid_from: string | null;
  readonly valid_to: string | null;
  readonly coupon_status: string | null;
  readonly is_synthetic: boolean | null;
}
export interface LedgerFlow extends Version {
  readonly flow_id: string;
  readonly allowance_id: string;
  readonly allowance_template_id: string | null;
  readonly user_id: string;
  readonly flow_type: string;
  readonly amt: string;
  readonly order_line_id: string | null;
  readonly occurred_at: string;
  readonly valid_to: string | null;
  readonly execution_id: string | null;
  readonly benefit_seq: number | null;
}
export interface OrderLine extends Version {
  readonly order_line_id: string;
  readonly order_id: string;
  readonly user_id: string;
  readonly seller_id: string | null;
  readonly goods_id: string | null;
  readonly category_id: string | null;
  readonly qty: number | null;
  readonly list_amt: string;
  readonly pay_amt: string;
  readonly paid_at: string | null;
  readonly channel_code: string | null;
}
export interface OrderBenefit extends Version {
  readonly order_benefit_id: string;
  readonly order_line_id: string;
  readonly order_id: string;
  readonly benefit_type: string;
  readonly benefit_id: string;
  readonly discount_amt: string;
  readonly platform_amt: string;
  readonly merchant_amt: string;
  readonly returned_at: string | null;
}
export interface Refund extends Version {
  readonly refund_id: string;
  readonly order_line_id: string;
  readonly refund_amt: string;
  readonly refund_status: string;
  readonly refunded_at: string | null;
}

export interface User extends Version {
  readonly user_id: string;
  readonly registered_at: string | null;
}

export interface Strategy extends Version {
  readonly strategy_id: string;
  readonly strategy_version: number;
  readonly budget_amt: string | null;
  readonly valid_from: string | null;
  readonly valid_to: string | null;
}

/** The sources that the judged tables are made of. */
export interface SourceRows {
  triggerLog: TriggerLog;
  couponTemplate: CouponTemplate;
  promotionTarget: PromotionTarget;
  coupon: Coupon;
  ledger: LedgerFlow;
  orderLine: OrderLine;
  orderBenefit: OrderBenefit;
  refund: Refund;
  user: User;
  scene: Scene;
  userTag: UserTag;
  strategy: Strategy;
}
export type SourceName = keyof SourceRows;

interface Source {
  readonly table: string;
  readonly key: readonly string[];
  /** Every column of the table in its order, with how JSON writes it: the text of a row decides ties. */
  readonly columns: string;
}

const amounts = "numeric";
export const sources: Readonly<Record<SourceName, Source>> = {
  triggerLog: {
    table: "redods.ods_ecm_mkt_strategy_execution_log_di",
    key: ["log_id"],
    columns: `log_id execution_id user_id strategy_id strategy_version:integer scene_code triggered_at:instant
      experiment_id experiment_group benefits:benefits ingested_at:instant`,
  },
  couponTemplate: {
    table: "reddw.dw_trd_coupon_template_day",
    key: ["coupon_template_id"],
    columns: `coupon_template_id template_name coupon_type threshold_amt:${amounts} face_amt:${amounts}
      discount_rate:float max_discount_amt:${amounts} scope_type platform_share:${amounts} issue_limit_cnt:integer
      budget_amt:${amounts} valid_from:instant valid_to:instant valid_days:integer ingested_at:instant`,
  },
  promotionTarget: {
    table: "reddw.dw_trd_promotion_target_benefit_day",
    key: ["promotion_id", "target_type", "target_id"],
    columns: `promotion_id promotion_name promotion_type target_type target_id threshold_amt:${amounts}
      discount_amt:${amounts} discount_rate:float platform_share:${amounts} start_at:instant end_at:instant
      promotion_status ingested_at:instant`,
  },
  coupon: {
    table: "reddw.dw_trd_goods_coupon_day",
    key: ["coupon_id"],
    columns: `coupon_id coupon_template_id user_id claim_at:instant claim_scene_code execution_id
      benefit_seq:integer face_amt:${amounts} valid_from:instant valid_to:instant coupon_status is_synthetic:boolean
      ingested_at:instant`,
  },
  ledger: {
    table: "reddw.dw_trd_user_allowance_flow_day",
    key: ["flow_id"],
    columns: `flow_id allowance_id allowance_template_id user_id flow_type amt:${amounts} order_line_id
      occurred_at:instant valid_to:instant execution_id benefit_seq:integer ingested_at:instant`,
  },
  orderLine: {
    table: "reddw.dw_trd_order_goods_day",
    key: ["order_line_id"],
    columns: `order_line_id order_id user_id seller_id goods_id category_id qty:integer list_amt:${amounts}
      pay_amt:${amounts} order_status created_at:instant paid_at:instant channel_code ingested_at:instant`,
  },
  orderBenefit: {
    table: "reddw.dw_trd_order_benefit_day",
    key: ["order_benefit_id"],
    columns: `order_benefit_id order_line_id order_id benefit_type benefit_id discount_amt:${amounts}
      platform_amt:${amounts} merchant_amt:${amounts} used_at:instant returned_at:instant ingested_at:instant`,
  },
  refund: {
    table: "reddw.dw_trd_refund_day",
    key: ["refund_id"],
    columns: `refund_id order_line_id order_id refund_amt:${amounts} refund_status refunded_at:instant
      is_benefit_returned:boolean ingested_at:instant`,
  },
  user: {
    table: "redcdm.dim_ecm_user_df",
    key: ["user_id"],
    columns: "user_id registered_at:instant gender_code age_band city_tier ingested_at:instant",
  },
  scene: {
    table: "redcdm.dim_ecm_mkt_scene_df",
    key: ["scene_code"],
    columns: "scene_code scene_name scene_group ingested_at:instant",
  },
  userTag: {
    table: "redcdm.dim_ecm_user_tag_df",
    key: ["ds", "user_id"],
    columns: "ds user_id consumption_level crowd_code live_activity_level ingested_at:instant",
  },
  strategy: {
    table: "redcdm.dim_ecm_mkt_strategy_config_df",
    key: ["strategy_id", "strategy_version"],
    columns: `strategy_id strategy_version:integer strategy_name crowd_code scene_codes:texts budget_amt:${amounts}
      valid_from:instant valid_to:instant owner strategy_status ingested_at:instant`,
  },
};

/** Versions by `<dataset>.<table>`; a table that is not there is empty. */
export type RawSources = Readonly<Record<string, readonly object[]>>;

/** A value of an expected row: amounts as decimal text, days as YYYY-MM-DD, instants as ISO text in UTC. */
export type Cell = string | number | boolean | null;
export type ExpectedRow = Readonly<Record<string, Cell>>;

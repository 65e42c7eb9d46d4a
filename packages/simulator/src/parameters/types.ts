// The parameters as parameters.yaml writes them; what each means and its unit stands there.

export interface Weighted {
  readonly code: string | number;
  readonly weight: number;
}
export interface Delay {
  readonly median_days: number;
  readonly shape: number;
}
export interface Sale {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly weight: number;
}
export interface Calendar {
  readonly weekday: readonly number[];
  readonly month: readonly number[];
  readonly hour: readonly number[];
  readonly sales: readonly Sale[];
}
export interface Scene {
  readonly code: string;
  readonly name: string;
  readonly group: string;
  readonly weight: number;
  readonly claim: number;
}
export interface Crowd {
  readonly code: string;
  readonly name: string;
  readonly weight: number;
}
export interface CouponTemplate {
  readonly id: string;
  readonly name: string;
  readonly type: "threshold_off" | "percent_off" | "direct_off";
  readonly threshold?: number;
  readonly face?: number;
  readonly rate?: number;
  readonly max_discount?: number;
  readonly platform_share: number;
  readonly valid_days?: number;
  readonly window?: { readonly from: number; readonly to: number };
  readonly redeem: number;
  readonly budget?: number;
  readonly issue_limit?: number;
  readonly slot: "platform" | "seller";
  readonly starts_tomorrow?: boolean;
  readonly changes?: { readonly at: number; readonly face: number };
}
export interface AllowanceTemplate {
  readonly id: string;
  readonly name: string;
  readonly face: number;
  readonly min_order: number;
  readonly platform_share: number;
  readonly valid_days: number;
  readonly redeem: number;
  readonly budget?: number;
  readonly parts: readonly number[];
}
export interface Promotion {
  readonly id: string;
  readonly name: string;
  readonly type: "direct_off" | "threshold_off" | "percent_off" | "multi_buy" | "flash_sale";
  readonly threshold?: number;
  readonly amount?: number;
  readonly rate?: number;
  readonly platform_share: number;
  readonly every_days: number;
  readonly lasts_days: number;
  readonly hours?: { readonly from: number; readonly to: number };
  readonly targets: {
    readonly goods?: number;
    readonly sellers?: number;
    readonly categories?: number;
    readonly all?: boolean;
  };
}
export interface StrategyVersion {
  readonly from: number;
  readonly to: number;
  readonly budget?: number;
  readonly claim: number;
  readonly lift: number;
  readonly benefits: readonly string[];
}
export interface Strategy {
  readonly id: string;
  readonly name: string;
  readonly crowd?: string;
  readonly owner: string;
  readonly weight: number;
  readonly scenes: readonly string[];
  readonly versions: readonly StrategyVersion[];
}
export const stages = ["potential", "new", "mature", "churned"] as const;
export type Stage = (typeof stages)[number];
export interface ExperimentGroup {
  readonly code: string;
  readonly share: number;
  readonly actual?: number;
  readonly baseline?: boolean;
  /** Which version of the strategy the group gets; "any": whatever triggers; none: nothing is delivered. */
  readonly version?: number | "any";
  readonly lift?: Readonly<Record<Stage, number>>;
}
export interface Experiment {
  readonly id: string;
  readonly name: string;
  readonly type: "ab" | "reverse" | "holdout";
  readonly strategy?: string;
  readonly from: number;
  readonly to: number;
  readonly traffic: number;
  readonly triggered: number;
  readonly primary_metric: string;
  readonly forward_days?: number;
  readonly groups: readonly ExperimentGroup[];
}

/** Kinds of dirt: rates of rows or keys, and numbers of days, templates or promotions. */
export const dirtRates = [
  "duplicate_rate",
  "redelivery_rate",
  "late_rate",
  "very_late_rate",
  "out_of_order_rate",
  "correction_rate",
  "rekey_rate",
  "midnight_rate",
  "retry_rate",
  "repeated_seq_rate",
  "empty_benefits_rate",
  "clock_skew_rate",
  "tie_rate",
  "no_tag_rate",
  "double_assignment_rate",
] as const;
export const dirtCounts = [
  "empty_days",
  "doubled_days",
  "templates_late",
  "templates_never",
  "promotions_late",
  "promotions_never",
] as const;
export type DirtKind = (typeof dirtRates)[number] | (typeof dirtCounts)[number];
export type Dirt = Readonly<Record<DirtKind, number>>;

export interface Preset {
  readonly users: number;
  readonly from: string;
  readonly to: string;
  readonly seed: number;
  readonly dirt: string;
  /** The history of this many days is handed over at once, as it then stands. */
  readonly bootstrap_days: number;
}

export interface Parameters {
  readonly presets: Readonly<Record<string, Preset>>;
  readonly delivery: {
    readonly every_minutes: number;
    readonly tags_every_days: number;
    readonly tags_until_days: number;
  };
  readonly calendar: Calendar;
  readonly users: {
    readonly registered_before_share: number;
    readonly before_days: number;
    readonly moved_rate: number;
    readonly genders: readonly Weighted[];
    readonly ages: readonly Weighted[];
    readonly cities: readonly Weighted[];
    readonly levels: readonly Weighted[];
    readonly live: readonly Weighted[];
  };
  readonly crowds: readonly Crowd[];
  readonly purchase: {
    readonly ever_share: number;
    readonly first_gap: Delay;
    readonly gap: Delay;
    readonly repeat: { readonly first: number; readonly limit: number; readonly pace: number };
    readonly rate_sigma: number;
    readonly max_orders: number;
  };
  readonly orders: {
    readonly lines: readonly Weighted[];
    readonly quantities: readonly Weighted[];
    readonly channels: readonly Weighted[];
    readonly goods: number;
    readonly sellers: number;
    readonly categories: number;
    readonly price: { readonly median: number; readonly sigma: number };
    readonly level_price: readonly number[];
    readonly cancelled_rate: number;
    readonly split_payment_rate: number;
    readonly split_never_rate: number;
    readonly slow_payment_rate: number;
    readonly gift_rate: number;
    readonly synthetic_coupon_rate: number;
  };
  readonly refunds: {
    readonly whole_order_rate: number;
    readonly one_line_rate: number;
    readonly part_rate: number;
    readonly rejected_rate: number;
    readonly two_step_rate: number;
    readonly benefit_return_rate: number;
    readonly coupon_part_return_rate: number;
    readonly delay: Delay;
  };
  readonly triggers: {
    readonly per_user_day: number;
    readonly rate_sigma: number;
    readonly faithful_days: number;
    readonly later_share: number;
  };
  readonly scenes: readonly Scene[];
  readonly claims: {
    readonly at_once_share: number;
    readonly delay: { readonly median_hours: number; readonly shape: number };
    readonly without_seq_rate: number;
    readonly centre_per_user_day: number;
    readonly centre_templates: readonly string[];
    readonly gift_allowances_per_user_day: number;
    readonly gift_allowance_templates: readonly string[];
    readonly voided_rate: number;
    readonly expired_status_rate: number;
    readonly revoked_rate: number;
  };
  readonly redemptions: {
    readonly delay: Delay;
    readonly allowances_per_order: number;
    readonly reuse_rate: number;
    readonly synthetic_template: string;
  };
  readonly coupon_templates: readonly CouponTemplate[];
  readonly allowance_templates: readonly AllowanceTemplate[];
  readonly promotions: readonly Promotion[];
  readonly strategies: readonly Strategy[];
  readonly experiments: readonly Experiment[];
  readonly dirt: Readonly<Record<string, Readonly<Partial<Dirt>>>>;
}

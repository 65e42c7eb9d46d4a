/** Where the customer-facing discount that the retailer gives to everybody belongs: the data names no single promotions. */
const PROMOTION_ID = "retail-discount";
const ALLOWANCE_TEMPLATE_ID = "coupon-match";

const numeric = (value: string) => `CAST(${value} AS DECIMAL(18, 2))`;
const share = (value: string) => `CAST(${value} AS DECIMAL(5, 4))`;
const text = (value: string) => `CAST(${value} AS VARCHAR)`;
const instant = (value: string) => `CAST(${value} AS TIMESTAMPTZ)`;
const integer = (value: string) => `CAST(${value} AS BIGINT)`;

/** Source table -> the query that gives its rows, in the column order of the source, without `ingested_at`, sorted by key. */
export const TABLES: Record<string, string> = {
  "redods.ods_ecm_mkt_strategy_execution_log_di": `
    SELECT
      execution_id AS log_id,
      execution_id,
      ${text("household_id")} AS user_id,
      strategy_id,
      ${integer("1")} AS strategy_version,
      scene_code,
      start_at AS triggered_at,
      ${text("NULL")} AS experiment_id,
      ${text("NULL")} AS experiment_group,
      benefits
    FROM target
    JOIN campaign USING (campaign_id)
    JOIN (
      SELECT
        campaign_id,
        list(
          {
            'benefit_seq': ${integer("benefit_seq")},
            'benefit_type': 'coupon',
            'template_id': coupon_template_id,
            'planned_amt': ${numeric("NULL")}
          }
          ORDER BY benefit_seq
        ) AS benefits
      FROM template
      GROUP BY campaign_id
    ) USING (campaign_id)
    ORDER BY campaign_id, household_id`,

  "redcdm.dim_ecm_mkt_strategy_config_df": `
    SELECT
      strategy_id,
      ${integer("1")} AS strategy_version,
      'Campaign ' || campaign_id || ' (' || campaign_type || ')' AS strategy_name,
      ${text("NULL")} AS crowd_code,
      [scene_code] AS scene_codes,
      ${numeric("NULL")} AS budget_amt,
      start_at AS valid_from,
      end_at AS valid_to,
      ${text("NULL")} AS owner,
      CASE WHEN end_day <= run_date THEN 'ended' ELSE 'running' END AS strategy_status
    FROM campaign, calendar
    ORDER BY campaign_id`,

  "redcdm.dim_ecm_mkt_scene_df": `
    SELECT DISTINCT scene_code, campaign_type || ' campaigns' AS scene_name, 'campaign' AS scene_group
    FROM campaign
    ORDER BY scene_code`,

  "reddw.dw_trd_coupon_template_day": `
    SELECT
      coupon_template_id,
      'Coupon ' || coupon_upc || ' of campaign ' || campaign_id AS template_name,
      'direct_off' AS coupon_type,
      ${numeric("NULL")} AS threshold_amt,
      ${numeric("NULL")} AS face_amt,
      ${share("NULL")} AS discount_rate,
      ${numeric("NULL")} AS max_discount_amt,
      'goods' AS scope_type,
      ${share("0")} AS platform_share,
      ${integer("NULL")} AS issue_limit_cnt,
      ${numeric("NULL")} AS budget_amt,
      start_at AS valid_from,
      end_at AS valid_to,
      ${integer("NULL")} AS valid_days
    FROM template
    JOIN campaign USING (campaign_id)
    ORDER BY campaign_id, coupon_upc`,

  "redcdm.dim_ecm_mkt_allowance_template_df": `
    SELECT
      '${ALLOWANCE_TEMPLATE_ID}' AS allowance_template_id,
      'Retailer''s match of a manufacturer coupon' AS template_name,
      ${numeric("NULL")} AS face_amt,
      ${numeric("NULL")} AS min_order_amt,
      ${share("1")} AS platform_share,
      ${numeric("NULL")} AS budget_amt,
      ${integer("0")} AS valid_days,
      'active' AS template_status`,

  "reddw.dw_trd_promotion_target_benefit_day": `
    SELECT
      '${PROMOTION_ID}' AS promotion_id,
      'Retail discount' AS promotion_name,
      'direct_off' AS promotion_type,
      'all' AS target_type,
      'all' AS target_id,
      ${numeric("NULL")} AS threshold_amt,
      ${numeric("NULL")} AS discount_amt,
      ${share("NULL")} AS discount_rate,
      ${share("1")} AS platform_share,
      first_at AS start_at,
      as_of_at - INTERVAL 1 MICROSECOND AS end_at,
      'active' AS promotion_status
    FROM calendar`,

  "reddw.dw_trd_goods_coupon_day": `
    SELECT
      coupon_id,
      coupon_template_id,
      ${text("household_id")} AS user_id,
      claim_at,
      claim_scene_code,
      execution_id,
      ${integer("benefit_seq")} AS benefit_seq,
      ${numeric("NULL")} AS face_amt,
      valid_from,
      valid_to,
      CASE WHEN used_at IS NOT NULL THEN 'used' WHEN valid_to < as_of_at THEN 'expired' ELSE 'claimed' END
        AS coupon_status,
      is_synthetic
    FROM coupon, calendar
    ORDER BY coupon_id`,

  "reddw.dw_trd_user_allowance_flow_day": `
    SELECT
      order_line_id || '-' || flow_type AS flow_id,
      'match-' || order_line_id AS allowance_id,
      '${ALLOWANCE_TEMPLATE_ID}' AS allowance_template_id,
      ${text("household_id")} AS user_id,
      flow_type,
      match_amt AS amt,
      CASE WHEN flow_type = 'use' THEN order_line_id END AS order_line_id,
      paid_at AS occurred_at,
      CASE WHEN flow_type = 'grant' THEN paid_at END AS valid_to,
      ${text("NULL")} AS execution_id,
      ${integer("NULL")} AS benefit_seq
    FROM line, (VALUES ('grant'), ('use')) AS flow (flow_type)
    WHERE match_amt > 0
    ORDER BY basket_id, product_id, flow_type`,

  "reddw.dw_trd_order_goods_day": `
    SELECT
      order_line_id,
      ${text("basket_id")} AS order_id,
      ${text("household_id")} AS user_id,
      ${text("store_id")} AS seller_id,
      ${text("product_id")} AS goods_id,
      product_category AS category_id,
      ${integer("qty")} AS qty,
      list_amt,
      pay_amt,
      'paid' AS order_status,
      paid_at AS created_at,
      paid_at,
      'store' AS channel_code
    FROM line
    LEFT JOIN product USING (product_id)
    ORDER BY basket_id, product_id`,

  "reddw.dw_trd_order_benefit_day": `
    SELECT
      order_line_id || '-' || kind AS order_benefit_id,
      order_line_id,
      ${text("basket_id")} AS order_id,
      benefit_type,
      benefit_id,
      ${numeric("discount_amt")} AS discount_amt,
      ${numeric("discount_amt * platform_share")} AS platform_amt,
      ${numeric("discount_amt * (1 - platform_share)")} AS merchant_amt,
      paid_at AS used_at,
      ${instant("NULL")} AS returned_at
    FROM (
      SELECT order_line_id, basket_id, product_id, paid_at, 'promotion' AS kind, 'promotion' AS benefit_type,
        '${PROMOTION_ID}' AS benefit_id, retail_amt AS discount_amt, 1 AS platform_share
      FROM line
      WHERE retail_amt > 0
      UNION ALL
      SELECT order_line_id, basket_id, product_id, paid_at, 'allowance', 'allowance',
        'match-' || order_line_id, match_amt, 1
      FROM line
      WHERE match_amt > 0
      UNION ALL
      SELECT order_line_id, basket_id, product_id, paid_at, coupon_id, 'coupon',
        coupon_id, discount_amt, 0
      FROM coupon
      JOIN line USING (order_line_id)
    )
    ORDER BY basket_id, product_id, kind`,

  "redcdm.dim_ecm_user_df": `
    SELECT
      ${text("household_id")} AS user_id,
      ${instant("NULL")} AS registered_at,
      ${text("NULL")} AS gender_code,
      age AS age_band,
      ${text("NULL")} AS city_tier
    FROM household
    ORDER BY household_id`,
};

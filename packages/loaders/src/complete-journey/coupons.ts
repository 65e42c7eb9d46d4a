/**
 * Table `coupon`: what households hold. Types B and C: every targeted household gets every coupon of its campaign. Type
 * A: which 16 of the pool it gets is not known, so only redeemed ones are there. A second redemption of a template is a
 * second coupon. A coupon known only by its use is synthetic. Paper: coupon_disc that no redemption accounts for.
 */
export const COUPON = `
  CREATE TABLE coupon AS
  WITH given AS (
    SELECT household_id, campaign_id, coupon_upc, 1 AS copy_no
    FROM target
    JOIN campaign USING (campaign_id)
    JOIN template USING (campaign_id)
    WHERE campaign_type != 'Type A'
  ),

  campaign_coupon AS (
    SELECT
      household_id,
      campaign_id,
      coupon_upc,
      copy_no,
      given.copy_no IS NULL AS is_synthetic,
      redemption.redemption_no
    FROM given
    FULL JOIN redemption USING (household_id, campaign_id, coupon_upc, copy_no)
  )

  SELECT
    coupon_template_id || '-' || household_id || '-' || copy_no AS coupon_id,
    coupon_template_id,
    household_id,
    campaign.start_at AS claim_at,
    scene_code AS claim_scene_code,
    execution_id,
    benefit_seq,
    campaign.start_at AS valid_from,
    campaign.end_at AS valid_to,
    is_synthetic,
    matched.order_line_id AS order_line_id,
    CASE WHEN match = 'discounted' THEN line.coupon_amt ELSE 0 END AS discount_amt,
    line.paid_at AS used_at
  FROM campaign_coupon
  JOIN campaign USING (campaign_id)
  JOIN template USING (campaign_id, coupon_upc)
  JOIN target USING (campaign_id, household_id)
  LEFT JOIN matched USING (redemption_no)
  LEFT JOIN line USING (order_line_id)
  UNION ALL
  SELECT
    'paper-' || order_line_id,
    NULL,
    household_id,
    paid_at,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    TRUE,
    order_line_id,
    coupon_amt,
    paid_at
  FROM line
  WHERE coupon_amt > 0
    AND order_line_id NOT IN (SELECT order_line_id FROM matched WHERE match = 'discounted')`;

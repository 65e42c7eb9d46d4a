// The judgement on the thresholds of the lifecycle, in words. A sentence says what was found, then what follows.
import { integer, share } from "./params.ts";

const percent = (rate: string) => `FORMAT('%.1f%%', 100 * ${rate})`;
const horizon = integer("evidence_horizon_days");
const tolerated = `FORMAT('%.0f%%', 100 * ${share("churn_return_rate")})`;
const least = integer("report_min_users");

/** SQL of the sentences, over the columns of the view's last step. */
export function judgement(): string {
  const found = `CONCAT(
      COALESCE(CONCAT('Of the users who reached order ', CAST(current_value AS STRING), ', ', ${percent("current_rate")}, ' bought again within ${horizon} days'),
        CONCAT('Nobody reached order ', CAST(current_value AS STRING), ' long enough ago')),
      COALESCE(CONCAT('; one order more changes that by ', FORMAT('%+.1f', 100 * current_gain), ' points'), ''), '. ')`;
  const silent = `CASE
      WHEN current_rate IS NOT NULL
        THEN CONCAT('After ', CAST(current_value AS STRING), ' silent days ', ${percent("current_rate")}, ' still buy within the next 365. ')
      WHEN current_survival IS NOT NULL
        THEN CONCAT(${percent("current_survival")}, ' of silences last longer than ', CAST(current_value AS STRING), ' days; who comes back in the year after was not followed up. ')
      ELSE CONCAT('No silence was followed for ', CAST(current_value AS STRING), ' days. ')
    END`;
  return `CASE threshold_code
    WHEN 'mature_orders' THEN CONCAT(${found}, CASE verdict_code
      WHEN 'undecided' THEN IF(last_value IS NULL,
        'Fewer than ${least} users reached a second order: the data cannot tell.',
        CONCAT('The chance to buy again rises with every order up to ', CAST(last_value AS STRING), ', as far as ${least} users went: no order stands out.'))
      WHEN 'confirmed' THEN CONCAT('Over the three orders after order ', CAST(suggested_value AS STRING), ' it no longer rises measurably: the data support ', CAST(current_value AS STRING), '.')
      ELSE CONCAT('Over the three orders after order ', CAST(suggested_value AS STRING), ' it no longer rises measurably: the data suggest ', CAST(suggested_value AS STRING), ', not ', CAST(current_value AS STRING), '.')
    END)
    ELSE CONCAT(${silent}, CASE verdict_code
      WHEN 'undecided' THEN IF(last_value IS NULL,
        'No silence was followed for a year: the data cannot tell.',
        IF(current_rate IS NULL,
          CONCAT('Followed up for a year were ', CAST(last_value AS STRING), ' silent days at most: the data cannot tell.'),
          CONCAT('More than ', ${tolerated}, ' come back after every silence that was followed up, ', CAST(last_value AS STRING), ' days at most: no day stands out.')))
      WHEN 'confirmed' THEN CONCAT('That is the first day with ', ${tolerated}, ' or fewer: the data support ', CAST(current_value AS STRING), '.')
      ELSE CONCAT(${tolerated}, ' or fewer come back after ', CAST(suggested_value AS STRING), ' silent days: the data suggest ', CAST(suggested_value AS STRING), ', not ', CAST(current_value AS STRING), '.')
    END)
  END`;
}

/** The same in Chinese. */
export function judgementZh(): string {
  const found = `CONCAT(
      COALESCE(CONCAT('达到第', CAST(current_value AS STRING), '单的用户中，', ${percent("current_rate")}, '在${horizon}天内再次购买'),
        CONCAT('没有用户在足够早之前达到第', CAST(current_value AS STRING), '单')),
      COALESCE(CONCAT('；再多一单变化', FORMAT('%+.1f', 100 * current_gain), '个百分点'), ''), '。')`;
  const silent = `CASE
      WHEN current_rate IS NOT NULL
        THEN CONCAT('沉默', CAST(current_value AS STRING), '天后，', ${percent("current_rate")}, '的用户在之后365天内仍会购买。')
      WHEN current_survival IS NOT NULL
        THEN CONCAT(${percent("current_survival")}, '的沉默超过', CAST(current_value AS STRING), '天；其后一年的回归尚未观察到。')
      ELSE CONCAT('没有观察满', CAST(current_value AS STRING), '天的沉默。')
    END`;
  return `CASE threshold_code
    WHEN 'mature_orders' THEN CONCAT(${found}, CASE verdict_code
      WHEN 'undecided' THEN IF(last_value IS NULL,
        '达到第2单的用户不足${least}人：数据不足以判断。',
        CONCAT('在样本足够的范围内，直到第', CAST(last_value AS STRING), '单复购概率仍在上升：没有明显的拐点。'))
      WHEN 'confirmed' THEN CONCAT('从第', CAST(suggested_value AS STRING), '单起不再明显上升：数据支持', CAST(current_value AS STRING), '单。')
      ELSE CONCAT('从第', CAST(suggested_value AS STRING), '单起不再明显上升：数据建议', CAST(suggested_value AS STRING), '单，而不是', CAST(current_value AS STRING), '单。')
    END)
    ELSE CONCAT(${silent}, CASE verdict_code
      WHEN 'undecided' THEN '观察期内没有可以判断的天数。'
      WHEN 'confirmed' THEN CONCAT('这是回归概率首次不超过', ${tolerated}, '的天数：数据支持', CAST(current_value AS STRING), '天。')
      ELSE CONCAT('沉默', CAST(suggested_value AS STRING), '天后回归概率不超过', ${tolerated}, '：数据建议', CAST(suggested_value AS STRING), '天，而不是', CAST(current_value AS STRING), '天。')
    END)
  END`;
}

// A promotion may aim at goods, sellers, categories or all at once: a discount belongs to its most specific target.

const specificity = [
  { type: "goods", target: "target.target_id = used.goods_id" },
  { type: "seller", target: "target.target_id = used.seller_id" },
  { type: "category", target: "target.target_id = used.category_id" },
  { type: "all", target: "TRUE" },
];

/**
 * CTE `name`: the rows of `source` (benefit_id, order_benefit_id, goods_id, seller_id, category_id) with the target_type and
 * target_id of the CTE `promotion` they belong to; no target that matches: target_type 'unmatched', target_id NULL.
 */
export function matched(source: string, name: string): string {
  return `${name} AS (
  SELECT
    used.*,
    IFNULL(target.target_type, 'unmatched') AS target_type,
    target.target_id
  FROM ${source} AS used
  LEFT JOIN promotion AS target
    ON target.promotion_id = used.benefit_id
      AND (${specificity.map(({ type, target }) => `(target.target_type = '${type}' AND ${target})`).join("\n        OR ")})
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY used.order_benefit_id
    ORDER BY CASE target.target_type ${specificity.map(({ type }, i) => `WHEN '${type}' THEN ${i + 1}`).join(" ")} END NULLS LAST,
      target.target_id) = 1
)`;
}

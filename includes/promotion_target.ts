// A promotion may aim at goods, sellers, categories or all at once: a discount belongs to its most specific target.

/** Target types from the most specific to the least, with the line's column that a target_id of the type names. */
const specificity = [
  { type: "goods", column: "goods_id" },
  { type: "seller", column: "seller_id" },
  { type: "category", column: "category_id" },
];

/**
 * CTE `name`: the rows of `source` (benefit_id, goods_id, seller_id, category_id) with the target_type and target_id of the
 * CTE `promotion` they belong to; of several targets 'all' the smallest target_id; no target that matches: target_type
 * 'unmatched', target_id NULL.
 */
export function matched(source: string, name: string): string {
  return `${name} AS (
  SELECT
    used.*,
    CASE
${specificity.map(({ type }) => `      WHEN on_${type}.promotion_id IS NOT NULL THEN '${type}'`).join("\n")}
      WHEN on_all.promotion_id IS NOT NULL THEN 'all'
      ELSE 'unmatched'
    END AS target_type,
    COALESCE(${specificity.map(({ type }) => `on_${type}.target_id`).join(", ")}, on_all.target_id) AS target_id
  FROM ${source} AS used
${specificity
  .map(
    ({
      type,
      column,
    }) => `  LEFT JOIN (SELECT promotion_id, target_id FROM promotion WHERE target_type = '${type}') AS on_${type}
    ON on_${type}.promotion_id = used.benefit_id AND on_${type}.target_id = used.${column}`,
  )
  .join("\n")}
  LEFT JOIN (
    SELECT promotion_id, MIN(target_id) AS target_id FROM promotion WHERE target_type = 'all' GROUP BY promotion_id
  ) AS on_all
    ON on_all.promotion_id = used.benefit_id
)`;
}

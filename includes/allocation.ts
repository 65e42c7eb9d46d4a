// Splits an amount of an order line over the benefits on the line: exact to the cent, the parts add up to the whole.

/** One amount to split: `amount` is the line's column, `result` the name of the benefit's share. */
export interface Split {
  readonly amount: string;
  readonly result: string;
}

/** An amount in currency units as whole cents, INT64. */
function cents(amount: string): string {
  return `CAST(${amount} * 100 AS INT64)`;
}

/**
 * Query over `source` (one row per order_benefit_id with order_line_id, discount_amt and the amounts to split, each repeated
 * on every row of its line): all its columns and, per split, `result`.
 *
 * Largest remainder in integer cents: in proportion to |discount_amt| (all zero: equally), rounded down, then one cent each
 * to the largest remainders, ties by order_benefit_id; the sign is taken off before and put back after. The only benefit
 * on a line gets the whole amount; most lines have one, and need no ranking.
 */
export function allocate(source: string, splits: readonly Split[]): string {
  const line = "PARTITION BY order_line_id";
  const results = splits.map(({ amount, result }) => `${amount} AS ${result}`).join(", ");
  const working = splits.map((_, i) => `cents_${i}, floor_${i}, remainder_${i}`).join(", ");
  return `SELECT source.*, ${results}
FROM ${source} AS source
WHERE order_line_id NOT IN (SELECT order_line_id FROM ${source} GROUP BY order_line_id HAVING COUNT(*) > 1)
UNION ALL
SELECT
  * EXCEPT (weight, total_weight, ${working}),
${splits
  .map(
    ({ result }, i) => `  SIGN(cents_${i}) * (
    floor_${i} + IF(
      ROW_NUMBER() OVER (${line} ORDER BY remainder_${i} DESC, order_benefit_id)
      <= ABS(cents_${i}) - SUM(floor_${i}) OVER (${line}), 1, 0)
  ) * NUMERIC '0.01' AS ${result}`,
  )
  .join(",\n")}
FROM (
  SELECT
    *,
${splits
  .map(
    (_, i) => `    DIV(ABS(cents_${i}) * weight, total_weight) AS floor_${i},
    MOD(ABS(cents_${i}) * weight, total_weight) AS remainder_${i}`,
  )
  .join(",\n")}
  FROM (
    SELECT
      * EXCEPT (weight, total_weight),
      IF(total_weight = 0, 1, weight) AS weight,
      IF(total_weight = 0, COUNT(*) OVER (${line}), total_weight) AS total_weight
    FROM (
      SELECT
        source.*,
${splits.map(({ amount }, i) => `        ${cents(amount)} AS cents_${i},`).join("\n")}
        ABS(${cents("discount_amt")}) AS weight,
        SUM(ABS(${cents("discount_amt")})) OVER (${line}) AS total_weight
      FROM ${source} AS source
      WHERE order_line_id IN (SELECT order_line_id FROM ${source} GROUP BY order_line_id HAVING COUNT(*) > 1)
    )
  )
)`;
}

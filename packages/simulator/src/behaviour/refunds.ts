import { HOUR } from "../period.ts";
import type { Platform } from "../platform.ts";

/**
 * Table `refund`: r = l * 2 + step (0, or 1 for the second of two); l, o, u; amount (cents); is_rejected; applied,
 * refunded (us); is_returned. Refunds of a line never exceed what was paid for it.
 */
export async function createRefunds(platform: Platform): Promise<void> {
  const { draw, parameters } = platform;
  const steps = draw.chance("l", "two steps", parameters.refunds.two_step_rate);
  const applied = (refunded: string) =>
    `${refunded} - floor((1 + 5 * ${draw.uniform("l", "applied")}) * ${HOUR})::BIGINT`;
  await platform.sql(`CREATE TABLE refund AS
WITH refunded_line AS (
  SELECT
    *,
    -- A free line's refund of nothing is there for some only.
    CASE
      WHEN refund = 'part' THEN CASE WHEN qty > 1 THEN pay // qty ELSE pay * 3 // 10 END
      WHEN refund = 'rejected' THEN pay // 2
      ELSE pay END AS amount,
    refund IN ('whole', 'line') AND pay >= 10 AND ${steps} AS in_steps
  FROM line
  WHERE paid IS NOT NULL AND refund IS NOT NULL AND (pay > 0 OR ${draw.chance("l", "free line refunded", 0.5)})
)
SELECT
  l * 2 AS r, l, o, u, CASE WHEN in_steps THEN amount * 4 // 10 ELSE amount END AS amount, refund = 'rejected' AS is_rejected,
  CASE WHEN in_steps THEN ${applied(`(refunded - ${8 * HOUR})`)} ELSE ${applied("refunded")} END AS applied,
  CASE WHEN in_steps THEN refunded - ${8 * HOUR} ELSE refunded END AS refunded,
  is_returned
FROM refunded_line
UNION ALL
SELECT l * 2 + 1, l, o, u, amount - amount * 4 // 10, FALSE, ${applied("refunded")}, refunded, is_returned
FROM refunded_line
WHERE in_steps`);
}

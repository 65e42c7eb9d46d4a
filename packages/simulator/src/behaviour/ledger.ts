import { SECOND } from "../period.ts";
import type { Platform } from "../platform.ts";

/**
 * Table `flow`: the allowance ledger. f (c * 8 or b * 8, plus the kind of entry); c; type; amount (cents); l (use, return); happened (us).
 *
 * An allowance is used when the line is paid, and reserved from the order on: what expires is what neither is used nor
 * reserved. What comes back after the end of validity expires at once.
 */
export async function createLedger(platform: Platform): Promise<void> {
  const { draw, parameters } = platform;
  await platform.sql(`CREATE TABLE flow AS
WITH spent AS (
  SELECT b, ref AS c, l, off, paid, CASE WHEN is_returned THEN refund END AS refund, refunded
  FROM discount
  JOIN line USING (l)
  WHERE type = 'allowance' AND paid IS NOT NULL
),
came_back AS (
  SELECT b, spent.c, l, CASE WHEN refund = 'part' THEN off // 2 ELSE off END AS amount, refunded AS came, valid_to
  FROM spent
  JOIN claim ON claim.c = spent.c
  WHERE refund IN ('whole', 'line') OR (refund = 'part' AND off >= 2)
),
balance AS (
  SELECT
    claim.c, face, claimed, valid_to,
    coalesce(used, 0) AS used,
    coalesce(back, 0) AS back,
    used IS NULL AND NOT EXISTS (FROM discount WHERE type = 'allowance' AND ref = claim.c)
      AND ${draw.chance("claim.c", "revoked", parameters.claims.revoked_rate)} AS is_revoked
  FROM claim
  LEFT JOIN (SELECT c, sum(off) AS used FROM spent GROUP BY c) AS uses USING (c)
  LEFT JOIN (SELECT c, sum(amount) AS back FROM came_back WHERE came <= valid_to GROUP BY c) AS returned USING (c)
  WHERE NOT is_coupon
)
SELECT c * 8 AS f, c, 'grant' AS type, face AS amount, NULL::BIGINT AS l, claimed AS happened FROM balance
UNION ALL
SELECT b * 8 + 1, c, 'use', off, l, paid FROM spent
UNION ALL
SELECT b * 8 + 2, c, 'return', amount, l, came FROM came_back
UNION ALL
SELECT b * 8 + 3, c, 'expire', amount, NULL, came + ${SECOND} FROM came_back WHERE came > valid_to
UNION ALL
SELECT c * 8 + 4, c, 'revoke', face, NULL, claimed + (valid_to - claimed) // 2 FROM balance WHERE is_revoked
UNION ALL
SELECT c * 8 + 5, c, 'expire', (face - used + back)::BIGINT, NULL, valid_to + ${SECOND}
FROM balance WHERE NOT is_revoked AND face - used + back > 0`);
}

// Intervals and survival as SQL expressions. Each says its source; 95% everywhere.

/** The 97.5% quantile of the normal distribution. */
const z = "1.959963984540054";

/** An end of the Wilson score interval of a share of n (Wilson 1927); NULL where n is 0. */
export function wilson(rate: string, n: string, end: "low" | "high"): string {
  const sign = end === "low" ? "-" : "+";
  const exact = end === "low" ? `WHEN ${rate} = 0 THEN 0.0` : `WHEN ${rate} = 1 THEN 1.0`;
  // The ends of the scale are exact; the formula would miss them by a rounding error.
  return `CASE ${exact}
    ELSE (${rate} + ${z} * ${z} / (2 * NULLIF(${n}, 0))
      ${sign} ${z} * SQRT(${rate} * (1 - ${rate}) / NULLIF(${n}, 0) + ${z} * ${z} / (4 * NULLIF(${n}, 0) * NULLIF(${n}, 0))))
      / (1 + ${z} * ${z} / NULLIF(${n}, 0))
  END`;
}

/**
 * Kaplan and Meier's product 1 - event/at_risk over all durations up to this one (1958). A product by logarithms,
 * rounded so that days without an event leave it as it was to the last digit; once all at risk had the event it is 0.
 */
export function survival(events: string, atRisk: string, duration: string): string {
  const upTo = `OVER (ORDER BY ${duration} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`;
  return `IF(
      LOGICAL_OR(${atRisk} > 0 AND ${events} = ${atRisk}) ${upTo},
      0.0,
      EXP(ROUND(SUM(IF(${events} < ${atRisk}, LN(1 - SAFE_DIVIDE(${events}, ${atRisk})), 0.0)) ${upTo}, 14)))`;
}

/** Greenwood's sum event / (at_risk (at_risk - event)), the variance of ln S (1926); NULL once S is 0. */
export function greenwood(events: string, atRisk: string, duration: string): string {
  const upTo = `OVER (ORDER BY ${duration} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`;
  return `IF(
      LOGICAL_OR(${atRisk} > 0 AND ${events} = ${atRisk}) ${upTo},
      NULL,
      SUM(COALESCE(SAFE_DIVIDE(${events}, CAST(${atRisk} AS FLOAT64) * (${atRisk} - ${events})), 0.0)) ${upTo})`;
}

/**
 * An end of the interval of S on the log-log scale, S^exp(-+ z se / ln S) (Kalbfleisch and Prentice 1980): it stays within 0
 * and 1. Before the first event 1 and 1; NULL where S is 0.
 */
export function logLog(survivalRate: string, logVariance: string, end: "low" | "high"): string {
  const sign = end === "low" ? "-" : "+";
  return `CASE
    WHEN ${survivalRate} = 1 THEN 1.0
    WHEN ${survivalRate} > 0 THEN EXP(LN(${survivalRate}) * EXP(${sign} ${z} * SQRT(${logVariance}) / LN(${survivalRate})))
  END`;
}

/** Whether a share of n is higher than another beyond chance, two-sided 5% (difference of shares, normal approximation). */
export function isHigher(rate: string, n: string, otherRate: string, otherN: string): string {
  return `${rate} - ${otherRate} > ${z} * SQRT(
      SAFE_DIVIDE(${rate} * (1 - ${rate}), ${n}) + SAFE_DIVIDE(${otherRate} * (1 - ${otherRate}), ${otherN}))`;
}

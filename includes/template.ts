// Money attributes of a template as they were known at the end of a claim's day.
import { asOf, beginningOfTime, bootstrapAt, endOfTime } from "./params.ts";

/**
 * CTE `template_version`: every version of a template log with the span [known_at, next_known_at) in which it is the one
 * known; versions of the bootstrap load count as always known.
 */
export function versions(source: string, key: string, columns: readonly string[]): string {
  return `template_version AS (
  SELECT
    *,
    COALESCE(LEAD(known_at) OVER (PARTITION BY ${key} ORDER BY ingested_at, version_text), ${endOfTime}) AS next_known_at
  FROM (
    SELECT
      ${[key, ...columns].join(", ")},
      ingested_at,
      IF(ingested_at <= ${bootstrapAt}, ${beginningOfTime}, ingested_at) AS known_at,
      TO_JSON_STRING(version) AS version_text
    FROM ${source} AS version
    WHERE ingested_at < ${asOf}
  )
)`;
}

/** Join condition of template_version: the version known just before the instant in column `until`. */
export function knownBefore(until: string): string {
  return `template_version.known_at < ${until} AND template_version.next_known_at >= ${until}`;
}

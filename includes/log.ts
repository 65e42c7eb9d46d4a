// Sources are append-only logs of full-row versions: the state as of as_of_at is, per key, the version ingested last.
import { asOf } from "./params.ts";

/** SQL of the text that decides between the rows of one partition, of which the greatest stands; NULL of a row that is alone. */
export function tieText(row: string, partition: readonly string[]): string {
  return `IF(COUNT(*) OVER (PARTITION BY ${partition.join(", ")}) > 1, TO_JSON_STRING(${row}), NULL)`;
}

/**
 * Query of the latest version per key, all columns of the log. Of two versions ingested at the same instant the one with
 * the greatest TO_JSON_STRING stands; the text is made only for such ties. Key parts may be NULL.
 */
export function latest(source: string, key: readonly string[], where = "TRUE"): string {
  const keys = key.join(", ");
  return `SELECT * EXCEPT (tie_text)
FROM (
  SELECT newest.*, ${tieText("newest", key)} AS tie_text
  FROM (
    SELECT version.*
    FROM ${source} AS version
    WHERE ingested_at < ${asOf} AND ${where}
    QUALIFY RANK() OVER (PARTITION BY ${keys} ORDER BY ingested_at DESC) = 1
  ) AS newest
)
QUALIFY ROW_NUMBER() OVER (PARTITION BY ${keys} ORDER BY tie_text DESC) = 1`;
}

/**
 * The same for a large log with a single key that is never NULL: only keys with several versions are ranked, since of
 * most records there is one.
 */
export function latestOfMany(source: string, key: string, where: string): string {
  const known = `ingested_at < ${asOf} AND ${where}`;
  return `SELECT *
FROM ${source}
WHERE ${known} AND ${key} NOT IN (
  SELECT ${key} FROM ${source} WHERE ${known} GROUP BY ${key} HAVING COUNT(*) > 1)
UNION ALL
${latest(
  source,
  [key],
  `${where} AND ${key} IN (
  SELECT ${key} FROM ${source} WHERE ${known} GROUP BY ${key} HAVING COUNT(*) > 1)`,
)}`;
}

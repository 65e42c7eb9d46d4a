// Names for reader views: what a code is called now, from the dimensions at read time.

/** Query of the latest version per key of a dimension's log, of the columns given, whenever it is read. */
export function current(source: string, key: readonly string[], columns: readonly string[]): string {
  const keys = key.join(", ");
  return `SELECT ${[...key, ...columns].join(", ")}
  FROM ${source} AS version
  QUALIFY ROW_NUMBER() OVER (PARTITION BY ${keys} ORDER BY ingested_at DESC, TO_JSON_STRING(version) DESC) = 1`;
}

/** A column with what its values are called beside it: `<column>_name`; a value without a name stands for itself. */
export function named(column: string, names: Readonly<Record<string, string>>): string {
  const cases = Object.entries(names).map(([value, name]) => `WHEN '${value}' THEN '${name}'`);
  return `CASE ${column} ${cases.join(" ")} ELSE ${column} END AS ${column}_name`;
}

/** What stands for a window that has not ended, and for one that late records may still change. */
export const maturity = `CASE WHEN is_final THEN '已定稿' WHEN is_mature THEN '已成熟' ELSE '未成熟' END AS maturity_name`;

export const rolledUp = { ALL: "合计", unknown: "未知" } as const;

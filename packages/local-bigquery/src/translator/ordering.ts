import type { OrderItem } from "../functions/contract.ts";

/** One key of an ORDER BY: SQL and its direction, NULL placement spelled out. */
export interface OrderKey {
  readonly sql: string;
  readonly descending: boolean;
  readonly nulls: "FIRST" | "LAST";
}

/**
 * The DuckDB keys of a GoogleSQL order item. NULL is smallest unless said otherwise, and NaN is smaller than every
 * number (in DuckDB it is the greatest), so a FLOAT64 sorts by "is NaN" first.
 */
export function orderKeys(item: OrderItem): OrderKey[] {
  const nulls = item.nulls ?? (item.descending ? "LAST" : "FIRST");
  const key: OrderKey = { sql: item.sql, descending: item.descending, nulls };
  if (item.type.kind !== "FLOAT64") return [key];
  return [{ sql: `isnan(${item.sql})`, descending: !item.descending, nulls }, key];
}

export function orderKeySql(key: OrderKey): string {
  return `${key.sql} ${key.descending ? "DESC" : "ASC"} NULLS ${key.nulls}`;
}

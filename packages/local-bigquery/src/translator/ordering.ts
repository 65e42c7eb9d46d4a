import type { OrderItem } from "../functions/contract.ts";
import { rangeKeys } from "../functions/range.ts";

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
  if (item.type.kind === "RANGE") {
    const [given, ...keys] = rangeKeys(item);
    const isFirst = nulls === "FIRST";
    return [
      { sql: given?.sql ?? "", descending: !isFirst, nulls: "FIRST" },
      ...keys.map(({ sql }): OrderKey => ({ sql, descending: item.descending, nulls: "FIRST" })),
    ];
  }
  const key: OrderKey = { sql: item.sql, descending: item.descending, nulls };
  if (item.type.kind !== "FLOAT64") return [key];
  return [{ sql: `isnan(${item.sql})`, descending: !item.descending, nulls }, key];
}

export function orderKeySql(key: OrderKey): string {
  return `${key.sql} ${key.descending ? "DESC" : "ASC"} NULLS ${key.nulls}`;
}

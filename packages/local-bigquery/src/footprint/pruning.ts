import type { TableEntry } from "../catalog/model.ts";
import { quoteIdentifier } from "../catalog/names.ts";
import { negated, type Predicate } from "./predicate.ts";

/** The least and the greatest value of a row's partition, as DuckDB SQL over the row. */
interface Bounds {
  readonly column: string;
  readonly low: string;
  readonly high: string;
  /** True where a partition is known to hold these values only. */
  readonly inside: string;
}

/** Says whether the values of all variables and parameters in a piece of SQL are known. */
export type IsKnown = (sql: string) => boolean;

/** A condition on a table's rows that is TRUE of exactly the rows in partitions that are left to scan. */
export function scannedRows(table: TableEntry, predicate: Predicate<string>, known: IsKnown): string {
  return may(predicate, partitionBounds(table), known);
}

/** The rows in partitions of which a DELETE by this predicate leaves some. */
export function partlyDeletedRows(table: TableEntry, predicate: Predicate<string>, known: IsKnown): string {
  const bounds = partitionBounds(table);
  const scanned = may(predicate, bounds, known);
  return bounds ? `(${scanned}) AND (${may(negated(predicate), bounds, known)}) IS NOT FALSE` : scanned;
}

export function partitionColumn(table: TableEntry): string | undefined {
  return table.timePartitioning?.field ?? table.rangePartitioning?.field;
}

function partitionBounds(table: TableEntry): Bounds | undefined {
  const column = partitionColumn(table);
  if (column === undefined) return undefined;
  const sql = quoteIdentifier(column);
  const { timePartitioning: time, rangePartitioning: range } = table;
  if (range) {
    const { start, end, interval } = range.range;
    const low = `(${sql} - (${sql} - ${start}) % ${interval})`;
    // What lies outside the range shares one partition, of which nothing is known.
    const inside = `(${sql} IS NULL OR (${sql} >= ${start} AND ${sql} < ${end}))`;
    return { column, low, high: `(${low} + ${interval} - 1)`, inside };
  }
  const type = table.columns.find(({ name }) => name.toLowerCase() === column.toLowerCase())?.type.kind;
  const unit = time?.type ?? "DAY";
  if (type === "DATE" && unit === "DAY") return { column, low: sql, high: sql, inside: "TRUE" };
  const part = `'${unit.toLowerCase()}', `;
  const next = `INTERVAL 1 ${unit}`;
  if (type === "DATE") {
    const first = `date_trunc(${part}${sql})`;
    return {
      column,
      low: `CAST(${first} AS DATE)`,
      high: `CAST(${first} + ${next} - INTERVAL 1 DAY AS DATE)`,
      inside: "TRUE",
    };
  }
  // Partitions are those of UTC, which is the session's time zone.
  const local = type === "TIMESTAMP" ? `make_timestamp(epoch_us(${sql}))` : sql;
  const back = (text: string) => (type === "TIMESTAMP" ? `make_timestamptz(epoch_us(${text}))` : text);
  const first = `date_trunc(${part}${local})`;
  return {
    column,
    low: back(first),
    high: back(`(${first} + ${next} - INTERVAL 1 MICROSECOND)`),
    inside: "TRUE",
  };
}

/** SQL that is TRUE if some value between the bounds may fulfil the predicate; NULL counts as not. */
function may(predicate: Predicate<string>, bounds: Bounds | undefined, known: IsKnown): string {
  switch (predicate.kind) {
    case "unknown":
      return "TRUE";
    case "constant":
      return known(predicate.sql) ? predicate.sql : "TRUE";
    case "and":
    case "or": {
      const neutral = predicate.kind === "and" ? "TRUE" : "FALSE";
      const absorbing = predicate.kind === "and" ? "FALSE" : "TRUE";
      const parts = predicate.parts.map((part) => may(part, bounds, known)).filter((sql) => sql !== neutral);
      if (parts.includes(absorbing)) return absorbing;
      return parts.length > 0 ? `(${parts.join(predicate.kind === "and" ? " AND " : " OR ")})` : neutral;
    }
  }
  if (!bounds || predicate.column.toLowerCase() !== bounds.column.toLowerCase()) return "TRUE";
  const [low, high] = [predicate.around(bounds.low), predicate.around(bounds.high)];
  const outside = bounds.inside === "TRUE" ? "" : ` OR NOT ${bounds.inside}`;
  if (predicate.kind === "null") {
    return `(${quoteIdentifier(bounds.column)} IS ${predicate.not ? "NOT " : ""}NULL)`;
  }
  if (predicate.kind === "among") {
    if (!known(predicate.array)) return "TRUE";
    return `(${amongSql(predicate.array, predicate.not, low, high)}${outside})`;
  }
  if (!known(predicate.value)) return "TRUE";
  return `(${compareSql(predicate.operator, predicate.value, low, high)}${outside})`;
}

function compareSql(operator: string, value: string, low: string, high: string): string {
  switch (operator) {
    case "=":
      return low === high ? `${low} = ${value}` : `${low} <= ${value} AND ${high} >= ${value}`;
    case "!=":
      return low === high ? `${low} != ${value}` : `NOT (${low} = ${value} AND ${high} = ${value})`;
    case "<":
    case "<=":
      return `${low} ${operator} ${value}`;
    default:
      return `${high} ${operator} ${value}`;
  }
}

function amongSql(array: string, not: boolean, low: string, high: string): string {
  if (low === high) return `${low} ${not ? "NOT " : ""}IN (SELECT unnest(${array}))`;
  return not ? "TRUE" : `len(list_filter(${array}, lambda v: v BETWEEN ${low} AND ${high})) > 0`;
}

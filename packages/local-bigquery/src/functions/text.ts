import type { SqlType } from "../types/types.ts";
import { bind } from "./sql.ts";
import { utcClock } from "./zone.ts";

/** Texts of values as BigQuery prints them when it casts to STRING; undefined for types that cannot be cast. */
export function castText(sql: string, type: SqlType): string | undefined {
  switch (type.kind) {
    case "STRING":
      return sql;
    case "INT64":
    case "BOOL":
    case "DATE":
      return `CAST(${sql} AS VARCHAR)`;
    case "FLOAT64":
      return floatText(sql);
    case "NUMERIC":
      return numericText(sql);
    case "BYTES":
      return `decode(${sql})`;
    case "TIME":
      return `(${timeText(sql)})`;
    case "DATETIME":
      return `(${datetimeText(sql, " ")})`;
    case "TIMESTAMP":
      return bind([utcClock(sql)], (clock) => `(${datetimeText(clock, " ")} || '+00')`);
    default:
      return undefined;
  }
}

/** 15 significant digits where they read back as the same value, else 17. */
export function floatText(sql: string): string {
  return bind([sql], (x) => {
    const short = `printf('%.15g', ${x})`;
    return `(CASE WHEN ${x} = 0 THEN '0' WHEN isfinite(${x}) THEN CASE WHEN CAST(${short} AS DOUBLE) = ${x} THEN ${short} ELSE printf('%.17g', ${x}) END ELSE CAST(${x} AS VARCHAR) END)`;
  });
}

/** No trailing zeros, no trailing point. */
export function numericText(sql: string): string {
  return `rtrim(rtrim(CAST(${sql} AS VARCHAR), '0'), '.')`;
}

/** A wall clock: date, separator, time; the fraction has no digits, three or six. */
export function datetimeText(sql: string, separator: string): string {
  return bind(
    [sql],
    (x) => `strftime(${x}, '%Y-%m-%d${separator}%H:%M:%S') || ${fraction(`epoch_us(${x})`)}`,
  );
}

export function timeText(sql: string): string {
  return bind([sql], (x) => `substr(CAST(${x} AS VARCHAR), 1, 8) || ${fraction(`epoch_us(${x})`)}`);
}

function fraction(micros: string): string {
  const rest = `((${micros} % 1000000 + 1000000) % 1000000)`;
  return bind(
    [rest],
    (r) =>
      `CASE WHEN ${r} = 0 THEN '' WHEN ${r} % 1000 = 0 THEN printf('.%03d', ${r} // 1000) ELSE printf('.%06d', ${r}) END`,
  );
}

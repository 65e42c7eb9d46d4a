import type { ScalarCall, TypedSql } from "./contract.ts";
import { referenceCall } from "./reference.ts";
import { arg, bind, type Family, isKind } from "./sql.ts";
import { clock, utcInstant } from "./zone.ts";

/** Elements that DuckDB's strftime prints as GoogleSQL does, for years of four digits and zones without odd seconds. */
const PRINTABLE = /^(?:[^%']|%[YmdHMSjyBbAa%FT])*$/;

function format(call: ScalarCall): string {
  const [pattern, value] = [arg(call, 0), arg(call, 1)];
  if (typeof pattern.literal !== "string" || !PRINTABLE.test(pattern.literal) || isKind(value.type, "TIME"))
    return referenceCall(call);
  if (/%[THMS]/.test(pattern.literal) && isKind(value.type, "DATE")) return referenceCall(call);
  const wall = isKind(value.type, "TIMESTAMP") ? clock(value.sql, call.args[2]) : value.sql;
  const duckdb = pattern.literal.replaceAll("%F", "%Y-%m-%d").replaceAll("%T", "%H:%M:%S");
  return bind([value.sql], (v) => {
    const wallOfV = v === value.sql ? wall : isKind(value.type, "TIMESTAMP") ? clock(v, call.args[2]) : v;
    const odd = referenceCall({
      ...call,
      args: [pattern, { ...value, sql: v }, ...call.args.slice(2)] as TypedSql[],
    });
    return bind(
      [wallOfV],
      (w) =>
        `(CASE WHEN year(${w}) >= ${isKind(value.type, "TIMESTAMP") ? 1972 : 1000} THEN strftime(${w}, '${duckdb}') WHEN ${v} IS NOT NULL THEN ${odd} END)`,
    );
  });
}

/** Elements with a fixed number of digits; a text of just these digits is read natively, all others the long way. */
const DIGITS: Readonly<Record<string, string>> = {
  Y: "[1-9]\\d{3}",
  m: "(?:0[1-9]|1[0-2])",
  d: "(?:0[1-9]|[12]\\d|3[01])",
  H: "(?:[01]\\d|2[0-3])",
  M: "[0-5]\\d",
  S: "[0-5]\\d",
};

function parse(call: ScalarCall): string {
  const [pattern, text, zone] = [arg(call, 0), arg(call, 1), call.args[2]];
  const elements = typeof pattern.literal === "string" ? pattern.literal : "";
  const isReadable =
    /^(?:%[YmdHMS]|[-/:.T ])+$/.test(elements) && /%Y.*%m.*%d/.test(elements) && !zone && !hasTwice(elements);
  if (!isReadable || isKind(call.type, "TIME")) return referenceCall(call);
  const regexp = elements.replace(/%(.)|[-/:.T ]/g, (whole, letter: string | undefined) =>
    letter ? (DIGITS[letter] as string) : `[${whole}]`,
  );
  return bind([text.sql], (s) => {
    const parsed = `strptime(${s}, '${elements}')`;
    const value = isKind(call.type, "DATE")
      ? `CAST(${parsed} AS DATE)`
      : isKind(call.type, "TIMESTAMP")
        ? utcInstant(parsed)
        : parsed;
    const odd = referenceCall({ ...call, args: [pattern, { ...text, sql: s }] });
    return `(CASE WHEN regexp_full_match(${s}, '${regexp}') THEN ${value} WHEN ${s} IS NOT NULL THEN ${odd} END)`;
  });
}

function hasTwice(elements: string): boolean {
  const letters = [...elements.matchAll(/%(.)/g)].map((match) => match[1]);
  return new Set(letters).size < letters.length;
}

export const timeFormat: Family = {
  format_date: format,
  format_datetime: format,
  format_timestamp: format,
  format_time: referenceCall,
  parse_date: parse,
  parse_datetime: parse,
  parse_timestamp: parse,
  parse_time: referenceCall,
};

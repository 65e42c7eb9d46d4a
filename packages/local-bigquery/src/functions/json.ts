import { quoted } from "../types/literal.ts";
import type { SqlType } from "../types/types.ts";
import type { ScalarCall } from "./contract.ts";
import { referenceCall } from "./reference.ts";
import { arg, bind, type Family, isKind } from "./sql.ts";
import { datetimeText, floatText, numericText, timeText } from "./text.ts";
import { utcClock } from "./zone.ts";

/** A value in JSON as TO_JSON_STRING prints it; NULL is null. Undefined for a type without a form of its own here. */
function jsonText(sql: string, type: SqlType): string | undefined {
  switch (type.kind) {
    case "ARRAY": {
      const name = `_j${1 + Math.max(0, ...[...sql.matchAll(/\b_[jv](\d+)\b/g)].map((match) => Number(match[1])))}`;
      const element = jsonText(name, type.element);
      return (
        element &&
        bind(
          [sql],
          (list) =>
            `(CASE WHEN ${list} IS NULL THEN 'null' ELSE '[' || array_to_string(list_transform(${list}, lambda ${name}: ${element}), ',') || ']' END)`,
        )
      );
    }
    case "STRUCT": {
      const names = type.fields.map((field, i) =>
        quoted(`${i > 0 ? "," : "{"}${JSON.stringify(field.name)}:`),
      );
      if (type.fields.some((field) => jsonText("x", field.type) === undefined)) return undefined;
      return bind([sql], (x) => {
        const fields = type.fields.map(
          (field, i) => `${names[i]} || ${jsonText(`struct_extract(${x}, 'f${i}')`, field.type)}`,
        );
        return `(CASE WHEN ${x} IS NULL THEN 'null' ELSE ${fields.join(" || ") || "'{'"} || '}' END)`;
      });
    }
    default: {
      const text = scalarText(sql, type);
      return text && `coalesce(${text}, 'null')`;
    }
  }
}

function scalarText(sql: string, type: SqlType): string | undefined {
  const inQuotes = (text: string) => `('"' || ${text} || '"')`;
  switch (type.kind) {
    case "BOOL":
      return `CAST(${sql} AS VARCHAR)`;
    case "INT64":
      return bind(
        [sql],
        (x) =>
          `(CASE WHEN ${x} BETWEEN -9007199254740992 AND 9007199254740992 THEN CAST(${x} AS VARCHAR) ELSE '"' || ${x} || '"' END)`,
      );
    case "NUMERIC":
      return bind([sql], (x) =>
        bind(
          [numericText(x)],
          (text) =>
            `(CASE WHEN abs(${x}) <= 9007199254740992 AND NOT contains(${text}, '.') THEN ${text} ELSE '"' || ${text} || '"' END)`,
        ),
      );
    case "FLOAT64":
      return bind(
        [sql],
        (x) =>
          `(CASE WHEN isnan(${x}) THEN '"NaN"' WHEN isinf(${x}) THEN CASE WHEN ${x} > 0 THEN '"Infinity"' ELSE '"-Infinity"' END ELSE ${floatText(x)} END)`,
      );
    case "STRING":
      // DuckDB escapes these with other letters or not at all.
      return bind(
        [sql],
        (x) =>
          `(CASE WHEN regexp_matches(${x}, '[\\x00-\\x1f\\x{2028}\\x{2029}]') THEN __bq_json_string(${x}) ELSE CAST(to_json(${x}) AS VARCHAR) END)`,
      );
    case "BYTES":
      return inQuotes(`to_base64(${sql})`);
    case "DATE":
      return inQuotes(`CAST(${sql} AS VARCHAR)`);
    case "TIME":
      return inQuotes(`(${timeText(sql)})`);
    case "DATETIME":
      return inQuotes(`(${datetimeText(sql, "T")})`);
    case "TIMESTAMP":
      return bind([utcClock(sql)], (clock) => inQuotes(`(${datetimeText(clock, "T")} || 'Z')`));
    case "JSON":
      return `CAST(${sql} AS VARCHAR)`;
    default:
      return undefined;
  }
}

function toJsonString(call: ScalarCall): string {
  const pretty = call.args[1];
  if (pretty && pretty.literal !== false) return referenceCall(call);
  const value = arg(call, 0);
  return jsonText(value.sql, value.type) ?? referenceCall(call);
}

/** Paths of plain names and indexes mean the same to DuckDB. */
function isPlainPath(path: unknown): path is string {
  return typeof path === "string" && /^\$(?:\.[A-Za-z_]\w*|\[\d{1,6}\])*$/.test(path);
}

/**
 * JSON_VALUE and JSON_EXTRACT_SCALAR: strings, whole numbers and booleans come out as DuckDB reads them; a fraction must keep
 * its digits as written and a broken text is read as far as it goes, so these take the long way.
 */
function scalar(call: ScalarCall): string {
  const [json, path] = [arg(call, 0), call.args[1]];
  const literal = path ? path.literal : "$";
  if (!isPlainPath(literal)) return referenceCall(call);
  return bind([json.sql], (s) => {
    const odd = referenceCall({ ...call, args: [{ ...json, sql: s }, ...call.args.slice(1)] });
    const value = `json_extract_string(${s}, '${literal}')`;
    const valid = isKind(json.type, "JSON") ? "TRUE" : `json_valid(${s})`;
    return (
      `(CASE WHEN ${s} IS NULL THEN NULL WHEN ${valid} THEN CASE coalesce(json_type(${s}, '${literal}'), 'NULL')` +
      ` WHEN 'VARCHAR' THEN ${value} WHEN 'BOOLEAN' THEN ${value} WHEN 'NULL' THEN NULL WHEN 'OBJECT' THEN NULL WHEN 'ARRAY' THEN NULL` +
      ` WHEN 'UBIGINT' THEN CASE WHEN ${value} <> '0' THEN ${value} ELSE ${odd} END WHEN 'BIGINT' THEN CASE WHEN ${value} <> '0' THEN ${value} ELSE ${odd} END ELSE ${odd} END ELSE ${odd} END)`
    );
  });
}

export const json: Family = {
  to_json_string: toJsonString,
  json_value: scalar,
  json_extract_scalar: scalar,
};

import { quoteString } from "../../catalog/names.ts";
import { unsupported } from "../../errors.ts";
import { duckdbType } from "../../types/duckdb.ts";
import { typeText } from "../../types/schema.ts";
import type { ScalarKind, SqlType } from "../../types/types.ts";

const DATE = String.raw`\d{4}-\d{1,2}-\d{1,2}`;
const CLOCK = String.raw`\d{1,2}:\d{1,2}:\d{1,2}(\.\d{1,6})?`;
const ZONE = String.raw` ?(Z|UTC|[+-]\d{1,2}(:?\d{2})?)`;

/** Texts that are values of a type, as regular expressions of the whole text. DuckDB's own casts accept far more. */
const PATTERNS: Partial<Record<ScalarKind, string>> = {
  INT64: String.raw`[+-]?\d{1,19}`,
  FLOAT64: String.raw`(?i)[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf|infinity|nan)`,
  NUMERIC: String.raw`[+-]?(\d{1,29}(\.\d{0,9})?|\.\d{1,9})`,
  BOOL: "(?i)true|false|t|f|yes|no|y|n|1|0",
  BYTES: "[A-Za-z0-9+/]*={0,2}",
  DATE,
  DATETIME: `${DATE}([T ]${CLOCK})?`,
  TIME: CLOCK,
  TIMESTAMP: `${DATE}([T ]${CLOCK}(${ZONE})?)?`,
};

/** DuckDB SQL that is NULL where the text is no value of the type (or is NULL itself). */
function tryRead(text: string, kind: ScalarKind): string {
  const cast = `TRY_CAST(${text} AS ${duckdbType({ kind } as SqlType)})`;
  if (kind === "BOOL") return `lower(${text}) IN ('true', 't', 'yes', 'y', '1')`;
  if (kind === "BYTES") return `try(from_base64(${text}))`;
  if (kind === "JSON") return `CASE WHEN json_valid(${text}) THEN CAST(${text} AS JSON) END`;
  return cast;
}

/** True where the text is not NULL and no value of the type. */
export function isFault(text: string, kind: ScalarKind): string {
  const pattern = PATTERNS[kind];
  const mismatch = pattern ? `NOT regexp_full_match(${text}, ${quoteString(pattern)}) OR ` : "";
  return `(${text} IS NOT NULL AND (${mismatch}(${tryRead(text, kind)}) IS NULL))`;
}

export function faultMessage(text: string, kind: ScalarKind, field: string): string {
  return `'Could not parse ''' || ${text} || ''' as ${kind} for field ' || ${quoteString(field)}`;
}

/** DuckDB SQL of the value a text stands for; an error where it stands for none. */
export function fromText(text: string, type: SqlType, field: string): string {
  if (type.kind === "ARRAY" || type.kind === "STRUCT") {
    const json = `(CASE WHEN json_valid(${text}) THEN CAST(${text} AS JSON) ELSE error('Field ' || ${quoteString(field)} || ' is not JSON: ' || ${text}) END)`;
    const value = `CASE WHEN ${text} IS NULL THEN NULL ELSE ${fromJson(json, type, field)} END`;
    return type.kind === "ARRAY" ? `coalesce(${value}, [])` : value;
  }
  if (type.kind === "RANGE" || type.kind === "ENUM" || type.kind === "BIGNUMERIC")
    throw unsupported(`loading ${typeText(type)} (field ${field})`);
  if (type.kind === "STRING") return text;
  return `CASE WHEN ${isFault(text, type.kind)} THEN error(${faultMessage(text, type.kind, field)}) ELSE ${tryRead(text, type.kind)} END`;
}

/** DuckDB SQL of the value a JSON value stands for, fields of structs by name. */
export function fromJson(json: string, type: SqlType, field: string): string {
  const shape = `json_type(${json})`;
  const missing = `${json} IS NULL OR ${shape} = 'NULL'`;
  const wrong = (wanted: string) =>
    `error('Field ' || ${quoteString(field)} || ' must be ${wanted}, got ' || CAST(${json} AS VARCHAR))`;
  if (type.kind === "ARRAY") {
    const element = fromJson("element", type.element, field);
    const list = `list_transform(CAST(json_extract(${json}, '$[*]') AS JSON[]), lambda element: ${element})`;
    return `CASE WHEN ${missing} THEN [] WHEN ${shape} <> 'ARRAY' THEN ${wrong("a JSON array")} ELSE ${withoutNulls(list, field)} END`;
  }
  if (type.kind === "STRUCT") {
    const members = type.fields.map((member, place) => {
      const path = `$."${member.name.replaceAll('"', '\\"')}"`;
      const value = `json_extract(${json}, ${quoteString(path)})`;
      return `f${place} := ${fromJson(value, member.type, `${field}.${member.name}`)}`;
    });
    const names = type.fields.map(({ name }) => quoteString(name)).join(", ");
    const unknown = `list_filter(json_keys(${json}), lambda name: name NOT IN (${names}))`;
    return `CASE WHEN ${missing} THEN NULL WHEN ${shape} <> 'OBJECT' THEN ${wrong("a JSON object")} WHEN len(${unknown}) > 0 THEN error('No such field: ' || ${quoteString(field)} || '.' || ${unknown}[1]) ELSE struct_pack(${members.join(", ")}) END`;
  }
  if (type.kind === "JSON") return `CASE WHEN ${missing} THEN NULL ELSE ${json} END`;
  const value = fromText(`(${json} ->> '$')`, type, field);
  return `CASE WHEN ${missing} THEN NULL WHEN ${shape} IN ('ARRAY', 'OBJECT') THEN ${wrong(type.kind)} ELSE ${value} END`;
}

/** An array as it may be stored: BigQuery keeps no NULL in one. */
export function withoutNulls(list: string, field: string): string {
  return `list_transform(${list}, lambda kept: CASE WHEN kept IS NULL THEN error('NULL in array field ' || ${quoteString(field)}) ELSE kept END)`;
}

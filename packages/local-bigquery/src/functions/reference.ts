import { unsupported } from "../errors.ts";
import { quoted } from "../types/literal.ts";
import { typeText } from "../types/schema.ts";
import type { SqlType } from "../types/types.ts";
import type { CastOptions } from "./cast.ts";
import type { ScalarCall, TypedSql } from "./contract.ts";
import { googleLiteral } from "./google-literal.ts";
import { refuse } from "./sql.ts";
import { fromWire, toWire } from "./wire.ts";

/**
 * The long way round, for functions and odd values that DuckDB has no exact equivalent of: a function in JavaScript
 * hands the rows to Google's reference implementation, a chunk at a time, so the answer is GoogleSQL's own. It costs
 * tens of microseconds a row, so what a warehouse does a million times is translated natively and only what is rare
 * comes here.
 */
export function reference(expression: string, args: readonly TypedSql[], result: SqlType): string {
  const spec = JSON.stringify({
    sql: expression,
    args: args.map((a) => typeText(a.type)),
    type: typeText(result),
  });
  const values = args.map((a) => toWire(a.sql, a.type));
  const list = values.length > 0 ? `[${values.join(", ")}]` : "CAST([] AS VARCHAR[])";
  return fromWire(`__bq_reference(${quoted(spec)}, ${list})`, result);
}

/** JSON paths and the switches of some functions; other literals travel as values, so that like calls are prepared once. */
function mustBeLiteral(name: string, { type }: TypedSql): boolean {
  return type.kind === "BOOL" || (type.kind === "STRING" && /json|float64|lax/.test(name));
}

/** A call by name, such as FORMAT or PARSE_DATE. */
export function referenceCall(call: ScalarCall): string {
  const operands: TypedSql[] = [];
  if (call.args.some(({ sql }) => sql.startsWith("lambda "))) throw refuse(call);
  const texts = call.args.map((argument) => {
    if (argument.type.kind === "ENUM") return enumText(argument);
    if (argument.literal !== undefined && mustBeLiteral(call.name, argument))
      return googleLiteral(argument.literal, argument.type);
    operands.push(argument);
    return `a${operands.length - 1}`;
  });
  const template = TEMPLATES[call.name];
  if (!template && call.name.startsWith("$")) throw refuse(call);
  const body = template
    ? template(texts, call)
    : `${call.name.toUpperCase()}(${named(call.name, texts).join(", ")})`;
  return reference(call.safe && !call.name.startsWith("$") ? `SAFE.${body}` : body, operands, call.type);
}

export function referenceCast(value: TypedSql, to: SqlType, options: CastOptions): string {
  const operands: TypedSql[] = [];
  const operand = (item: TypedSql) => {
    if (item.literal !== undefined && item.type.kind === "STRING")
      return googleLiteral(item.literal, item.type);
    operands.push(item);
    return `a${operands.length - 1}`;
  };
  const format = options.format ? ` FORMAT ${formatText(options.format)}` : "";
  const zone = options.timeZone ? ` AT TIME ZONE ${operand(options.timeZone)}` : "";
  const text = `${options.safe ? "SAFE_CAST" : "CAST"}(${operand(value)} AS ${typeText(to)}${options.parameters ?? ""}${format}${zone})`;
  return reference(text, operands, to);
}

/** Named arguments that must be given by name; from this place on, an argument is one of them. */
const NAMED: Readonly<Record<string, readonly [number, ...string[]]>> = {
  parse_json: [1, "wide_number_mode"],
  to_json: [1, "stringify_wide_numbers"],
  float64: [1, "wide_number_mode"],
  float64_array: [1, "wide_number_mode"],
  edit_distance: [2, "max_distance"],
  json_keys: [2, "mode"],
  json_strip_nulls: [2, "include_arrays", "remove_empty"],
};

/** The last argument of these is named. */
const NAMED_LAST: Readonly<Record<string, string>> = {
  json_set: "create_if_missing",
  json_array_append: "append_each_element",
  json_array_insert: "insert_each_element",
};

function named(name: string, texts: readonly string[]): string[] {
  const [from = Number.POSITIVE_INFINITY, ...names] = NAMED[name] ?? [];
  const last = NAMED_LAST[name];
  return texts.map((text, i) => {
    if (i >= Number(from)) return `${names[i - Number(from)]} => ${text}`;
    return last && i === texts.length - 1 && texts.length % 2 === 0 ? `${last} => ${text}` : text;
  });
}

/** The format of a cast must be a literal. */
function formatText(format: TypedSql): string {
  if (typeof format.literal !== "string") throw unsupported("CAST with a FORMAT that is not a literal");
  return googleLiteral(format.literal, format.type);
}

type Template = (args: readonly string[], call: ScalarCall) => string;

export function enumText({ literal, type }: TypedSql): string {
  const name = String(literal);
  const kind = type.kind === "ENUM" ? type.name.split(".").at(-1) : "";
  if (kind === "ArrayZipMode" || kind === "BitwiseAggMode") return `mode => '${name}'`;
  if (kind === "RoundingMode") return `'${name}'`;
  const weekday = /^WEEK_(\w+)$/.exec(name)?.[1];
  return weekday ? `WEEK(${weekday})` : name;
}

const infix =
  (operator: string): Template =>
  (args) =>
    `(${args.join(` ${operator} `)})`;
const quantified =
  (operator: string): Template =>
  ([value, ...patterns]) =>
    `(${value} ${operator} (${patterns.join(", ")}))`;
const shifted =
  (name: string): Template =>
  ([value, amount, part]) =>
    `${name}(${value}, INTERVAL ${amount} ${part})`;

const series =
  (name: string): Template =>
  ([start, end, step, part]) =>
    `${name}(${start}, ${end}${part ? `, INTERVAL ${step} ${part}` : ""})`;

/** Calls that GoogleSQL writes otherwise than name(arguments). */
const TEMPLATES: Record<string, Template> = {
  $add: infix("+"),
  $subtract: infix("-"),
  $multiply: infix("*"),
  $divide: infix("/"),
  $equal: infix("="),
  $like: infix("LIKE"),
  $concat_op: infix("||"),
  $not_equal: infix("<>"),
  $less: infix("<"),
  $less_or_equal: infix("<="),
  $greater: infix(">"),
  $greater_or_equal: infix(">="),
  $is_distinct_from: infix("IS DISTINCT FROM"),
  $is_not_distinct_from: infix("IS NOT DISTINCT FROM"),
  $between: ([x, low, high]) => `(${x} BETWEEN ${low} AND ${high})`,
  $in: ([x, ...list]) => `(${x} IN (${list.join(", ")}))`,
  $in_array: ([x, list]) => `(${x} IN UNNEST(${list}))`,
  $not_like_any: quantified("NOT LIKE ANY"),
  $not_like_all: quantified("NOT LIKE ALL"),
  $like_any: quantified("LIKE ANY"),
  $like_all: quantified("LIKE ALL"),
  $bitwise_and: infix("&"),
  $bitwise_or: infix("|"),
  $bitwise_xor: infix("^"),
  $bitwise_left_shift: infix("<<"),
  $bitwise_right_shift: infix(">>"),
  $bitwise_not: ([x]) => `(~${x})`,
  $unary_minus: ([x]) => `(-${x})`,
  $extract: ([value, part, zone]) => `EXTRACT(${part} FROM ${value}${zone ? ` AT TIME ZONE ${zone}` : ""})`,
  $interval: ([amount, part]) => `(INTERVAL ${amount} ${part})`,
  $subscript: ([value, key]) => `${value}[${key}]`,
  $get_json_field: ([value, field]) => `${value}[${field}]`,
  generate_date_array: series("GENERATE_DATE_ARRAY"),
  generate_timestamp_array: series("GENERATE_TIMESTAMP_ARRAY"),
  date_add: shifted("DATE_ADD"),
  date_sub: shifted("DATE_SUB"),
  datetime_add: shifted("DATETIME_ADD"),
  datetime_sub: shifted("DATETIME_SUB"),
  timestamp_add: shifted("TIMESTAMP_ADD"),
  timestamp_sub: shifted("TIMESTAMP_SUB"),
  time_add: shifted("TIME_ADD"),
  time_sub: shifted("TIME_SUB"),
};

/** Functions without a native translation that the reference implementation answers for, row by row. */
export const REFERENCE_FUNCTIONS: ReadonlySet<string> = new Set(
  `acosh atanh sec csc cot sech csch coth log
  ascii chr code_points_to_bytes code_points_to_string edit_distance farm_fingerprint format from_base64 from_hex
  initcap instr regexp_extract_all regexp_instr safe_convert_bytes_to_string sha512
  soundex split_substr translate parse_numeric
  array_slice range_bucket generate_timestamp_array json_array json_array_append json_array_insert json_extract json_extract_array
  json_extract_string_array json_keys json_object json_query json_query_array json_remove json_set json_strip_nulls json_type
  json_value_array lax_bool lax_float64 lax_int64 lax_string parse_json to_json safe_to_json bool int64 float64
  lax_bool_array lax_float64_array lax_int64_array lax_string_array json_contains json_flatten net.host
  parse_bignumeric pi_numeric pi_bignumeric safe_to_json generate_range_array to_seconds_interval
  array_find_all array_offsets array_includes_all array_includes_any array_remove_first_n array_remove_last_n array_zip
  regexp_extract_groups bool_array int64_array float64_array string_array $subscript $get_json_field
  justify_days justify_hours justify_interval make_interval date_bucket datetime_bucket timestamp_bucket
  net.ip_from_string net.ip_net_mask net.ip_to_string net.ip_trunc net.ipv4_from_int64 net.ipv4_to_int64
  net.safe_ip_from_string
  array_first_n array_last_n array_max array_min array_sum array_avg cosine_distance euclidean_distance`.split(
    /\s+/,
  ),
);

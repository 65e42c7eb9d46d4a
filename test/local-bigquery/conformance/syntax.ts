/** How GoogleSQL writes calls whose syntax is not name(arguments), and the choices of their keywords. */

type Writer = (args: readonly string[]) => string | undefined;
const infix =
  (operator: string): Writer =>
  (args) =>
    `(${args.join(` ${operator} `)})`;
const shifted =
  (name: string): Writer =>
  ([value, amount, part]) =>
    `${name}(${value}, INTERVAL ${amount} ${part})`;
const access =
  (accessor: string): Writer =>
  ([array, place]) =>
    `a[${accessor}(${place})]`.replace(/^a/, `${array}`);
const quantified =
  (operator: string): Writer =>
  ([value, ...patterns]) =>
    `(${value} ${operator} (${patterns.join(", ")}))`;

export const OPERATORS: Readonly<Record<string, Writer>> = {
  $add: infix("+"),
  $subtract: infix("-"),
  $multiply: infix("*"),
  $divide: infix("/"),
  $and: infix("AND"),
  $or: infix("OR"),
  $equal: infix("="),
  $not_equal: infix("<>"),
  $less: infix("<"),
  $less_or_equal: infix("<="),
  $greater: infix(">"),
  $greater_or_equal: infix(">="),
  $is_distinct_from: infix("IS DISTINCT FROM"),
  $is_not_distinct_from: infix("IS NOT DISTINCT FROM"),
  $bitwise_and: infix("&"),
  $bitwise_or: infix("|"),
  $bitwise_xor: infix("^"),
  $bitwise_left_shift: infix("<<"),
  $bitwise_right_shift: infix(">>"),
  $concat_op: infix("||"),
  $like: infix("LIKE"),
  $like_any: quantified("LIKE ANY"),
  $like_all: quantified("LIKE ALL"),
  $not_like_any: quantified("NOT LIKE ANY"),
  $not_like_all: quantified("NOT LIKE ALL"),
  $in: ([value, ...list]) => `(${value} IN (${list.join(", ")}))`,
  $between: ([x, low, high]) => `(${x} BETWEEN ${low} AND ${high})`,
  $not: ([x]) => `(NOT ${x})`,
  $unary_minus: ([x]) => `(-${x})`,
  $bitwise_not: ([x]) => `(~${x})`,
  $is_null: ([x]) => `(${x} IS NULL)`,
  $is_true: ([x]) => `(${x} IS TRUE)`,
  $is_false: ([x]) => `(${x} IS FALSE)`,
  $make_array: (args) => `[${args.join(", ")}]`,
  $array_at_offset: access("OFFSET"),
  $array_at_ordinal: access("ORDINAL"),
  $safe_array_at_offset: access("SAFE_OFFSET"),
  $safe_array_at_ordinal: access("SAFE_ORDINAL"),
  $subscript: ([value, key]) => `${value}[${key}]`,
  $case_no_value: ([when, then, otherwise]) => `(CASE WHEN ${when} THEN ${then} ELSE ${otherwise} END)`,
  $case_with_value: ([value, when, then, otherwise]) =>
    `(CASE ${value} WHEN ${when} THEN ${then} ELSE ${otherwise} END)`,
  $extract: ([value, part, zone]) => `EXTRACT(${part} FROM ${value}${zone ? ` AT TIME ZONE ${zone}` : ""})`,
  $extract_date: ([value, zone]) => `EXTRACT(DATE FROM ${value}${zone ? ` AT TIME ZONE ${zone}` : ""})`,
  $extract_time: ([value, zone]) => `EXTRACT(TIME FROM ${value}${zone ? ` AT TIME ZONE ${zone}` : ""})`,
  $extract_datetime: ([value, zone]) =>
    `EXTRACT(DATETIME FROM ${value}${zone ? ` AT TIME ZONE ${zone}` : ""})`,
  $interval: ([amount, part]) => `INTERVAL ${amount} ${part}`,
  $count_star: () => "COUNT(*)",
  date_add: shifted("DATE_ADD"),
  date_sub: shifted("DATE_SUB"),
  datetime_add: shifted("DATETIME_ADD"),
  datetime_sub: shifted("DATETIME_SUB"),
  timestamp_add: shifted("TIMESTAMP_ADD"),
  timestamp_sub: shifted("TIMESTAMP_SUB"),
  time_add: shifted("TIME_ADD"),
  time_sub: shifted("TIME_SUB"),
  generate_date_array: ([start, end, step, part]) =>
    part
      ? `GENERATE_DATE_ARRAY(${start}, ${end}, INTERVAL ${step} ${part})`
      : step
        ? undefined
        : `GENERATE_DATE_ARRAY(${start}, ${end})`,
  generate_timestamp_array: ([start, end, step, part]) =>
    `GENERATE_TIMESTAMP_ARRAY(${start}, ${end}, INTERVAL ${step} ${part})`,
  // Approximate, volatile or of the session: tested by rules of their own.
  rand: () => undefined,
  generate_uuid: () => undefined,
  session_user: () => undefined,
  current_date: () => undefined,
  current_datetime: () => undefined,
  current_time: () => undefined,
  current_timestamp: () => undefined,
  error: () => undefined,
};

const PARTS: Readonly<Record<string, readonly string[]>> = {
  DateTimestampPart: [
    "YEAR",
    "ISOYEAR",
    "QUARTER",
    "MONTH",
    "WEEK",
    "WEEK(THURSDAY)",
    "ISOWEEK",
    "DAY",
    "DAYOFWEEK",
    "DAYOFYEAR",
    "HOUR",
    "MINUTE",
    "SECOND",
    "MILLISECOND",
    "MICROSECOND",
  ],
  NormalizeMode: ["NFC", "NFD", "NFKC", "NFKD"],
  RoundingMode: ["'ROUND_HALF_AWAY_FROM_ZERO'", "'ROUND_HALF_EVEN'"],
  ArrayZipMode: ["'STRICT'", "'TRUNCATE'", "'PAD'"],
  BitwiseAggMode: ["'STRICT'", "'PAD'"],
};

/** The keywords an argument of this enum type takes; undefined for types of values. */
export function partsOf(type: string): readonly string[] | undefined {
  return PARTS[type];
}

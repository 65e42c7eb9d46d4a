import { ZONES } from "./operands.ts";

/** Values that an argument takes where any value of its type would only be an error; by function and place. */
const zone = [...ZONES, "'Nowhere/Land'", "''", "NULL"];
const amounts = ["0", "1", "-1", "13", "40000", "9223372036854775807", "-9223372036854775808", "NULL"];
const places = ["0", "1", "-1", "2", "5", "-9223372036854775808", "9223372036854775807", "NULL"];
const paths = ["'$'", "'$.a'", "'$.a.b[1]'", "'$[1][1].k'", "'$.c'", "'a'", "'$.\"a\"'", "'$.x.y'", "NULL"];
const texts = [
  '\'{"a": {"b": [1, 2.50, "x"]}, "c": null}\'',
  '\'[1, [2, {"k": "v"}], null]\'',
  "'\"text\"'",
  "'1e3'",
  "'{\"a\": '",
  "''",
  "NULL",
];
const patterns = ["''", "'a'", "'(b)'", "'[a-c]+'", "'(a)|(b)'", "'^.'", "'x*'", "'('", "'é|日'", "NULL"];
const bytePatterns = ["b''", "b'a'", "b'(b)'", "b'.'", "b'\\xff'", "b'('", "NULL"];
const numbers = [
  "'1'",
  "'-2.5'",
  "' 3 '",
  "'1e3'",
  "'.5'",
  "'1,234.5'",
  "'- 7'",
  "'7-'",
  "'0.0000000005'",
  "'nan'",
  "'99999999999999999999999999999999999999999'",
  "''",
  "NULL",
];
const dates = [
  "'2024-02-29'",
  "'29/02/24'",
  "'Feb 29 2024'",
  "'12:30:15.5'",
  "'2024-02-29 12:30:15 +0800'",
  "'x'",
  "NULL",
];
const dateFormats = [
  "'%Y-%m-%d'",
  "'%d/%m/%y'",
  "'%b %d %Y'",
  "'%T'",
  "'%E*S'",
  "'%F %T %z'",
  "'%'",
  "''",
  "NULL",
];
const formats = [
  "'%Y-%m-%d %H:%M:%S'",
  "'%A %a %B %b %C %D %e %F %G %g %I'",
  "'%j %k %l %p %Q %R %T %U %u %V %W %w %y'",
  "'%c %x %X %n%t%%'",
  "'%E3S %E*S %E4Y %Ez %z %Z %s'",
  "'%'",
  "'plain'",
  "NULL",
];
const moderate = ["0", "1", "3", "-1", "10", "NULL"];

/** JSON functions whose second argument is a path. */
const JSON_BY_PATH = [
  "json_query",
  "json_value",
  "json_extract",
  "json_extract_scalar",
  "json_query_array",
  "json_value_array",
  "json_extract_array",
  "json_extract_string_array",
  "json_remove",
  "json_set",
  "json_array_append",
  "json_array_insert",
];

export const CHOICES: Readonly<Record<string, Readonly<Record<number, readonly string[]>>>> = {
  ...Object.fromEntries(
    [
      "timestamp",
      "datetime",
      "date",
      "time",
      "string",
      "$extract_date",
      "$extract_time",
      "$extract_datetime",
    ].map((name) => [name, { 1: zone }]),
  ),
  ...Object.fromEntries(
    ["date_trunc", "datetime_trunc", "timestamp_trunc", "$extract", "format_date", "format_datetime"].map(
      (name) => [name, { 2: zone }],
    ),
  ),
  ...Object.fromEntries(
    [
      "date_add",
      "date_sub",
      "datetime_add",
      "datetime_sub",
      "timestamp_add",
      "timestamp_sub",
      "time_add",
      "time_sub",
    ].map((name) => [name, { 1: amounts }]),
  ),
  ...Object.fromEntries([...JSON_BY_PATH, "json_strip_nulls"].map((name) => [name, { 0: texts, 1: paths }])),
  ...Object.fromEntries(
    ["parse_date", "parse_datetime", "parse_timestamp", "parse_time"].map((name) => [
      name,
      { 0: dateFormats, 1: dates, 2: zone },
    ]),
  ),
  ...Object.fromEntries(
    ["format_date", "format_datetime", "format_timestamp", "format_time"].map((name) => [
      name,
      { 0: formats, 2: zone },
    ]),
  ),
  ...Object.fromEntries(
    ["regexp_contains", "regexp_extract", "regexp_extract_all", "regexp_instr", "regexp_replace"].map(
      (name) => [name, { 1: patterns }],
    ),
  ),
  regexp_replace: { 1: patterns, 2: ["''", "'<\\\\0>'", "'\\\\1'", "'x'", "'\\\\'", "NULL"] },
  ...Object.fromEntries(
    ["corr", "covar_pop", "covar_samp", "var_pop", "var_samp", "stddev_pop", "stddev_samp"].map((name) => [
      name,
      { 0: ["1.5", "2.5", "10.0", "-3.25", "NULL"], 1: ["2.0", "7.5", "NULL"] },
    ]),
  ),
  $interval: { 0: amounts },
  timestamp: {
    0: [
      "'2024-02-29'",
      "'2024-02-29 12:30:15.123456+08'",
      "'2024-03-10 02:30:00'",
      "'2024-02-29T12:30:15Z'",
      "'2024-02-30'",
      "''",
      "NULL",
    ],
    1: zone,
  },
  date_from_unix_date: { 0: amounts },
  parse_numeric: { 0: numbers },
  parse_bignumeric: { 0: numbers },
  parse_json: { 0: texts, 1: ["'exact'", "'round'", "'x'"] },
  format: {
    0: [
      "'%d'",
      "'%5d|%-5d|%05d|%+d'",
      "'%s'",
      "'%10s|%-10s|'",
      "'%t'",
      "'%T'",
      "'%f'",
      "'%.3f'",
      "'%e'",
      "'%g'",
      "'%x'",
      "'%p'",
      "'%P'",
      "'%%'",
      "'%'",
      '"%\'d"',
      "NULL",
    ],
  },
  generate_array: { 0: moderate, 1: moderate, 2: moderate },
  generate_date_array: {
    0: ["DATE '2024-02-29'", "DATE '2023-12-31'", "NULL"],
    1: ["DATE '2024-05-31'", "DATE '2023-01-01'", "NULL"],
    2: moderate,
  },
  generate_timestamp_array: { 2: moderate },
  repeat: { 1: moderate },
  lpad: { 1: moderate, 2: ["'x'", "''", "'日é'", "NULL"] },
  rpad: { 1: moderate, 2: ["'x'", "''", "'日é'", "NULL"] },
  substr: { 1: places, 2: places },
  left: { 1: places },
  right: { 1: places },
  instr: { 1: ["'a'", "''", "'b'", "'本'", "NULL"], 2: places, 3: places },
  split: { 1: ["','", "''", "'a'", "'本'", "NULL"] },
  split_substr: { 1: ["','", "'a'", "NULL"], 2: places, 3: places },
  translate: { 1: ["'abc'", "''", "'日a'", "NULL"], 2: ["'x'", "'xyz'", "''", "NULL"] },
  replace: { 1: ["'a'", "''", "'bc'", "NULL"], 2: ["'x'", "''", "NULL"] },
  round: { 1: places },
  trunc: { 1: places },
  from_hex: { 0: ["'00ff'", "'abc'", "'xy'", "''", "NULL"] },
  from_base64: { 0: ["'YWJj'", "'/+8='", "'a'", "'!'", "''", "NULL"] },
  chr: { 0: ["65", "0", "8364", "128512", "-1", "55296", "1114112", "NULL"] },
  "net.ip_from_string": { 0: ["'1.2.3.4'", "'::1'", "'x'", "''", "NULL"] },
  "net.safe_ip_from_string": { 0: ["'1.2.3.4'", "'::1'", "'x'", "''", "NULL"] },
  "net.ip_to_string": { 0: ["b'\\x01\\x02\\x03\\x04'", "b'\\x00'", "NULL"] },
  "net.ip_trunc": {
    0: ["b'\\x01\\x02\\x03\\x04'", "b'\\x00'", "NULL"],
    1: ["0", "8", "32", "33", "-1", "NULL"],
  },
  "net.ip_net_mask": { 0: ["4", "16", "5", "NULL"], 1: ["0", "20", "32", "129", "-1", "NULL"] },
  "net.ipv4_to_int64": { 0: ["b'\\x01\\x02\\x03\\x04'", "b'\\x00'", "NULL"] },
  "net.host": {
    0: ["'https://www.example.co.uk:80/p?q'", "'mailto:a@b.com'", "' Google.com '", "''", "NULL"],
  },
  "net.public_suffix": {
    0: ["'https://www.example.co.uk:80/p?q'", "'x.github.io'", "' Google.com '", "''", "NULL"],
  },
  "net.reg_domain": {
    0: ["'https://www.example.co.uk:80/p?q'", "'x.github.io'", "' Google.com '", "''", "NULL"],
  },
  array_slice: { 1: places, 2: places },
  array_first_n: { 1: moderate },
  array_last_n: { 1: moderate },
  safe_convert_bytes_to_string: { 0: ["b'abc'", "b'\\xff'", "b'\\xe6\\x97\\xa5'", "b''", "NULL"] },
  make_interval: Object.fromEntries(
    [0, 1, 2, 3, 4, 5].map((place) => [place, ["0", "1", "-13", "10001", "NULL"]]),
  ),
  edit_distance: { 2: ["0", "1", "10", "-1", "NULL"] },
  $bitwise_left_shift: { 1: ["0", "1", "5", "63", "64", "-1", "NULL"] },
  $bitwise_right_shift: { 1: ["0", "1", "5", "63", "64", "-1", "NULL"] },
  initcap: { 1: ["'-'", "' ,'", "''", "NULL"] },
  float64: { 1: ["'exact'", "'round'", "'x'"] },
};
/** Choices for the signature over BYTES. */
export const BYTES_CHOICES: Readonly<Record<string, Readonly<Record<number, readonly string[]>>>> = {
  ...Object.fromEntries(
    ["regexp_contains", "regexp_extract", "regexp_extract_all", "regexp_instr"].map((name) => [
      name,
      { 1: bytePatterns },
    ]),
  ),
  regexp_replace: { 1: bytePatterns, 2: ["b''", "b'<\\\\0>'", "b'x'", "NULL"] },
  lpad: { 1: moderate, 2: ["b'x'", "b''", "NULL"] },
  rpad: { 1: moderate, 2: ["b'x'", "b''", "NULL"] },
};

const counts = ["1", "2", "100"];
const fixedPaths = ["'$'", "'$.a'", "'$.a.b[1]'", "'$[1]'", "'$.x'"];
/** Arguments that must be constants: each value makes a call of its own. */
export const CONSTANTS: Readonly<Record<string, Readonly<Record<number, readonly string[]>>>> = {
  ntile: { 0: counts },
  nth_value: { 1: counts },
  approx_quantiles: { 1: counts },
  approx_top_count: { 1: counts },
  approx_top_sum: { 2: counts },
  ...Object.fromEntries(JSON_BY_PATH.map((name) => [name, { 1: fixedPaths, 3: fixedPaths }])),
  json_remove: { 1: fixedPaths, 2: fixedPaths },
};

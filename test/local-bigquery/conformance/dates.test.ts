import { DATE, DATETIME, SMALL, TIME, TIMESTAMP, ZONES } from "./operands.ts";
import { runGrids } from "./run.ts";

const DATE_PARTS = [
  "DAY",
  "WEEK",
  "WEEK(MONDAY)",
  "WEEK(WEDNESDAY)",
  "WEEK(SATURDAY)",
  "ISOWEEK",
  "MONTH",
  "QUARTER",
  "YEAR",
  "ISOYEAR",
];
const FIELDS = [...DATE_PARTS, "DAYOFWEEK", "DAYOFYEAR"];
const CLOCK = ["HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND"];
const all = (template: (part: string) => string, parts: readonly string[]) => parts.map(template);

runGrids({
  "parts of a DATE": {
    expressions: [
      ...all((p) => `EXTRACT(${p} FROM a)`, FIELDS),
      ...all((p) => `DATE_TRUNC(a, ${p})`, DATE_PARTS),
      ...all((p) => `LAST_DAY(a, ${p})`, DATE_PARTS.slice(1)),
      "LAST_DAY(a)",
    ],
    operands: { a: DATE },
  },
  "casts and numbers of a DATE": {
    expressions: [
      "UNIX_DATE(a)",
      "CAST(a AS STRING)",
      "CAST(a AS DATETIME)",
      "CAST(a AS TIMESTAMP)",
      "DATETIME(a)",
      "TIMESTAMP(a)",
      "TIMESTAMP(a, 'Asia/Shanghai')",
      "TIMESTAMP(a, 'America/New_York')",
      "FORMAT_DATE('%Y-%m-%d', a)",
      "FORMAT_DATE('%Y%m', a)",
      "FORMAT_DATE('%A %a %B %b %j %y %F %%', a)",
      "FORMAT_DATE('%G-W%V %U %u %e %Q', a)",
      "STRING(a)",
      "TO_JSON_STRING(a)",
      "DATETIME(a, TIME '01:02:03')",
      "FORMAT('%t %T', a, a)",
      "DATE(EXTRACT(YEAR FROM a), EXTRACT(MONTH FROM a), EXTRACT(DAY FROM a))",
    ],
    operands: { a: DATE },
  },
  "DATE_ADD and DATE_SUB": {
    expressions: [
      ...all((p) => `DATE_ADD(a, INTERVAL b ${p})`, ["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"]),
      ...all((p) => `DATE_SUB(a, INTERVAL b ${p})`, ["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"]),
      "a + b",
      "a - b",
    ],
    operands: { a: DATE, b: ["0", "1", "-1", "13", "400", "NULL"] },
  },
  DATE_DIFF: {
    expressions: [
      ...all((p) => `DATE_DIFF(a, b, ${p})`, DATE_PARTS),
      "a < b",
      "a = b",
      "GREATEST(a, b)",
      "a BETWEEN b AND DATE '2024-12-31'",
    ],
    operands: { a: DATE, b: DATE },
  },
  "DATE of numbers": {
    expressions: ["DATE(a, b, 29)", "DATE(2024, a, b)", "DATE(a, 2, b)", "DATE_FROM_UNIX_DATE(a)"],
    operands: { a: ["2023", "2024", "0", "12", "10000", "NULL"], b: ["0", "1", "2", "29", "13", "NULL"] },
  },
  GENERATE_DATE_ARRAY: {
    expressions: [
      "GENERATE_DATE_ARRAY(a, b)",
      "GENERATE_DATE_ARRAY(a, b, INTERVAL 3 DAY)",
      "GENERATE_DATE_ARRAY(b, a, INTERVAL -1 WEEK)",
      "GENERATE_DATE_ARRAY(a, b, INTERVAL 1 MONTH)",
    ],
    operands: {
      a: ["DATE '2024-01-31'", "DATE '2024-02-28'", "NULL"],
      b: ["DATE '2024-02-02'", "DATE '2024-06-30'", "NULL"],
    },
  },
  "parts of a DATETIME": {
    expressions: [
      ...all((p) => `EXTRACT(${p} FROM a)`, [...FIELDS, ...CLOCK, "DATE", "TIME"]),
      ...all((p) => `DATETIME_TRUNC(a, ${p})`, [...DATE_PARTS, ...CLOCK]),
    ],
    operands: { a: DATETIME },
  },
  "casts of a DATETIME": {
    expressions: [
      "CAST(a AS STRING)",
      "CAST(a AS DATE)",
      "CAST(a AS TIME)",
      "CAST(a AS TIMESTAMP)",
      "TIMESTAMP(a, 'Asia/Shanghai')",
      "TIMESTAMP(a, 'America/New_York')",
      "FORMAT_DATETIME('%Y-%m-%d %H:%M:%S', a)",
      "FORMAT_DATETIME('%F %E*S %p', a)",
      "TO_JSON_STRING(a)",
      "STRING(a)",
      "DATE(a)",
      "TIME(a)",
      "LAST_DAY(a)",
    ],
    operands: { a: [...DATETIME, "DATETIME '2024-03-10 02:30:00'", "DATETIME '2024-11-03 01:30:00'"] },
  },
  "DATETIME_ADD and DATETIME_SUB": {
    expressions: [
      ...all(
        (p) => `DATETIME_ADD(a, INTERVAL b ${p})`,
        ["YEAR", "MONTH", "QUARTER", "WEEK", "DAY", ...CLOCK],
      ),
      ...all((p) => `DATETIME_SUB(a, INTERVAL b ${p})`, ["MONTH", "DAY", "SECOND"]),
    ],
    operands: { a: DATETIME, b: SMALL },
  },
  DATETIME_DIFF: {
    expressions: all((p) => `DATETIME_DIFF(a, b, ${p})`, [...DATE_PARTS, ...CLOCK.slice(0, 4)]),
    operands: { a: DATETIME, b: DATETIME },
  },
  "parts of a TIMESTAMP": {
    expressions: all((p) => `EXTRACT(${p} FROM a)`, [...FIELDS, ...CLOCK, "DATE", "TIME", "DATETIME"]),
    operands: { a: TIMESTAMP },
  },
  "TIMESTAMPs in zones": {
    expressions: ZONES.flatMap((z) => [
      `DATE(a, ${z})`,
      `DATETIME(a, ${z})`,
      `EXTRACT(HOUR FROM a AT TIME ZONE ${z})`,
      `TIMESTAMP_TRUNC(a, DAY, ${z})`,
      `TIMESTAMP_TRUNC(a, HOUR, ${z})`,
      `TIMESTAMP_TRUNC(a, MONTH, ${z})`,
      `TIMESTAMP_TRUNC(a, WEEK, ${z})`,
      `STRING(a, ${z})`,
    ]),
    operands: { a: TIMESTAMP },
  },
  "zones known only at run time": {
    expressions: ["DATE(a, b)", "TIMESTAMP(DATETIME(a), b)", "DATETIME(a, b)", "TIMESTAMP_TRUNC(a, DAY, b)"],
    operands: { a: TIMESTAMP, b: [...ZONES, "NULL"] },
  },
  "casts of a TIMESTAMP": {
    expressions: [
      "CAST(a AS STRING)",
      "CAST(a AS DATE)",
      "CAST(a AS DATETIME)",
      "CAST(a AS TIME)",
      "DATE(a)",
      "TIME(a)",
      "UNIX_SECONDS(a)",
      "UNIX_MILLIS(a)",
      "UNIX_MICROS(a)",
      "FORMAT_TIMESTAMP('%Y-%m-%d %H:%M:%S', a)",
      "FORMAT_TIMESTAMP('%F %T', a, 'Asia/Shanghai')",
      "FORMAT_TIMESTAMP('%c %Z', a, 'America/New_York')",
      "TO_JSON_STRING(a)",
      "STRING(a)",
      "FORMAT('%t %T', a, a)",
    ],
    operands: { a: TIMESTAMP },
  },
  "TIMESTAMP_ADD and TIMESTAMP_SUB": {
    expressions: [
      ...all((p) => `TIMESTAMP_ADD(a, INTERVAL b ${p})`, ["DAY", ...CLOCK]),
      ...all((p) => `TIMESTAMP_SUB(a, INTERVAL b ${p})`, ["DAY", "SECOND"]),
    ],
    operands: {
      a: [...TIMESTAMP, "TIMESTAMP '9999-12-31 23:59:59.999999+00'", "TIMESTAMP '0001-01-01 00:00:00+00'"],
      b: SMALL,
    },
  },
  TIMESTAMP_DIFF: {
    expressions: [...all((p) => `TIMESTAMP_DIFF(a, b, ${p})`, ["DAY", ...CLOCK]), "a < b", "a >= b", "a = b"],
    operands: { a: TIMESTAMP, b: TIMESTAMP },
  },
  "TIMESTAMP_TRUNC in UTC": {
    expressions: all((p) => `TIMESTAMP_TRUNC(a, ${p})`, [...DATE_PARTS, ...CLOCK]),
    operands: { a: TIMESTAMP },
  },
  "numbers to TIMESTAMPs": {
    expressions: ["TIMESTAMP_SECONDS(a)", "TIMESTAMP_MILLIS(a)", "TIMESTAMP_MICROS(a)"],
    operands: {
      a: [
        "0",
        "-1",
        "1700000000",
        "1700000000123",
        "253402300799",
        "253402300800",
        "9223372036854775807",
        "NULL",
      ],
    },
  },
  TIME: {
    expressions: [
      ...all((p) => `EXTRACT(${p} FROM a)`, CLOCK),
      ...all((p) => `TIME_TRUNC(a, ${p})`, CLOCK),
      ...all((p) => `TIME_ADD(a, INTERVAL b ${p})`, CLOCK),
      ...all((p) => `TIME_SUB(a, INTERVAL b ${p})`, CLOCK),
      "CAST(a AS STRING)",
      "FORMAT_TIME('%H:%M', a)",
      "TO_JSON_STRING(a)",
    ],
    operands: { a: TIME, b: SMALL },
  },
  TIME_DIFF: { expressions: all((p) => `TIME_DIFF(a, b, ${p})`, CLOCK), operands: { a: TIME, b: TIME } },
  "texts to dates": {
    expressions: [
      "CAST(a AS DATE)",
      "SAFE_CAST(a AS DATE)",
      "DATE(a)",
      "PARSE_DATE('%Y-%m-%d', a)",
      "SAFE.PARSE_DATE('%Y-%m-%d', a)",
      "PARSE_DATE('%Y%m%d', a)",
      "PARSE_DATE('%d/%m/%Y', a)",
      "PARSE_DATE('%F', a)",
    ],
    operands: {
      a: [
        "'2024-02-29'",
        "'2023-02-29'",
        "'2024-2-9'",
        "' 2024-01-01 '",
        "'20240131'",
        "'31/01/2024'",
        "'0000-01-01'",
        "'10000-01-01'",
        "'2024-01-01 00:00:00'",
        "''",
        "'x'",
        "NULL",
      ],
    },
  },
  "texts to points in time": {
    expressions: [
      "CAST(a AS TIMESTAMP)",
      "SAFE_CAST(a AS TIMESTAMP)",
      "CAST(a AS DATETIME)",
      "SAFE_CAST(a AS DATETIME)",
      "TIMESTAMP(a)",
      "TIMESTAMP(a, 'Asia/Shanghai')",
      "PARSE_TIMESTAMP('%Y-%m-%d %H:%M:%S', a)",
      "SAFE.PARSE_TIMESTAMP('%F %T', a, 'Asia/Shanghai')",
      "PARSE_DATETIME('%Y-%m-%d %H:%M:%S', a)",
    ],
    operands: {
      a: [
        "'2024-02-29 23:59:59'",
        "'2024-02-29T23:59:59.123456Z'",
        "'2024-02-29 23:59:59+08:00'",
        "'2024-02-29 23:59:59 Asia/Shanghai'",
        "'2024-02-29'",
        "'2024-02-30 00:00:00'",
        "'2024-01-01 24:00:00'",
        "'2024-01-01 23:59:60'",
        "'2024-01-01 1:2:3'",
        "'2024-01-01 00:00:00.1234567'",
        "''",
        "NULL",
      ],
    },
  },
  intervals: {
    expressions: ["a + INTERVAL b DAY", "a - INTERVAL b HOUR", "a + INTERVAL b SECOND"],
    operands: { a: TIMESTAMP, b: SMALL },
  },
  "intervals on wall clocks": {
    expressions: [
      "a + INTERVAL b DAY",
      "a - INTERVAL b MONTH",
      "a + INTERVAL b MINUTE",
      "INTERVAL b YEAR + a",
    ],
    operands: { a: DATETIME, b: SMALL },
  },
  "intervals on dates": {
    expressions: ["a + INTERVAL b DAY", "a - INTERVAL b MONTH", "a + INTERVAL b HOUR"],
    operands: { a: DATE, b: SMALL },
  },
});

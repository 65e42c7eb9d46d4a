/** Values that functions get wrong: NULL, nothing, extremes, ties, NaN, texts beyond ASCII. */
export const INT64 = [
  "0",
  "1",
  "-1",
  "2",
  "7",
  "-7",
  "10",
  "9223372036854775807",
  "-9223372036854775808",
  "4611686018427387904",
  "NULL",
];
export const SMALL = ["0", "1", "-1", "2", "3", "5", "-3", "NULL"];
export const FLOAT64 = [
  "0.0",
  "1.5",
  "-2.5",
  "0.1",
  "1e308",
  "-1e308",
  "1e-310",
  "123456789.125",
  "2.675",
  "CAST('nan' AS FLOAT64)",
  "CAST('inf' AS FLOAT64)",
  "CAST('-inf' AS FLOAT64)",
  "NULL",
];
export const NUMERIC = [
  "NUMERIC '0'",
  "NUMERIC '1'",
  "NUMERIC '-1'",
  "NUMERIC '0.5'",
  "NUMERIC '-0.5'",
  "NUMERIC '1.005'",
  "NUMERIC '-2.345'",
  "NUMERIC '0.000000001'",
  "NUMERIC '-0.000000001'",
  "NUMERIC '123456.789012345'",
  "NUMERIC '3'",
  "NUMERIC '7'",
  "NUMERIC '98765432109876.123456789'",
  "NUMERIC '99999999999999999999999999999.999999999'",
  "NUMERIC '-99999999999999999999999999999.999999999'",
  "NULL",
];
export const BOOL = ["TRUE", "FALSE", "NULL"];
export const STRING = [
  "''",
  "'a'",
  "'abc'",
  "'ABC abc'",
  "' héllo '",
  "'日本語'",
  "'😀x'",
  "'a,b,,c'",
  "'Straße'",
  "'100%'",
  "'a_b'",
  "r'a\\b'",
  "'e\\u0301x'",
  "'\\t x\\n'",
  "NULL",
];
export const BYTES = ["b''", "b'a'", "b'abc'", "b'\\xff\\x00'", "NULL"];
export const DATE = [
  "DATE '2024-02-29'",
  "DATE '1969-12-31'",
  "DATE '2024-01-07'",
  "DATE '2021-01-03'",
  "DATE '2020-12-31'",
  "DATE '0001-01-01'",
  "DATE '9999-12-31'",
  "DATE '2024-12-30'",
  "NULL",
];
export const DATETIME = [
  "DATETIME '2024-02-29 23:59:59.999999'",
  "DATETIME '1969-12-31 23:59:59.5'",
  "DATETIME '2024-01-07 00:00:00'",
  "DATETIME '0001-01-01 00:00:00'",
  "DATETIME '9999-12-31 23:59:59.999999'",
  "NULL",
];
export const TIMESTAMP = [
  "TIMESTAMP '2024-02-29 23:59:59.999999+00'",
  "TIMESTAMP '1969-12-31 23:59:59.5+00'",
  "TIMESTAMP '2024-03-10 07:30:00+00'",
  "TIMESTAMP '2024-11-03 05:30:00+00'",
  "TIMESTAMP '1988-06-01 15:30:00+00'",
  "TIMESTAMP '1900-01-01 00:00:00+00'",
  "TIMESTAMP '2024-06-01 16:00:00.123+00'",
  "NULL",
];
export const TIME = ["TIME '00:00:00'", "TIME '23:59:59.999999'", "TIME '12:30:15.5'", "NULL"];
export const ZONES = [
  "'UTC'",
  "'Asia/Shanghai'",
  "'America/New_York'",
  "'Asia/Kathmandu'",
  "'+08:00'",
  "'-03:30'",
  "'America/Sao_Paulo'",
];
export const BIGNUMERIC = [
  "BIGNUMERIC '0'",
  "BIGNUMERIC '1'",
  "BIGNUMERIC '-2.5'",
  "BIGNUMERIC '0.00000000000000000000000000000000000001'",
  "BIGNUMERIC '-123456789012345678901234567890.123456789012345678'",
  "BIGNUMERIC '578960446186580977117854925043439539266.34992332820282019728792003956564819967'",
  "NULL",
];
export const INTERVAL = [
  "INTERVAL 0 DAY",
  "INTERVAL 13 MONTH",
  "INTERVAL -40 DAY",
  "INTERVAL '1-2 3 4:5:6.789' YEAR TO SECOND",
  "INTERVAL '-1:30:0' HOUR TO SECOND",
  "INTERVAL 30 HOUR",
  "NULL",
];
export const JSON_VALUES = [
  "JSON '1'",
  "JSON '-2.5'",
  "JSON '\"a\"'",
  "JSON 'true'",
  "JSON 'null'",
  'JSON \'{"a": {"b": [1, 2.50, "x"]}, "c": null}\'',
  'JSON \'[1, [2, {"k": "v"}], null]\'',
  "JSON '12345678901234567890'",
  "NULL",
];
const STRUCT = [
  "STRUCT(1 AS x, 'p' AS y)",
  "STRUCT(1 AS x, CAST(NULL AS STRING) AS y)",
  "STRUCT(2 AS x, 'a' AS y)",
  "NULL",
];

/** Values by the type's name. */
export const OF_KIND: Readonly<Record<string, readonly string[]>> = {
  INT64,
  FLOAT64,
  NUMERIC,
  BIGNUMERIC,
  BOOL,
  STRING,
  BYTES,
  DATE,
  DATETIME,
  TIME,
  TIMESTAMP,
  INTERVAL,
  JSON: JSON_VALUES,
  STRUCT,
  ARRAY: ["[1, 2]", "[2]", "CAST([] AS ARRAY<INT64>)", "[1, NULL]", "NULL"],
  "RANGE<DATE>": [
    "RANGE(DATE '2024-01-01', DATE '2024-02-01')",
    "RANGE(DATE '2024-01-15', NULL)",
    "RANGE(CAST(NULL AS DATE), DATE '2024-01-10')",
    "RANGE(CAST(NULL AS DATE), CAST(NULL AS DATE))",
    "NULL",
  ],
  "RANGE<DATETIME>": [
    "RANGE(DATETIME '2024-01-01 00:00:00', DATETIME '2024-01-01 12:00:00.5')",
    "RANGE(DATETIME '2024-01-01 06:00:00', NULL)",
    "NULL",
  ],
  "RANGE<TIMESTAMP>": [
    "RANGE(TIMESTAMP '2024-01-01 00:00:00+00', TIMESTAMP '2024-01-01 12:00:00+00')",
    "RANGE(CAST(NULL AS TIMESTAMP), TIMESTAMP '2024-01-01 06:00:00+00')",
    "NULL",
  ],
};
export const ARRAYS: Readonly<Record<string, readonly string[]>> = {
  "ARRAY<INT64>": ["[1, 2, 2]", "[0]", "[97, 8364, 128512]", "[3, NULL]", "CAST([] AS ARRAY<INT64>)", "NULL"],
  "ARRAY<FLOAT64>": [
    "[1.5, -2.0]",
    "[3.0, 4.0]",
    "[0.0, 0.0]",
    "[1.0]",
    "CAST([] AS ARRAY<FLOAT64>)",
    "NULL",
  ],
};

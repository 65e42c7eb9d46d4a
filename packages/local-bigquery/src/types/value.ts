/**
 * Canonical JS values, the form that travels between the layers:
 * INT64 bigint; FLOAT64 number; NUMERIC and BIGNUMERIC exact decimal text without trailing zeros; BOOL boolean;
 * STRING string; BYTES Uint8Array; DATE "YYYY-MM-DD"; TIME "HH:MM:SS[.ffffff]"; DATETIME "YYYY-MM-DDTHH:MM:SS[.ffffff]";
 * TIMESTAMP "YYYY-MM-DDTHH:MM:SS.ffffffZ"; INTERVAL "Y-M D H:M:S[.f]"; JSON its text; ARRAY an array; STRUCT an array
 * of its fields by place; RANGE [start, end], an open bound null; NULL null.
 */
export { fromDuckdb } from "./duckdb-value.ts";
export { quoted, sqlLiteral } from "./literal.ts";
export { decodeValue, encodeValue } from "./proto-value.ts";
export { type RestCell, type RestFormat, type RestRow, restRow, restValue } from "./rest-value.ts";

import {
  type DuckDBDecimalType,
  type DuckDBListType,
  type DuckDBStructType,
  type DuckDBType,
  DuckDBTypeId,
} from "@duckdb/node-api";
import type { FieldSchema } from "../../catalog/model.ts";
import { quoteIdentifier, quoteString } from "../../catalog/names.ts";
import { BigQueryError, unsupported } from "../../errors.ts";
import { duckdbType } from "../../types/duckdb.ts";
import { fieldColumn, restField, typeText } from "../../types/schema.ts";
import type { SqlType } from "../../types/types.ts";
import type { FileRows, LoadRequest } from "./request.ts";
import { withoutNulls } from "./text.ts";

export interface FileColumn {
  readonly name: string;
  readonly type: DuckDBType;
}

const T = DuckDBTypeId;
const INTEGERS = [T.TINYINT, T.SMALLINT, T.INTEGER, T.BIGINT, T.UTINYINT, T.USMALLINT, T.UINTEGER, T.UBIGINT];
const TIMES = [T.TIMESTAMP, T.TIMESTAMP_TZ, T.TIMESTAMP_S, T.TIMESTAMP_MS, T.TIMESTAMP_NS];
const TEXTS = [T.VARCHAR, T.ENUM];

/** File types that hold exactly what a column type can: nothing is rounded or parsed on the way. */
const ACCEPTED: Readonly<Record<string, readonly DuckDBTypeId[]>> = {
  INT64: INTEGERS,
  FLOAT64: [T.FLOAT, T.DOUBLE],
  NUMERIC: [...INTEGERS, T.DECIMAL],
  BOOL: [T.BOOLEAN],
  STRING: TEXTS,
  BYTES: [T.BLOB],
  DATE: [T.DATE],
  TIME: [T.TIME],
  DATETIME: TIMES,
  TIMESTAMP: TIMES,
  JSON: TEXTS,
};

export function parquetSource(file: string): string {
  return `read_parquet(${quoteString(file)})`;
}

/** A Parquet file's rows, columns and struct members by name (case aside); a column the file lacks is NULL. */
export function parquetRows(
  request: LoadRequest,
  fields: readonly FieldSchema[],
  file: readonly FileColumn[],
): FileRows {
  const inFile = new Map(file.map((column) => [column.name.toLowerCase(), column]));
  const items = fields.map((field) => {
    const { name, type } = fieldColumn(field);
    const column = inFile.get(name.toLowerCase());
    inFile.delete(name.toLowerCase());
    const value = column ? read(quoteIdentifier(column.name), column.type, type, name) : missing(type);
    return `${value} AS ${quoteIdentifier(name)}`;
  });
  const unknown = inFile.values().next().value;
  if (unknown && !request.ignoreUnknownValues) {
    throw new BigQueryError(
      "invalid",
      `Error while reading data, error message: No such field: ${unknown.name}.`,
    );
  }
  return { fields, sql: `SELECT ${items.join(", ")} FROM ${parquetSource(request.file)}` };
}

/** The fields of a file that comes without a schema. */
export function parquetFields(file: readonly FileColumn[]): FieldSchema[] {
  return file.map(({ name, type }) => restField({ name, type: typeInFile(type, name) }) as FieldSchema);
}

function missing(type: SqlType): string {
  return type.kind === "ARRAY" ? `CAST([] AS ${duckdbType(type)})` : `CAST(NULL AS ${duckdbType(type)})`;
}

function read(value: string, from: DuckDBType, to: SqlType, field: string): string {
  if (from.typeId === T.SQLNULL) return missing(to);
  if (to.kind === "ARRAY" && from.typeId === T.LIST) {
    const element = read("element", (from as DuckDBListType).valueType, to.element, field);
    const list = `list_transform(${value}, lambda element: ${element})`;
    return `CASE WHEN ${value} IS NULL THEN [] ELSE ${withoutNulls(list, field)} END`;
  }
  if (to.kind === "STRUCT" && from.typeId === T.STRUCT) {
    const { entryNames, entryTypes } = from as DuckDBStructType;
    const members = to.fields.map((member, place) => {
      const at = entryNames.findIndex((name) => name.toLowerCase() === member.name.toLowerCase());
      const path = `${field}.${member.name}`;
      const inner = `struct_extract(${value}, ${quoteString(entryNames[at] ?? "")})`;
      return `f${place} := ${at < 0 ? missing(member.type) : read(inner, entryTypes[at] as DuckDBType, member.type, path)}`;
    });
    const known = new Set(to.fields.map(({ name }) => name.toLowerCase()));
    const unknown = entryNames.find((name) => !known.has(name.toLowerCase()));
    if (unknown !== undefined) {
      throw new BigQueryError(
        "invalid",
        `Error while reading data, error message: No such field: ${field}.${unknown}.`,
      );
    }
    return `CASE WHEN ${value} IS NULL THEN NULL ELSE struct_pack(${members.join(", ")}) END`;
  }
  if (!ACCEPTED[to.kind]?.includes(from.typeId)) throw mismatch(from, to, field);
  if (to.kind === "NUMERIC" && from.typeId === T.DECIMAL) {
    const { width, scale } = from as DuckDBDecimalType;
    if (scale > 9 || width - scale > 29) throw mismatch(from, to, field);
  }
  if (to.kind === "TIMESTAMP" && from.typeId !== T.TIMESTAMP_TZ)
    return `CAST(CAST(${value} AS TIMESTAMP) AS TIMESTAMPTZ)`;
  return `CAST(${value} AS ${duckdbType(to)})`;
}

function mismatch(from: DuckDBType, to: SqlType, field: string): BigQueryError {
  return new BigQueryError(
    "invalid",
    `Error while reading data, error message: Parquet column '${field}' has type ${from} which does not match the target type ${typeText(to)}.`,
  );
}

function typeInFile(type: DuckDBType, field: string): SqlType {
  if (type.typeId === T.LIST)
    return { kind: "ARRAY", element: typeInFile((type as DuckDBListType).valueType, field) };
  if (type.typeId === T.STRUCT) {
    const { entryNames, entryTypes } = type as DuckDBStructType;
    const fields = entryNames.map((name, at) => ({
      name,
      type: typeInFile(entryTypes[at] as DuckDBType, `${field}.${name}`),
    }));
    return { kind: "STRUCT", fields };
  }
  if (type.typeId === T.TIMESTAMP_TZ) return { kind: "TIMESTAMP" };
  if (type.typeId === T.DECIMAL) return { kind: "NUMERIC" };
  const kinds = ["INT64", "FLOAT64", "BOOL", "STRING", "BYTES", "DATE", "TIME", "DATETIME"] as const;
  const kind = kinds.find((name) => ACCEPTED[name]?.includes(type.typeId));
  if (!kind) throw unsupported(`Parquet type ${type} of column ${field}`);
  return { kind };
}

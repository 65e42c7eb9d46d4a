import { basename } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Contract } from "../contract.ts";
import { didYouMean } from "../names.ts";
import { type ColumnType, typeText } from "../types.ts";
import { type Conversion, duckdbType, sqlName, sqlText } from "./conversion.ts";
import { csvRelation, readHeader } from "./csv.ts";
import { fromJson, structuresQuery } from "./json.ts";
import { fromParquet } from "./parquet.ts";
import type { DataProblem } from "./problems.ts";
import { fromText } from "./text.ts";

export type DataFormat = "csv" | "parquet";

/** A contract's column in a file. */
export interface SourceColumn {
  readonly name: string;
  /** The file's own value, as an SQL name of the relation. */
  readonly raw: string;
  readonly conversion: Conversion;
}

/** A data file matched with its contract: what can be asked of it in DuckDB. */
export interface SourceFile {
  readonly contract: Contract;
  readonly path: string;
  readonly format: DataFormat;
  /** FROM clauses: plain, with a column `file_row` from 1, and (CSV) with malformed rows kept in `rejects`. */
  readonly relation: string;
  readonly numbered: string;
  readonly counted: string;
  readonly rejects?: string;
  readonly columns: readonly SourceColumn[];
}

/** A Parquet file as a relation; a folder named `ds=...` above it is no column. */
function parquetRelation(path: string, rowNumbers = false): string {
  return `read_parquet(${sqlText(path)}, hive_partitioning=false, file_row_number=${rowNumbers})`;
}

/** Opens a file and matches its columns with the contract's; what does not match is a problem. */
export async function openSource(
  connection: DuckDBConnection,
  contract: Contract,
  path: string,
  format: DataFormat,
  problems: DataProblem[],
): Promise<SourceFile | undefined> {
  const file = basename(path);
  const refuse = (message: string, column?: string) =>
    problems.push({ severity: "error", code: "columns", file, message, count: 1, ...(column && { column }) });
  const unreadable = (message: string) => {
    problems.push({ severity: "error", code: "file", file, message, count: 1 });
    return undefined;
  };

  let names: string[];
  let convert: (index: number, type: ColumnType) => Promise<Conversion | string>;
  if (format === "csv") {
    const header = readHeader(path);
    if (!header)
      return unreadable("the file has no header; its first line names the columns, separated by commas");
    names = header;
    convert = async (index, type) => {
      if (type.kind === "scalar" && type.name !== "JSON") return fromText(type.name, `c${index}`);
      const structures = structuresQuery(`c${index}`, csvRelation(path, header.length, "ignore_errors=true"));
      const reader = await connection.runAndReadAll(structures);
      const found = reader.getRows().map(([structure]) => (structure === null ? null : String(structure)));
      return fromJson(type, `c${index}`, found);
    };
  } else {
    try {
      const reader = await connection.runAndReadAll(`SELECT * FROM ${parquetRelation(path)} LIMIT 0`);
      names = [...reader.columnNames()];
      const types = reader.columnTypes();
      convert = async (index, type) => {
        const name = sqlName(names[index] ?? "");
        const conversion = fromParquet(type, types[index] as (typeof types)[number], name);
        if (typeof conversion !== "string") return conversion;
        // A writer that saw no value in a column cannot know its type: an empty column is of every type.
        const counted = await connection.runAndReadAll(`SELECT count(${name}) FROM ${parquetRelation(path)}`);
        const nothing = `CAST(NULL AS ${duckdbType(type)})`;
        return Number(counted.getRows()[0]?.[0]) === 0
          ? { value: nothing, bad: "FALSE", probe: nothing }
          : conversion;
      };
    } catch (error) {
      return unreadable(
        `the file cannot be read as Parquet: ${error instanceof Error ? error.message : error}`,
      );
    }
  }

  const known = contract.columns.map((entry) => entry.name);
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) < index) refuse("the column stands twice in the file; keep one", name);
    else if (!known.includes(name)) {
      const hint = didYouMean(
        name,
        known.filter((entry) => !names.includes(entry)),
      );
      refuse(`${contract.table} has no such column; remove or rename it.${hint}`, name || "(no name)");
    }
  }
  const columns: SourceColumn[] = [];
  for (const { name, type } of contract.columns) {
    const index = names.indexOf(name);
    if (index < 0) {
      refuse(`the column is missing; add it (${typeText(type)}), empty where nothing is known`, name);
      continue;
    }
    const conversion = await convert(index, type);
    if (typeof conversion === "string")
      refuse(`the column ${conversion}; write it with the contract's type`, name);
    else columns.push({ name, raw: format === "csv" ? `c${index}` : sqlName(name), conversion });
  }

  const parquet = parquetRelation(path);
  const relation = format === "csv" ? csvRelation(path, names.length) : parquet;
  const rejects = `rejects_${contract.dataset}_${contract.name}`;
  return {
    contract,
    path,
    format,
    relation,
    numbered:
      format === "csv"
        ? `(SELECT *, row_number() OVER () AS file_row FROM ${relation})`
        : `(SELECT *, file_row_number + 1 AS file_row FROM ${parquetRelation(path, true)})`,
    counted:
      format === "csv"
        ? csvRelation(
            path,
            names.length,
            `store_rejects=true, rejects_table='${rejects}', rejects_scan='${rejects}_scan'`,
          )
        : parquet,
    ...(format === "csv" && { rejects }),
    columns,
  };
}

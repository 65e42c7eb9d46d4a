import type { Severity } from "../contract.ts";

/** What can be wrong with a folder of data. */
export type DataProblemCode =
  | "folder" // the folder holds no source file at all
  | "file" // a file whose name is not a source table's, or that cannot be read
  | "columns" // a missing, unknown or repeated column, or a Parquet column of another type
  | "row" // a CSV row with too few or too many cells, or with broken quoting
  | "type" // a value that is not of its column's type
  | "required" // NULL where a value is required
  | "accepted" // a value outside the allowed ones
  | "bounds" // a value outside its bounds
  | "version"; // one version of a key with two contents

export interface DataProblem {
  readonly severity: Severity;
  readonly code: DataProblemCode;
  /** The file's name in the folder. */
  readonly file: string;
  readonly column?: string;
  /** From 1; in CSV the row below the header is row 1. */
  readonly row?: number;
  readonly value?: string;
  /** What is wrong and what to do about it. */
  readonly message: string;
  /** How many rows of the file have this problem; 1 for problems that are not about rows. */
  readonly count: number;
}

/** `file, row 3, column amt: message`. */
export function formatDataProblem(problem: DataProblem): string {
  const place = [
    problem.file,
    problem.row === undefined ? "" : `row ${problem.row}`,
    problem.column === undefined ? "" : `column ${problem.column}`,
  ];
  const many = problem.count > 1 ? ` (${problem.count.toLocaleString("en-US")} rows)` : "";
  const label = problem.severity === "warning" ? "warning: " : "";
  return `${label}${place.filter((part) => part).join(", ")}: ${problem.message}${many}`;
}

import type { FieldSchema, TableEntry } from "../../catalog/model.ts";

export type LoadFormat = "PARQUET" | "CSV" | "NEWLINE_DELIMITED_JSON";

/** A load job's configuration, read and checked, with the uploaded file. */
export interface LoadRequest {
  readonly file: string;
  readonly format: LoadFormat;
  readonly destination: { readonly dataset: string; readonly id: string };
  /** Undefined: the table's own fields, or for Parquet those of the file. */
  readonly fields: readonly FieldSchema[] | undefined;
  readonly write: "WRITE_TRUNCATE" | "WRITE_APPEND" | "WRITE_EMPTY";
  readonly create: boolean;
  readonly ignoreUnknownValues: boolean;
  readonly layout: Partial<
    Pick<TableEntry, "timePartitioning" | "rangePartitioning" | "clustering" | "description" | "labels">
  >;
  readonly csv: {
    readonly skipLeadingRows: number;
    readonly delimiter: string;
    readonly quote: string;
    readonly nullMarker: string;
    readonly jaggedRows: boolean;
    readonly latin1: boolean;
  };
}

/** What a reader makes of a file: a query that answers the fields in order, each in its stored form. */
export interface FileRows {
  readonly fields: readonly FieldSchema[];
  readonly sql: string;
  /** Finds the first row that cannot be read, to be asked after a failure: one row (number, message). */
  readonly firstFault?: string;
}

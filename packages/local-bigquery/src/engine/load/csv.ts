import type { FieldSchema } from "../../catalog/model.ts";
import { quoteIdentifier, quoteString } from "../../catalog/names.ts";
import { fieldColumn } from "../../types/schema.ts";
import type { FileRows, LoadRequest } from "./request.ts";
import { faultMessage, fromText, isFault } from "./text.ts";

/**
 * A CSV file's rows, columns by place as BigQuery takes them. An empty cell is NULL, a quoted empty one an empty
 * text; arrays and structs, which BigQuery does not load from CSV, are JSON text here.
 */
export function csvRows(request: LoadRequest, fields: readonly FieldSchema[]): FileRows {
  const { csv, file } = request;
  const names = fields.map(({ name }) => `${quoteString(name)}: 'VARCHAR'`).join(", ");
  const options = [
    `auto_detect = false, header = false, skip = ${csv.skipLeadingRows}`,
    `delim = ${quoteString(csv.delimiter)}, quote = ${quoteString(csv.quote)}, escape = ${quoteString(csv.quote)}`,
    `nullstr = ${quoteString(csv.nullMarker)}, allow_quoted_nulls = false, null_padding = ${csv.jaggedRows}`,
    `max_line_size = 104857600, encoding = '${csv.latin1 ? "latin-1" : "utf-8"}'`,
    `columns = {${names}}`,
  ];
  const source = `read_csv(${quoteString(file)}, ${options.join(", ")})`;
  const columns = fields.map(fieldColumn);
  const items = columns.map(({ name, type }) => {
    const quoted = quoteIdentifier(name);
    return `${fromText(quoted, type, name)} AS ${quoted}`;
  });
  return { fields, sql: `SELECT ${items.join(", ")} FROM ${source}`, ...firstFault(columns, source) };
}

/** Asked only after a failure: which row it was. Faults inside arrays and structs are told without a row. */
function firstFault(columns: ReturnType<typeof fieldColumn>[], source: string): Pick<FileRows, "firstFault"> {
  const cases = columns.flatMap(({ name, type }) => {
    if (type.kind === "ARRAY" || type.kind === "STRUCT" || type.kind === "RANGE" || type.kind === "ENUM")
      return [];
    if (type.kind === "STRING") return [];
    const quoted = quoteIdentifier(name);
    return [`WHEN ${isFault(quoted, type.kind)} THEN ${faultMessage(quoted, type.kind, name)}`];
  });
  if (cases.length === 0) return {};
  const numbered = `SELECT row_number() OVER () AS row, CASE ${cases.join(" ")} END AS fault FROM ${source}`;
  return { firstFault: `SELECT row, fault FROM (${numbered}) WHERE fault IS NOT NULL LIMIT 1` };
}

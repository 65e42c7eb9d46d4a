import type { FieldSchema } from "../../catalog/model.ts";
import { quoteIdentifier, quoteString } from "../../catalog/names.ts";
import { fieldColumn } from "../../types/schema.ts";
import type { FileRows, LoadRequest } from "./request.ts";
import { fromJson } from "./text.ts";

/** Rows of a file with one JSON object a line, members by name. */
export function jsonRows(request: LoadRequest, fields: readonly FieldSchema[]): FileRows {
  const columns = fields.map(fieldColumn);
  const names = columns.map(({ name }) => `${quoteString(name)}: 'JSON'`).join(", ");
  const options = `format = 'newline_delimited', maximum_object_size = 104857600, columns = {${names}}`;
  const source = `read_json(${quoteString(request.file)}, ${options})`;
  const items = columns.map(({ name, type }) => {
    const quoted = quoteIdentifier(name);
    return `${fromJson(quoted, type, name)} AS ${quoted}`;
  });
  return { fields, sql: `SELECT ${items.join(", ")} FROM ${source}` };
}

/** Names of members that no field has: one row each. */
export function unknownMembers(request: LoadRequest, fields: readonly FieldSchema[]): string {
  const source = `read_ndjson_objects(${quoteString(request.file)}, maximum_object_size = 104857600)`;
  const known = fields.map(({ name }) => quoteString(name)).join(", ");
  return `SELECT DISTINCT name FROM (SELECT unnest(json_keys(json)) AS name FROM ${source}) WHERE name NOT IN (${known})`;
}

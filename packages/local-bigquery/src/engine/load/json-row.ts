import type { FieldSchema } from "../../catalog/model.ts";
import { BigQueryError } from "../../errors.ts";

type Json = Readonly<Record<string, unknown>>;

/**
 * A row as tabledata.insertAll brings it, with members under the columns' own names (a client may write them in another
 * case). Members without a column are a fault, or left out if the request says so.
 */
export function namedMembers(
  row: unknown,
  fields: readonly FieldSchema[],
  options: { ignoreUnknown: boolean },
  path = "",
): Json {
  if (typeof row !== "object" || row === null || Array.isArray(row))
    throw fault(path, `This field: ${path || "row"} is not a record.`);
  const known = new Map(fields.map((field) => [field.name.toLowerCase(), field]));
  const named: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) {
    const field = known.get(name.toLowerCase());
    const at = path + name;
    if (field) named[field.name] = member(value, field, options, at);
    else if (!options.ignoreUnknown) throw fault(at, `no such field: ${at}.`);
  }
  for (const { name, mode, defaultValueExpression } of fields) {
    const missing = named[name] === undefined || named[name] === null;
    if (mode === "REQUIRED" && missing && !(defaultValueExpression && !(name in named)))
      throw fault(path + name, `Missing required field: ${path}${name}.`);
  }
  return named;
}

function member(
  value: unknown,
  field: FieldSchema,
  options: { ignoreUnknown: boolean },
  path: string,
): unknown {
  if (value === null || value === undefined || !field.fields) return value ?? null;
  const fields = field.fields;
  if (field.mode !== "REPEATED") return namedMembers(value, fields, options, `${path}.`);
  if (!Array.isArray(value)) throw fault(path, `Repeated field ${path} must be an array.`);
  return value.map((element, place) => namedMembers(element, fields, options, `${path}[${place}].`));
}

/** An error of a row: where it is, and what. */
export class RowFault extends BigQueryError {
  readonly location: string;

  constructor(location: string, message: string) {
    super("invalid", message);
    this.location = location;
  }
}

function fault(path: string, message: string): RowFault {
  return new RowFault(path.replace(/\.$/, ""), message);
}

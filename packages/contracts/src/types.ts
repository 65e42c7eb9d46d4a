/** BigQuery's scalar types that a contract may use. */
export const scalarTypes = [
  "INT64",
  "FLOAT64",
  "NUMERIC",
  "BIGNUMERIC",
  "BOOL",
  "STRING",
  "BYTES",
  "DATE",
  "DATETIME",
  "TIME",
  "TIMESTAMP",
  "JSON",
] as const;
export type ScalarName = (typeof scalarTypes)[number];

/** A BigQuery column type: a scalar, an array of one, or a struct with named fields. */
export type ColumnType =
  | { readonly kind: "scalar"; readonly name: ScalarName }
  | { readonly kind: "array"; readonly element: ColumnType }
  | { readonly kind: "struct"; readonly fields: readonly StructField[] };
export interface StructField {
  readonly name: string;
  readonly type: ColumnType;
}

/** The standard's logical type of a BigQuery type. */
export function logicalType(type: ColumnType): string {
  if (type.kind === "array") return "array";
  if (type.kind === "struct") return "object";
  switch (type.name) {
    case "INT64":
      return "integer";
    case "FLOAT64":
    case "NUMERIC":
    case "BIGNUMERIC":
      return "number";
    case "BOOL":
      return "boolean";
    case "DATE":
      return "date";
    case "DATETIME":
    case "TIMESTAMP":
      return "timestamp";
    case "TIME":
      return "time";
    case "JSON":
      return "object";
    default:
      return "string";
  }
}

/** The type's text as BigQuery writes it, such as `ARRAY<STRUCT<a INT64>>`. */
export function typeText(type: ColumnType): string {
  if (type.kind === "scalar") return type.name;
  if (type.kind === "array") return `ARRAY<${typeText(type.element)}>`;
  return `STRUCT<${type.fields.map((field) => `${field.name} ${typeText(field.type)}`).join(", ")}>`;
}

/** Reads a type text; throws an Error whose message says what is wrong in it. */
export function parseType(text: string): ColumnType {
  const tokens = text.match(/[A-Za-z_][A-Za-z0-9_]*|\S/g) ?? [];
  let position = 0;
  const expect = (token: string) => {
    if (tokens[position] !== token) {
      throw new Error(
        `"${text}" lacks "${token}" ${tokens[position] ? `before "${tokens[position]}"` : "at its end"}`,
      );
    }
    position++;
  };
  const read = (): ColumnType => {
    const word = (tokens[position++] ?? "").toUpperCase();
    if (word === "ARRAY") {
      expect("<");
      const element = read();
      expect(">");
      if (element.kind === "array")
        throw new Error(`"${text}" has an array of arrays; wrap the inner one in a STRUCT`);
      return { kind: "array", element };
    }
    if (word === "STRUCT") {
      expect("<");
      const fields: StructField[] = [];
      do {
        const name = tokens[position++] ?? "";
        if (!/^[A-Za-z_]/.test(name)) throw new Error(`"${text}" has a struct field without a name`);
        fields.push({ name, type: read() });
      } while (tokens[position] === "," && ++position);
      expect(">");
      return { kind: "struct", fields };
    }
    const name = scalarTypes.find((scalar) => scalar === word);
    if (name === undefined)
      throw new Error(`"${word}" is not one of ${scalarTypes.join(", ")}, ARRAY<>, STRUCT<>`);
    return { kind: "scalar", name };
  };
  const type = read();
  if (position < tokens.length)
    throw new Error(`"${text}" goes on after the type: "${tokens.slice(position).join(" ")}"`);
  return type;
}

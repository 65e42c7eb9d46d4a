import type { ColumnType, ScalarName } from "../types.ts";
import { anyOf, type Conversion, sqlName, sqlText } from "./conversion.ts";
import { fromText, someElement } from "./text.ts";

/**
 * Kinds of JSON values, as json_structure names them, that may stand for a type. Text is then read as a CSV cell is.
 * "JSON" is a mixture of kinds, such as 1 and "2": a number's text tells good from bad there, too.
 */
function kinds(name: ScalarName): readonly string[] {
  switch (name) {
    case "INT64":
      return ["UBIGINT", "BIGINT", "HUGEINT", "VARCHAR", "JSON"];
    case "FLOAT64":
    case "NUMERIC":
      return ["UBIGINT", "BIGINT", "HUGEINT", "DOUBLE", "VARCHAR", "JSON"];
    case "BOOL":
      return ["BOOLEAN"];
    default:
      return ["VARCHAR"];
  }
}

/** Whether a structure, as json_structure gives it, is one of the type: no other fields, no other kinds of values. */
function structureFits(structure: unknown, type: ColumnType): boolean {
  if (structure === "NULL") return true;
  if (type.kind === "array") return Array.isArray(structure) && structureFits(structure[0], type.element);
  if (type.kind === "scalar") {
    return type.name === "JSON" || (typeof structure === "string" && kinds(type.name).includes(structure));
  }
  if (typeof structure !== "object" || structure === null || Array.isArray(structure)) return false;
  return Object.entries(structure).every(([name, inner]) => {
    const field = type.fields.find((entry) => entry.name === name);
    return field !== undefined && structureFits(inner, field.type);
  });
}

/** The shape that from_json reads a type's JSON into: the same, with text for every scalar. */
function shape(type: ColumnType): unknown {
  if (type.kind === "array") return [shape(type.element)];
  if (type.kind === "struct") {
    return Object.fromEntries(type.fields.map((field) => [field.name, shape(field.type)]));
  }
  return type.name === "JSON" ? "JSON" : "VARCHAR";
}

/** A value of the shape as the type. */
function fromShape(type: ColumnType, value: string, depth: number): Conversion {
  if (type.kind === "scalar") return fromText(type.name, value);
  if (type.kind === "array") {
    const element = `e${depth}`;
    const inner = fromShape(type.element, element, depth + 1);
    const each = (part: string) =>
      part === element ? value : `list_transform(${value}, lambda ${element}: ${part})`;
    // BigQuery has no NULL among an array's elements.
    const wrong = anyOf([`${element} IS NULL`, inner.bad]);
    return { value: each(inner.value), bad: someElement(value, element, wrong), probe: each(inner.probe) };
  }
  const fields = type.fields.map((field) => ({
    name: sqlName(field.name),
    ...fromShape(field.type, `${value}.${sqlName(field.name)}`, depth),
  }));
  const pack = (part: (field: Conversion) => string) =>
    `CASE WHEN ${value} IS NOT NULL THEN struct_pack(${fields.map((field) => `${field.name} := ${part(field)}`).join(", ")}) END`;
  return {
    value: pack((field) => field.value),
    bad: anyOf(fields.map((field) => field.bad)),
    probe: pack((field) => field.probe),
  };
}

/** The query whose rows are the different structures of a column's JSON; NULL: not JSON at all. */
export function structuresQuery(text: string, relation: string): string {
  return `SELECT DISTINCT CAST(json_structure(TRY_CAST(${text} AS JSON)) AS VARCHAR) FROM ${relation} WHERE ${text} IS NOT NULL`;
}

/** A cell of JSON text as an ARRAY, STRUCT or JSON; `structures` is the answer of `structuresQuery`. */
export function fromJson(type: ColumnType, text: string, structures: readonly (string | null)[]): Conversion {
  const json = `TRY_CAST(${text} AS JSON)`;
  const wrong = structures.filter((entry) => entry !== null && !structureFits(JSON.parse(entry), type));
  const list = wrong.map((entry) => sqlText(entry ?? "")).join(", ");
  const misfit = anyOf([
    structures.includes(null) ? `${json} IS NULL` : "FALSE",
    wrong.length ? `CAST(json_structure(${json}) AS VARCHAR) IN (${list})` : "FALSE",
  ]);
  if (type.kind === "scalar") return { value: json, bad: `(${text} IS NOT NULL AND ${misfit})`, probe: json };
  const read = `from_json(${text}, ${sqlText(JSON.stringify(shape(type)))})`;
  const parsed = misfit === "FALSE" ? read : `CASE WHEN NOT COALESCE(${misfit}, TRUE) THEN ${read} END`;
  const inner = fromShape(type, parsed, 0);
  const misfits = misfit === "FALSE" ? "FALSE" : `(${text} IS NOT NULL AND COALESCE(${misfit}, TRUE))`;
  return { value: inner.value, bad: anyOf([misfits, inner.bad]), probe: inner.probe };
}

import type { SqlType } from "../../../packages/local-bigquery/src/types/types.ts";

/** How far two FLOAT64s may be apart: the two sides add and divide in different orders. */
const TOLERANCE = 4e-15;

/** True if two canonical values are the same; FLOAT64 up to a few units in the last place. */
export function sameValue(a: unknown, b: unknown, type: SqlType, tolerance = TOLERANCE): boolean {
  if (a === null || b === null) return a === b || (type.kind === "ARRAY" && isEmpty(a) && isEmpty(b));
  if (type.kind === "ARRAY") {
    const [x, y] = [a as unknown[], b as unknown[]];
    return x.length === y.length && x.every((value, i) => sameValue(value, y[i], type.element, tolerance));
  }
  if (type.kind === "STRUCT") {
    const [x, y] = [a as unknown[], b as unknown[]];
    return type.fields.every((field, i) => sameValue(x[i], y[i], field.type, tolerance));
  }
  if (type.kind === "FLOAT64") {
    const [x, y] = [a as number, b as number];
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) return true;
    return Number.isFinite(x) && Math.abs(x - y) <= tolerance * Math.max(Math.abs(x), Math.abs(y));
  }
  return shown(a) === shown(b);
}

function isEmpty(value: unknown): boolean {
  return value === null || (value as unknown[]).length === 0;
}

/** A value as a failing test prints it. */
export function shown(value: unknown): string {
  if (value === undefined) return "error";
  if (typeof value === "bigint") return String(value);
  if (value instanceof Uint8Array) return `x${Buffer.from(value).toString("hex")}`;
  if (Array.isArray(value)) return `[${value.map(shown).join(", ")}]`;
  if (typeof value === "number") return Object.is(value, -0) ? "-0.0" : String(value);
  return JSON.stringify(value);
}

import type { ResolvedGetStructField, ResolvedMakeStruct } from "../../analyzer/resolved.ts";
import type { TypedSql } from "../../functions/contract.ts";
import type { Translation } from "../context.ts";
import type { Scope } from "../scope.ts";
import { expression } from "./index.ts";

export function makeStruct(t: Translation, node: ResolvedMakeStruct, scope: Scope): TypedSql {
  return { sql: structSql(node.fieldList.map((field) => expression(t, field, scope).sql)), type: node.type };
}

/** A struct value; fields are f0, f1, ... by place, and DuckDB has no struct without fields. */
export function structSql(fields: readonly string[]): string {
  const named = fields.map((sql, place) => `'f${place}': ${sql}`);
  return `{${named.join(", ") || "'f0': TRUE"}}`;
}

export function fieldAccess(t: Translation, node: ResolvedGetStructField, scope: Scope): TypedSql {
  const struct = expression(t, node.expr, scope);
  return { sql: `struct_extract(${struct.sql}, 'f${node.fieldIdx}')`, type: node.type };
}

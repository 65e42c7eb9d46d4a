import type { ResolvedColumnDefinition } from "../../analyzer/resolved.ts";
import type { Translation } from "../context.ts";
import { hasTypeParameters } from "../expressions/call.ts";
import { expression } from "../expressions/index.ts";
import { Scope } from "../scope.ts";
import type { ColumnSpec } from "../translated.ts";
import { optionValues } from "./options.ts";

/** A column definition of CREATE TABLE or ADD COLUMN. */
export function columnSpec(t: Translation, definition: ResolvedColumnDefinition): ColumnSpec {
  const { name, type, annotations } = definition;
  if (definition.generatedColumnInfo) throw t.unsupported(`generated column ${name}`, definition);
  if (annotations?.collationName) throw t.unsupported("COLLATE", definition);
  if (annotations && hasTypeParameters(annotations))
    throw t.unsupported(`type parameters of column ${name}`, definition);
  for (const child of annotations?.childList ?? []) {
    if (child.notNull || child.optionList.length > 0 || hasTypeParameters(child)) {
      throw t.unsupported(`options, NOT NULL or type parameters inside column ${name}`, definition);
    }
  }
  const options = optionValues(t, annotations?.optionList ?? []);
  const { description, ...others } = options;
  const other = Object.keys(others)[0];
  if (other) throw t.unsupported(`column option ${other}`, definition);
  return {
    name,
    type,
    ...(typeof description === "string" && { description }),
    ...(annotations?.notNull && { notNull: true }),
    ...(definition.defaultValue && { default: defaultValue(t, definition.defaultValue) }),
  };
}

export function defaultValue(
  t: Translation,
  node: NonNullable<ResolvedColumnDefinition["defaultValue"]>,
): { sql: string; text: string } {
  if (!node.expression) throw t.unsupported("DEFAULT without a value", node);
  return { sql: expression(t, node.expression, new Scope(new Map())).sql, text: node.sql };
}

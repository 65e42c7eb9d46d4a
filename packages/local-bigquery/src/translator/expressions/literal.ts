import type { ResolvedLiteral } from "../../analyzer/resolved.ts";
import type { TypedSql } from "../../functions/contract.ts";
import { decodeValue, sqlLiteral } from "../../types/value.ts";

export function literalExpression(node: ResolvedLiteral): TypedSql {
  const { type, value } = node.value;
  // An enum's value, such as a date part, is its name already.
  if (type.kind === "ENUM") return { sql: `'${value}'`, type, literal: value };
  const literal = decodeValue(value, type);
  return { sql: sqlLiteral(literal, type), type, literal };
}

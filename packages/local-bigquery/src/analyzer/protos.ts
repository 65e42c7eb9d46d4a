import type { ScalarKind, SqlType } from "../types/types.ts";
import type { MessageInit } from "./engine.ts";

const TYPE_KINDS: Record<ScalarKind, number> = {
  INT64: 2,
  BOOL: 5,
  FLOAT64: 7,
  STRING: 8,
  BYTES: 9,
  DATE: 10,
  TIMESTAMP: 19,
  TIME: 20,
  DATETIME: 21,
  GEOGRAPHY: 22,
  NUMERIC: 23,
  BIGNUMERIC: 24,
  JSON: 26,
  INTERVAL: 27,
};

/** The initialiser of a TypeProto; nodes.ts reads the other direction. */
export function typeProto(type: SqlType): MessageInit {
  switch (type.kind) {
    case "ARRAY":
      return { typeKind: 16, arrayType: { elementType: typeProto(type.element) } };
    case "STRUCT":
      return {
        typeKind: 17,
        structType: {
          field: type.fields.map((field) => ({ fieldName: field.name, fieldType: typeProto(field.type) })),
        },
      };
    case "RANGE":
      return { typeKind: 29, rangeType: { elementType: typeProto(type.element) } };
    case "ENUM":
      throw new Error(`A value of ${type.name} cannot be a column, variable or parameter.`);
    default:
      return { typeKind: TYPE_KINDS[type.kind] };
  }
}

/** A ValueProto of NULL, which also stands for "a value known at run time". */
export const nullValue: MessageInit = {};

import type { FileRegistry } from "@bufbuild/protobuf";
import type { SqlType } from "../types/types.ts";
import type { MessageInit } from "./engine.ts";
import { typeProto } from "./protos.ts";

/** A function that a user defined in SQL, under every name path that statements may call it by. */
export interface CatalogFunction {
  readonly spelled: readonly (readonly string[])[];
  readonly kind: "SCALAR" | "AGGREGATE" | "TABLE";
  /** Without a type: ANY TYPE. */
  readonly arguments: readonly { readonly name: string; readonly type?: SqlType }[];
  /** An expression, or a query of a table function. */
  readonly body: string;
}

/** The query in which a function's body stands, to find the tables it names. */
export function bodyQuery({ kind, body }: CatalogFunction): string {
  return kind === "TABLE" ? body : `SELECT (\n${body}\n)`;
}

const MODES = { SCALAR: 1, AGGREGATE: 2 } as const;
/** TEMPLATED_SQL_TVF */
const SQL_TABLE_FUNCTION = 3;

/** The initialiser of a FunctionProto or TableValuedFunctionProto; the analyzer resolves the body at each call. */
export function functionProto(
  name: string,
  definition: CatalogFunction,
  registry: FileRegistry,
): MessageInit {
  const kinds = registry.getEnum("zetasql.SignatureArgumentKind");
  const kind = (wanted: string) => kinds?.values.find((value) => value.name === wanted)?.number;
  const names = definition.arguments.map((argument) => argument.name);
  const argument = definition.arguments.map(({ type }) => ({
    kind: kind(type ? "ARG_TYPE_FIXED" : "ARG_TYPE_ARBITRARY"),
    ...(type && { type: typeProto(type) }),
    numOccurrences: 1,
  }));
  const parseResumeLocation = { input: definition.body };
  if (definition.kind === "TABLE") {
    const signature = { argument, returnType: { kind: kind("ARG_TYPE_RELATION"), numOccurrences: 1 } };
    return {
      namePath: [name],
      type: SQL_TABLE_FUNCTION,
      signature,
      parseResumeLocation,
      argumentName: names,
    };
  }
  return {
    namePath: [name],
    group: "Templated_SQL_Function",
    mode: MODES[definition.kind],
    signature: [{ argument, returnType: { kind: kind("ARG_TYPE_ARBITRARY"), numOccurrences: 1 } }],
    parseResumeLocation,
    templatedSqlFunctionArgumentName: names,
  };
}

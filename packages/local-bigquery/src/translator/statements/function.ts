import type {
  ResolvedCreateFunctionStmt,
  ResolvedCreateTableFunctionStmt,
  ResolvedDropFunctionStmt,
  ResolvedDropTableFunctionStmt,
} from "../../analyzer/resolved.ts";
import { typeText } from "../../types/schema.ts";
import type { Translation } from "../context.ts";
import type { FunctionDefinition, Translated } from "../translated.ts";
import { MODES } from "./create.ts";

type CreateNode = ResolvedCreateFunctionStmt | ResolvedCreateTableFunctionStmt;

/** CREATE FUNCTION in SQL: kept as text, which the analyzer writes into the statements that call it. */
export function createFunction(t: Translation, node: CreateNode): Translated {
  const mode = MODES[node.createMode];
  if (!mode) throw t.unsupported(node.createMode, node);
  if (node.language.toUpperCase() !== "SQL" || ("isRemote" in node && node.isRemote))
    throw t.unsupported(`functions in ${node.language.toUpperCase() || "other languages"}`, node);
  if (node.optionList.some(({ name }) => name.toLowerCase() !== "description"))
    throw t.unsupported("options of a function but its description", node);
  const definition: FunctionDefinition = {
    ...body(node),
    arguments: node.argumentNameList.map((name, place) => ({ name, type: argumentType(t, node, place) })),
  };
  return {
    kind: "createFunction",
    path: node.namePath,
    mode,
    temp: node.createScope === "CREATE_TEMP",
    definition,
    ddl: t.context.sql,
  };
}

function body(node: CreateNode): Omit<FunctionDefinition, "arguments"> {
  if (node.kind === "ResolvedCreateFunctionStmt") {
    const returns = node.hasExplicitReturnType && node.returnType ? typeText(node.returnType) : undefined;
    const kind = node.isAggregate ? "AGGREGATE" : "SCALAR";
    return { kind, body: node.code, ...(returns && { returns }) };
  }
  if (!node.hasExplicitReturnSchema) return { kind: "TABLE", body: node.code };
  const columns = node.outputColumnList.map(
    ({ name, column }) => `CAST(\`${name}\` AS ${typeText(column.type)}) AS \`${name}\``,
  );
  return { kind: "TABLE", body: `SELECT ${columns.join(", ")} FROM (\n${node.code}\n)` };
}

/** As the statement writes it, such as "INT64" or "ANY TYPE". */
function argumentType(t: Translation, node: CreateNode, place: number): string {
  const signature = node.signature as {
    argument: { options: { argumentTypeParseLocation?: { start: number; end: number } } }[];
  };
  const range = signature.argument[place]?.options.argumentTypeParseLocation;
  const text = range && Buffer.from(t.context.sql).subarray(range.start, range.end).toString("utf8");
  if (text === undefined) throw t.unsupported("an argument without a type", node);
  if (/\bTABLE\b|\(/i.test(text)) throw t.unsupported(`an argument of type ${text}`, node);
  return text;
}

export function dropFunction(node: ResolvedDropFunctionStmt | ResolvedDropTableFunctionStmt): Translated {
  return {
    kind: "dropFunction",
    path: node.namePath,
    ifExists: node.isIfExists,
    table: node.kind === "ResolvedDropTableFunctionStmt",
  };
}

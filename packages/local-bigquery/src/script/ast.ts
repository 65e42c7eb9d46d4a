import { unsupported } from "../errors.ts";

/** UTF-8 byte offsets into the script's text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}
interface Located {
  readonly range: Range;
}
export interface Branch {
  readonly condition: Range;
  readonly body: readonly Statement[];
}

/** A script's statements: the control flow as a tree, everything else as a piece of text for the analyzer. */
export type Statement = Located &
  (
    | { readonly kind: "sql"; readonly node: string }
    | {
        readonly kind: "declare";
        readonly names: readonly string[];
        readonly type?: Range;
        readonly value?: Range;
      }
    | {
        readonly kind: "set";
        readonly names: readonly string[];
        readonly value: Range;
        readonly fromStruct: boolean;
      }
    | { readonly kind: "if"; readonly branches: readonly Branch[]; readonly otherwise: readonly Statement[] }
    | {
        readonly kind: "case";
        readonly operand?: Range;
        readonly branches: readonly Branch[];
        readonly otherwise?: readonly Statement[];
      }
    | { readonly kind: "loop"; readonly label?: string; readonly body: readonly Statement[] }
    | {
        readonly kind: "while";
        readonly label?: string;
        readonly condition: Range;
        readonly body: readonly Statement[];
      }
    | {
        readonly kind: "repeat";
        readonly label?: string;
        readonly until: Range;
        readonly body: readonly Statement[];
      }
    | {
        readonly kind: "for";
        readonly label?: string;
        readonly variable: string;
        readonly query: Range;
        readonly body: readonly Statement[];
      }
    | {
        readonly kind: "block";
        readonly label?: string;
        readonly body: readonly Statement[];
        readonly handler?: readonly Statement[];
      }
    | { readonly kind: "raise"; readonly message?: Range }
    | { readonly kind: "break" | "continue"; readonly label?: string }
    | { readonly kind: "return" }
    | { readonly kind: "begin" | "commit" | "rollback" }
    | {
        readonly kind: "execute";
        readonly sql: Range;
        readonly into: readonly string[];
        readonly using: readonly { readonly value: Range; readonly alias?: string }[];
      }
    | { readonly kind: "call"; readonly path: readonly string[]; readonly args: readonly Range[] }
    | ({ readonly kind: "createProcedure" } & ProcedureDefinition)
    | { readonly kind: "dropProcedure"; readonly path: readonly string[]; readonly ifExists: boolean }
  );

export interface ProcedureDefinition {
  readonly path: readonly string[];
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
  readonly parameters: readonly {
    readonly name: string;
    readonly mode: "IN" | "OUT" | "INOUT";
    readonly type: Range;
  }[];
  readonly body: readonly Statement[];
}

/** A message of the parser's tree: fields by name, ancestors' fields in `parent`. */
type Message = { readonly $typeName: string; readonly [field: string]: unknown };

/** Where a script names system variables (`@@error.message`), which are no names to the analyzer. */
export function systemVariableRanges(script: unknown): Range[] {
  const ranges: Range[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === "object" && value !== null && "$typeName" in value) {
      const message = value as Message;
      if (message.$typeName === "zetasql.ASTSystemVariableExprProto") ranges.push(rangeOf(message));
      else Object.values(message).forEach(visit);
    } else if (typeof value === "object" && value !== null && "case" in value && "value" in value)
      visit(value.value);
  };
  visit(script);
  return ranges;
}

/** Reads the parser's tree of a script. */
export function readScript(script: unknown): Statement[] {
  return readList((script as Message).statementListNode);
}

function readList(list: unknown): Statement[] {
  if (!list) return [];
  return ((list as Message).statementList as Message[]).map((any) => readStatement(concrete(any)));
}

/** Unwraps the oneof of an `AnyAST...` message, however deep. */
function concrete(message: unknown): Message {
  let current = message as Message;
  while (current.$typeName.startsWith("zetasql.AnyAST")) {
    current = (current.node as { value: Message }).value;
  }
  return current;
}

/** A field of a message or of its nearest ancestor that has it. */
function field(message: Message, name: string): unknown {
  for (let at: Message | undefined = message; at; at = at.parent as Message | undefined) {
    if (at[name] !== undefined) return at[name];
  }
  return undefined;
}

function rangeOf(any: unknown): Range {
  const message = concrete(any);
  const range = field(message, "parseLocationRange") as { start: number; end: number };
  // Parentheses around an expression or a query are not part of its range, and need not be.
  return { start: Number(range.start), end: Number(range.end) };
}

function optionalRange(any: unknown): Range | undefined {
  return any ? rangeOf(any) : undefined;
}

function identifiers(list: unknown): string[] {
  return ((list as Message).identifierList as Message[]).map((identifier) => identifier.idString as string);
}

function labelOf(message: Message): { label?: string } {
  const label = field(message, "label") as Message | undefined;
  return label ? { label: (label.name as Message).idString as string } : {};
}

function branches(clauses: unknown): Branch[] {
  return ((clauses ?? []) as Message[]).map((clause) => ({
    condition: rangeOf(clause.condition),
    body: readList(clause.body),
  }));
}

function readStatement(message: Message): Statement {
  const node = message.$typeName.replace(/^zetasql\.AST|Proto$/g, "");
  const range = rangeOf(message);
  const body = () => readList(field(message, "body"));
  switch (node) {
    case "VariableDeclaration": {
      const type = optionalRange(message.type);
      const value = optionalRange(message.defaultValue);
      const names = identifiers(message.variableList);
      return { kind: "declare", range, names, ...(type && { type }), ...(value && { value }) };
    }
    case "SingleAssignment": {
      const names = [(message.variable as Message).idString as string];
      return { kind: "set", range, names, value: rangeOf(message.expression), fromStruct: false };
    }
    case "AssignmentFromStruct": {
      const value = rangeOf(message.structExpression);
      return { kind: "set", range, names: identifiers(message.variables), value, fromStruct: true };
    }
    case "IfStatement": {
      const first: Branch = { condition: rangeOf(message.condition), body: readList(message.thenList) };
      const others = branches((message.elseifClauses as Message | undefined)?.elseifClauses);
      return { kind: "if", range, branches: [first, ...others], otherwise: readList(message.elseList) };
    }
    case "CaseStatement": {
      const operand = optionalRange(message.expression);
      const clauses = branches((message.whenThenClauses as Message).whenThenClauses);
      const otherwise = message.elseList ? { otherwise: readList(message.elseList) } : {};
      return { kind: "case", range, ...(operand && { operand }), branches: clauses, ...otherwise };
    }
    case "WhileStatement": {
      const loop = { range, ...labelOf(message), body: body() };
      return message.condition
        ? { kind: "while", ...loop, condition: rangeOf(message.condition) }
        : { kind: "loop", ...loop };
    }
    case "RepeatStatement": {
      const until = rangeOf((message.untilClause as Message).condition);
      return { kind: "repeat", range, ...labelOf(message), until, body: body() };
    }
    case "ForInStatement": {
      const variable = (message.variable as Message).idString as string;
      return {
        kind: "for",
        range,
        ...labelOf(message),
        variable,
        query: rangeOf(message.query),
        body: body(),
      };
    }
    case "BeginEndBlock": {
      const handlers = (message.handlerList as Message | undefined)?.exceptionHandlerList as
        | Message[]
        | undefined;
      const handler = handlers?.[0] ? { handler: readList(handlers[0].statementList) } : {};
      return {
        kind: "block",
        range,
        ...labelOf(message),
        body: readList(message.statementListNode),
        ...handler,
      };
    }
    case "RaiseStatement": {
      const text = optionalRange(message.message);
      return { kind: "raise", range, ...(text && { message: text }) };
    }
    case "BreakStatement":
      return { kind: "break", range, ...labelOf(message) };
    case "ContinueStatement":
      return { kind: "continue", range, ...labelOf(message) };
    case "ReturnStatement":
      return { kind: "return", range };
    case "BeginStatement":
      return { kind: "begin", range };
    case "CommitStatement":
      return { kind: "commit", range };
    case "RollbackStatement":
      return { kind: "rollback", range };
    case "ExecuteImmediateStatement":
      return readExecute(message, range);
    case "CreateProcedureStatement":
      return { kind: "createProcedure", range, ...readProcedure(message) };
    case "DropStatement":
      if (message.schemaObjectKind !== PROCEDURE) return { kind: "sql", range, node };
      return {
        kind: "dropProcedure",
        range,
        path: pathOf(message.name),
        ifExists: message.isIfExists === true,
      };
    case "SystemVariableAssignment":
    case "ParameterAssignment":
      throw unsupported("SET of a system variable");
    case "CallStatement": {
      const path = pathOf(message.procedureName);
      const args = (message.arguments as Message[]).map((argument) => {
        if (!argument.expr) throw unsupported("CALL with a table argument");
        return rangeOf(argument.expr);
      });
      return { kind: "call", range, path, args };
    }
    default:
      return { kind: "sql", range, node };
  }
}

/** zetasql.SchemaObjectKind's number. */
const PROCEDURE = 10;
const PARAMETER_MODES = ["IN", "IN", "OUT", "INOUT"] as const;

/** A name path; dots inside backticks separate as well. */
function pathOf(path: unknown): string[] {
  return ((path as Message).names as Message[]).flatMap((name) => (name.idString as string).split("."));
}

function readProcedure(message: Message): ProcedureDefinition {
  if (message.language || message.code || message.withConnectionClause)
    throw unsupported("procedures in other languages");
  const entries = (message.parameters as Message).parameterEntries as Message[];
  return {
    path: pathOf(message.name),
    orReplace: field(message, "isOrReplace") === true,
    ifNotExists: field(message, "isIfNotExists") === true,
    parameters: entries.map((entry) => {
      if (!entry.type) throw unsupported("procedure parameters of ANY TYPE");
      const mode = PARAMETER_MODES[Number(entry.procedureParameterMode ?? 0)] ?? "IN";
      return { name: (entry.name as Message).idString as string, mode, type: rangeOf(entry.type) };
    }),
    body: readScript(message.body),
  };
}

function readExecute(message: Message, range: Range): Statement {
  const into = message.intoClause ? identifiers((message.intoClause as Message).identifiers) : [];
  const using = (((message.usingClause as Message | undefined)?.arguments ?? []) as Message[]).map(
    (argument) => {
      const alias = ((argument.alias as Message | undefined)?.identifier as Message | undefined)?.idString;
      return { value: rangeOf(argument.expression), ...(alias ? { alias: alias as string } : {}) };
    },
  );
  return { kind: "execute", range, sql: rangeOf(message.sql), into, using };
}

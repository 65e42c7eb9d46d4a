import { BigQueryError, unsupported } from "../errors.ts";

/** A type as the API's routines write it (StandardSqlDataType). */
export interface RoutineType {
  readonly typeKind?: string;
  readonly arrayElementType?: RoutineType;
  readonly rangeElementType?: RoutineType;
  readonly structType?: {
    readonly fields?: readonly { readonly name?: string; readonly type?: RoutineType }[];
  };
}

/** A routine as the API's routines.insert describes it. */
export interface RoutineDescription {
  readonly routineType?: string;
  readonly language?: string;
  readonly arguments?: readonly {
    readonly name?: string;
    readonly argumentKind?: string;
    readonly mode?: string;
    readonly dataType?: RoutineType;
  }[];
  readonly returnType?: RoutineType;
  readonly definitionBody?: string;
}

const HEADS: Readonly<Record<string, string>> = {
  SCALAR_FUNCTION: "FUNCTION",
  AGGREGATE_FUNCTION: "AGGREGATE FUNCTION",
  TABLE_VALUED_FUNCTION: "TABLE FUNCTION",
  PROCEDURE: "PROCEDURE",
};

/** The statement that makes it: one way to make a routine is enough. */
export function routineDdl(name: string, routine: RoutineDescription, replace: boolean): string {
  const { routineType = "SCALAR_FUNCTION", language = "SQL", definitionBody: body } = routine;
  const head = HEADS[routineType];
  if (!head) throw unsupported(`routines of type ${routineType}`);
  if (language !== "SQL") throw unsupported(`routines in ${language}`);
  if (!body) throw new BigQueryError("required", "Required parameter is missing: definitionBody");
  const list = (routine.arguments ?? []).map(({ name: argument = "", argumentKind, mode, dataType }) => {
    const type = argumentKind === "ANY_TYPE" || !dataType ? "ANY TYPE" : typeSql(dataType);
    const direction = routineType === "PROCEDURE" && mode ? `${mode} ` : "";
    return `${direction}${quoted(argument)} ${type}`;
  });
  const returns =
    routine.returnType && routineType !== "PROCEDURE" ? ` RETURNS ${typeSql(routine.returnType)}` : "";
  const create = `CREATE ${replace ? "OR REPLACE " : ""}${head} ${quoted(name)}(${list.join(", ")})${returns}`;
  if (routineType === "PROCEDURE")
    return `${create}\n${/^\s*BEGIN\b/i.test(body) ? body : `BEGIN\n${body}\nEND`}`;
  return routineType === "TABLE_VALUED_FUNCTION" ? `${create} AS\n${body}` : `${create} AS (\n${body}\n)`;
}

function typeSql(type: RoutineType): string {
  const kind = type.typeKind ?? "";
  if (kind === "ARRAY" && type.arrayElementType) return `ARRAY<${typeSql(type.arrayElementType)}>`;
  if (kind === "RANGE" && type.rangeElementType) return `RANGE<${typeSql(type.rangeElementType)}>`;
  if (kind === "STRUCT") {
    const fields = (type.structType?.fields ?? []).map(
      ({ name = "", type: inner = {} }) => `${name ? `${quoted(name)} ` : ""}${typeSql(inner)}`,
    );
    return `STRUCT<${fields.join(", ")}>`;
  }
  if (!/^[A-Z][A-Z0-9]*$/.test(kind))
    throw new BigQueryError("invalid", `Unknown type "${kind}" of a routine.`);
  return kind;
}

function quoted(name: string): string {
  if (/[`\\]/.test(name)) throw new BigQueryError("invalid", `Invalid name "${name}"`);
  return `\`${name}\``;
}

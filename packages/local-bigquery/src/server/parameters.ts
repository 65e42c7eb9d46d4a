import { BigQueryError } from "../errors.ts";
import type { Parameters, TypedValue } from "../script/host.ts";
import { typeText } from "../types/schema.ts";
import { datetimeMicros, datetimeText, timestampText } from "../types/time.ts";
import type { SqlType } from "../types/types.ts";

interface ParameterType {
  readonly type: string;
  readonly arrayType?: ParameterType;
  readonly structTypes?: readonly { readonly name?: string; readonly type: ParameterType }[];
  readonly rangeElementType?: ParameterType;
}
interface ParameterValue {
  readonly value?: string | null;
  readonly arrayValues?: readonly ParameterValue[];
  readonly structValues?: Readonly<Record<string, ParameterValue>>;
}
export interface QueryParameter {
  readonly name?: string;
  readonly parameterType: ParameterType;
  readonly parameterValue?: ParameterValue;
}

const ALIASES: Readonly<Record<string, string>> = {
  INTEGER: "INT64",
  INT: "INT64",
  SMALLINT: "INT64",
  BIGINT: "INT64",
  TINYINT: "INT64",
  BYTEINT: "INT64",
  FLOAT: "FLOAT64",
  BOOLEAN: "BOOL",
  DECIMAL: "NUMERIC",
  BIGDECIMAL: "BIGNUMERIC",
};
const SCALARS = new Set(
  "INT64 FLOAT64 NUMERIC BIGNUMERIC BOOL STRING BYTES DATE DATETIME TIME TIMESTAMP INTERVAL JSON".split(" "),
);

/** A request's queryParameters as typed values in canonical form. */
export function readParameters(list: readonly QueryParameter[] | undefined): Parameters {
  const named = new Map<string, TypedValue>();
  const positional: TypedValue[] = [];
  for (const parameter of list ?? []) {
    const type = readType(parameter.parameterType);
    const value = readValue(parameter.parameterValue, type, parameter.name ?? String(positional.length + 1));
    if (parameter.name) named.set(parameter.name.toLowerCase(), { type, value });
    else positional.push({ type, value });
  }
  return { named, positional };
}

function readType(type: ParameterType): SqlType {
  const written = String(type?.type ?? "").toUpperCase();
  const name = ALIASES[written] ?? written;
  if (name === "ARRAY" && type.arrayType) return { kind: "ARRAY", element: readType(type.arrayType) };
  if (name === "RANGE" && type.rangeElementType)
    return { kind: "RANGE", element: readType(type.rangeElementType) };
  if (name === "STRUCT" || name === "RECORD") {
    const fields = (type.structTypes ?? []).map((field) => ({
      name: field.name ?? "",
      type: readType(field.type),
    }));
    return { kind: "STRUCT", fields };
  }
  if (!SCALARS.has(name)) throw new BigQueryError("invalid", `Unsupported parameter type: ${written}`);
  return { kind: name } as SqlType;
}

function readValue(value: ParameterValue | undefined, type: SqlType, name: string): unknown {
  if (type.kind === "ARRAY") {
    const elements = (value?.arrayValues ?? []).map((element) => readValue(element, type.element, name));
    if (elements.includes(null))
      throw new BigQueryError("invalid", `Parameter ${name}: array elements cannot be NULL`);
    return elements;
  }
  if (type.kind === "STRUCT") {
    if (!value?.structValues) return null;
    return type.fields.map((field) => readValue(value.structValues?.[field.name], field.type, name));
  }
  const text = value?.value;
  if (text === undefined || text === null) return null;
  const parsed = readScalar(String(text), type);
  if (parsed === undefined) {
    throw new BigQueryError(
      "invalid",
      `Invalid value for type ${typeText(type)}: '${text}' (parameter ${name})`,
    );
  }
  return parsed;
}

/** The canonical form of a scalar's text, undefined if it is not one. */
function readScalar(text: string, type: SqlType): unknown {
  switch (type.kind) {
    case "INT64":
      return /^[+-]?\d+$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)
        ? BigInt(text)
        : undefined;
    case "FLOAT64":
      return readFloat(text);
    case "NUMERIC":
      return /^[+-]?(\d{1,29}(\.\d{0,9})?|\.\d{1,9})$/.test(text) ? text.replace(/^\+/, "") : undefined;
    case "BIGNUMERIC":
      return /^[+-]?(\d{1,38}(\.\d{0,38})?|\.\d{1,38})$/.test(text) ? text.replace(/^\+/, "") : undefined;
    case "BOOL":
      return /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : undefined;
    case "BYTES":
      return new Uint8Array(Buffer.from(text, "base64"));
    case "DATE":
      return isDate(text) ? text : undefined;
    case "TIME":
      return /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?$/.test(text) ? text : undefined;
    case "DATETIME": {
      const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d(?:\.\d{1,6})?))?$/.exec(text);
      if (!match || !isDate(match[1] as string)) return undefined;
      return datetimeText(datetimeMicros(`${match[1]}T${match[2] ?? "00:00:00"}`));
    }
    case "TIMESTAMP":
      return readTimestamp(text);
    case "JSON":
      try {
        return JSON.stringify(JSON.parse(text));
      } catch {
        return undefined;
      }
    case "STRING":
    case "INTERVAL":
      return text;
    default:
      return undefined;
  }
}

function readFloat(text: string): number | undefined {
  const special: Record<string, number> = {
    nan: Number.NaN,
    inf: Infinity,
    "+inf": Infinity,
    "-inf": -Infinity,
  };
  const known = special[text.toLowerCase().replace("infinity", "inf")];
  if (known !== undefined) return known;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);
}

/** "2024-01-31 12:00:00.5+08:00", "...Z", "... UTC"; without a zone it is UTC. */
function readTimestamp(text: string): string | undefined {
  const match =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d(?:\.\d{1,6})?))? ?(Z|UTC|([+-])(\d\d?)(?::?(\d\d))?)?$/i.exec(
      text,
    );
  if (!match || !isDate(match[1] as string)) return undefined;
  const local = datetimeMicros(`${match[1]}T${match[2] ?? "00:00:00"}`);
  const minutes = Number(match[5] ?? 0) * 60 + Number(match[6] ?? 0);
  const offset = BigInt(minutes) * 60_000_000n * (match[4] === "-" ? -1n : 1n);
  return timestampText(local - offset);
}

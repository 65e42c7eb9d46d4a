import type { AnyMessage } from "../../../packages/local-bigquery/src/analyzer/engine.ts";
import { BYTES_CHOICES, CHOICES, CONSTANTS } from "./choices.ts";
import { ARRAYS, OF_KIND } from "./operands.ts";
import { OPERATORS, partsOf } from "./syntax.ts";

/** A way to call a built-in function: GoogleSQL over the operands a, b, c, ..., and the values they take. */
export interface Call {
  /** The analyzer's name, such as "$add" or "date_trunc". */
  readonly name: string;
  readonly mode: "scalar" | "aggregate" | "analytic";
  /** The types of one signature, such as "FLOAT64, NUMERIC...". */
  readonly signature: string;
  readonly sql: string;
  readonly operands: Readonly<Record<string, readonly string[]>>;
}

/** TypeKind of the analyzer, as far as BigQuery has the type. */
const TYPES: Readonly<Record<number, string>> = {
  2: "INT64",
  5: "BOOL",
  7: "FLOAT64",
  8: "STRING",
  9: "BYTES",
  10: "DATE",
  19: "TIMESTAMP",
  20: "TIME",
  21: "DATETIME",
  23: "NUMERIC",
  24: "BIGNUMERIC",
  26: "JSON",
  27: "INTERVAL",
};
const MODES = { 1: "scalar", 2: "aggregate", 3: "analytic" } as const;
/** SignatureArgumentKind. */
const [FIXED, ANY_1, ANY_2, ARRAY_1, ARRAY_2, ANYTHING, LAMBDA, RANGE] = [0, 1, 2, 3, 4, 8, 17, 18];
const [REPEATED, OPTIONAL] = [1, 2];

/** What ANY stands for in the calls tried. */
const ANY = ["INT64", "FLOAT64", "NUMERIC", "BIGNUMERIC", "STRING", "BYTES", "BOOL", "DATE", "DATETIME", "TIME", "TIMESTAMP", "INTERVAL", "JSON", "STRUCT", "ARRAY", "RANGE<DATE>"]; // biome-ignore format: a list

interface Operand {
  readonly type: string;
  readonly values: readonly string[];
  readonly part?: string;
  readonly name?: string;
  readonly lambda?: string;
}

/** Every call of a function that its signatures and the choices of `syntax.ts` give. */
export function callsOf(fn: AnyMessage): Call[] {
  const name: string = fn.namePath.join(".");
  const mode = MODES[fn.mode as 1 | 2 | 3];
  return fn.signature.flatMap((signature: AnyMessage) => {
    const shape = signatureText(signature);
    if (shape === undefined) return [];
    return [...variants(name, signature.argument)].flatMap((operands): Call[] => {
      const sql = written(name, operands);
      const values = operands
        .map((operand, place) => ({ operand, chosen: chosen(name, operands, place) }))
        .filter(({ operand }) => !operand.part && !operand.lambda)
        .map(({ operand, chosen }, i) => [letter(i), chosen ?? operand.values] as const);
      return sql === undefined
        ? []
        : [{ name, mode, signature: shape, sql, operands: Object.fromEntries(values) }];
    });
  });
}

/** The signature's types; undefined if one of them is not BigQuery's. */
function signatureText(signature: AnyMessage): string | undefined {
  const texts = signature.argument.map((argument: AnyMessage) => {
    const type = argumentText(argument);
    const { cardinality } = argument.options;
    return type && (cardinality === REPEATED ? `${type}...` : cardinality === OPTIONAL ? `[${type}]` : type);
  });
  return texts.includes(undefined) ? undefined : texts.join(", ");
}

const KINDS: Readonly<Record<number, string>> = {
  [ANY_1]: "ANY",
  [ANY_2]: "ANY 2",
  [ARRAY_1]: "ARRAY",
  [ARRAY_2]: "ARRAY 2",
  [ANYTHING]: "ANYTHING",
  [LAMBDA]: "LAMBDA",
  [RANGE]: "RANGE",
  24: "ARRAY 3",
  26: "ARRAY 4",
};

function argumentText({ kind, type }: AnyMessage): string | undefined {
  return kind === FIXED ? typeText(type) : KINDS[kind];
}

function typeText(type: AnyMessage): string | undefined {
  if (type.typeKind === 15) return type.enumType.enumName.split(".").at(-1);
  const [wrapper, inner] =
    type.typeKind === 16
      ? ["ARRAY", type.arrayType.elementType]
      : type.typeKind === 29
        ? ["RANGE", type.rangeType.elementType]
        : [];
  if (!wrapper) return TYPES[type.typeKind];
  const element = typeText(inner);
  return element && `${wrapper}<${element}>`;
}

/** The operand lists of a signature: each ANY as several types, optional arguments left out and given. */
function* variants(name: string, signature: readonly AnyMessage[]): Generator<Operand[]> {
  const templated = signature.some(({ kind }) => kind !== FIXED && kind !== LAMBDA);
  const optional = signature.filter(({ options }) => options.cardinality === OPTIONAL).length;
  for (const any of templated ? ANY : [""]) {
    for (let given = 0; given <= optional; given++) {
      let left = given;
      const operands = signature
        .filter(({ options }) => options.cardinality !== OPTIONAL || left-- > 0)
        .map((argument, place) => operandsOf(argument, any, CONSTANTS[name]?.[place]));
      yield* product(operands);
    }
  }
}

function operandsOf(argument: AnyMessage, any: string, constants: readonly string[] | undefined): Operand[] {
  const name: string | undefined = argument.options.argumentNameIsMandatory
    ? argument.options.argumentName
    : undefined;
  if (argument.kind === LAMBDA) return [{ type: "LAMBDA", values: [], lambda: "e -> e IS NOT NULL" }];
  const type = resolvedType(argument, any);
  const parts = constants ?? partsOf(type);
  if (parts) return parts.map((part) => ({ type, values: [], part, ...(name && { name }) }));
  const values = valuesOf(type);
  return values ? [{ type, values, ...(name && { name }) }] : [];
}

function resolvedType(argument: AnyMessage, any: string): string {
  switch (argument.kind) {
    case FIXED:
      return typeText(argument.type) ?? "";
    case ARRAY_1:
    case ARRAY_2:
    case 24:
    case 26:
      return `ARRAY<${any}>`;
    case RANGE:
      return any.startsWith("RANGE") ? any : /^(DATE|DATETIME|TIMESTAMP)$/.test(any) ? `RANGE<${any}>` : "";
    default:
      return any;
  }
}

function valuesOf(type: string): readonly string[] | undefined {
  const known = OF_KIND[type] ?? ARRAYS[type];
  if (known) return known;
  const element = /^ARRAY<(.*)>$/.exec(type)?.[1];
  const values = element && OF_KIND[element];
  if (!values || element === "ARRAY") return undefined;
  const some = values.filter((value) => value !== "NULL").slice(0, 4);
  return [
    `[${some.join(", ")}]`,
    `[${some[0]}]`,
    `[${some[0]}, NULL, ${some[0]}]`,
    `CAST([] AS ARRAY<${TYPE_OF_STRUCT[element] ?? element}>)`,
    "NULL",
  ];
}
const TYPE_OF_STRUCT: Readonly<Record<string, string>> = { STRUCT: "STRUCT<x INT64, y STRING>" };

/** Values that suit the place better than any of the type: a zone, a path, a pattern. */
function chosen(name: string, operands: readonly Operand[], place: number): readonly string[] | undefined {
  const values = (operands[0]?.type === "BYTES" && BYTES_CHOICES[name]?.[place]) || CHOICES[name]?.[place];
  return values && kindOfValue(values[0] as string) === operands[place]?.type ? values : undefined;
}

function kindOfValue(value: string): string {
  if (/^b'/.test(value)) return "BYTES";
  if (/^['"]/.test(value)) return "STRING";
  if (/^-?\d+\.\d/.test(value)) return "FLOAT64";
  return /^[A-Z]+/.exec(value)?.[0] ?? "INT64";
}

/** GoogleSQL of a call; the operands that take values are a, b, c, ... by place. */
function written(name: string, operands: readonly Operand[]): string | undefined {
  let place = 0;
  const texts = operands.map((operand) => {
    const text = operand.part ?? operand.lambda ?? letter(place++);
    return operand.name ? `${operand.name} => ${text}` : text;
  });
  const operator = OPERATORS[name];
  if (operator) return operator(texts);
  return name.startsWith("$") ? undefined : `${name.toUpperCase()}(${texts.join(", ")})`;
}

const letter = (place: number) => "abcdefgh"[place] as string;

function* product<T>(lists: readonly (readonly T[])[]): Generator<T[]> {
  const [first, ...rest] = lists;
  if (!first) {
    yield [];
    return;
  }
  for (const item of first) for (const others of product(rest)) yield [item, ...others];
}

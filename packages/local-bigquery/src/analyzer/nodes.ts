import type { DescEnum, DescMessage, Message, Registry } from "@bufbuild/protobuf";
import { type SourcePosition, unsupported } from "../errors.ts";
import type { ScalarKind, SqlType } from "../types/types.ts";
import type { AnyResolvedStatement } from "./resolved.ts";

/**
 * The resolved tree as plain objects: every node is `{ kind: "ResolvedFilterScan", ...its fields and its ancestors' }`,
 * with the `Any...` wrappers and the chains of `parent` messages gone, enums as their names, 64-bit ids as numbers,
 * types as SqlType, references to functions, constants and columns as their names, and `location` as byte offsets.
 * A literal keeps the analyzer's ValueProto (types/value.ts decodes it), except an enum's, which is its name.
 */
export type ResolvedStatement = AnyResolvedStatement;

/** A node whose kind nobody has looked at yet. */
export interface AnyNode {
  readonly kind: string;
  readonly location?: { readonly start: number; readonly end: number } | undefined;
}

type Fields = Record<string, unknown>;

const SCALAR_KINDS: Record<string, ScalarKind> = {
  TYPE_INT64: "INT64",
  TYPE_DOUBLE: "FLOAT64",
  TYPE_NUMERIC: "NUMERIC",
  TYPE_BIGNUMERIC: "BIGNUMERIC",
  TYPE_BOOL: "BOOL",
  TYPE_STRING: "STRING",
  TYPE_BYTES: "BYTES",
  TYPE_DATE: "DATE",
  TYPE_DATETIME: "DATETIME",
  TYPE_TIME: "TIME",
  TYPE_TIMESTAMP: "TIMESTAMP",
  TYPE_INTERVAL: "INTERVAL",
  TYPE_JSON: "JSON",
  TYPE_GEOGRAPHY: "GEOGRAPHY",
};

/** Flattens AnyResolvedStatementProto or AnyResolvedExprProto, as AnalyzeResponse carries them. */
export function flattenStatement(message: Message, registry: Registry): ResolvedStatement {
  return new Flattener(registry).message(message) as ResolvedStatement;
}

/** The GoogleSQL type of a TypeProto; refuses kinds that BigQuery does not have. */
export function typeOf(proto: Message, registry: Registry): SqlType {
  return new Flattener(registry).type(proto as unknown as Fields);
}

/** Places of byte offsets in a statement's text, in characters, counted from 1 as BigQuery counts. */
export class Positions {
  readonly #bytes: Uint8Array;
  /** Byte offsets at which lines begin. */
  readonly #lines: number[] = [0];

  constructor(sql: string) {
    this.#bytes = new TextEncoder().encode(sql);
    const [lineFeed, carriageReturn] = [10, 13];
    this.#bytes.forEach((byte, offset) => {
      const ends = byte === lineFeed || (byte === carriageReturn && this.#bytes[offset + 1] !== lineFeed);
      if (ends) this.#lines.push(offset + 1);
    });
  }

  at(byteOffset: number): SourcePosition {
    let [low, high] = [0, this.#lines.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#lines[middle] ?? 0) <= byteOffset) low = middle;
      else high = middle - 1;
    }
    const before = new TextDecoder().decode(this.#bytes.subarray(this.#lines[low], byteOffset));
    return { line: low + 1, column: [...before].length + 1 };
  }
}

class Flattener {
  readonly registry: Registry;
  readonly columns = new Map<number, unknown>();

  constructor(registry: Registry) {
    this.registry = registry;
  }

  message(message: Message): unknown {
    const descriptor = this.registry.getMessage(message.$typeName);
    if (!descriptor) throw new Error(`No descriptor for ${message.$typeName}.`);
    const name = descriptor.name.replace(/Proto$/, "");
    const fields = message as unknown as Fields;
    if (name.startsWith("AnyResolved")) {
      const node = fields.node as { value?: Message } | undefined;
      if (!node?.value) throw new Error(`The analyzer answered an empty ${name}.`);
      return this.message(node.value);
    }
    if (name === "Type") return this.type(fields);
    if (name === "ParseLocationRange") return { start: Number(fields.start), end: Number(fields.end) };
    if (name === "ValueWithType") {
      const type = this.type(fields.type as Fields);
      return { type, value: type.kind === "ENUM" ? this.enumName(type.name, fields.value) : fields.value };
    }
    if (name === "TableRef") return { name: fields.name, fullName: fields.fullName };
    if (/^(Function|Constant|Procedure|Column|TableValuedFunction)Ref$/.test(name)) return fields.name;
    if (!name.startsWith("Resolved")) return message;
    if (name === "ResolvedColumn") return this.column(message, descriptor);
    const node: Fields = { kind: name };
    this.fill(node, message, descriptor);
    return node;
  }

  /** Columns are shared: one object for one id keeps a deep tree small. */
  private column(message: Message, descriptor: DescMessage): unknown {
    const id = Number((message as unknown as Fields).columnId);
    let column = this.columns.get(id) as Fields | undefined;
    if (!column) {
      column = {};
      this.fill(column, message, descriptor);
      this.columns.set(id, column);
    }
    return column;
  }

  private fill(node: Fields, message: Message, descriptor: DescMessage): void {
    const fields = message as unknown as Fields;
    for (const field of descriptor.fields) {
      const raw = fields[field.localName];
      if (field.localName === "parent") {
        const parent = raw as Message | undefined;
        if (parent) this.fill(node, parent, this.registry.getMessage(parent.$typeName) as DescMessage);
        continue;
      }
      const name = RENAMED[field.localName] ?? field.localName;
      if (field.fieldKind === "list") {
        node[name] = (raw as unknown[]).map((item) => this.value(item, field.enum));
      } else if (raw !== undefined) {
        node[name] = this.value(raw, field.enum);
      }
    }
  }

  private value(raw: unknown, enumeration: DescEnum | undefined): unknown {
    if (enumeration) return enumeration.value[raw as number]?.name;
    if (typeof raw === "bigint") return Number(raw);
    if (typeof raw === "object" && raw !== null && "$typeName" in raw) return this.message(raw as Message);
    return raw;
  }

  /** A date part and its like travel as numbers; their names are what anybody reads. */
  private enumName(type: string, value: unknown): string {
    const number = (value as { value: { value: number } }).value.value;
    const name = this.registry.getEnum(type)?.value[number]?.name;
    if (!name) throw unsupported(`value ${number} of ${type}`);
    return name;
  }

  type(proto: Fields): SqlType {
    const kinds = this.registry.getEnum("zetasql.TypeKind") as DescEnum;
    const kind = kinds.value[proto.typeKind as number]?.name ?? "TYPE_UNKNOWN";
    const scalar = SCALAR_KINDS[kind];
    if (scalar) return { kind: scalar };
    if (kind === "TYPE_ARRAY") {
      return { kind: "ARRAY", element: this.type((proto.arrayType as Fields).elementType as Fields) };
    }
    if (kind === "TYPE_RANGE") {
      return { kind: "RANGE", element: this.type((proto.rangeType as Fields).elementType as Fields) };
    }
    if (kind === "TYPE_STRUCT") {
      const fields = (proto.structType as Fields).field as Fields[];
      return {
        kind: "STRUCT",
        fields: fields.map((field) => ({
          name: field.fieldName as string,
          type: this.type(field.fieldType as Fields),
        })),
      };
    }
    if (kind === "TYPE_ENUM") return { kind: "ENUM", name: (proto.enumType as Fields).enumName as string };
    throw unsupported(`type ${kind.replace("TYPE_", "")}`);
  }
}

/** Field names that would hide a node's own properties. */
const RENAMED: Record<string, string> = { parseLocationRange: "location", kind: "modifierKind" };

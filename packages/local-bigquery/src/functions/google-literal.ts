import { typeText } from "../types/schema.ts";
import type { SqlType } from "../types/types.ts";

/** A GoogleSQL literal of a canonical value, for texts that go back to the reference implementation. */
export function googleLiteral(value: unknown, type: SqlType): string {
  if (value === null || value === undefined) return `CAST(NULL AS ${typeText(type)})`;
  switch (type.kind) {
    case "INT64":
    case "BOOL":
      return String(value);
    case "FLOAT64":
      return `CAST('${value === Infinity ? "inf" : value === -Infinity ? "-inf" : value}' AS FLOAT64)`;
    case "STRING":
      return text(value as string);
    case "BYTES":
      return `b"${[...(value as Uint8Array)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}"`;
    case "NUMERIC":
    case "BIGNUMERIC":
    case "DATE":
    case "DATETIME":
    case "TIME":
    case "TIMESTAMP":
      return `${type.kind} '${value}'`;
    case "JSON":
      return `JSON ${text(value as string)}`;
    case "INTERVAL":
      return `CAST('${value}' AS INTERVAL)`;
    case "ARRAY":
      return `${typeText(type)}[${(value as unknown[]).map((element) => googleLiteral(element, type.element)).join(", ")}]`;
    case "STRUCT":
      return `${typeText(type)}(${(value as unknown[]).map((field, i) => googleLiteral(field, (type.fields[i] as { type: SqlType }).type)).join(", ")})`;
    case "ENUM":
      return String(value);
    default:
      throw new Error(`No literal of type ${type.kind}.`);
  }
}

function text(value: string): string {
  const escaped = Array.from(value, (c) => {
    if (c === "\\" || c === '"') return `\\${c}`;
    return c < " " ? `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}` : c;
  });
  return `"${escaped.join("")}"`;
}

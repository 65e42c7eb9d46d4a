import { bignumericHex } from "./bignumeric.ts";
import { duckdbType } from "./duckdb.ts";
import { intervalParts, timestampMicros } from "./time.ts";
import type { SqlType } from "./types.ts";

/** A quoted DuckDB string literal of any text; NUL travels as chr(0), which a literal cannot hold. */
export function quoted(text: string): string {
  const literal = (part: string) => `'${part.replaceAll("'", "''")}'`;
  if (!text.includes("\0")) return literal(text);
  return `(${text.split("\0").map(literal).join(" || chr(0) || ")})`;
}

/** A DuckDB expression of exactly the type's DuckDB form for a canonical JS value (see value.ts), safe as an operand. */
export function sqlLiteral(value: unknown, type: SqlType): string {
  if (value === null || value === undefined) return `CAST(NULL AS ${duckdbType(type)})`;
  switch (type.kind) {
    case "INT64":
      return `CAST(${value} AS BIGINT)`;
    case "FLOAT64":
      return floatLiteral(value as number);
    case "BOOL":
      return value ? "TRUE" : "FALSE";
    case "STRING":
    case "ENUM":
      return quoted(value as string);
    case "BYTES":
      return `from_hex('${Buffer.from(value as Uint8Array).toString("hex")}')`;
    case "NUMERIC":
      return `CAST('${value}' AS DECIMAL(38,9))`;
    case "BIGNUMERIC":
      return `from_hex('${bignumericHex(value as string)}')`;
    case "DATE":
      return `DATE '${value}'`;
    case "DATETIME":
      return `TIMESTAMP '${(value as string).replace("T", " ")}'`;
    case "TIME":
      return `TIME '${value}'`;
    case "TIMESTAMP":
      return `make_timestamptz(${timestampMicros(value as string)})`;
    case "INTERVAL": {
      const { months, days, micros } = intervalParts(value as string);
      return `(to_months(${months}) + to_days(${days}) + to_microseconds(${micros}))`;
    }
    case "JSON":
      return `CAST(${quoted(value as string)} AS JSON)`;
    case "ARRAY": {
      const elements = (value as unknown[]).map((element) => sqlLiteral(element, type.element));
      return elements.length > 0 ? `[${elements.join(", ")}]` : `CAST([] AS ${duckdbType(type)})`;
    }
    case "STRUCT": {
      const fields = (value as unknown[]).map(
        (field, i) => `f${i} := ${sqlLiteral(field, (type.fields[i] as { type: SqlType }).type)}`,
      );
      return fields.length > 0 ? `struct_pack(${fields.join(", ")})` : "struct_pack(f0 := TRUE)";
    }
    case "RANGE": {
      const [start, end] = value as [unknown, unknown];
      return `struct_pack(f0 := ${sqlLiteral(start, type.element)}, f1 := ${sqlLiteral(end, type.element)})`;
    }
    default:
      return duckdbType(type); // refuses the type
  }
}

function floatLiteral(value: number): string {
  if (Number.isNaN(value)) return "CAST('nan' AS DOUBLE)";
  if (!Number.isFinite(value)) return `CAST('${value > 0 ? "inf" : "-inf"}' AS DOUBLE)`;
  // A plain 0.1 would be a DECIMAL; the text of a JS number reads back as the same double.
  return `CAST('${Object.is(value, -0) ? "-0.0" : value}' AS DOUBLE)`;
}

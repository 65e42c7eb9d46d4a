import {
  type DuckDBConnection,
  DuckDBListValue,
  DuckDBScalarFunction,
  LIST,
  VARCHAR,
} from "@duckdb/node-api";
import type { Analyzer } from "../analyzer/analyzer.ts";
import { decimalScaled, decimalText } from "../types/decimal.ts";
import { parseType } from "../types/schema.ts";
import { fromBase32, toBase32 } from "./base32.ts";
import { normalize, normalizeAndCasefold } from "./normalize.ts";
import { valueToWire, wireToValue } from "./wire.ts";
import { checkedZone } from "./zone.ts";

/** A function of texts in JavaScript, for rows too rare to matter and too subtle for SQL. NULL in, NULL out. */
type HostFunction = (...args: string[]) => string | null;

const NUMERIC_LIMIT = 10n ** 38n;

/** Exact NUMERIC arithmetic on decimal texts. */
function numeric(operation: string, a: string, b: string): string {
  const x = decimalScaled(a, 9);
  const result = numericResult(operation, x, b);
  if (result >= NUMERIC_LIMIT || result <= -NUMERIC_LIMIT) {
    throw new Error(`numeric overflow: ${trim(a)} ${operation} ${trim(b)}`);
  }
  return decimalText(result, 9);
}

function numericResult(operation: string, x: bigint, b: string): bigint {
  switch (operation) {
    case "*":
      return roundedQuotient(x * decimalScaled(b, 9), 1_000_000_000n);
    case "/":
      return roundedQuotient(x * 1_000_000_000n, decimalScaled(b, 9));
    case "div": {
      const y = decimalScaled(b, 9);
      return (x / y) * 1_000_000_000n;
    }
    case "round": {
      const unit = 10n ** BigInt(9 - Math.max(-40, Math.min(9, Number(b))));
      return roundedQuotient(x, unit) * unit;
    }
    case "ceil":
    case "floor": {
      const whole = (x / 1_000_000_000n) * 1_000_000_000n;
      if (whole === x) return x;
      if (operation === "floor") return x < 0n ? whole - 1_000_000_000n : whole;
      return x > 0n ? whole + 1_000_000_000n : whole;
    }
    case "trunc": {
      const unit = 10n ** BigInt(9 - Math.max(-40, Math.min(9, Number(b))));
      return (x / unit) * unit;
    }
    default:
      throw new Error(`No NUMERIC operation ${operation}.`);
  }
}

/** Integer quotient, rounded half away from zero. */
function roundedQuotient(a: bigint, b: bigint): bigint {
  const negative = a < 0n !== b < 0n;
  const [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  const q = (x * 2n + y) / (y * 2n);
  return negative ? -q : q;
}

/** A FLOAT64's exact value (its shortest text names it uniquely) at scale 9, rounded half away from zero. */
function floatToNumeric(text: string): string {
  const value = Number(text);
  if (!Number.isFinite(value))
    throw new Error(`Illegal conversion of non-finite floating point number to numeric: ${text}`);
  const scaled = scaledFloat(value, 9);
  if (scaled >= NUMERIC_LIMIT || scaled <= -NUMERIC_LIMIT) throw new Error(`numeric out of range: ${text}`);
  return decimalText(scaled, 9);
}

function scaledFloat(value: number, scale: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = exponent === 0 ? fraction : fraction | 0x10000000000000n;
  const shift = (exponent || 1) - 1075;
  const scaled = mantissa * 10n ** BigInt(scale);
  const magnitude = shift >= 0 ? scaled << BigInt(shift) : roundedQuotient(scaled, 1n << BigInt(-shift));
  return value < 0 ? -magnitude : magnitude;
}

/** A text in JSON; control characters and line separators escaped as BigQuery does. */
function jsonString(text: string): string {
  return JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

function trim(text: string): string {
  return decimalText(decimalScaled(text, 9), 9);
}

const FUNCTIONS: Record<string, { readonly arity: number; readonly run: HostFunction }> = {
  __bq_numeric: { arity: 3, run: numeric as HostFunction },
  __bq_json_string: { arity: 1, run: jsonString },
  __bq_time_zone: { arity: 1, run: checkedZone },
  __bq_normalize: { arity: 2, run: normalize as HostFunction },
  __bq_casefold: { arity: 2, run: normalizeAndCasefold as HostFunction },
  __bq_to_base32: { arity: 1, run: toBase32 },
  __bq_from_base32: { arity: 1, run: fromBase32 },
  __bq_float_to_numeric: { arity: 1, run: floatToNumeric },
};

/** Registers the functions in JavaScript that translations call; once per database, before the first statement. */
export function registerHostFunctions(connection: DuckDBConnection, analyzer: Analyzer): void {
  for (const [name, { arity, run }] of Object.entries(FUNCTIONS)) {
    connection.registerScalarFunction(
      DuckDBScalarFunction.create({
        name,
        returnType: VARCHAR,
        parameterTypes: Array.from({ length: arity }, () => VARCHAR),
        mainFunction: (info, chunk, output) =>
          answering(info, () => {
            const columns = Array.from({ length: arity }, (_, i) => chunk.getColumnVector(i));
            for (let row = 0; row < chunk.rowCount; row++) {
              const args = columns.map((column) => column.getItem(row) as string | null);
              output.setItem(row, args.includes(null) ? null : run(...(args as string[])));
            }
            output.flush();
          }),
      }),
    );
  }
  connection.registerScalarFunction(referenceFunction(analyzer));
}

/** __bq_reference(spec, arguments): a chunk of rows through the reference implementation (see reference.ts). */
function referenceFunction(analyzer: Analyzer): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name: "__bq_reference",
    returnType: VARCHAR,
    parameterTypes: [VARCHAR, LIST(VARCHAR)],
    specialHandling: true, // NULL arguments are the function's to judge
    mainFunction: (info, chunk, output) =>
      answering(info, () => {
        if (chunk.rowCount === 0) return;
        const specs = chunk.getColumnVector(0);
        const lists = chunk.getColumnVector(1);
        const spec = specs.getItem(0) as string;
        const rows = Array.from({ length: chunk.rowCount }, (_, row) => {
          const list = lists.getItem(row);
          return list instanceof DuckDBListValue ? (list.items as (string | null)[]) : [];
        });
        for (const [row, text] of evaluateRows(analyzer, spec, rows).entries()) output.setItem(row, text);
        output.flush();
      }),
  });
}

function answering(info: { setError(message: string): void }, work: () => void): void {
  try {
    work();
  } catch (error) {
    info.setError(error instanceof Error ? error.message.replace(/ \[at \d+:\d+\]$/, "") : String(error));
  }
}

function evaluateRows(
  analyzer: Analyzer,
  spec: string,
  rows: readonly (readonly (string | null)[])[],
): (string | null)[] {
  const { sql, args, type } = JSON.parse(spec) as { sql: string; args: string[]; type: string };
  const types = args.map(parseType);
  const result = parseType(type);
  const values = analyzer.evaluateRows({
    expression: sql,
    types,
    rows: rows.map((row) => types.map((t, i) => wireToValue(row[i] ?? null, t))),
  });
  return values.map((value) => valueToWire(value, result));
}

import { decimalText } from "../types/decimal.ts";
import type { TypedSql } from "./contract.ts";
import { bind, raise } from "./sql.ts";

/**
 * NUMERIC is DECIMAL(38,9). DuckDB adds and subtracts it exactly; but a product has the sum of the scales, a quotient
 * is a DOUBLE, and bringing either to scale 9 divides 128-bit integers, at more than a microsecond a row. So results
 * are estimated in DOUBLE, exact to one unit of the last place below LIMIT, and corrected by their exact remainder,
 * which takes multiplications only. Larger values take the exact way through a function in JavaScript.
 */
export const NUMERIC = "DECIMAL(38,9)";
const LIMIT = "4e6";
const UNIT = "CAST('0.000000001' AS DECIMAL(38,9))";
const ONE = "CAST('1' AS DECIMAL(10,9))";

/** INT64 to NUMERIC; the multiplication below recognises the form and keeps its operand an integer. */
export function fromInt64(sql: string): string {
  return `CAST(CAST(${sql} AS DECIMAL(19,0)) AS ${NUMERIC})`;
}

/** The operand as an integer DECIMAL, if it is one: a product with it keeps scale 9 and needs no rounding. */
function integerOperand(operand: TypedSql): string | undefined {
  if (typeof operand.literal === "string" && /^-?\d{1,18}$/.test(operand.literal)) {
    return `CAST(${operand.literal} AS DECIMAL(18,0))`;
  }
  const inner = /^CAST\((CAST\(.* AS DECIMAL\(19,0\)\)) AS DECIMAL\(38,9\)\)$/s.exec(operand.sql)?.[1];
  return inner && isBalanced(inner) ? inner : undefined;
}

/** True if the text is one call: its first parenthesis closes at its end. */
function isBalanced(sql: string): boolean {
  let depth = 0;
  let quote = "";
  for (let i = 0; i < sql.length; i++) {
    const c = sql[i] as string;
    if (quote) {
      if (c === quote) quote = "";
    } else if (c === "'" || c === '"') quote = c;
    else if (c === "(") depth++;
    else if (c === ")" && --depth === 0) return i === sql.length - 1;
  }
  return false;
}

/** The exact way: `__bq_numeric` of host.ts computes with big integers. */
function exactly(operation: string, a: string, b: string): string {
  return `CAST(__bq_numeric('${operation}', CAST(${a} AS VARCHAR), CAST(${b} AS VARCHAR)) AS ${NUMERIC})`;
}

export function multiply(a: TypedSql, b: TypedSql): string {
  const [left, right] = [integerOperand(a), integerOperand(b)];
  if (right) return `(${a.sql} * ${right})`;
  if (left) return `(${left} * ${b.sql})`;
  return bind([a.sql, b.sql], (x, y) =>
    bind([`(CAST(${x} AS DOUBLE) * CAST(${y} AS DOUBLE))`], (estimate) =>
      corrected({
        operands: [x, y],
        estimate,
        isSafe: `abs(${estimate}) < ${LIMIT}`,
        // What the estimate lacks, at scale 18.
        remainder: (q) => `(${x} * ${y} - ${q} * ${ONE})`,
        half: "CAST('0.000000000500000000' AS DECIMAL(38,18))",
        unit: UNIT,
        slow: exactly("*", x, y),
      }),
    ),
  );
}

/** Exact quotient, rounded half away from zero at scale 9; a zero divisor is the caller's to catch. */
export function divide(a: string, b: string): string {
  return bind([a, b], (x, y) =>
    bind([`(CAST(${x} AS DOUBLE) / CAST(${y} AS DOUBLE))`], (estimate) =>
      corrected({
        operands: [x, y],
        estimate,
        isSafe:
          `abs(${estimate}) < ${LIMIT} AND ${x} BETWEEN -1e17 AND 1e17 AND ${y} BETWEEN -1e17 AND 1e17`.replaceAll(
            "1e17",
            "CAST(100000000000000000 AS DECIMAL(38,9))",
          ),
        // Twice the remainder against the divisor, both at scale 18, the divisor's sign taken away.
        remainder: (q) =>
          `(CASE WHEN ${y} < 0 THEN ${q} * ${y} - ${x} * ${ONE} ELSE ${x} * ${ONE} - ${q} * ${y} END * 2)`,
        half: `(abs(${y}) * CAST('0.000000001' AS DECIMAL(10,9)))`,
        unit: UNIT,
        slow: exactly("/", x, y),
      }),
    ),
  );
}

/** ROUND to `digits` decimals, 0 to 8, half away from zero. */
export function round(x: string, digits: number): string {
  const unit = decimal(10n ** BigInt(9 - digits));
  return bind([x], (v) =>
    bind([`round(CAST(${v} AS DOUBLE), ${digits})`], (estimate) =>
      corrected({
        operands: [v],
        estimate,
        isSafe: `abs(${estimate}) < 1e6`,
        remainder: (q) => `(${v} - ${q})`,
        half: decimal(10n ** BigInt(9 - digits) / 2n),
        unit,
        slow: exactly("round", v, String(digits)),
      }),
    ),
  );
}

/** NUMERIC to INT64, half away from zero. */
export function toInt64(x: string): string {
  return bind([x], (v) =>
    bind(
      [round(v, 0)],
      (q) =>
        `CASE WHEN abs(${q}) < 4e6 THEN CAST(CAST(${q} AS DOUBLE) AS BIGINT) ELSE CAST(${q} AS BIGINT) END`,
    ),
  );
}

export function divisionByZero(a: string, b: string): string {
  return raise("division by zero: ", `CAST(${a} AS VARCHAR)`, "' / '", `CAST(${b} AS VARCHAR)`);
}

/** A NUMERIC literal of so many units of the last place. */
export function decimal(units: bigint): string {
  return `CAST('${decimalText(units, 9)}' AS ${NUMERIC})`;
}

interface Correction {
  readonly operands: readonly string[];
  readonly estimate: string;
  /** Where the estimate is right to one unit and the remainder cannot overflow. */
  readonly isSafe: string;
  readonly remainder: (q: string) => string;
  /** Half a unit, in the remainder's measure. */
  readonly half: string;
  readonly unit: string;
  readonly slow: string;
}

/** The estimate at scale 9, moved by one unit where the exact remainder reaches half of one (ties away from zero). */
function corrected({ operands, estimate, isSafe, remainder, half, unit, slow }: Correction): string {
  const fast = bind([`CAST(${estimate} AS ${NUMERIC})`], (q) =>
    bind([remainder(q), half], (r, h) => {
      const up = `CASE WHEN ${r} >= ${h} THEN ${q} + ${unit} WHEN ${r} < -${h} THEN ${q} - ${unit} ELSE ${q} END`;
      const down = `CASE WHEN ${r} > ${h} THEN ${q} + ${unit} WHEN ${r} <= -${h} THEN ${q} - ${unit} ELSE ${q} END`;
      return `CASE WHEN abs(${r}) >= 3 * ${h} THEN ${slow} WHEN ${estimate} < 0 THEN ${down} ELSE ${up} END`;
    }),
  );
  const nulls = operands.map((sql) => `${sql} IS NULL`).join(" OR ");
  return `CASE WHEN ${isSafe} THEN ${fast} WHEN ${nulls} THEN NULL ELSE ${slow} END`;
}

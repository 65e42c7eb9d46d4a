import type { ScalarCall, TypedSql } from "./contract.ts";
import * as numeric from "./numeric.ts";
import { arg, bind, type Family, isKind, raise, raiseAt, refuse, tryNull } from "./sql.ts";

type Binary = (a: TypedSql, b: TypedSql, call: ScalarCall) => string;

/** FLOAT64: a result that is infinite or NaN although no operand is, is an error in GoogleSQL and a value in DuckDB. */
function float(operator: string): Binary {
  return (a, b) => {
    const plain = (x: string, y: string) => `(${x} ${operator} ${y})`;
    if (cannotOverflow(a, b, operator)) return plain(a.sql, b.sql);
    return bind([a.sql, b.sql], (x, y) => {
      const overflow = raise("double overflow: ", floats(x), `' ${operator} '`, floats(y));
      const checked = `CASE WHEN isfinite(${x}) AND isfinite(${y}) AND NOT isfinite(${plain(x, y)}) THEN ${overflow} ELSE ${plain(x, y)} END`;
      if (operator !== "/") return `(${checked})`;
      return `(CASE WHEN ${y} = 0 AND ${x} IS NOT NULL THEN ${raise("division by zero: ", floats(x), "' / '", floats(y))} ELSE ${checked} END)`;
    });
  };
}

/** A literal operand often rules overflow out: |x| / 2 is no greater than |x|, and x + 1 rounds to x long before the limit. */
function cannotOverflow(a: TypedSql, b: TypedSql, operator: string): boolean {
  const small = (operand: TypedSql, limit: number) =>
    typeof operand.literal === "number" && Math.abs(operand.literal) <= limit;
  if (operator === "+" || operator === "-") return small(a, 1e290) || small(b, 1e290);
  if (operator === "*") return small(a, 1) || small(b, 1);
  return typeof b.literal === "number" && Math.abs(b.literal) >= 1 && Number.isFinite(b.literal);
}

function text(sql: string): string {
  return `CAST(${sql} AS VARCHAR)`;
}

/** Only where an error is raised, so its length in SQL is all it costs. */
function floats(sql: string): string {
  return `regexp_replace(CAST(${sql} AS VARCHAR), '\\.0$', '')`;
}

const numericDivide: Binary = (a, b) =>
  bind(
    [a.sql, b.sql],
    (x, y) =>
      `(CASE WHEN ${y} = 0 AND ${x} IS NOT NULL THEN ${numeric.divisionByZero(x, y)} ELSE ${numeric.divide(x, y)} END)`,
  );

/** DIV and MOD of INT64 and NUMERIC; a literal divisor other than 0 needs no check. */
function whole(operator: string, name: string): Binary {
  return (a, b, call) => {
    const result = (x: string, y: string) =>
      call.type.kind === "NUMERIC" ? numericWhole(operator, x, y) : `(${x} ${operator} ${y})`;
    if (isNonZero(b) && !(name === "%" && b.literal === -1n)) return result(a.sql, b.sql);
    // DuckDB fails on the remainder of the smallest INT64 by -1, which is 0.
    const minusOne = (x: string, y: string) =>
      name === "%" && call.type.kind === "INT64"
        ? ` WHEN ${y} = -1 THEN CASE WHEN ${x} IS NOT NULL THEN 0 END`
        : "";
    return bind([a.sql, b.sql], (x, y) => {
      const zero = raise("division by zero: ", text(x), `' ${name} '`, text(y));
      return `(CASE WHEN ${y} = 0 AND ${x} IS NOT NULL THEN ${zero}${minusOne(x, y)} ELSE ${result(x, y)} END)`;
    });
  };
}

function isNonZero({ literal }: TypedSql): boolean {
  if (typeof literal === "bigint") return literal !== 0n;
  return typeof literal === "string" && Number(literal) !== 0;
}

/** DuckDB's % of decimals is exact; the whole quotient is what is left without it. */
function numericWhole(operator: string, a: string, b: string): string {
  if (operator === "%") return `CAST(${a} % ${b} AS ${numeric.NUMERIC})`;
  return bind([a, b], (x, y) => `CAST(__bq_numeric('div', ${text(x)}, ${text(y)}) AS ${numeric.NUMERIC})`);
}

const native =
  (operator: string): Binary =>
  (a, b) =>
    `(${a.sql} ${operator} ${b.sql})`;

const OPERATIONS: Record<string, Partial<Record<string, Binary>>> = {
  $add: { INT64: native("+"), NUMERIC: native("+"), FLOAT64: float("+") },
  $subtract: { INT64: native("-"), NUMERIC: native("-"), FLOAT64: float("-") },
  $multiply: { INT64: native("*"), NUMERIC: (a, b) => numeric.multiply(a, b), FLOAT64: float("*") },
  $divide: { NUMERIC: numericDivide, FLOAT64: float("/") },
  div: { INT64: whole("//", "/"), NUMERIC: whole("//", "/") },
  mod: { INT64: whole("%", "%"), NUMERIC: whole("%", "%") },
};

/** The operation for operands of one type, which is also the result's; undefined where dates or intervals take part. */
export function operation(name: string, call: ScalarCall): string | undefined {
  const [a, b] = [arg(call, 0), arg(call, 1)];
  const kind = call.type.kind;
  if (a.type.kind !== kind || b.type.kind !== kind) return undefined;
  return OPERATIONS[name]?.[kind]?.(a, b, call);
}

function required(name: string, call: ScalarCall): string {
  const sql = operation(name, call);
  if (!sql) throw refuse(call);
  return sql;
}

/** SAFE_ADD and its like: NULL on overflow. */
function safe(name: string): (call: ScalarCall) => string {
  return (call) =>
    tryNull([arg(call, 0).sql, arg(call, 1).sql], (x, y) => {
      const operands: TypedSql[] = [
        { ...arg(call, 0), sql: x },
        { ...arg(call, 1), sql: y },
      ];
      return required(name, { ...call, args: operands });
    });
}

/** NULL where the divisor is 0 or the result overflows. */
function safeDivide(call: ScalarCall): string {
  const [a, b] = [arg(call, 0), arg(call, 1)];
  if (call.type.kind === "FLOAT64") {
    return bind([a.sql, b.sql], (x, y) => {
      const overflow = `isfinite(${x}) AND isfinite(${y}) AND NOT isfinite(${x} / ${y})`;
      return `(CASE WHEN ${y} = 0 OR (${overflow}) THEN NULL ELSE ${x} / ${y} END)`;
    });
  }
  if (call.type.kind !== "NUMERIC") throw refuse(call);
  return bind([a.sql, b.sql], (x, y) => `(CASE WHEN ${y} <> 0 THEN ${tryNull([x, y], numeric.divide)} END)`);
}

function negate(call: ScalarCall): string {
  if (!isKind(call.type, "INT64", "FLOAT64", "NUMERIC")) throw refuse(call);
  return `(-${arg(call, 0).sql})`;
}

function bitwise(operator: string): (call: ScalarCall) => string {
  return (call) => {
    if (call.type.kind !== "INT64") throw refuse(call);
    return `(${arg(call, 0).sql} ${operator} ${arg(call, 1).sql})`;
  };
}

/** A shift by 64 or more bits gives 0; a negative one is an error; the right shift brings in zeros, not the sign. */
function shift(direction: "left" | "right"): (call: ScalarCall) => string {
  return (call) => {
    if (call.type.kind !== "INT64") throw refuse(call);
    return bind([arg(call, 0).sql, arg(call, 1).sql], (x, n) => {
      // Through unsigned 128 bits, which neither overflow nor carry a sign.
      const unsigned = `(CAST(${x} AS HUGEINT) & CAST(18446744073709551615 AS HUGEINT))`;
      const moved =
        direction === "right"
          ? `(${unsigned} >> CAST(${n} AS HUGEINT))`
          : `((${unsigned} & ((CAST(1 AS HUGEINT) << CAST(64 - ${n} AS HUGEINT)) - 1)) << CAST(${n} AS HUGEINT))`;
      const signed = `CAST(CASE WHEN ${moved} > 9223372036854775807 THEN ${moved} - CAST(18446744073709551616 AS HUGEINT) ELSE ${moved} END AS BIGINT)`;
      return (
        `(CASE WHEN ${n} < 0 AND ${x} IS NOT NULL THEN ${raiseAt(x, "Bitwise shift by negative offset.")}` +
        ` WHEN ${n} >= 64 THEN CASE WHEN ${x} IS NULL THEN NULL ELSE 0 END WHEN ${n} = 0 THEN ${x} ELSE ${signed} END)`
      );
    });
  };
}

export const arithmetic: Family = {
  $add: (call) => required("$add", call),
  $subtract: (call) => required("$subtract", call),
  $multiply: (call) => required("$multiply", call),
  $divide: (call) => required("$divide", call),
  div: (call) => required("div", call),
  mod: (call) => required("mod", call),
  safe_add: safe("$add"),
  safe_subtract: safe("$subtract"),
  safe_multiply: safe("$multiply"),
  safe_divide: safeDivide,
  safe_negate: (call) => {
    if (!isKind(call.type, "INT64", "FLOAT64", "NUMERIC")) throw refuse(call);
    return tryNull([arg(call, 0).sql], (x) => `(-${x})`);
  },
  ieee_divide: (call) => `(${arg(call, 0).sql} / ${arg(call, 1).sql})`,
  $unary_minus: negate,
  $bitwise_and: bitwise("&"),
  $bitwise_or: bitwise("|"),
  $bitwise_xor: (call) => {
    if (call.type.kind !== "INT64") throw refuse(call);
    return `xor(${arg(call, 0).sql}, ${arg(call, 1).sql})`;
  },
  $bitwise_not: (call) => {
    if (call.type.kind !== "INT64") throw refuse(call);
    return `(~${arg(call, 0).sql})`;
  },
  $bitwise_left_shift: shift("left"),
  $bitwise_right_shift: shift("right"),
  bit_count: (call) => {
    if (!isKind(arg(call, 0).type, "INT64")) throw refuse(call);
    return `CAST(bit_count(${arg(call, 0).sql}) AS BIGINT)`;
  },
};

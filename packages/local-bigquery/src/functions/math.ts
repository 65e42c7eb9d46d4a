import type { ScalarCall } from "./contract.ts";
import * as numeric from "./numeric.ts";
import { decimal, NUMERIC } from "./numeric.ts";
import { arg, bind, type Family, isKind, raise, refuse } from "./sql.ts";

/** FLOAT64 functions that are the C library's on both sides; `domain` is where an argument is an error. */
function double(name: string, domain?: (x: string) => string, text?: string): (call: ScalarCall) => string {
  return (call) => {
    const x = arg(call, 0);
    if (x.type.kind !== "FLOAT64" || call.args.length > 1) throw refuse(call);
    if (!domain) return `${name}(${x.sql})`;
    return bind(
      [x.sql],
      (v) =>
        `(CASE WHEN ${domain(v)} THEN ${raise(`${text ?? "Argument out of domain in "}`, `CAST(${v} AS VARCHAR)`)} ELSE ${name}(${v}) END)`,
    );
  };
}

/** As double, where finite arguments may give an infinite result: an error in GoogleSQL. */
function growing(name: string, sql: (x: string) => string): (call: ScalarCall) => string {
  return (call) => {
    const x = arg(call, 0);
    if (x.type.kind !== "FLOAT64") throw refuse(call);
    return bind([x.sql], (v) => {
      const overflow = raise(`Floating point error in function: ${name}(`, `CAST(${v} AS VARCHAR)`, "')'");
      return `(CASE WHEN isfinite(${v}) AND NOT isfinite(${sql(v)}) THEN ${overflow} ELSE ${sql(v)} END)`;
    });
  };
}

function abs(call: ScalarCall): string {
  if (!isKind(call.type, "INT64", "FLOAT64", "NUMERIC")) throw refuse(call);
  return `abs(${arg(call, 0).sql})`;
}

/** Of the type of its argument; NaN for NaN. */
function sign(call: ScalarCall): string {
  const x = arg(call, 0).sql;
  switch (call.type.kind) {
    case "INT64":
      return `CAST(sign(${x}) AS BIGINT)`;
    case "NUMERIC":
      return `CAST(sign(${x}) AS ${NUMERIC})`;
    case "FLOAT64":
      return bind([x], (v) => `(CASE WHEN isnan(${v}) THEN ${v} ELSE CAST(sign(${v}) AS DOUBLE) END)`);
    default:
      throw refuse(call);
  }
}

function round(call: ScalarCall): string {
  const [x, digits] = [arg(call, 0), call.args[1]];
  if (call.args.length > 2) throw refuse(call);
  if (x.type.kind === "NUMERIC") {
    if (!digits) return numeric.round(x.sql, 0);
    if (typeof digits.literal === "bigint" && digits.literal >= 9n) return x.sql;
    if (typeof digits.literal === "bigint" && digits.literal >= 0n)
      return numeric.round(x.sql, Number(digits.literal));
    return `CAST(__bq_numeric('round', CAST(${x.sql} AS VARCHAR), CAST(${digits.sql} AS VARCHAR)) AS ${NUMERIC})`;
  }
  if (x.type.kind === "FLOAT64" && !digits) return `round(${x.sql})`;
  throw refuse(call);
}

function trunc(call: ScalarCall): string {
  const [x, digits] = [arg(call, 0), call.args[1]];
  if (x.type.kind === "NUMERIC") {
    if (digits && !(typeof digits.literal === "bigint" && digits.literal === 0n)) {
      return `CAST(__bq_numeric('trunc', CAST(${x.sql} AS VARCHAR), CAST(${digits.sql} AS VARCHAR)) AS ${NUMERIC})`;
    }
    return bind([x.sql], (v) => `(CASE WHEN ${v} < 0 THEN ${up(v)} ELSE ${down(v)} END)`);
  }
  if (x.type.kind === "FLOAT64" && !digits) return `trunc(${x.sql})`;
  throw refuse(call);
}

const ONE = decimal(1_000_000_000n);
/** The nearest whole number, moved where it is on the wrong side. */
const down = (x: string) =>
  bind([x], (v) =>
    bind([numeric.round(v, 0)], (q) => `(CASE WHEN ${q} > ${v} THEN ${q} - ${ONE} ELSE ${q} END)`),
  );
const up = (x: string) =>
  bind([x], (v) =>
    bind([numeric.round(v, 0)], (q) => `(CASE WHEN ${q} < ${v} THEN ${q} + ${ONE} ELSE ${q} END)`),
  );

function bound(name: "ceil" | "floor"): (call: ScalarCall) => string {
  return (call) => {
    const x = arg(call, 0);
    if (x.type.kind === "FLOAT64") return `${name}(${x.sql})`;
    if (x.type.kind === "NUMERIC") return name === "ceil" ? up(x.sql) : down(x.sql);
    throw refuse(call);
  };
}

/** POW(FLOAT64, FLOAT64): the C function, its domain and overflow errors raised. */
function pow(call: ScalarCall): string {
  if (call.type.kind !== "FLOAT64") throw refuse(call);
  return bind([arg(call, 0).sql, arg(call, 1).sql], (x, y) => {
    const detail = [`CAST(${x} AS VARCHAR)`, "', '", `CAST(${y} AS VARCHAR)`, "')'"];
    const wrong = `isfinite(${x}) AND isfinite(${y}) AND NOT isfinite(pow(${x}, ${y}))`;
    return `(CASE WHEN ${wrong} THEN ${raise("Floating point error in function: POW(", ...detail)} ELSE pow(${x}, ${y}) END)`;
  });
}

export const math: Family = {
  abs,
  sign,
  round,
  trunc,
  ceil: bound("ceil"),
  floor: bound("floor"),
  pow,
  sqrt: double("sqrt", (x) => `${x} < 0`, "Argument to SQRT cannot be negative: "),
  exp: growing("EXP", (x) => `exp(${x})`),
  ln: double("ln", (x) => `${x} <= 0`, "Argument to LN is non-positive: "),
  log10: double("log10", (x) => `${x} <= 0`, "Argument to LOG10 is non-positive: "),
  cbrt: double("cbrt"),
  cos: double("cos", (x) => `isinf(${x})`),
  sin: double("sin", (x) => `isinf(${x})`),
  tan: double("tan", (x) => `isinf(${x})`),
  acos: double("acos", (x) => `abs(${x}) > 1 AND NOT isnan(${x})`),
  asin: double("asin", (x) => `abs(${x}) > 1 AND NOT isnan(${x})`),
  atan: double("atan"),
  asinh: double("asinh"),
  tanh: double("tanh"),
  cosh: growing("COSH", (x) => `cosh(${x})`),
  sinh: growing("SINH", (x) => `sinh(${x})`),
  atan2: (call) => `atan2(${arg(call, 0).sql}, ${arg(call, 1).sql})`,
  is_nan: (call) => `isnan(${arg(call, 0).sql})`,
  is_inf: (call) => `isinf(${arg(call, 0).sql})`,
  pi: () => "pi()",
  rand: () => "random()",
};

import type { ScalarCall } from "./contract.ts";
import * as numeric from "./numeric.ts";
import { decimal, NUMERIC } from "./numeric.ts";
import { referenceCall } from "./reference.ts";
import { arg, bind, type Family, isKind, raise, refuse } from "./sql.ts";

/**
 * FLOAT64 functions that are the C library's on both sides. `domain` is where a finite argument is an error; of NaN and
 * the infinities the result is `wild`, where DuckDB would fail or answer otherwise.
 */
function double(
  name: string,
  options: {
    readonly domain?: (x: string) => string;
    readonly text?: string;
    readonly wild?: (x: string) => string;
  } = {},
): (call: ScalarCall) => string {
  return (call) => {
    const x = arg(call, 0);
    if (x.type.kind !== "FLOAT64" || call.args.length > 1) return referenceCall(call);
    const { domain, wild, text = "Argument out of domain: " } = options;
    if (!domain && !wild) return `${name}(${x.sql})`;
    return bind([x.sql], (v) => {
      const branches = [
        ...(wild ? [`WHEN NOT isfinite(${v}) THEN ${wild(v)}`] : []),
        ...(domain ? [`WHEN ${domain(v)} THEN ${raise(text, `CAST(${v} AS VARCHAR)`)}`] : []),
      ];
      return `(CASE ${branches.join(" ")} ELSE ${name}(${v}) END)`;
    });
  };
}

const NAN = "CAST('nan' AS DOUBLE)";
/** The limit of a logarithm. */
const logarithmic = (x: string) => `CASE WHEN ${x} < 0 THEN ${NAN} ELSE ${x} END`;

/** As double, where finite arguments may give an infinite result: an error in GoogleSQL. */
function growing(name: string, sql: (x: string) => string): (call: ScalarCall) => string {
  return (call) => {
    const x = arg(call, 0);
    if (x.type.kind !== "FLOAT64") return referenceCall(call);
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
  if (x.type.kind === "FLOAT64") return toDigits("round", call);
  throw refuse(call);
}

/** GoogleSQL rounds the exact binary value; scaling by a power of ten decides alike unless the result is on the edge. */
function toDigits(name: "round" | "trunc", call: ScalarCall): string {
  const [x, digits] = [arg(call, 0), call.args[1]];
  if (!digits) return `${name}(${x.sql})`;
  if (typeof digits.literal !== "bigint" || digits.literal < -9n || digits.literal > 9n)
    return referenceCall(call);
  const power = `1e${digits.literal < 0n ? -digits.literal : digits.literal}::DOUBLE`;
  const [to, back] = digits.literal < 0n ? ["/", "*"] : ["*", "/"];
  return bind([x.sql], (v) =>
    bind([`(${v} ${to} ${power})`], (scaled) => {
      const doubt = `abs(${scaled} - trunc(${scaled})${name === "round" ? ` - sign(${scaled}) * 0.5` : ""})`;
      const isClear = name === "round" ? `${doubt} > 1e-4` : `${doubt} BETWEEN 1e-4 AND 1 - 1e-4`;
      const odd = referenceCall({ ...call, args: [{ sql: v, type: x.type }, digits] });
      return `(CASE WHEN abs(${scaled}) < 1e11 AND ${isClear} THEN ${name}(${scaled}) ${back} ${power} WHEN ${v} IS NOT NULL THEN ${odd} END)`;
    }),
  );
}

function trunc(call: ScalarCall): string {
  const [x, digits] = [arg(call, 0), call.args[1]];
  if (x.type.kind === "NUMERIC") {
    if (digits && !(typeof digits.literal === "bigint" && digits.literal === 0n)) {
      return `CAST(__bq_numeric('trunc', CAST(${x.sql} AS VARCHAR), CAST(${digits.sql} AS VARCHAR)) AS ${NUMERIC})`;
    }
    return bind(
      [x.sql],
      (v) => `(CASE WHEN ${v} < 0 THEN ${whole("ceil", v)} ELSE ${whole("floor", v)} END)`,
    );
  }
  if (x.type.kind === "FLOAT64") return toDigits("trunc", call);
  throw refuse(call);
}

const ONE = decimal(1_000_000_000n);

/** The nearest whole number, moved where it is on the wrong side; large ones in JavaScript. */
function whole(name: "ceil" | "floor", x: string): string {
  return bind([x], (v) => {
    const [wrong, back] = name === "ceil" ? ["<", "+"] : [">", "-"];
    const near = bind(
      [numeric.round(v, 0)],
      (q) => `(CASE WHEN ${q} ${wrong} ${v} THEN ${q} ${back} ${ONE} ELSE ${q} END)`,
    );
    return `(CASE WHEN abs(${v}) < 1000000 THEN ${near} ELSE CAST(__bq_numeric('${name}', CAST(${v} AS VARCHAR), '0') AS ${NUMERIC}) END)`;
  });
}

function bound(name: "ceil" | "floor"): (call: ScalarCall) => string {
  return (call) => {
    const x = arg(call, 0);
    if (x.type.kind === "FLOAT64") return `${name}(${x.sql})`;
    if (x.type.kind === "NUMERIC") return whole(name, x.sql);
    throw refuse(call);
  };
}

/** POW(FLOAT64, FLOAT64): the C function, its domain and overflow errors raised. */
function pow(call: ScalarCall): string {
  if (call.type.kind !== "FLOAT64") return referenceCall(call);
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
  sqrt: double("sqrt", { domain: (x) => `${x} < 0`, text: "Argument to SQRT cannot be negative: " }),
  exp: growing("EXP", (x) => `exp(${x})`),
  ln: double("ln", {
    domain: (x) => `${x} <= 0`,
    text: "Argument to LN is non-positive: ",
    wild: logarithmic,
  }),
  log10: double("log10", {
    domain: (x) => `${x} <= 0`,
    text: "Argument to LOG10 is non-positive: ",
    wild: logarithmic,
  }),
  cbrt: (call) => {
    if (!isKind(call.type, "FLOAT64")) throw refuse(call);
    // The C library misses some exact roots by a unit of the last place.
    return bind([arg(call, 0).sql], (x) =>
      bind(
        [`round(cbrt(${x}))`],
        (root) => `(CASE WHEN ${root} * ${root} * ${root} = ${x} THEN ${root} ELSE cbrt(${x}) END)`,
      ),
    );
  },
  cos: double("cos", { wild: () => NAN }),
  sin: double("sin", { wild: () => NAN }),
  tan: double("tan", { wild: () => NAN }),
  acos: double("acos", { domain: (x) => `abs(${x}) > 1`, wild: () => NAN }),
  asin: double("asin", { domain: (x) => `abs(${x}) > 1`, wild: () => NAN }),
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

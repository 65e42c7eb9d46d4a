import type { ScalarCall, TypedSql } from "./contract.ts";
import { partOf } from "./parts.ts";
import { referenceCall } from "./reference.ts";
import { arg, bind, type Family, isKind, raiseAt, refuse, strict } from "./sql.ts";

/** Unicode's White_Space, which GoogleSQL trims; DuckDB's trim takes spaces only. */
const WHITESPACE = [
  9,
  10,
  11,
  12,
  13,
  32,
  0x85,
  0xa0,
  0x1680,
  ...Array.from({ length: 11 }, (_, i) => 0x2000 + i),
  0x2028,
  0x2029,
  0x202f,
  0x205f,
  0x3000,
]
  .map((c) => String.fromCodePoint(c))
  .join("");

/** Native for STRING; the same function of BYTES goes to the reference implementation. */
function ofString(native: (...args: string[]) => string): (call: ScalarCall) => string {
  return (call) => {
    if (!isKind(arg(call, 0).type, "STRING")) return referenceCall(call);
    return native(...call.args.map((item) => item.sql));
  };
}

function ofBoth(native: (...args: string[]) => string): (call: ScalarCall) => string {
  return (call) => {
    if (!isKind(arg(call, 0).type, "STRING", "BYTES")) throw refuse(call);
    return native(...call.args.map((item) => item.sql));
  };
}

/** Positions count code points from 1; 0 means 1, a negative one counts from the end; a negative length is an error. */
function substr(call: ScalarCall): string {
  const [text, position, length] = [arg(call, 0), arg(call, 1), call.args[2]];
  if (!isKind(text.type, "STRING")) return referenceCall(call);
  const isSmall = ({ literal }: TypedSql, from: bigint) =>
    typeof literal === "bigint" && literal >= from && literal < 1_000_000_000n;
  const isPositive = isSmall(position, 1n);
  const isLength = !length || isSmall(length, 0n);
  if (isPositive && isLength) return `substring(${call.args.map((item) => item.sql).join(", ")})`;
  return strict([text.sql, position.sql, length?.sql ?? "0"], (s, p, n) => {
    const start = `(CASE WHEN ${p} > 0 THEN least(${p}, length(${s}) + 1) WHEN ${p} = 0 OR ${p} < -length(${s}) THEN 1 ELSE length(${s}) + ${p} + 1 END)`;
    if (!length) return `substring(${s}, ${start})`;
    const negative = raiseAt(n, "Third argument in SUBSTR() cannot be negative");
    return `(CASE WHEN ${n} < 0 THEN ${negative} ELSE substring(${s}, ${start}, least(${n}, length(${s}))) END)`;
  });
}

function edge(name: "LEFT" | "RIGHT"): (call: ScalarCall) => string {
  return (call) => {
    const text = arg(call, 0);
    if (!isKind(text.type, "STRING")) return referenceCall(call);
    return strict([text.sql, arg(call, 1).sql], (s, n) => {
      const negative = raiseAt(n, `Second argument in ${name}() cannot be negative`);
      const part =
        name === "LEFT"
          ? `substring(${s}, 1, least(${n}, length(${s})))`
          : `substring(${s}, greatest(length(${s}) - ${n}, 0) + 1)`;
      return `(CASE WHEN ${n} < 0 THEN ${negative} ELSE ${part} END)`;
    });
  };
}

/** In these the C library's simple case mapping is also Unicode's full one; other texts go the long way. */
const SIMPLE_CASE = "^[\\x00-\\x7f\\x{4e00}-\\x{9fff}\\x{3000}-\\x{30ff}\\x{ff01}-\\x{ff20}]*$";

function changeCase(name: "upper" | "lower"): (call: ScalarCall) => string {
  return (call) => {
    const text = arg(call, 0);
    if (!isKind(text.type, "STRING")) return referenceCall(call);
    return bind([text.sql], (s) => {
      const full = referenceCall({ ...call, args: [{ sql: s, type: text.type }] });
      return `(CASE WHEN regexp_matches(${s}, '${SIMPLE_CASE}') THEN ${name}(${s}) ELSE ${full} END)`;
    });
  };
}

function trim(name: "trim" | "ltrim" | "rtrim"): (call: ScalarCall) => string {
  return ofString((text, characters) => `${name}(${text}, ${characters ?? `'${WHITESPACE}'`})`);
}

function pad(name: "lpad" | "rpad"): (call: ScalarCall) => string {
  const call = name.toUpperCase();
  return ofString((text, length, pattern = "' '") =>
    strict(
      [text, length as string, pattern],
      (s, n, p) =>
        `(CASE WHEN ${n} < 0 THEN ${raiseAt(n, `Second argument (output size) for ${call} cannot be negative`)}` +
        ` WHEN ${p} = '' THEN ${raiseAt(n, `Third argument (pad pattern) for ${call} cannot be empty`)}` +
        ` WHEN ${n} > 1048576 THEN ${raiseAt(n, `Output of ${call} exceeds max allowed output size of 1MB`)}` +
        ` ELSE ${name}(${s}, CAST(${n} AS INTEGER), ${p}) END)`,
    ),
  );
}

/** A call whose result is NULL where any argument is, chained with ||, which works for STRING and BYTES. */
function concat(call: ScalarCall): string {
  if (!isKind(call.type, "STRING", "BYTES", "ARRAY")) throw refuse(call);
  return `(${call.args.map((item) => item.sql).join(" || ")})`;
}

function like(negated = false): (call: ScalarCall) => string {
  return (call) => {
    if (!isKind(arg(call, 0).type, "STRING")) return referenceCall(call);
    const sql = likeSql(arg(call, 0).sql, arg(call, 1));
    return negated ? `(NOT ${sql})` : sql;
  };
}

/** GoogleSQL escapes with a backslash; DuckDB only if told to, and then more slowly. */
function likeSql(text: string, pattern: { sql: string; literal?: unknown }): string {
  const isPlain = typeof pattern.literal === "string" && !pattern.literal.includes("\\");
  return `(${text} LIKE ${pattern.sql}${isPlain ? "" : " ESCAPE '\\'"})`;
}

/** LIKE ANY (a OR b ...) and LIKE ALL (a AND b ...), also negated. */
function likeSome(operator: "OR" | "AND", negated: boolean): (call: ScalarCall) => string {
  return (call) => {
    const [text, ...patterns] = call.args;
    if (!text || !isKind(text.type, "STRING")) throw refuse(call);
    return bind([text.sql], (s) => {
      const parts = patterns.map((pattern) => `${negated ? "NOT " : ""}${likeSql(s, pattern)}`);
      return `(${parts.join(` ${operator} `)})`;
    });
  };
}

export const string: Family = {
  length: (call) =>
    isKind(arg(call, 0).type, "STRING") ? `length(${arg(call, 0).sql})` : `octet_length(${arg(call, 0).sql})`,
  char_length: (call) => `length(${arg(call, 0).sql})`,
  byte_length: (call) =>
    isKind(arg(call, 0).type, "STRING") ? `strlen(${arg(call, 0).sql})` : `octet_length(${arg(call, 0).sql})`,
  substr,
  left: edge("LEFT"),
  right: edge("RIGHT"),
  upper: changeCase("upper"),
  lower: changeCase("lower"),
  trim: trim("trim"),
  ltrim: trim("ltrim"),
  rtrim: trim("rtrim"),
  lpad: pad("lpad"),
  rpad: pad("rpad"),
  concat,
  $concat_op: concat,
  $like: like(),
  $like_any: likeSome("OR", false),
  $like_all: likeSome("AND", false),
  $not_like_any: likeSome("OR", true),
  $not_like_all: likeSome("AND", true),
  starts_with: ofString((text, prefix) => `starts_with(${text}, ${prefix})`),
  ends_with: ofString((text, suffix) => `ends_with(${text}, ${suffix})`),
  strpos: ofString((text, part) => `instr(${text}, ${part})`),
  replace: ofString((text, from, to) =>
    strict(
      [text, from as string, to as string],
      (s, f, t) => `(CASE WHEN ${f} = '' THEN ${s} ELSE replace(${s}, ${f}, ${t}) END)`,
    ),
  ),
  split: ofString((text, delimiter = "','") =>
    delimiter === "''"
      ? codePoints(text)
      : strict(
          [text, delimiter],
          (s, d) => `(CASE WHEN ${d} = '' THEN ${codePoints(s)} ELSE string_split(${s}, ${d}) END)`,
        ),
  ),
  reverse: ofString((text) => `array_to_string(list_reverse(${codePoints(text)}), '')`),
  repeat: ofString((text, times) =>
    strict(
      [text, times as string],
      (s, n) =>
        `(CASE WHEN ${n} < 0 THEN ${raiseAt(n, "Second argument in REPEAT cannot be negative")}` +
        ` WHEN CAST(strlen(${s}) AS HUGEINT) * ${n} > 1048576 THEN ${raiseAt(n, "Output of REPEAT exceeds max allowed output size of 1MB")}` +
        ` ELSE repeat(${s}, ${n}) END)`,
    ),
  ),
  to_hex: (call) => `lower(hex(${arg(call, 0).sql}))`,
  normalize: (call) => `__bq_normalize(${arg(call, 0).sql}, '${call.args[1] ? partOf(call, 1) : "NFC"}')`,
  normalize_and_casefold: (call) => {
    const form = call.args[1] ? partOf(call, 1) : "NFC";
    if (form !== "NFC" && form !== "NFD") throw refuse(call, ` by ${form}`);
    return `__bq_casefold(${arg(call, 0).sql}, '${form}')`;
  },
  "hll_count.extract": (call) =>
    bind([arg(call, 0).sql], (sketch) => {
      const wrong = raiseAt(`octet_length(${sketch})`, "Invalid or incompatible sketch in HLL_COUNT.EXTRACT");
      return `(CASE WHEN ${sketch} IS NULL THEN 0 WHEN starts_with(hex(${sketch}), '484C4C') THEN (octet_length(${sketch}) - 3) // 8 ELSE ${wrong} END)`;
    }),
  to_base32: (call) => `__bq_to_base32(hex(${arg(call, 0).sql}))`,
  from_base32: (call) => `unhex(__bq_from_base32(${arg(call, 0).sql}))`,
  to_base64: (call) => `to_base64(${arg(call, 0).sql})`,
  md5: ofBoth((x) => `unhex(md5(${x}))`),
  sha1: ofBoth((x) => `unhex(sha1(${x}))`),
  sha256: ofBoth((x) => `unhex(sha256(${x}))`),
  to_code_points: ofString((text) =>
    bind(
      [text],
      (s) =>
        `list_transform(range(1, length(${s}) + 1), lambda _p: CAST(unicode(substring(${s}, _p, 1)) AS BIGINT))`,
    ),
  ),
  unicode: (call) =>
    bind([arg(call, 0).sql], (s) => `(CASE WHEN ${s} = '' THEN 0 ELSE CAST(unicode(${s}) AS BIGINT) END)`),
};

/** The text's code points as texts. DuckDB's split and reverse work by grapheme clusters, GoogleSQL's by code points. */
function codePoints(text: string): string {
  return bind(
    [text],
    (s) =>
      `(CASE WHEN ${s} = '' THEN [''] ELSE list_transform(range(1, length(${s}) + 1), lambda _i: substring(${s}, _i, 1)) END)`,
  );
}

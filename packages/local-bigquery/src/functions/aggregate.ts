import type { SqlType } from "../types/types.ts";
import type { AggregateCall, AnalyticCall, OrderItem } from "./contract.ts";
import * as numeric from "./numeric.ts";
import { referenceAggregate } from "./reference-aggregate.ts";
import { bind, isKind, orElse, raise, raiseAt, refuse } from "./sql.ts";

/** An aggregate call and, where it runs over a window, its OVER clause. */
export type Call = (
  | AggregateCall
  | (AnalyticCall & {
      readonly orderBy: readonly OrderItem[];
      readonly limit: undefined;
      readonly having: undefined;
    })
) & {
  readonly over: string;
};

type Translation = (call: Call) => string;

function argument(call: Call, place = 0): { sql: string; type: SqlType; literal?: unknown } {
  const found = call.args[place];
  if (!found) throw refuse(call);
  return found;
}

/** The DuckDB aggregate with the modifiers that both languages share. */
function native(
  call: Call,
  name: string,
  args: readonly string[],
  options: { order?: boolean; filter?: string } = {},
): string {
  if (call.where !== undefined) throw refuse(call, " with WHERE");
  const distinct = call.distinct ? "DISTINCT " : "";
  const order =
    options.order && call.orderBy.length > 0 ? ` ORDER BY ${call.orderBy.flatMap(orderKeys).join(", ")}` : "";
  const filter = options.filter ? ` FILTER (WHERE ${options.filter})` : "";
  return `${name}(${distinct}${args.join(", ")}${order})${filter}${call.over}`;
}

/** NULL is smallest unless said otherwise; NaN is below every number. */
function orderKeys(item: OrderItem): string[] {
  const nulls = item.nulls ?? (item.descending ? "LAST" : "FIRST");
  const key = `${item.sql} ${item.descending ? "DESC" : "ASC"} NULLS ${nulls}`;
  return item.type.kind === "FLOAT64"
    ? [`isnan(${item.sql}) ${item.descending ? "ASC" : "DESC"} NULLS ${nulls}`, key]
    : [key];
}

function sum(call: Call): string {
  const x = argument(call);
  switch (x.type.kind) {
    case "INT64":
      return `CAST(${native(call, "sum", [x.sql])} AS BIGINT)`;
    case "NUMERIC":
      // The addition checks the range, which DuckDB's sum does not.
      return `(${native(call, "sum", [x.sql])} + CAST(0 AS ${numeric.NUMERIC}))`;
    case "FLOAT64": {
      const total = native(call, "sum", [x.sql]);
      const given = native({ ...call, distinct: false }, "bool_or", [`NOT isfinite(${x.sql})`]);
      return `(CASE WHEN NOT isfinite(${total}) AND NOT ${given} THEN ${raise("double overflow in SUM: ", `CAST(${total} AS VARCHAR)`)} ELSE ${total} END)`;
    }
    default:
      throw refuse(call);
  }
}

function avg(call: Call): string {
  const x = argument(call);
  if (isKind(x.type, "INT64")) return native(call, "avg", [x.sql]);
  if (isKind(x.type, "FLOAT64")) {
    // Where the sum alone is too large, an exact fraction of the numbers is averaged.
    const mean = native(call, "avg", [x.sql]);
    const given = native({ ...call, distinct: false }, "bool_or", [`NOT isfinite(${x.sql})`]);
    const scaled = native(call, "avg", [`${x.sql} * pow(2.0, -64)`]);
    return `(CASE WHEN isfinite(${mean}) OR ${given} THEN ${mean} ELSE ${scaled} * pow(2.0, 64) END)`;
  }
  if (!isKind(x.type, "NUMERIC")) throw refuse(call);
  const count = `CAST(${native(call, "count", [x.sql])} AS ${numeric.NUMERIC})`;
  return bind([sum(call), count], (total, n) => `(CASE WHEN ${n} > 0 THEN ${numeric.divide(total, n)} END)`);
}

const COMPARABLE = [
  "INT64",
  "FLOAT64",
  "NUMERIC",
  "BIGNUMERIC",
  "BOOL",
  "STRING",
  "BYTES",
  "DATE",
  "DATETIME",
  "TIME",
  "TIMESTAMP",
  "INTERVAL",
] as const;

/** NaN if there is one; DuckDB has NaN greatest, so only MIN differs. */
function extreme(name: "min" | "max"): Translation {
  return (call) => {
    const x = argument(call);
    if (!isKind(x.type, ...COMPARABLE)) throw refuse(call);
    const plain = native({ ...call, distinct: false }, name, [x.sql]);
    if (x.type.kind !== "FLOAT64" || name === "max") return plain;
    const nan = native({ ...call, distinct: false }, "bool_or", [`isnan(${x.sql})`]);
    return `(CASE WHEN ${nan} THEN CAST('nan' AS DOUBLE) ELSE ${plain} END)`;
  };
}

function anyValue(call: Call): string {
  const x = argument(call);
  if (!call.having) return native({ ...call, distinct: false }, "first", [x.sql]);
  if (!isKind(call.having.by.type, ...COMPARABLE) || call.having.by.type.kind === "FLOAT64")
    throw refuse(call, " HAVING over this type");
  return native(call, call.having.kind === "MAX" ? "arg_max_null" : "arg_min_null", [
    x.sql,
    call.having.by.sql,
  ]);
}

function notNull(call: Call): { filter?: string } {
  return call.nulls === "IGNORE" ? { filter: `${argument(call).sql} IS NOT NULL` } : {};
}

function limited(call: Call, list: string): string {
  return call.limit === undefined ? list : `list_slice(${list}, 1, ${call.limit})`;
}

function arrayAgg(call: Call): string {
  return limited(call, native(call, "list", [argument(call).sql], { order: true, ...notNull(call) }));
}

function stringAgg(call: Call): string {
  const [text, separator] = [argument(call), call.args[1]?.sql ?? "','"];
  if (!isKind(text.type, "STRING")) throw refuse(call);
  if (call.limit === undefined) return native(call, "string_agg", [text.sql, separator], { order: true });
  const list = limited(
    call,
    native(call, "list", [text.sql], { order: true, filter: `${text.sql} IS NOT NULL` }),
  );
  return `array_to_string(${list}, ${separator})`;
}

function arrayConcat(call: Call): string {
  const lists = native(call, "list", [argument(call).sql], {
    order: true,
    filter: `${argument(call).sql} IS NOT NULL`,
  });
  return `flatten(${limited(call, lists)})`;
}

/** Exact, where BigQuery approximates: the elements at ranks i/n, NULLs left out. */
function approxQuantiles(call: Call): string {
  const [x, n] = [argument(call), argument(call, 1)];
  if (
    typeof n.literal !== "bigint" ||
    n.literal < 1n ||
    call.nulls === "RESPECT" ||
    !isKind(x.type, ...COMPARABLE)
  )
    throw refuse(call);
  if (isKind(x.type, "INTERVAL", "BOOL")) throw refuse(call);
  const ranks = Array.from({ length: Number(n.literal) + 1 }, (_, i) => `${i}/${n.literal}.0::DOUBLE`);
  const quantiles = native(call, "quantile_disc", [x.sql, `[${ranks.join(", ")}]`]);
  if (!isKind(x.type, "FLOAT64")) return quantiles;
  const nan = native({ ...call, distinct: false }, "bool_or", [`isnan(${x.sql})`]);
  return `(CASE WHEN ${nan} THEN ${raiseAt(nan, "Unsupported: APPROX_QUANTILES over NaN")} ELSE ${quantiles} END)`;
}

/** Differences whose squares are infinite. */
const LARGE = "1e150";

/** Moments of FLOAT64 and NUMERIC, in FLOAT64; NaN or infinite input gives NaN, where DuckDB raises an error. */
function moment(name: string): Translation {
  return (call) => {
    const values = call.args.map((item) =>
      isKind(item.type, "NUMERIC") ? `CAST(${item.sql} AS DOUBLE)` : item.sql,
    );
    if (!call.args.every((item) => isKind(item.type, "FLOAT64", "NUMERIC"))) throw refuse(call);
    if (call.args.every((item) => isKind(item.type, "NUMERIC"))) return native(call, name, values);
    const finite = values.map((x) => `isfinite(${x})`).join(" AND ");
    const wild = native({ ...call, distinct: false }, "bool_or", [`NOT (${finite})`]);
    const guarded = values.map((x) => `CASE WHEN ${finite} THEN ${x} END`);
    const plain = { ...call, distinct: false };
    const large = guarded
      .map((x) => `${native(plain, "max", [x])} - ${native(plain, "min", [x])} >= ${LARGE}`)
      .join(" OR ");
    const refusal = raiseAt(
      large,
      `Unsupported: ${call.name.toUpperCase()} of numbers that lie further apart than ${LARGE}`,
    );
    return `(CASE WHEN ${wild} THEN CAST('nan' AS DOUBLE) WHEN ${large} THEN ${refusal} ELSE ${native(call, name, guarded)} END)`;
  };
}

/** A correlation where one side does not vary is NaN, of fewer than two pairs NULL; DuckDB answers NULL for both. */
function corr(call: Call): string {
  const [x, y] = [argument(call, 0).sql, argument(call, 1).sql];
  const pairs = native({ ...call, distinct: false }, "count", [
    `CASE WHEN ${x} IS NOT NULL AND ${y} IS NOT NULL THEN 1 END`,
  ]);
  return `(CASE WHEN ${pairs} > 1 THEN coalesce(${moment("corr")(call)}, CAST('nan' AS DOUBLE)) END)`;
}

const simple =
  (name: string, ...kinds: SqlType["kind"][]): Translation =>
  (call) => {
    if (!isKind(argument(call).type, ...kinds)) throw refuse(call);
    return native({ ...call, distinct: false }, name, [argument(call).sql]);
  };

/** BIT_XOR counts each value of DISTINCT once, so it keeps the modifier. */
const bits =
  (name: string): Translation =>
  (call) => {
    if (!isKind(argument(call).type, "INT64")) throw refuse(call);
    return native(call, name, [argument(call).sql]);
  };

export const AGGREGATES: Readonly<Record<string, Translation>> = {
  $count_star: (call) => native(call, "count", ["*"]),
  count: (call) => {
    if (call.distinct && isKind(argument(call).type, "JSON", "ARRAY")) throw refuse(call);
    return native(call, "count", [argument(call).sql]);
  },
  countif: (call) => {
    if (call.distinct) throw refuse(call, " with DISTINCT");
    return native(call, "count", ["*"], { filter: argument(call).sql });
  },
  sum,
  avg,
  min: extreme("min"),
  max: extreme("max"),
  any_value: anyValue,
  array_agg: arrayAgg,
  string_agg: stringAgg,
  array_concat_agg: arrayConcat,
  logical_and: simple("bool_and", "BOOL"),
  logical_or: simple("bool_or", "BOOL"),
  bit_and: bits("bit_and"),
  bit_or: bits("bit_or"),
  bit_xor: bits("bit_xor"),
  approx_count_distinct: (call) => native({ ...call, distinct: true }, "count", [argument(call).sql]),
  approx_quantiles: approxQuantiles,
  var_pop: moment("var_pop"),
  var_samp: moment("var_samp"),
  stddev_pop: moment("stddev_pop"),
  stddev_samp: moment("stddev_samp"),
  covar_pop: moment("covar_pop"),
  covar_samp: moment("covar_samp"),
  corr,
};

export function aggregate(call: Call): string {
  return orElse(
    () => nativeAggregate(call),
    () => {
      if (!REFERENCE_AGGREGATES.has(call.name)) throw refuse(call);
      return referenceAggregate(call);
    },
  );
}

/** What the reference implementation answers where DuckDB's aggregates do not serve. */
const REFERENCE_AGGREGATES: ReadonlySet<string> = new Set(
  `$count_star count countif sum avg min max any_value array_agg string_agg array_concat_agg logical_and logical_or
  bit_and bit_or bit_xor approx_top_count approx_top_sum hll_count.init hll_count.merge hll_count.merge_partial var_pop var_samp stddev_pop stddev_samp
  covar_pop covar_samp corr percentile_cont percentile_disc`.split(/\s+/),
);

/** HAVING MAX/MIN is translated for ANY_VALUE alone; LIMIT and IGNORE NULLS where a list is built. */
function nativeAggregate(call: Call): string {
  const translation = AGGREGATES[call.name];
  if (!translation) throw refuse(call);
  if (call.safe) throw refuse(call, " with SAFE.");
  if (call.having && call.name !== "any_value") throw refuse(call, ` with HAVING ${call.having.kind}`);
  if (call.limit !== undefined && !/^(array_agg|string_agg|array_concat_agg)$/.test(call.name))
    throw refuse(call, " with LIMIT");
  if (call.nulls === "RESPECT" && !/^(array_agg|any_value)$/.test(call.name))
    throw refuse(call, " RESPECT NULLS");
  if (call.nulls === "IGNORE" && call.name === "any_value")
    return translation({ ...call, name: "any_value" });
  return translation(call);
}

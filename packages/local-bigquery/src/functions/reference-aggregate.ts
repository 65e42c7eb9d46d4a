import type { SqlType } from "../types/types.ts";
import type { Call } from "./aggregate.ts";
import type { OrderItem, TypedSql } from "./contract.ts";
import { googleLiteral } from "./google-literal.ts";
import { enumText, reference } from "./reference.ts";
import { refuse } from "./sql.ts";

/**
 * The long way round for aggregates, over groups or windows: the rows are gathered in a list, and the reference
 * implementation aggregates that. For signatures and modifiers that DuckDB has no exact equivalent of.
 */
export function referenceAggregate(call: Call): string {
  const operands: TypedSql[] = [];
  const field = (item: TypedSql) => {
    const known = operands.findIndex(({ sql }) => sql === item.sql);
    if (known >= 0) return `e.x${known}`;
    operands.push(item);
    return `e.x${operands.length - 1}`;
  };
  const args = call.args.map((item) => {
    if (item.sql.startsWith("lambda ")) throw refuse(call);
    if (item.type.kind === "ENUM") return enumText(item);
    return item.literal === undefined ? field(item) : googleLiteral(item.literal, item.type);
  });
  const parts = [
    `${call.distinct ? "DISTINCT " : ""}${args.join(", ") || "*"}`,
    ...(call.nulls === "DEFAULT" ? [] : [`${call.nulls} NULLS`]),
    ...(call.having ? [`HAVING ${call.having.kind} ${field(call.having.by)}`] : []),
    ...(call.orderBy.length > 0
      ? [`ORDER BY ${call.orderBy.map((item) => orderText(item, field)).join(", ")}`]
      : []),
    ...(call.limit === undefined ? [] : [`LIMIT ${limitText(call)}`]),
  ];
  const name = `${call.safe ? "SAFE." : ""}${call.name === "$count_star" ? "COUNT" : call.name.toUpperCase()}`;
  const rowType: SqlType = {
    kind: "STRUCT",
    fields: operands.map(({ type }, i) => ({ name: `x${i}`, type })),
  };
  const row = `struct_pack(${operands.map(({ sql }, i) => `f${i} := ${sql}`).join(", ") || "f0 := TRUE"})`;
  const filter = call.where === undefined ? "" : ` FILTER (WHERE ${call.where})`;
  const rows = `coalesce(list(${row})${filter}${call.over}, [])`;
  const own = OWN[call.name];
  if (own && (call.distinct || call.having || call.orderBy.length > 0 || call.nulls !== "DEFAULT"))
    throw refuse(call);
  const made = `${name}(${parts.join(" ")})`;
  // The percentiles are analytic functions: the same value on every row.
  const query = own
    ? own(args)
    : call.name.startsWith("percentile")
      ? `(SELECT ANY_VALUE(p) FROM (SELECT ${made} OVER () AS p FROM UNNEST(a0) AS e))`
      : `(SELECT ${made} FROM UNNEST(a0) AS e)`;
  return reference(query, [{ sql: rows, type: { kind: "ARRAY", element: rowType } }], call.type);
}

/**
 * Aggregates that the reference implementation lacks, as queries over the rows. What BigQuery approximates is exact; a
 * sketch of HLL_COUNT is the set of the values' hashes, so it counts exactly too, and only this engine reads it.
 */
const OWN: Readonly<Record<string, (args: readonly string[]) => string>> = {
  approx_top_count: ([x, n]) =>
    `ARRAY(SELECT AS STRUCT ${x} AS value, COUNT(*) AS count FROM UNNEST(a0) AS e GROUP BY 1 ORDER BY count DESC LIMIT ${n})`,
  approx_top_sum: ([x, weight, n]) =>
    `ARRAY(SELECT AS STRUCT ${x} AS value, SUM(${weight}) AS sum FROM UNNEST(a0) AS e GROUP BY 1 ORDER BY sum DESC LIMIT ${n})`,
  "hll_count.init": ([x]) =>
    sketch(
      `SELECT SUBSTR(SHA256(TO_JSON_STRING(${x})), 1, 8) AS h FROM UNNEST(a0) AS e WHERE ${x} IS NOT NULL`,
    ),
  "hll_count.merge": ([x]) => `(SELECT COUNT(DISTINCT h) FROM (${hashes(x as string)}))`,
  "hll_count.merge_partial": ([x]) => sketch(hashes(x as string)),
};

/** NULL where there is no hash. */
function sketch(hashes: string): string {
  return `(SELECT b'HLL' || STRING_AGG(h, b'' ORDER BY h) FROM (SELECT DISTINCT h FROM (${hashes})))`;
}

function hashes(x: string): string {
  const checked = `IF(STARTS_WITH(${x}, b'HLL'), ${x}, ERROR('Invalid or incompatible sketch in HLL_COUNT'))`;
  const places = `UNNEST(GENERATE_ARRAY(4, BYTE_LENGTH(${x}) - 7, 8)) AS place`;
  return `SELECT SUBSTR(${checked}, place, 8) AS h FROM UNNEST(a0) AS e, ${places} WHERE ${x} IS NOT NULL`;
}

function orderText(item: OrderItem, field: (item: TypedSql) => string): string {
  const nulls = item.nulls ? ` NULLS ${item.nulls}` : "";
  return `${field({ sql: item.sql, type: item.type })}${item.descending ? " DESC" : ""}${nulls}`;
}

/** The limit is a literal or a parameter of the statement; only the first is known here. */
function limitText(call: Call): string {
  const count = /^(?:CAST\()?(\d+)(?: AS BIGINT\))?$/.exec(call.limit ?? "")?.[1];
  if (count === undefined) throw refuse(call, " with a LIMIT that is not a literal");
  return count;
}

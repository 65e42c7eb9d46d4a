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
  const made = `${name}(${parts.join(" ")})`;
  // The percentiles are analytic functions: the same value on every row.
  const query = call.name.startsWith("percentile")
    ? `(SELECT ANY_VALUE(p) FROM (SELECT ${made} OVER () AS p FROM UNNEST(a0) AS e))`
    : `(SELECT ${made} FROM UNNEST(a0) AS e)`;
  return reference(query, [{ sql: rows, type: { kind: "ARRAY", element: rowType } }], call.type);
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

import { duckdbType } from "../types/duckdb.ts";
import type { SqlType } from "../types/types.ts";
import type { ScalarCall } from "./contract.ts";
import { referenceCall } from "./reference.ts";
import { arg, bind, type Family, isKind, raise, raiseAt, refuse } from "./sql.ts";

function make(call: ScalarCall): string {
  const elements = call.args.map((item) => item.sql);
  return elements.length > 0 ? `[${elements.join(", ")}]` : `CAST([] AS ${duckdbType(call.type)})`;
}

/** array[OFFSET(i)] and its kin; `base` is what the first element is called, `safe` answers NULL outside. */
function at(base: 0 | 1, safe: boolean): (call: ScalarCall) => string {
  return (call) => {
    const [array, index] = [arg(call, 0), arg(call, 1)];
    if (!isKind(array.type, "ARRAY")) throw refuse(call);
    return bind([array.sql, index.sql], (list, i) => {
      const place = base === 0 ? `${i} + 1` : i;
      const inside = base === 0 ? `${i} >= 0 AND ${i} < len(${list})` : `${i} >= 1 AND ${i} <= len(${list})`;
      if (safe) return `(CASE WHEN ${inside} THEN ${list}[${place}] END)`;
      const outside = raise("Array index ", `CAST(${i} AS VARCHAR)`, "' is out of bounds'");
      return `(CASE WHEN ${inside} THEN ${list}[${place}] WHEN ${list} IS NOT NULL AND ${i} IS NOT NULL THEN ${outside} END)`;
    });
  };
}

/** NULL where any array is NULL. */
function concat(call: ScalarCall): string {
  return bind(
    call.args.map((item) => item.sql),
    (...lists) => {
      const isNull = lists.map((list) => `${list} IS NULL`).join(" OR ");
      const joined = lists.reduce((a, b) => `list_concat(${a}, ${b})`);
      return `(CASE WHEN ${isNull} THEN NULL ELSE ${joined} END)`;
    },
  );
}

/** NULL elements are left out, or stand as the third argument. */
function toText(call: ScalarCall): string {
  if (!isKind(call.type, "STRING")) throw refuse(call);
  const [array, separator, missing] = [arg(call, 0), arg(call, 1), call.args[2]];
  // DuckDB takes a constant only.
  if (typeof separator.literal !== "string") throw refuse(call);
  return bind([array.sql, separator.sql, missing?.sql ?? "''"], (list, by, instead) => {
    if (!missing)
      return `(CASE WHEN len(${list}) = list_count(${list}) THEN array_to_string(${list}, ${by}) ELSE array_to_string(list_filter(${list}, lambda _x: _x IS NOT NULL), ${by}) END)`;
    return `(CASE WHEN ${instead} IS NOT NULL THEN array_to_string(list_transform(${list}, lambda _x: coalesce(_x, ${instead})), ${by}) END)`;
  });
}

const LIMIT = 1_048_575;

function generateArray(call: ScalarCall): string {
  const [start, end, step] = [arg(call, 0), arg(call, 1), call.args[2]];
  if (isKind(start.type, "INT64")) {
    return bind([start.sql, end.sql, step?.sql ?? "1"], (a, b, s) => {
      const zero = raiseAt(s, "Sequence step cannot be 0.");
      const tooMany = raiseAt(a, "Cannot generate arrays with more than 1048576 elements");
      const nulls = `${a} IS NULL OR ${b} IS NULL OR ${s} IS NULL`;
      const count = `(CAST(${b} AS HUGEINT) - ${a}) // ${s}`;
      return (
        `(CASE WHEN ${nulls} THEN NULL WHEN ${s} = 0 THEN ${zero} WHEN ${count} > ${LIMIT} THEN ${tooMany}` +
        ` WHEN (${s} > 0 AND ${a} > ${b}) OR (${s} < 0 AND ${a} < ${b}) THEN CAST([] AS BIGINT[]) ELSE generate_series(${a}, ${b}, ${s}) END)`
      );
    });
  }
  return referenceCall(call);
}

function elementType(call: ScalarCall): SqlType {
  const type = arg(call, 0).type;
  if (type.kind !== "ARRAY") throw refuse(call);
  return type.element;
}

const lambda = (call: ScalarCall, place: number) => arg(call, place).sql;

function includes(call: ScalarCall): string {
  const second = arg(call, 1).sql;
  if (second.startsWith("lambda ")) {
    return bind(
      [arg(call, 0).sql],
      (list) => `(CASE WHEN ${list} IS NOT NULL THEN len(list_filter(${list}, ${second})) > 0 END)`,
    );
  }
  if (isKind(elementType(call), "FLOAT64", "STRUCT", "ARRAY", "JSON")) throw refuse(call);
  return `list_contains(${arg(call, 0).sql}, ${second})`;
}

export const array: Family = {
  $make_array: make,
  $array_at_offset: at(0, false),
  $array_at_ordinal: at(1, false),
  $safe_array_at_offset: at(0, true),
  $safe_array_at_ordinal: at(1, true),
  array_length: (call) => `len(${arg(call, 0).sql})`,
  array_concat: concat,
  array_reverse: (call) => `list_reverse(${arg(call, 0).sql})`,
  array_to_string: toText,
  generate_array: generateArray,
  array_first: (call) =>
    bind(
      [arg(call, 0).sql],
      (list) =>
        `(CASE WHEN len(${list}) = 0 THEN ${raiseAt(`len(${list})`, "ARRAY_FIRST cannot get the first element of an empty array")} ELSE ${list}[1] END)`,
    ),
  array_last: (call) =>
    bind(
      [arg(call, 0).sql],
      (list) =>
        `(CASE WHEN len(${list}) = 0 THEN ${raiseAt(`len(${list})`, "ARRAY_LAST cannot get the last element of an empty array")} ELSE ${list}[-1] END)`,
    ),
  array_filter: (call) => `list_filter(${arg(call, 0).sql}, ${lambda(call, 1)})`,
  array_transform: (call) => `list_transform(${arg(call, 0).sql}, ${lambda(call, 1)})`,
  array_includes: includes,
  array_is_distinct: (call) =>
    bind(
      [arg(call, 0).sql],
      (list) =>
        `(len(list_distinct(${list})) + CASE WHEN list_count(${list}) < len(${list}) THEN 1 ELSE 0 END = len(${list}))`,
    ),
};

import { aggregate } from "./aggregate.ts";
import type { AnalyticCall } from "./contract.ts";
import { isConstant, isKind, orElse, raiseAt, refuse } from "./sql.ts";

type Translation = (call: AnalyticCall) => string;

function argument(call: AnalyticCall, place = 0) {
  const found = call.args[place];
  if (!found) throw refuse(call);
  return found;
}

const rank =
  (name: string): Translation =>
  (call) =>
    `${name}() ${call.window}`;

/** The value so many rows away; a negative or NULL distance is an error, which DuckDB would take as the other direction. */
const neighbour =
  (name: "lag" | "lead"): Translation =>
  (call) => {
    const [value, offset, fallback] = [argument(call), call.args[1], call.args[2]];
    const constant = offset && typeof offset.literal === "bigint";
    if (constant && (offset.literal as bigint) < 0n) throw refuse(call, " with a negative offset");
    const distance = !offset
      ? []
      : constant
        ? [offset.sql]
        : [
            `CASE WHEN ${offset.sql} >= 0 THEN ${offset.sql} ELSE ${raiseAt(offset.sql, "The offset to the function cannot be null or negative.")} END`,
          ];
    const otherwise = fallback ? [fallback.sql] : [];
    return `${name}(${[value.sql, ...distance, ...otherwise].join(", ")}) ${call.window}`;
  };

const atEdge =
  (name: string): Translation =>
  (call) => {
    const ignore = call.nulls === "IGNORE" ? " IGNORE NULLS" : "";
    return `${name}(${call.args.map((item) => item.sql).join(", ")}${ignore}) ${call.window}`;
  };

/** DuckDB's quantiles, NULLs left out. NaN sorts first in GoogleSQL and last in DuckDB, so it is refused at run time. */
const percentile =
  (name: "quantile_cont" | "quantile_disc"): Translation =>
  (call) => {
    const [value, fraction] = [argument(call), argument(call, 1)];
    if (call.nulls === "RESPECT") throw refuse(call, " RESPECT NULLS");
    if (!isConstant(fraction.sql)) throw refuse(call, " with a fraction that is not a constant");
    if (name === "quantile_cont" && value.type.kind !== "FLOAT64") throw refuse(call);
    if (isKind(value.type, "INTERVAL", "BOOL", "JSON", "STRUCT", "ARRAY")) throw refuse(call);
    const result = `${name}(${value.sql}, CAST(${fraction.sql} AS DOUBLE)) ${call.window}`;
    if (value.type.kind !== "FLOAT64") return result;
    return `(CASE WHEN bool_or(isnan(${value.sql})) ${call.window} THEN ${raiseAt(result, "Unsupported: percentiles over NaN")} ELSE ${result} END)`;
  };

const ANALYTIC: Readonly<Record<string, Translation>> = {
  row_number: rank("row_number"),
  rank: rank("rank"),
  dense_rank: rank("dense_rank"),
  percent_rank: rank("percent_rank"),
  cume_dist: rank("cume_dist"),
  ntile: (call) => `ntile(${argument(call).sql}) ${call.window}`,
  lag: neighbour("lag"),
  lead: neighbour("lead"),
  first_value: atEdge("first_value"),
  last_value: atEdge("last_value"),
  nth_value: atEdge("nth_value"),
  percentile_cont: percentile("quantile_cont"),
  percentile_disc: percentile("quantile_disc"),
};

/** A function over a window: a numbering or navigation function, or any aggregate. */
export function analytic(call: AnalyticCall): string {
  const translation = ANALYTIC[call.name];
  const asAggregate = () =>
    aggregate({ ...call, orderBy: [], limit: undefined, having: undefined, over: ` ${call.window}` });
  if (!translation) return asAggregate();
  const native = () => {
    if (call.safe || call.where !== undefined) throw refuse(call, call.safe ? " with SAFE." : " with WHERE");
    return translation(call);
  };
  return call.name.startsWith("percentile") ? orElse(native, asAggregate) : native();
}

import type {
  AnyResolvedExpr,
  ResolvedColumnDefinition,
  ResolvedFunctionCall,
} from "../../analyzer/resolved.ts";
import type { Translation } from "../context.ts";
import { literalExpression } from "../expressions/literal.ts";
import type { PartitionSpec } from "../translated.ts";

type Definitions = readonly ResolvedColumnDefinition[];

/** PARTITION BY: a DATE column, a date part of a DATE, DATETIME or TIMESTAMP column, or ranges of an INT64 column. */
export function partitionSpec(
  t: Translation,
  list: readonly AnyResolvedExpr[],
  columns: Definitions,
): PartitionSpec | undefined {
  const [by, second] = list;
  if (!by) return undefined;
  if (second) throw t.unsupported("PARTITION BY of several expressions", second);
  if (by.kind === "ResolvedColumnRef")
    return { kind: "time", unit: "DAY", column: columnName(t, by, columns) };
  if (by.kind !== "ResolvedFunctionCall") throw t.unsupported("this PARTITION BY expression", by);
  const [column, part] = by.argumentList;
  if (!column) throw t.unsupported("this PARTITION BY expression", by);
  const name = by.function.replace("ZetaSQL:", "");
  if (name === "date" && by.argumentList.length === 1)
    return { kind: "time", unit: "DAY", column: columnName(t, column, columns) };
  if (/^(date|datetime|timestamp)_trunc$/.test(name)) {
    const unit = part?.kind === "ResolvedLiteral" ? part.value.value : undefined;
    if (unit !== "HOUR" && unit !== "DAY" && unit !== "MONTH" && unit !== "YEAR") {
      throw t.unsupported(`PARTITION BY ${String(unit)}`, by);
    }
    return { kind: "time", unit, column: columnName(t, column, columns) };
  }
  if (name === "range_bucket") return rangeSpec(t, by, columnName(t, column, columns));
  throw t.unsupported(`PARTITION BY ${name.toUpperCase()}`, by);
}

function rangeSpec(t: Translation, call: ResolvedFunctionCall, column: string): PartitionSpec {
  const array = call.argumentList[1];
  if (array?.kind !== "ResolvedFunctionCall" || !array.function.endsWith(":generate_array")) {
    throw t.unsupported("RANGE_BUCKET without GENERATE_ARRAY", call);
  }
  const [start, end, interval] = array.argumentList.map((argument) => {
    const value = argument.kind === "ResolvedLiteral" ? literalExpression(argument).literal : undefined;
    if (typeof value !== "bigint")
      throw t.unsupported("GENERATE_ARRAY of other than literals in PARTITION BY", argument);
    return value;
  });
  if (start === undefined || end === undefined)
    throw t.unsupported("this GENERATE_ARRAY in PARTITION BY", array);
  return { kind: "range", column, start, end, interval: interval ?? 1n };
}

export function clusterColumns(
  t: Translation,
  list: readonly AnyResolvedExpr[],
  columns: Definitions,
): string[] {
  return list.map((by) => columnName(t, by, columns));
}

function columnName(t: Translation, by: AnyResolvedExpr, columns: Definitions): string {
  const id = by.kind === "ResolvedColumnRef" ? by.column.columnId : undefined;
  const definition = columns.find((column) => column.column?.columnId === id);
  if (!definition) throw t.unsupported("an expression in PARTITION BY or CLUSTER BY", by);
  return definition.name;
}

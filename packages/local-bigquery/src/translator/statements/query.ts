import type { AnyResolvedScan, ResolvedOutputColumn, ResolvedQueryStmt } from "../../analyzer/resolved.ts";
import type { Column } from "../../types/types.ts";
import { quoteName, type Translation } from "../context.ts";
import { nest, type Relation, selectSql } from "../relation.ts";
import { scanRelation } from "../scans/index.ts";
import type { Translated } from "../translated.ts";

/** The output of a query: its SQL, columns in their places under their final names. */
export interface Output {
  readonly sql: string;
  readonly columns: Column[];
}

export function queryStatement(t: Translation, node: ResolvedQueryStmt): Translated {
  return { kind: "query", ...queryOutput(t, node.query, node.outputColumnList, node.isValueTable) };
}

export function queryOutput(
  t: Translation,
  scan: AnyResolvedScan,
  outputs: readonly ResolvedOutputColumn[],
  isValueTable: boolean,
): Output {
  const query = scanRelation(t, scan, { outer: undefined });
  const [only] = outputs;
  if (isValueTable && only?.column.type.kind === "STRUCT") return structOutput(t, query, only);
  const names = outputNames(outputs.map((output) => output.name));
  const items = outputs.map(
    (output, place) => `${query.columns.get(output.column.columnId)} AS ${quoteName(names[place] ?? "")}`,
  );
  return {
    sql: selectSql(query, items),
    columns: outputs.map((output, place) => ({ name: names[place] ?? "", type: output.column.type })),
  };
}

/** SELECT AS STRUCT at the top: the struct's fields are the columns. */
function structOutput(t: Translation, query: Relation, output: ResolvedOutputColumn): Output {
  const type = output.column.type;
  if (type.kind !== "STRUCT") throw new Error("A value table of structs was expected.");
  const source = nest(t, query);
  const names = outputNames(type.fields.map((field) => field.name));
  const struct = source.columns.get(output.column.columnId);
  const items = type.fields.map(
    (_, place) => `struct_extract(${struct}, 'f${place}') AS ${quoteName(names[place] ?? "")}`,
  );
  return {
    sql: selectSql(source, items),
    columns: type.fields.map((field, place) => ({ name: names[place] ?? "", type: field.type })),
  };
}

/** BigQuery calls the columns without a name f0_, f1_, ... */
function outputNames(names: readonly string[]): string[] {
  let anonymous = 0;
  return names.map((name) => {
    if (name !== "" && !name.startsWith("$")) return name;
    anonymous += 1;
    return `f${anonymous - 1}_`;
  });
}

import type { ResolvedSetOperationItem, ResolvedSetOperationScan } from "../../analyzer/resolved.ts";
import type { Translation } from "../context.ts";
import { aliased, type Relation, relation, selectSql } from "../relation.ts";
import { type Place, scanRelation } from "./index.ts";

export function setOperationScan(t: Translation, node: ResolvedSetOperationScan, place: Place): Relation {
  const ids = node.columnList.map((column) => column.columnId);
  const operator = node.opType.replace("_DISTINCT", "").replace("_", " ");
  const inputs = node.inputItemList.map((item) => `(\n${itemSql(t, item, ids, place)}\n)`);
  const alias = t.alias();
  // EXCEPT is applied from left to right, as the analyzer lists the inputs.
  return relation(`(\n${inputs.join(`\n${operator}\n`)}\n) AS ${alias}`, aliased(alias, ids));
}

/** One input, its columns under the names of the result, by place. */
export function itemSql(
  t: Translation,
  item: ResolvedSetOperationItem,
  ids: readonly number[],
  place: Place,
): string {
  const input = scanRelation(t, item.scan, { outer: place.outer });
  const items = item.outputColumnList.map(
    (column, index) => `${input.columns.get(column.columnId)} AS c${ids[index]}`,
  );
  return selectSql(input, items, { order: false });
}

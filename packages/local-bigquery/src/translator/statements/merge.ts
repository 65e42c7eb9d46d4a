import type { ResolvedMergeStmt, ResolvedMergeWhen } from "../../analyzer/resolved.ts";
import { quoteName, type Translation } from "../context.ts";
import { aliased } from "../relation.ts";
import { Scope } from "../scope.ts";
import type { DmlStep, Translated } from "../translated.ts";
import { mergeStage } from "./merge-stage.ts";
import { dropStage, duplicateCheck, STAGE } from "./staging.ts";
import { assignments, columnValue, isDefault, target } from "./target.ts";

/**
 * MERGE: target and source are joined once into the staging table, each row with the first clause that applies to it;
 * then each clause changes its rows. Deletions come before insertions, so that keys may move.
 */
export function mergeStatement(t: Translation, node: ResolvedMergeStmt): Translated {
  const { path, sql } = target(t, node.tableScan);
  const staged = mergeStage(t, node, sql);
  const changing = node.whenClauseList.flatMap((clause, index) =>
    clause.matchType === "MATCHED" ? [index] : [],
  );
  const check = changing.length > 0 ? [duplicateCheck(`clause IN (${changing.join(", ")})`)] : [];
  const order = ["DELETE", "UPDATE", "INSERT"];
  const clauses = node.whenClauseList
    .map((clause, index) => ({ clause, index }))
    .sort((a, b) => order.indexOf(a.clause.actionType) - order.indexOf(b.clause.actionType))
    .map(({ clause, index }) => clauseStep(t, clause, index, sql, staged.ids));
  return {
    kind: "dml",
    dmlKind: "MERGE",
    target: path,
    steps: [staged.step, ...check, ...clauses, dropStage],
  };
}

function clauseStep(
  t: Translation,
  clause: ResolvedMergeWhen,
  index: number,
  sql: string,
  ids: readonly number[],
): DmlStep {
  const [row, staged] = [t.alias(), t.alias()];
  const scope = new Scope(aliased(staged, ids));
  const chosen = `${staged}.clause = ${index}`;
  switch (clause.actionType) {
    case "DELETE":
      return {
        sql: `DELETE FROM ${sql} AS ${row}\nWHERE ${row}.rowid IN (SELECT ${staged}.target_row FROM ${STAGE} AS ${staged} WHERE ${chosen})`,
        affects: "deleted",
      };
    case "UPDATE": {
      const set = assignments(t, clause.updateItemList, scope).join(", ");
      const where = `${row}.rowid = ${staged}.target_row AND ${chosen}`;
      return {
        sql: `UPDATE ${sql} AS ${row}\nSET ${set}\nFROM ${STAGE} AS ${staged}\nWHERE ${where}`,
        affects: "updated",
      };
    }
    case "INSERT": {
      const values = clause.insertColumnList.flatMap((column, place) => {
        const value = clause.insertRow?.valueList[place]?.value;
        // A column left to its default is left out of the list: DEFAULT may not stand in a SELECT.
        if (!value || isDefault(value)) return [];
        return [{ name: quoteName(column.name), sql: columnValue(t, value, column, scope) }];
      });
      if (values.length === 0) throw t.unsupported("a MERGE that inserts nothing but defaults", clause);
      const names = values.map((value) => value.name).join(", ");
      const select = values.map((value) => value.sql).join(", ");
      return {
        sql: `INSERT INTO ${sql} (${names})\nSELECT ${select}\nFROM ${STAGE} AS ${staged}\nWHERE ${chosen}`,
        affects: "inserted",
      };
    }
  }
}

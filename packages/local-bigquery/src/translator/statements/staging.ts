import type { ResolvedTableScan } from "../../analyzer/resolved.ts";
import { quoteName, type Translation } from "../context.ts";
import { aliased, columnItems, type Relation, selectSql } from "../relation.ts";
import type { DmlStep } from "../translated.ts";

/**
 * UPDATE ... FROM and MERGE first write what they are about to do to a temporary table: the row's id in the target
 * (`target_row`), the number of the clause that applies (`clause`), and the columns both sides bring (`c<id>`). So
 * every expression sees the tables as they were before, and a target row matched twice is found before anything changes.
 */
export const STAGE = 'temp.main."__bq_stage"';

export function stageStep(select: string): DmlStep {
  return { sql: `CREATE OR REPLACE TEMP TABLE "__bq_stage" AS\n${select}` };
}

export const dropStage: DmlStep = { sql: `DROP TABLE ${STAGE}` };

/** Fails if a target row is to be changed by more than one source row. */
export function duplicateCheck(clauses: string): DmlStep {
  const message = "UPDATE/MERGE must match at most one source row for each target row";
  const twice = `SELECT target_row FROM ${STAGE} WHERE ${clauses} GROUP BY target_row HAVING count(*) > 1`;
  return { sql: `SELECT CASE WHEN EXISTS (${twice}) THEN error('${message}') END` };
}

/** The target as a side of the join: its row ids beside the columns the statement reads. */
export function targetSide(
  t: Translation,
  scan: ResolvedTableScan,
  sql: string,
): { from: string; alias: string; columns: Map<number, string> } {
  const inner = t.alias();
  const alias = t.alias();
  const items = scan.columnList.map((column) => `${inner}.${quoteName(column.name)} AS c${column.columnId}`);
  const from = `(\nSELECT ${[`${inner}.rowid AS target_row`, ...items].join(", ")}\nFROM ${sql} AS ${inner}\n) AS ${alias}`;
  return {
    from,
    alias,
    columns: aliased(
      alias,
      scan.columnList.map((column) => column.columnId),
    ),
  };
}

/** The source as a side of the join; `present` tells its rows from those an outer join makes up. */
export function sourceSide(
  t: Translation,
  source: Relation,
): { from: string; alias: string; columns: Map<number, string> } {
  const alias = t.alias();
  const items = [...columnItems(source), "TRUE AS present"];
  const from = `(\n${selectSql(source, items, { order: false })}\n) AS ${alias}`;
  return { from, alias, columns: aliased(alias, source.columns.keys()) };
}

export function stagedItems(columns: ReadonlyMap<number, string>): string[] {
  return [...columns].map(([id, sql]) => `${sql} AS c${id}`);
}

import type { AnyResolvedScan, ResolvedUpdateStmt } from "../../analyzer/resolved.ts";
import type { Translation } from "../context.ts";
import { expression } from "../expressions/index.ts";
import { aliased } from "../relation.ts";
import { scanRelation } from "../scans/index.ts";
import { Scope } from "../scope.ts";
import type { Translated } from "../translated.ts";
import {
  dropStage,
  duplicateCheck,
  STAGE,
  sourceSide,
  stagedItems,
  stageStep,
  targetSide,
} from "./staging.ts";
import { assignments, target } from "./target.ts";

/** UPDATE ... FROM: each target row may be matched once. */
export function joinedUpdate(t: Translation, node: ResolvedUpdateStmt, from: AnyResolvedScan): Translated {
  const { path, sql } = target(t, node.tableScan);
  const left = targetSide(t, node.tableScan, sql);
  const right = sourceSide(t, scanRelation(t, from, { outer: undefined }));
  const columns = new Map([...left.columns, ...right.columns]);
  const on = node.whereExpr ? expression(t, node.whereExpr, new Scope(columns)).sql : "TRUE";
  const items = [`${left.alias}.target_row`, ...stagedItems(columns)].join(", ");
  const stage = stageStep(`SELECT ${items}\nFROM ${left.from}\nINNER JOIN ${right.from}\nON ${on}`);

  const [row, staged] = [t.alias(), t.alias()];
  const scope = new Scope(aliased(staged, columns.keys()));
  const set = assignments(t, node.updateItemList, scope).join(", ");
  const update = `UPDATE ${sql} AS ${row}\nSET ${set}\nFROM ${STAGE} AS ${staged}\nWHERE ${row}.rowid = ${staged}.target_row`;
  const steps = [stage, duplicateCheck("TRUE"), { sql: update, affects: "updated" as const }, dropStage];
  return { kind: "dml", dmlKind: "UPDATE", target: path, steps };
}

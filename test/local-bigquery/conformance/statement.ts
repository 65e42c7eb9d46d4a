import { typeText } from "../../../packages/local-bigquery/src/types/schema.ts";
import type { Column } from "../../../packages/local-bigquery/src/types/types.ts";
import type { TestEngine } from "../../support/engine.ts";
import { sameValue, shown } from "./values.ts";

/** Sums of products cancel: what is left of them has fewer exact digits than the terms. */
const AGGREGATED = 1e-12;

/** How DuckDB and the reference implementation disagree about a query; undefined where they do not. */
export async function disagreement(
  engine: TestEngine,
  sql: string,
  { ordered = true } = {},
): Promise<string | undefined> {
  const [ours, theirs] = [await engine.query(sql), await engine.oracle(sql)];
  if (!ordered)
    for (const { rows } of [ours, theirs]) rows.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  const types = theirs.columns.map((column) => column.type);
  const same =
    ours.rows.length === theirs.rows.length &&
    theirs.rows.every((row, at) =>
      row.every((value, i) =>
        sameValue(ours.rows[at]?.[i], value, (theirs.columns[i] as Column).type, AGGREGATED),
      ),
    );
  const typed = ours.columns.map((column) => typeText(column.type)).join() === types.map(typeText).join();
  if (same && typed) return undefined;
  return `${sql}\n  ours   ${ours.rows.map(shown).join(" ")}\n  theirs ${theirs.rows.map(shown).join(" ")}`;
}

/** Floats to as many digits as surely agree. */
function sortKey(value: unknown): string {
  if (Array.isArray(value)) return value.map(sortKey).join("|");
  return typeof value === "number" ? String(Number(value.toPrecision(10))) : shown(value);
}

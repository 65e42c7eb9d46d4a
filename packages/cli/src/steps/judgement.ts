import type { BuiltTable } from "../state/records.ts";
import type { Client } from "../warehouse/client.ts";

const evidence = "redcdm.v_dm_ecm_user_threshold_evidence";

/** What the loaded data say of the thresholds (3 orders, 180 days) in words, a line each; undefined where they were not judged. */
export async function judgementText(
  client: Client,
  tables: readonly BuiltTable[],
): Promise<string | undefined> {
  if (!tables.some(({ name }) => name === evidence)) return undefined;
  const rows = await client.rows(`SELECT judgement FROM ${evidence} ORDER BY threshold_code DESC`);
  return rows.map(({ judgement }) => String(judgement)).join("\n");
}

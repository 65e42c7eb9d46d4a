import type { ScalarCall } from "../../functions/contract.ts";
import type { Translation } from "../context.ts";

const RESULT: Record<string, string> = {
  current_timestamp: "TIMESTAMPTZ",
  current_date: "DATE",
  current_datetime: "TIMESTAMP",
  current_time: "TIME",
};

/** CURRENT_TIMESTAMP and its kin: one moment for the whole statement, in the named time zone (default UTC). */
export function clockFunction(t: Translation, call: ScalarCall): string | undefined {
  const type = RESULT[call.name];
  if (!type) return undefined;
  if (type === "TIMESTAMPTZ") return t.context.now;
  const zone = call.args[0]?.sql ?? "'UTC'";
  return `CAST(timezone(${zone}, ${t.context.now}) AS ${type})`;
}

import { aggregate } from "./aggregate.ts";
import { analytic } from "./analytic.ts";
import { arithmetic } from "./arithmetic.ts";
import { array } from "./array.ts";
import { cast } from "./cast.ts";
import { comparison } from "./comparison.ts";
import type { FunctionTable, ScalarCall } from "./contract.ts";
import { date } from "./date.ts";
import { interval } from "./interval.ts";
import { json } from "./json.ts";
import { logic } from "./logic.ts";
import { math } from "./math.ts";
import { range } from "./range.ts";
import { REFERENCE_FUNCTIONS, referenceCall } from "./reference.ts";
import { regexp } from "./regexp.ts";
import { type Family, orElse, refuse, tryNull } from "./sql.ts";
import { string } from "./string.ts";
import { timeFormat } from "./time-format.ts";
import { timestampFamily } from "./timestamp.ts";

export type { FunctionTable } from "./contract.ts";
export { registerHostFunctions } from "./host.ts";

/** Scalar functions with a native translation, by the analyzer's name. */
const NATIVE: Family = {
  ...logic,
  ...comparison,
  ...arithmetic,
  ...interval,
  ...math,
  ...string,
  ...regexp,
  ...date,
  ...timestampFamily,
  ...timeFormat,
  ...array,
  ...json,
  ...range,
};

/** Functions that the reference implementation of this file cannot answer for. */
const UNKNOWN_TO_REFERENCE = new Set([
  "normalize",
  "normalize_and_casefold",
  "to_base32",
  "from_base32",
  "hll_count.extract",
]);

function scalar(call: ScalarCall): string {
  // DuckDB rejects a bad pattern while it plans, which nothing catches.
  if (call.safe && call.name.startsWith("regexp_")) return referenceCall(call);
  const native = NATIVE[call.name];
  if (!native && !REFERENCE_FUNCTIONS.has(call.name)) throw refuse(call);
  if (!native) return referenceCall(call);
  if (UNKNOWN_TO_REFERENCE.has(call.name)) return call.safe ? safeCall(native, call) : native(call);
  return orElse(
    () => (call.safe ? safeCall(native, call) : native(call)),
    () => referenceCall(call),
  );
}

/** SAFE.f(...): NULL where f fails; a failure of an argument stays a failure. */
function safeCall(native: (call: ScalarCall) => string, call: ScalarCall): string {
  if (call.args.some((item) => item.sql.startsWith("lambda "))) throw refuse(call, " with SAFE.");
  return tryNull(
    call.args.map((item) => item.sql),
    (...names) =>
      native({
        ...call,
        safe: false,
        args: call.args.map((item, i) => ({ ...item, sql: names[i] as string })),
      }),
  );
}

/** GoogleSQL's functions as DuckDB SQL with BigQuery's meaning, or refused by name and signature. */
export const functionTable: FunctionTable = {
  scalar,
  aggregate: (call) => aggregate({ ...call, over: "" }),
  analytic,
  cast,
};

/** SQL to run once per database; translations need none, only registerHostFunctions. */
export const setupStatements: readonly string[] = [];

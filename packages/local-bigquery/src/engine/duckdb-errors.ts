import { BigQueryError, unsupported } from "../errors.ts";

/** DuckDB's wording of an error in the data, in BigQuery's. */
const RUNTIME: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  // functions/sql.ts raises BigQuery's own texts this way.
  [/Could not convert string '!([\s\S]*)' to UINT8/, (m) => m[1] ?? ""],
  [/Overflow in (?:addition|subtraction|multiplication|negation) of DECIMAL/, () => "numeric overflow"],
  [/More than one row returned by a subquery/, () => "Scalar subquery produced more than one element"],
  [/Overflow in addition of \w+ \((-?\d+) \+ (-?\d+)\)/, (m) => `int64 overflow: ${m[1]} + ${m[2]}`],
  [/Overflow in subtraction of \w+ \((-?\d+) - (-?\d+)\)/, (m) => `int64 overflow: ${m[1]} - ${m[2]}`],
  [/Overflow in multiplication of \w+ \((-?\d+) \* (-?\d+)\)/, (m) => `int64 overflow: ${m[1]} * ${m[2]}`],
  [/Could not convert string '(.*)' to INT64/s, (m) => `Bad int64 value: ${m[1]}`],
  [/Could not convert string '(.*)' to DOUBLE/s, (m) => `Bad double value: ${m[1]}`],
  [/Could not convert string '(.*)' to BOOL/s, (m) => `Bad bool value: ${m[1]}`],
];

/** Kinds of DuckDB errors that come from the data: their text is meant for the user. */
const FROM_DATA = /^(Invalid Input|Conversion|Out of Range|Constraint|Mismatch Type) Error: /;

/** An error of the engine as a client sees it. Anything the translation should have prevented is named as our fault. */
export function fromDuckDB(error: unknown): BigQueryError {
  if (error instanceof BigQueryError) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (/^INTERRUPT Error/.test(text)) {
    return new BigQueryError("stopped", "Job execution was cancelled: User requested cancellation");
  }
  if (/^Out of Memory Error/.test(text) || /failed to offload data block|No space left/i.test(text)) {
    const what = /No space left/i.test(text)
      ? "The disk is full"
      : firstLine(text.replace(/^[\w ]+ Error: /, ""));
    return new BigQueryError("resourcesExceeded", `Resources exceeded during query execution: ${what}`);
  }
  if (/database has been invalidated/.test(text)) {
    const message =
      "The database was closed after an internal error of the engine: restart the server. No committed data is lost.";
    return new BigQueryError("internalError", message);
  }
  if (/not-null constraint|NOT NULL constraint/.test(text)) {
    const column = /constraint failed: (?:.*\.)?(\w+)/.exec(text)?.[1];
    return new BigQueryError("invalidQuery", `Required field ${column ?? ""} cannot be null`);
  }
  if (FROM_DATA.test(text)) {
    for (const [pattern, rewrite] of RUNTIME) {
      const match = pattern.exec(text);
      if (match) return new BigQueryError("invalidQuery", rewrite(match));
    }
    return new BigQueryError("invalidQuery", withoutSqlExcerpt(text.replace(FROM_DATA, "")));
  }
  if (/^(Binder|Not implemented) Error: /.test(text)) {
    // Some shapes pass the translator and cannot be planned by DuckDB, such as certain correlated subqueries.
    return unsupported(`a shape of query that the engine cannot plan (${firstLine(text)})`);
  }
  return new BigQueryError(
    "internalError",
    `An internal error occurred: the engine refused a translated statement (${firstLine(text)}). Please report the statement.`,
  );
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? text;
}

/** DuckDB appends "LINE 1: <translated SQL>", which means nothing to the author of the GoogleSQL. */
function withoutSqlExcerpt(text: string): string {
  return text.replace(/\n\nLINE \d+:[\s\S]*$/, "").trim();
}

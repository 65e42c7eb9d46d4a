import type { ColumnType, ScalarName } from "../types.ts";
import { type Conversion, duckdbType, sqlText } from "./conversion.ts";

/**
 * How a type is written as text; DuckDB's casts alone would round, trim or read "1_000". What matches `surely` needs no
 * cast to be known as good; what matches `possibly` does (too large? a 30th of February?).
 */
interface Writing {
  readonly surely?: string;
  readonly possibly: string;
  readonly example: string;
}
const clock = "[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,6}0*)?)?";
const day = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
const writings: Partial<Record<ScalarName, Writing>> = {
  INT64: { surely: "[+-]?[0-9]{1,18}", possibly: "[+-]?[0-9]+", example: "a whole number such as 12" },
  FLOAT64: {
    surely: "[+-]?[0-9]{1,30}(\\.[0-9]*)?",
    possibly: "[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?[iI]nf(inity)?|[nN]a[nN]",
    example: "a number such as 0.25",
  },
  NUMERIC: {
    // More than nine decimals would be rounded.
    surely: "[+-]?[0-9]{1,29}(\\.[0-9]{0,9}0*)?",
    possibly: "[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?",
    example: "a number with at most nine decimals, such as 12.34",
  },
  DATE: { possibly: day, example: "a day such as 2024-06-01" },
  DATETIME: { possibly: `${day}[ T]${clock}`, example: "a time such as 2024-06-01 10:00:00" },
  TIMESTAMP: {
    possibly: `${day}([ T]${clock}( ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?))?)?`,
    example: "an instant such as 2024-06-01 10:00:00+08:00 (without an offset it is UTC)",
  },
  TIME: {
    possibly: "[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,6}0*)?",
    example: "a time of day such as 10:00:00",
  },
  BOOL: {
    surely: "(?i)true|false|t|f|yes|no|y|n|1|0",
    possibly: "(?i)true|false|t|f|yes|no|y|n|1|0",
    example: "true or false",
  },
};

/** How a value of the type is written in a CSV cell. */
export function writtenAs(type: ColumnType): string {
  if (type.kind !== "scalar") return "JSON text with the contract's fields";
  return type.name === "JSON" ? "JSON text" : (writings[type.name]?.example ?? type.name);
}

/** A 38-digit decimal of a text; 18 digits are enough for most and several times faster. */
function numeric(text: string): string {
  return `COALESCE(CAST(TRY_CAST(${text} AS DECIMAL(18,9)) AS DECIMAL(38,9)), TRY_CAST(${text} AS DECIMAL(38,9)))`;
}

/** A cell of text as a scalar. An empty cell is NULL before it comes here. */
export function fromText(name: ScalarName, text: string): Conversion {
  if (name === "STRING") return { value: text, bad: "FALSE", probe: text };
  const cast = `TRY_CAST(${text} AS ${duckdbType({ kind: "scalar", name })})`;
  const value = name === "BYTES" ? `TRY(from_base64(${text}))` : name === "NUMERIC" ? numeric(text) : cast;
  const writing = writings[name];
  if (!writing) return { value, bad: `(${text} IS NOT NULL AND ${value} IS NULL)`, probe: value };
  // An exponent or a tenth decimal is fine as long as the value is exact.
  const kept =
    name === "NUMERIC" ? `CAST(${value} AS DOUBLE) = TRY_CAST(${text} AS DOUBLE)` : `${value} IS NOT NULL`;
  const sure = writing.surely ? ` OR regexp_full_match(${text}, ${sqlText(writing.surely)})` : "";
  const bad =
    `CASE WHEN ${text} IS NULL${sure} THEN FALSE` +
    ` WHEN regexp_full_match(${text}, ${sqlText(writing.possibly)}) THEN NOT COALESCE(${kept}, FALSE) ELSE TRUE END`;
  return { value, bad, probe: name === "NUMERIC" ? `TRY_CAST(${text} AS DOUBLE)` : value };
}

/** A condition that some element of a list meets. */
export function someElement(list: string, element: string, condition: string): string {
  return condition === "FALSE"
    ? "FALSE"
    : `COALESCE(len(list_filter(${list}, lambda ${element}: ${condition})) > 0, FALSE)`;
}

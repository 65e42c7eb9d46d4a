import { BigQueryError, unsupported } from "../errors.ts";
import { quoted } from "../types/literal.ts";
import { typeText } from "../types/schema.ts";
import type { SqlType } from "../types/types.ts";
import type { ScalarCall, ScalarTranslation, TypedSql } from "./contract.ts";

/** A family of functions: the analyzer's names with their translations. */
export type Family = Readonly<Record<string, ScalarTranslation>>;

/** Refuses a signature by name: "Unsupported: function FORMAT(STRING, INTERVAL), at 1:8". */
export function refuse(call: Pick<ScalarCall, "name" | "args" | "position">, why = ""): Error {
  const types = call.args.map((arg) => typeText(arg.type)).join(", ");
  return unsupported(`function ${call.name.replace(/^\$/, "").toUpperCase()}(${types})${why}`, call.position);
}

/** The first translation, or where it refuses the call the second. */
export function orElse(first: () => string, second: () => string): string {
  try {
    return first();
  } catch (error) {
    if (error instanceof BigQueryError && error.reason === "unsupported") return second();
    throw error;
  }
}

/** The argument at a place, which the signature guarantees. */
export function arg(call: Pick<ScalarCall, "name" | "args" | "position">, place: number): TypedSql {
  const found = call.args[place];
  if (!found) throw refuse(call);
  return found;
}

/**
 * Fails with BigQuery's text where a row needs its value; elsewhere it is NULL, of whatever type is wanted. `detail`
 * is SQL of more text. DuckDB's own error() is volatile, so it is not allowed in TRY and keeps filters from being
 * pushed down; a cast that cannot succeed is neither. It stands in a lambda, because elsewhere a constant one would
 * fail while the statement is planned. engine/duckdb-errors.ts finds the text after the exclamation mark.
 */
export function raise(text: string, ...detail: string[]): string {
  const message = `concat(${[quoted(`!${text}`), ...detail].join(", ")})`;
  return `list_transform([${message}], lambda _e: CASE WHEN CAST(_e AS UTINYINT) = 0 THEN NULL END)[1]`;
}

/** As raise, for a text without detail: `anchor` is an operand that keeps the message from being a constant. */
export function raiseAt(anchor: string, text: string): string {
  return raise(text, `left(CAST(${anchor} AS VARCHAR), 0)`);
}

const NAME = /^(?:[A-Za-z_]\w*|"[^"]+")(?:\.(?:[A-Za-z_]\w*|"[^"]+"))*$/;
const LITERAL =
  /^(?:-?[\d.]+|TRUE|FALSE|(?:DATE |TIMESTAMP |TIME )?'[^']{0,40}'|make_timestamptz\(-?\d+\)|CAST\((?:'[^']{0,40}'|-?[\d.]+|NULL) AS [\w(), ]+\))$/;

/** True where repeating the text costs nothing: a column, a short literal, a field of a struct column. */
export function isSimple(sql: string): boolean {
  const field = /^struct_extract\((.*), 'f\d+'\)$/.exec(sql);
  return field ? isSimple(field[1] as string) : NAME.test(sql) || LITERAL.test(sql);
}

export function isConstant(sql: string): boolean {
  return LITERAL.test(sql);
}

/**
 * SQL of a body that names its operands several times, each evaluated once. Operands that are columns or literals are
 * repeated as they are; others become the variable of a one-element list_transform, which costs DuckDB some 20 ns a
 * row, while repeating them would grow the SQL exponentially with nesting (and repeat volatile functions).
 */
export function bind(operands: readonly string[], body: (...names: string[]) => string): string {
  if (operands.every(isSimple)) return body(...operands);
  return bindAll(operands, body);
}

/** As bind, for functions that are NULL where any operand is, whatever else may be wrong with the others. */
export function strict(operands: readonly string[], body: (...names: string[]) => string): string {
  return bind(operands, (...names) => {
    const isNull = names
      .filter((name) => !isConstant(name) || /NULL/.test(name))
      .map((name) => `${name} IS NULL`);
    return isNull.length > 0
      ? `(CASE WHEN ${isNull.join(" OR ")} THEN NULL ELSE ${body(...names)} END)`
      : body(...names);
  });
}

/** As bind, but also for columns: nothing outside of the body is evaluated inside of it. Literals stay. */
export function bindAll(operands: readonly string[], body: (...names: string[]) => string): string {
  const bound = operands.filter((sql) => !isConstant(sql));
  // A name that no operand contains: bindings nest, and an inner variable would hide an outer one.
  const depths = operands.flatMap((sql) =>
    [...sql.matchAll(/\b_v(\d+)\b/g)].map((match) => Number(match[1])),
  );
  const name = `_v${Math.max(0, ...depths) + 1}`;
  const single = bound.length === 1;
  const names = operands.map((sql) => {
    const place = bound.indexOf(sql);
    return place < 0 ? sql : single ? name : `${name}.a${place}`;
  });
  if (bound.length === 0) return `list_transform([0], lambda ${name}: ${body(...names)})[1]`;
  const value = single
    ? bound[0]
    : `struct_pack(${bound.map((sql, place) => `a${place} := ${sql}`).join(", ")})`;
  return `list_transform([${value}], lambda ${name}: ${body(...names)})[1]`;
}

/**
 * NULL where the body fails. The body stands in a lambda for a second reason than evaluating its operands outside:
 * DuckDB's elimination of common subexpressions would otherwise lift a failing part out of two equal TRYs.
 */
export function tryNull(operands: readonly string[], body: (...names: string[]) => string): string {
  return bindAll(operands, (...names) => `TRY(${body(...names)})`);
}

export function isKind(type: SqlType, ...kinds: SqlType["kind"][]): boolean {
  return kinds.includes(type.kind);
}

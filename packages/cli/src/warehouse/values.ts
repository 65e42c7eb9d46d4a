/** A column as BigQuery's REST API describes it. */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly mode?: string;
  readonly fields?: readonly Field[];
}

/** A value as BigQuery's REST API writes it: strings for scalars, `{v}` for elements, `{f: [{v}]}` for structs. */
export type Cell =
  | string
  | null
  | readonly { readonly v: Cell }[]
  | { readonly f: readonly { readonly v: Cell }[] };

const numeric = new Set(["INTEGER", "INT64", "FLOAT", "FLOAT64", "NUMERIC", "BIGNUMERIC"]);

export function isNumeric(field: Field): boolean {
  return numeric.has(field.type) && field.mode !== "REPEATED";
}

/** The type as GoogleSQL writes it. */
export function typeText(field: Field): string {
  if (field.mode === "REPEATED") return `ARRAY<${typeText({ ...field, mode: "NULLABLE" })}>`;
  if (field.type === "RECORD" || field.type === "STRUCT") {
    return `STRUCT<${(field.fields ?? []).map((part) => `${part.name} ${typeText(part)}`).join(", ")}>`;
  }
  return { INTEGER: "INT64", FLOAT: "FLOAT64", BOOLEAN: "BOOL" }[field.type] ?? field.type;
}

/**
 * A value in JSON. INT64 is a number where a double holds it exactly, else a string; NUMERIC is always a string, so that
 * no cent is lost and a column keeps one type; FLOAT64 is a number (NaN and the infinities: strings), BOOL a boolean,
 * JSON itself; TIMESTAMP is ISO 8601 in UTC; every other scalar is BigQuery's text.
 */
export function toJson(cell: Cell, field: Field): unknown {
  if (field.mode === "REPEATED") {
    const element = { ...field, mode: "NULLABLE" };
    return ((cell ?? []) as readonly { v: Cell }[]).map((item) => toJson(item.v, element));
  }
  if (cell === null) return null;
  if (typeof cell !== "string") {
    const cells = "f" in cell ? cell.f : [];
    const fields = field.fields ?? [];
    return Object.fromEntries(
      fields.map((part, place) => [
        part.name || `_field_${place + 1}`,
        toJson(cells[place]?.v ?? null, part),
      ]),
    );
  }
  switch (field.type) {
    case "INTEGER":
    case "INT64":
      return Number.isSafeInteger(Number(cell)) ? Number(cell) : cell;
    case "FLOAT":
    case "FLOAT64":
      return Number.isFinite(Number(cell)) ? Number(cell) : cell;
    case "BOOLEAN":
    case "BOOL":
      return cell === "true";
    case "JSON":
      return JSON.parse(cell);
    case "TIMESTAMP":
      return timestampText(cell);
    default:
      return cell;
  }
}

/** A value as text for a table or a CSV file; NULL is null. Arrays, structs and JSON are JSON text. */
export function toText(cell: Cell, field: Field): string | null {
  if (field.mode !== "REPEATED") {
    if (cell === null) return null;
    if (typeof cell === "string") return field.type === "TIMESTAMP" ? timestampText(cell) : cell;
  }
  return JSON.stringify(toJson(cell, field));
}

/** From microseconds since the epoch (or seconds with a fraction) to 2024-01-31T08:00:00Z, as many digits as needed. */
export function timestampText(cell: string): string {
  if (!/^-?\d+$/.test(cell)) {
    const seconds = Number(cell);
    if (!Number.isFinite(seconds)) return cell;
    return timestampText(String(Math.round(seconds * 1e6)));
  }
  const micros = BigInt(cell);
  const second = 1_000_000n;
  const fraction = ((micros % second) + second) % second;
  const whole = new Date(Number((micros - fraction) / 1000n)).toISOString().slice(0, 19);
  const year = whole.startsWith("+") || whole.startsWith("-") ? whole.slice(0, 22) : whole;
  if (fraction === 0n) return `${year}Z`;
  const digits = String(fraction).padStart(6, "0");
  return `${year}.${digits.endsWith("000") ? digits.slice(0, 3) : digits}Z`;
}

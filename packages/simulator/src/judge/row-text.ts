import type { PlannedBenefit } from "./rows.ts";
import { instantOf, instantText } from "./time.ts";

/** A row as BigQuery's TO_JSON_STRING writes it, which decides between versions that arrived at the same instant. */
export function rowText(row: object, columns: string): string {
  const values = row as Readonly<Record<string, unknown>>;
  const fields = columns.split(/\s+/).map((column) => {
    const [name = "", kind = "text"] = column.split(":");
    return `${JSON.stringify(name)}:${valueText(values[name] ?? null, kind)}`;
  });
  return `{${fields.join(",")}}`;
}

/** Which of two texts BigQuery sorts first: by code point, which is the order of their UTF-8 bytes. */
export function textOrder(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function valueText(value: unknown, kind: string): string {
  if (kind === "benefits") return `[${((value ?? []) as PlannedBenefit[]).map(benefitText).join(",")}]`;
  if (value === null) return "null";
  switch (kind) {
    case "integer":
    case "float":
    case "boolean":
      return String(value);
    case "numeric":
      return numericText(String(value));
    case "instant":
      return JSON.stringify(instantText(instantOf(String(value))));
    default:
      return JSON.stringify(value);
  }
}

/** Whole numbers stand as numbers, others as text, both without trailing zeros. */
function numericText(value: string): string {
  const plain = value.includes(".") ? value.replace(/\.?0+$/, "") : value;
  return plain.includes(".") ? JSON.stringify(plain) : plain;
}

function benefitText(benefit: PlannedBenefit): string {
  return rowText(benefit, "benefit_seq:integer benefit_type template_id planned_amt:numeric");
}

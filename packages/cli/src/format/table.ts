import { stripVTControlCharacters } from "node:util";
import type { Colors } from "../io.ts";
import { displayWidth } from "./width.ts";

export interface TableColumn {
  readonly title: string;
  readonly align?: "left" | "right";
}

/** A table as text: a heading, a rule and rows, with no lines between them; NULL (null) is dimmed. */
export async function table(
  columns: readonly TableColumn[],
  rows: readonly (readonly (string | null)[])[],
  colors: Colors,
  footer?: readonly string[],
): Promise<string> {
  const { default: Table } = await import("cli-table3");
  const made = new Table({
    head: columns.map((column) => colors.dim(column.title)),
    colAligns: columns.map((column) => column.align ?? "left"),
    chars: frame(""),
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
  });
  for (const row of rows) made.push(row.map((cell) => (cell === null ? colors.dim("NULL") : cell)));
  if (footer) made.push(footer.map((cell) => colors.bold(cell)));
  const lines = made
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
  const width = Math.max(...lines.map(printedWidth));
  const rule = colors.dim("─".repeat(width));
  return [
    lines[0],
    rule,
    ...lines.slice(1, lines.length - (footer ? 1 : 0)),
    ...(footer ? [rule, lines.at(-1)] : []),
  ].join("\n");
}

const parts = [
  "top",
  "top-mid",
  "top-left",
  "top-right",
  "bottom",
  "bottom-mid",
  "bottom-left",
  "bottom-right",
  "left",
  "left-mid",
  "mid",
  "mid-mid",
  "right",
  "right-mid",
  "middle",
] as const;

function frame(character: string): Record<(typeof parts)[number], string> {
  return Object.fromEntries(parts.map((part) => [part, character])) as Record<(typeof parts)[number], string>;
}

export function printedWidth(line: string): number {
  return displayWidth(stripVTControlCharacters(line));
}

/** 155848 -> 155,848 */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** An amount given as a decimal text: 4569679.68 -> 4,569,679.68 */
export function amount(value: string | null): string {
  if (value === null) return "";
  const [whole = "0", fraction = ""] = value.split(".");
  const sign = whole.startsWith("-") ? "-" : "";
  return `${sign}${whole.replace("-", "").replace(/\B(?=(\d{3})+$)/g, ",")}.${fraction.padEnd(2, "0")}`;
}

export function seconds(value: number): string {
  return value < 60 ? `${value.toFixed(1)} s` : `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;
}

import type { Column, SqlType } from "@growth/local-bigquery";
import { expect } from "vitest";
import { localMoment, shorten } from "./time.ts";

/** What a query answered: its typed columns, and rows of canonical JS values (NUMERIC as text, INT64 as bigint). */
export interface Rows {
  columns: readonly Column[];
  rows: readonly (readonly unknown[])[];
}

/**
 * Holds rows against a table written as text: a heading, then one line a row, cells between ` | `.
 * The heading picks the columns; `_amt`, `_id`, `_cnt`, `is_` may be left out. Order of rows does not matter.
 * `-` is NULL; days and moments are the business time zone's, without the year 2024; 20 and 20.00 are the same amount.
 */
export function expectRows(actual: Rows, expected: string): void {
  const [heading = [], ...expectedRows] = parseTable(expected);
  const places = heading.map((name) => place(actual.columns, name));
  const types = places.map((at) => actual.columns[at]?.type ?? { kind: "STRING" as const });
  const wanted = expectedRows.map((row, n) => {
    if (row.length !== heading.length) {
      throw new Error(
        `Row ${n + 1} of the expected table has ${row.length} cells under ${heading.length} headings.`,
      );
    }
    return row.map((cell, at) => normalise(cell, types[at] as SqlType));
  });
  const found = actual.rows.map((row) => places.map((at, n) => cellText(row[at], types[n] as SqlType)));
  const widths = heading.map((name, at) =>
    Math.max(...[...wanted, ...found, heading].map((row) => row[at]?.length ?? 0), name.length),
  );
  const text = (rows: readonly (readonly string[])[]) =>
    [heading, ...rows.map((row) => row).sort((a, b) => compare(a.join("|"), b.join("|")))]
      .map((row) =>
        row
          .map((cell, at) => cell.padEnd(widths[at] as number))
          .join(" | ")
          .trimEnd(),
      )
      .join("\n");
  expect(`\n${text(found)}\n`).toBe(`\n${text(wanted)}\n`);
}

/** The sum of an amount column, in cents' text: "128.00". */
export function sumOf(rows: Rows, ...columns: string[]): string {
  const places = columns.map((name) => place(rows.columns, name));
  const cents = rows.rows.reduce(
    (sum, row) => places.reduce((inner, at) => inner + Math.round(Number(row[at] ?? 0) * 100), sum),
    0,
  );
  return (cents / 100).toFixed(2);
}

/** A value as the expected tables write it. */
export function cellText(value: unknown, type: SqlType): string {
  if (value === null || value === undefined) return "-";
  switch (type.kind) {
    case "BOOL":
      return value ? "yes" : "no";
    case "NUMERIC":
      return amountText(String(value));
    case "DATE":
      return shorten(String(value));
    case "TIMESTAMP":
      return shorten(localMoment(new Date(String(value))));
    case "ARRAY":
    case "STRUCT":
      return JSON.stringify(value, (_, v) => (typeof v === "bigint" ? String(v) : v));
    default:
      return String(value);
  }
}

/** Cells of each line; a bar between cells stands between spaces, since a row_key has bars of its own. */
function parseTable(text: string): string[][] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => line.split(/\s+\|\s+/));
}

function place(columns: readonly Column[], heading: string): number {
  const names = [heading, `${heading}_amt`, `${heading}_id`, `${heading}_cnt`, `is_${heading}`];
  for (const name of names) {
    const at = columns.findIndex((column) => column.name === name);
    if (at >= 0) return at;
  }
  throw new Error(`No column "${heading}" among ${columns.map((column) => column.name).join(", ")}.`);
}

function normalise(cell: string, type: SqlType): string {
  if (cell === "-") return cell;
  if (type.kind === "NUMERIC") return amountText(cell);
  if (type.kind === "FLOAT64") return String(Number(cell));
  return cell;
}

/** "20" -> "20.00", "0.125" stays: amounts show their cents, and more only where there is more. */
function amountText(value: string): string {
  const match = /^(-?\d+)(?:\.(\d+?)0*)?$/.exec(value.trim());
  if (!match) return value;
  return `${match[1]}.${(match[2] ?? "").padEnd(2, "0")}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

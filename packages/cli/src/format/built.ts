import { colorsFor, type Io } from "../io.ts";
import type { RunRecord } from "../state/records.ts";
import { count, table } from "./table.ts";

/**
 * What was built: a line a table with its rows, its seconds and, where they ran, how many assertions read it and passed.
 * Tables are built side by side, so that their seconds add up to more than the total, which is the clock's.
 */
export function builtTable(
  io: Io,
  { tables: built, seconds }: Pick<RunRecord, "tables" | "seconds">,
  assertions?: { readonly passed: number; readonly byTable: Readonly<Record<string, number>> },
): Promise<string> {
  const tables = built.filter((table) => !table.isRule);
  const rows = tables.map((built) => [
    built.name,
    built.rows === null ? built.kind : count(built.rows),
    built.seconds.toFixed(1),
    ...(assertions ? [assertionCell(assertions.byTable[built.name])] : []),
  ]);
  const total = [
    tables.length === 1 ? "1 table" : `${tables.length} tables`,
    count(tables.reduce((sum, built) => sum + (built.rows ?? 0), 0)),
    seconds.toFixed(1),
    ...(assertions ? [`${assertions.passed} passed`] : []),
  ];
  const columns = [
    { title: "table" },
    { title: "rows", align: "right" as const },
    { title: "seconds", align: "right" as const },
    ...(assertions ? [{ title: "assertions", align: "right" as const }] : []),
  ];
  return table(columns, rows, colorsFor(io.stdout, io.env), total);
}

function assertionCell(passed: number | undefined): string {
  return passed === undefined ? "" : `${passed} passed`;
}

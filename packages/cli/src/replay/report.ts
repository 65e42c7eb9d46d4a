import { count, table } from "../format/table.ts";
import { colorsFor, type Io } from "../io.ts";
import type { Comparison, Difference } from "./compare.ts";
import { isDifferent, wrongTotals } from "./replay.ts";
import type { Total } from "./truth.ts";

/** Cells shown of one difference. */
const shownCells = 12;

/** What a comparison found: a line a table, and of those that differ the first rows and columns side by side. */
export async function replayReport(
  io: Io,
  comparisons: readonly Comparison[],
  totals: readonly Total[],
): Promise<string> {
  const colors = colorsFor(io.stdout, io.env);
  const right = (title: string) => ({ title, align: "right" as const });
  const sum = (of: (comparison: Comparison) => number) =>
    count(comparisons.reduce((total, comparison) => total + of(comparison), 0));
  const overview = await table(
    [
      { title: "table" },
      right("rows"),
      right("equal"),
      right("missing"),
      right("extra"),
      right("differing"),
      right("cells"),
      right("key repeated"),
    ],
    comparisons.map((one) => [
      isDifferent(one) ? colors.red(one.name) : one.name,
      ...[one.rows, one.equal, one.missing, one.extra, one.differing, one.differingCells, one.repeated].map(
        count,
      ),
    ]),
    colors,
    [
      comparisons.length === 1 ? "1 table" : `${comparisons.length} tables`,
      ...[
        sum((one) => one.rows),
        sum((one) => one.equal),
        sum((one) => one.missing),
        sum((one) => one.extra),
        sum((one) => one.differing),
        sum((one) => one.differingCells),
        sum((one) => one.repeated),
      ],
    ],
  );
  const parts = [overview];
  for (const one of comparisons.filter(isDifferent))
    for (const difference of one.examples) parts.push(await differenceText(io, one.name, difference));
  const wrong = wrongTotals(totals);
  if (wrong.length > 0)
    parts.push(
      await table(
        [{ title: "total" }, right("planted"), right("found")],
        wrong.map(({ name, planted, found }) => [name, planted, found]),
        colors,
      ),
    );
  return parts.join("\n\n");
}

async function differenceText(io: Io, name: string, { key, kind, cells }: Difference): Promise<string> {
  const colors = colorsFor(io.stdout, io.env);
  const id = Object.entries(key).map(([column, value]) => `${column} ${value ?? "NULL"}`);
  const what = {
    missing: "the days do not have this row",
    extra: "only the days have this row",
    differing: "the same row, other cells",
  }[kind];
  const more = cells.length - shownCells;
  const text = await table(
    [{ title: "column" }, { title: "day by day" }, { title: "full refresh" }],
    cells
      .slice(0, shownCells)
      .map((cell) => [
        cell.column,
        kind === "missing" ? "" : cell.days,
        kind === "extra" ? "" : cell.refresh,
      ]),
    colors,
  );
  const rest = more > 0 ? `\n... and ${more} more columns` : "";
  return `${colors.bold(name)}  ${id.join(", ")}: ${what}\n\n${`${text}${rest}`.replace(/^(?=.)/gm, "  ")}`;
}

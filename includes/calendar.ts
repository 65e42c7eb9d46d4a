// The calendar of definitions/calendar.yaml as SQL.
interface Calendar {
  readonly from: string;
  readonly to: string;
  /** Days as MM-DD, every year, or YYYY-MM-DD, both ends included. */
  readonly sales: readonly { readonly name: string; readonly from: string; readonly to: string }[];
}
declare function require(path: string): Calendar;
const calendar = require("includes/calendar_data.js");

/** Rows `ds`, one a day. */
export function days(): string {
  return `UNNEST(GENERATE_DATE_ARRAY(DATE '${calendar.from}', DATE '${calendar.to}'))`;
}

/** The name of the sale on a day, NULL on other days; of several the one written last. */
export function saleName(ds: string): string {
  const cases = calendar.sales.toReversed().map(({ name, from, to }) => {
    const written = from.length === 5 ? `FORMAT_DATE('%m-%d', ${ds})` : `FORMAT_DATE('%Y-%m-%d', ${ds})`;
    return `    WHEN ${written} BETWEEN '${from}' AND '${to}' THEN '${name}'`;
  });
  return cases.length === 0 ? "CAST(NULL AS STRING)" : `CASE\n${cases.join("\n")}\n  END`;
}

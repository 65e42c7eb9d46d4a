import type { Client } from "../warehouse/client.ts";
import { type Cell, type Field, isNumeric, toText } from "../warehouse/values.ts";

/** Two tables of the same columns, by name. */
export interface Pair {
  /** The table as people know it. */
  readonly name: string;
  readonly key: readonly string[];
  /** As the days left it. */
  readonly days: string;
  /** As the full refresh made it. */
  readonly refresh: string;
  /** A condition on both: only these rows are compared. */
  readonly where?: string;
}

export interface Comparison {
  readonly name: string;
  /** Rows of the full refresh. */
  readonly rows: number;
  readonly equal: number;
  /** Only in the full refresh. */
  readonly missing: number;
  /** Only as the days left it. */
  readonly extra: number;
  /** The same key, other cells. */
  readonly differing: number;
  readonly differingCells: number;
  /** Rows beyond the first of their key, on either side: the key promises that there are none. */
  readonly repeated: number;
  /** The first differences, in the order of the key. */
  readonly examples: readonly Difference[];
}

export interface Difference {
  readonly key: Readonly<Record<string, string | null>>;
  readonly kind: "missing" | "extra" | "differing";
  /** The differing cells; of a row that only one side has, all of its cells. */
  readonly cells: readonly {
    readonly column: string;
    readonly days: string | null;
    readonly refresh: string | null;
  }[];
}

/** Rows on one side that are looked at; beyond them a table is told to differ without its rows being paired. */
const readRows = 200_000;
const shownDifferences = 3;
/** Sums of doubles depend on their order in the last digits; what differs by no more is the same number. */
const relativeTolerance = 1e-9;

/**
 * Compares two tables cell by cell. The warehouse finds the rows that are not the same on both sides, with how often each
 * stands there; of these, rows of one key are held against each other.
 */
export async function compareTables(client: Client, pair: Pair): Promise<Comparison> {
  const fields = (await client.columns(pair.refresh)) ?? [];
  const names = fields.map((field) => field.name);
  const before = ((await client.columns(pair.days)) ?? []).map((field) => field.name);
  if (names.join() !== before.join())
    throw new Error(
      `${pair.name} has other columns after a full refresh: ${names.join()}, before ${before.join()}.`,
    );
  const [refreshed, left] = [await counts(client, pair, pair.refresh), await counts(client, pair, pair.days)];
  const extra = await onlyIn(client, pair, pair.days, pair.refresh, fields);
  const missing = await onlyIn(client, pair, pair.refresh, pair.days, fields);
  const repeated = Math.max(refreshed.repeated, left.repeated);
  return { name: pair.name, repeated, ...paired(pair, fields, refreshed.rows, extra, missing) };
}

async function counts(client: Client, { key, where = "TRUE" }: Pair, table: string) {
  const keys = key.map((name) => `\`${name}\``).join(", ");
  const [row] = await client.rows(`SELECT SUM(n) AS n, SUM(n - 1) AS repeated
FROM (SELECT COUNT(*) AS n FROM \`${table}\` WHERE ${where} GROUP BY ${keys})`);
  return { rows: Number(row?.n ?? 0), repeated: Number(row?.repeated ?? 0) };
}

type Row = readonly Cell[];

/** Distinct rows of one table that do not stand equally often in the other; the last cell is how often. */
async function onlyIn(
  client: Client,
  { where = "TRUE" }: Pair,
  table: string,
  other: string,
  fields: readonly Field[],
): Promise<Row[]> {
  // Arrays and structs can not be compared as they are; as text they can.
  const list = fields.map((field) =>
    isScalar(field) ? `\`${field.name}\`` : `TO_JSON_STRING(\`${field.name}\`) AS \`${field.name}\``,
  );
  const counted = (name: string) =>
    `SELECT *, COUNT(*) AS row_cnt FROM (SELECT ${list.join(", ")} FROM \`${name}\` WHERE ${where}) GROUP BY ALL`;
  const answer = await client.query(
    `SELECT * FROM (${counted(table)} EXCEPT DISTINCT ${counted(other)}) LIMIT ${readRows}`,
  );
  const rows: Row[] = [];
  for await (const page of answer.pages) rows.push(...page);
  return rows;
}

function isScalar(field: Field): boolean {
  return field.mode !== "REPEATED" && !["RECORD", "STRUCT", "JSON"].includes(field.type);
}

function paired(
  { key }: Pair,
  fields: readonly Field[],
  rows: number,
  extraRows: readonly Row[],
  missingRows: readonly Row[],
): Omit<Comparison, "name" | "repeated"> {
  const shown = fields.map((field) => (isScalar(field) ? field : { name: field.name, type: "STRING" }));
  const text = (row: Row, at: number) => toText(row[at] ?? null, shown[at] as Field);
  const at = key.map((name) => fields.findIndex((field) => field.name === name));
  const idOf = (row: Row) => JSON.stringify(at.map((place) => text(row, place)));
  const often = (row: Row) => Number(row[fields.length]);
  const sides = new Map<string, { days: Row[]; refresh: Row[] }>();
  const add = (side: "days" | "refresh", row: Row) => {
    const id = idOf(row);
    const both = sides.get(id) ?? { days: [], refresh: [] };
    both[side].push(row);
    sides.set(id, both);
  };
  for (const row of extraRows) add("days", row);
  for (const row of missingRows) add("refresh", row);

  const found = { missing: 0, extra: 0, differing: 0, differingCells: 0 };
  const examples: Difference[] = [];
  for (const id of [...sides.keys()].sort()) {
    const { days, refresh } = sides.get(id) as { days: Row[]; refresh: Row[] };
    const example = (kind: Difference["kind"], cells: Difference["cells"]) => {
      if (examples.length >= shownDifferences) return;
      const row = (days[0] ?? refresh[0]) as Row;
      examples.push({
        kind,
        cells,
        key: Object.fromEntries(key.map((name, n) => [name, text(row, at[n] as number)])),
      });
    };
    const cellsOf = (one: Row | undefined, other: Row | undefined) =>
      fields.flatMap((field, place) => {
        const [a, b] = [one && text(one, place), other && text(other, place)];
        if (one && other && same(a ?? null, b ?? null, field)) return [];
        return [{ column: field.name, days: a ?? null, refresh: b ?? null }];
      });
    const [one, other] = [days[0], refresh[0]];
    const alone =
      days.length === 1 && refresh.length === 1 && one && other && often(one) === 1 && often(other) === 1;
    if (alone) {
      const cells = cellsOf(one, other);
      if (cells.length === 0) continue;
      found.differing++;
      found.differingCells += cells.length;
      example("differing", cells);
      continue;
    }
    const number = (side: readonly Row[]) => side.reduce((sum, row) => sum + often(row), 0);
    found.missing += Math.max(0, number(refresh) - number(days));
    found.extra += Math.max(0, number(days) - number(refresh));
    found.differing += Math.min(number(days), number(refresh));
    const kind = days.length === 0 ? "missing" : refresh.length === 0 ? "extra" : "differing";
    example(kind, cellsOf(one, other));
  }
  return { rows, equal: rows - found.missing - found.differing, ...found, examples };
}

function same(a: string | null, b: string | null, field: Field): boolean {
  if (a === b) return true;
  if (a === null || b === null || !isNumeric(field) || !field.type.startsWith("FLOAT")) return false;
  return (
    Math.abs(Number(a) - Number(b)) <= relativeTolerance * Math.max(Math.abs(Number(a)), Math.abs(Number(b)))
  );
}

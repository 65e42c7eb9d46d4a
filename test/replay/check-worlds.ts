/** Runs small worlds through a warehouse and tells every cell that is not what the judge says. */
import { type Expected, judge } from "../../packages/simulator/src/judge/judge.ts";
import type { RawSources } from "../../packages/simulator/src/judge/rows.ts";
import { instantOf, instantText } from "../../packages/simulator/src/judge/time.ts";
import type { Run } from "../support/compiled.ts";
import type { Rows } from "../support/table-text.ts";
import { typedRows } from "./judged.ts";
import { type TinyWorld, versionsOf } from "./tiny-world.ts";

/** A warehouse that can be filled and run. */
export interface TestedWarehouse {
  /** Forgets everything that was built, and has these versions as its sources. */
  fill(versions: RawSources): Promise<void>;
  /** Builds every table; incrementally where it was built before, unless a full refresh is asked for. */
  run(run: Run, options?: { fullRefresh?: boolean }): Promise<void>;
  rows(table: string): Promise<Rows>;
}

/** The days on which worlds are run, and how they are delivered. */
export interface Plan {
  readonly runs: readonly Run[];
  /** Every world's events lie in days of their own, so that none is rebuilt because of another's. */
  readonly apart?: boolean;
  /** ISO instant of the load of the history. */
  readonly bootstrapAt?: string;
  /** The tables compared with the judge; left out: all that it knows. */
  readonly tables?: readonly string[];
  /** Tables whose rows may belong to several worlds: compared with what the judge says of all worlds together. */
  readonly together?: readonly string[];
}

export interface Difference {
  /** Index of the world; NaN: of several. */
  readonly world: number;
  readonly run: Run;
  /** What was expected by whom: "judge", or "incremental" where a full refresh gives something else. */
  readonly by: "judge" | "incremental";
  readonly table: string;
  readonly key: string;
  /** The column, or "(row)" where the row is missing or too much. */
  readonly column: string;
  readonly expected: string;
  readonly got: string;
}

/** Days between the worlds of a plan that keeps them apart. */
const DAYS_APART = 8;
const MISSING = "no row";

/**
 * Fills the warehouse with all worlds, runs the plan incrementally and compares after each run with the judge, world by
 * world; at the end a full refresh must leave everything as it is. `states`: tables that only the refresh is compared on.
 */
export async function checkWorlds(
  warehouse: TestedWarehouse,
  worlds: readonly TinyWorld[],
  plan: Plan,
  states: readonly string[] = [],
): Promise<Difference[]> {
  const delivered = worlds.map((world, n) =>
    versionsOf(world, { prefix: prefixOf(n), late: plan.apart ? DAYS_APART * n : 0 }),
  );
  await warehouse.fill(together(delivered));
  const found: Difference[] = [];
  let last: Expected[][] = [];
  let shared: Expected[] = [];
  for (const run of plan.runs) {
    await warehouse.run(run);
    last = delivered.map((versions) => judge(versions, momentOf(run, plan), plan.tables));
    shared = plan.together ? judge(together(delivered), momentOf(run, plan), plan.together) : [];
    for (const expected of shared) {
      const texts = cellsByKey(typedRows(expected), expected.key);
      const actual = cellsByKey(await warehouse.rows(expected.table), expected.key);
      for (const cell of cellDifferences(texts, actual))
        found.push({ world: worldOf(cell.key), run, by: "judge", table: expected.table, ...cell });
    }
    for (const { table, key } of last[0] ?? []) {
      const actual = byWorld(await warehouse.rows(table), key);
      last.forEach((expected, world) => {
        const wanted = expected.find((candidate) => candidate.table === table) as Expected;
        const texts = cellsByKey(typedRows(wanted), key);
        for (const cell of cellDifferences(texts, actual.get(world) ?? new Map()))
          found.push({ world, run, by: "judge", table, ...cell });
      });
    }
  }
  const run = plan.runs.at(-1);
  if (!run) return found;
  const keys = [
    ...[...(last[0] ?? []), ...shared].map(({ table, key }) => ({ table, key })),
    ...states.map((table) => ({ table, key: undefined })),
  ];
  const before = await Promise.all(keys.map(({ table }) => warehouse.rows(table)));
  await warehouse.run(run, { fullRefresh: true });
  for (const [place, { table, key }] of keys.entries()) {
    const incremental = byWorld(before[place] as Rows, key);
    const refreshed = byWorld(await warehouse.rows(table), key);
    for (const world of new Set([...incremental.keys(), ...refreshed.keys()])) {
      const cells = cellDifferences(refreshed.get(world) ?? new Map(), incremental.get(world) ?? new Map());
      for (const cell of cells) found.push({ world, run, by: "incremental", table, ...cell });
    }
  }
  return found;
}

/** Differences as lines that a person reads: table, key, column, expected, got. */
export function told(differences: readonly Difference[], limit = 12): string {
  const lines = differences.slice(0, limit).map(({ run, by, table, key, column, expected, got }) => {
    const when = `as of ${run.asOf}`;
    const whom = by === "judge" ? "the judge expects" : "a full refresh gives";
    return `${table} [${key}] ${column}: ${whom} ${expected}, got ${got} (${when})`;
  });
  return [
    ...lines,
    ...(differences.length > limit ? [`... ${differences.length} differences in all`] : []),
  ].join("\n");
}

/** A world's versions, one line each, in the order of their arrival. */
export function toldWorld(world: TinyWorld): string {
  const rows = Object.entries(versionsOf(world)).flatMap(([table, versions]) =>
    (versions as readonly { ingested_at: string }[]).map((row) => ({ table, row })),
  );
  rows.sort((a, b) => instantOf(a.row.ingested_at) - instantOf(b.row.ingested_at));
  return rows
    .map(({ table, row }) => {
      const cells = Object.entries(row).filter(([, value]) => value !== null);
      return `${table}: ${cells.map(([name, value]) => `${name}=${typeof value === "object" ? JSON.stringify(value) : value}`).join(" ")}`;
    })
    .join("\n");
}

function momentOf(run: Run, plan: Plan) {
  return {
    run_date: run.runDate,
    as_of_at: run.asOf,
    ...(plan.bootstrapAt === undefined ? {} : { bootstrap_at: plan.bootstrapAt }),
  };
}

function prefixOf(world: number): string {
  return `w${world}.`;
}

/** The world that a text speaks of, found by the prefix of its ids; NaN: of none, or of several. */
function worldOf(text: string): number {
  return Number(/\bw(\d+)\./.exec(text)?.[1]);
}

/** The versions of many worlds as one platform's. */
export function together(worlds: readonly RawSources[]): RawSources {
  const all: Record<string, object[]> = {};
  for (const world of worlds)
    for (const [table, rows] of Object.entries(world)) {
      all[table] ??= [];
      all[table].push(...rows);
    }
  return all;
}

type Cells = ReadonlyMap<string, string>;
type CellsByKey = ReadonlyMap<string, readonly Cells[]>;

/** A table's rows by world, found by the prefix of their keys, and key; without a key the whole row is its own. */
function byWorld(rows: Rows, key: readonly string[] | undefined): Map<number, CellsByKey> {
  const worlds = new Map<number, (readonly unknown[])[]>();
  for (const row of rows.rows) {
    const world = worldOf(JSON.stringify(row, (_, v) => (typeof v === "bigint" ? Number(v) : v)));
    const own = worlds.get(world);
    if (own) own.push(row);
    else worlds.set(world, [row]);
  }
  return new Map(
    [...worlds].map(
      ([world, own]) => [world, cellsByKey({ columns: rows.columns, rows: own }, key)] as const,
    ),
  );
}

function cellsByKey(rows: Rows, key: readonly string[] | undefined): Map<string, Cells[]> {
  const byKey = new Map<string, Cells[]>();
  for (const row of rows.rows) {
    const cells = new Map(rows.columns.map(({ name, type }, at) => [name, cellText(row[at], type.kind)]));
    const id = (key ?? [...cells.keys()]).map((column) => cells.get(column) ?? "?").join(" ");
    byKey.set(id, [...(byKey.get(id) ?? []), cells]);
  }
  return byKey;
}

function cellDifferences(
  expected: CellsByKey,
  got: CellsByKey,
): Pick<Difference, "key" | "column" | "expected" | "got">[] {
  return [...new Set([...expected.keys(), ...got.keys()])].flatMap((key) => {
    const [wanted = [], found = []] = [expected.get(key), got.get(key)];
    const [one, other] = [wanted[0], found[0]];
    if (wanted.length !== 1 || found.length !== 1 || !one || !other) {
      if (wanted.length === found.length && wanted.every((cells, n) => same(cells, found[n] as Cells)))
        return [];
      const rows = (count: number) => (count === 0 ? MISSING : count === 1 ? "a row" : `${count} rows`);
      return [{ key, column: "(row)", expected: rows(wanted.length), got: rows(found.length) }];
    }
    return [...new Set([...one.keys(), ...other.keys()])]
      .filter((column) => one.get(column) !== other.get(column))
      .map((column) => ({
        key,
        column,
        expected: one.get(column) ?? "no column",
        got: other.get(column) ?? "no column",
      }));
  });
}

function same(a: Cells, b: Cells): boolean {
  return [...a].every(([name, text]) => b.get(name) === text) && a.size === b.size;
}

/** A cell as text that is the same exactly where values are. */
function cellText(value: unknown, kind: string): string {
  if (value === null || value === undefined) return "NULL";
  if (kind === "TIMESTAMP") return instantText(instantOf(String(value)));
  if (kind === "NUMERIC")
    return String(value).includes(".") ? String(value).replace(/\.?0+$/, "") : String(value);
  if (typeof value === "object")
    return JSON.stringify(value, (_, v) => (typeof v === "bigint" ? String(v) : v));
  return String(value);
}

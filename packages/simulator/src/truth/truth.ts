import { DIRT, type DirtBit, type OddDays } from "../delivery/batches.ts";
import { snapshots } from "../delivery/streams.ts";
import type { Simulation } from "../options.ts";
import { type Dimension, keyOf, type Missing } from "../output/dimensions.ts";
import { DAY, dayOf, iso } from "../period.ts";
import type { Platform } from "../platform.ts";
import { type Effect, effects } from "./effects.ts";
import { latest, type Row, rowsOf, streamTables } from "./latest.ts";
import { type Totals, totals } from "./totals.ts";

/** Everything planted, and what the sources add up to at the end: what a warehouse built on them must find. */
export interface Truth {
  readonly simulation: Omit<Simulation, "parameters" | "threads"> & { readonly bootstrap_at: string };
  readonly parameters: Simulation["parameters"];
  /** By source table: rows delivered, keys, and sums over the latest version of every key (currency units, as text). */
  readonly tables: Readonly<Record<string, { readonly rows: number; readonly keys: number } & Row>>;
  /** As of the end: events whose own time has come, on the latest versions. */
  readonly totals: Totals;
  readonly planted: {
    /** Orders by cause: organic, lift (a strategy's), experiment, forward (organic, made earlier by a benefit). */
    readonly orders: Readonly<Record<string, number>>;
    /** Probability that a user makes an organic order number k, from k = 1, were there time enough. */
    readonly reach: readonly number[];
    readonly experiments: readonly Effect[];
  };
  /** Rows delivered with each kind of dirt, by table; and the odd days and missing configuration. */
  readonly dirt: Readonly<Record<DirtBit, Readonly<Record<string, number>>>> & {
    readonly executions_with_empty_benefits: number;
    readonly executions_with_repeated_seq: number;
    readonly users_with_two_groups: number;
    readonly snapshots_without_user: number;
    readonly cancelled_orders: number;
    readonly corrections: Readonly<Record<string, number>>;
    readonly events_after_ingestion: Readonly<Record<string, number>>;
    readonly empty_days: readonly string[];
    readonly doubled_days: readonly string[];
  } & Missing;
}

export async function truthOf(
  platform: Platform,
  simulation: Simulation,
  odd: OddDays,
  configured: { readonly tables: readonly Dimension[]; readonly missing: Missing },
): Promise<Truth> {
  const { period } = platform;
  const { parameters, threads: _, ...rest } = simulation;
  const tables: Record<string, { rows: number; keys: number }> = {};
  for (const { stream, table, sums } of streamTables) {
    await latest(platform, stream);
    const [row] = await rowsOf(
      platform,
      `SELECT (SELECT count(*) FROM sent_${stream}) AS rows, count(*) AS keys${sums ? `, ${sums}` : ""} FROM now_${stream}`,
    );
    tables[table] = row as { rows: number; keys: number };
  }
  for (const dimension of configured.tables) {
    const keys = new Set(dimension.rows.map((row) => keyOf(dimension, row)));
    tables[dimension.table] = { rows: dimension.rows.length, keys: keys.size };
  }
  const reach = await rowsOf(platform, "SELECT probability FROM reach ORDER BY k");
  const orders = await rowsOf(
    platform,
    "SELECT cause, count(*) AS n FROM purchase GROUP BY cause ORDER BY cause",
  );
  const day = (d: number) => dayOf(period.start + d * DAY);
  return {
    simulation: { ...rest, bootstrap_at: iso(period.bootstrapAt) },
    parameters,
    tables,
    totals: await totals(platform),
    planted: {
      orders: Object.fromEntries(orders.map((row) => [String(row.cause), Number(row.n)])),
      reach: reach.map((row) => Number(row.probability)),
      experiments: await effects(platform),
    },
    dirt: {
      ...(await dirtCounts(platform)),
      ...configured.missing,
      empty_days: odd.empty.map(day),
      doubled_days: odd.doubled.map(day),
    },
  };
}

async function dirtCounts(platform: Platform) {
  const kinds = Object.entries(DIRT) as [DirtBit, number][];
  const byKind = Object.fromEntries(kinds.map(([kind]) => [kind, {} as Record<string, number>])) as Record<
    DirtBit,
    Record<string, number>
  >;
  const early: Record<string, number> = {};
  for (const { stream, table, event } of streamTables) {
    const groups = await rowsOf(
      platform,
      `SELECT dirt, count(*) AS rows, ${event ? `count_if(${event} >= ing)` : "0"} AS early FROM sent_${stream} GROUP BY dirt`,
    );
    for (const group of groups)
      for (const [kind, bit] of kinds)
        if (Number(group.dirt) & bit) byKind[kind][table] = (byKind[kind][table] ?? 0) + Number(group.rows);
    const ahead = groups.reduce((sum, group) => sum + Number(group.early), 0);
    if (ahead > 0) early[table] = ahead;
  }
  const one = async (query: string) => Number((await rowsOf(platform, `SELECT (${query}) AS n`))[0]?.n);
  const corrections = await rowsOf(
    platform,
    `SELECT kind, count(*) AS n FROM (
      SELECT concat('order ', kind) AS kind FROM order_correction
      UNION ALL SELECT concat('execution ', kind) FROM execution_correction
      UNION ALL SELECT CASE WHEN is_coupon THEN 'coupon claim day' ELSE 'allowance claim day' END FROM claim_correction
    ) GROUP BY kind ORDER BY kind`,
  );
  return {
    ...byKind,
    events_after_ingestion: early,
    executions_with_empty_benefits: await one("SELECT count(*) FROM execution WHERE is_empty"),
    executions_with_repeated_seq: await one(
      "SELECT count(DISTINCT x) FROM sent_execution WHERE list % 4 = 2",
    ),
    users_with_two_groups: await one(
      "SELECT count(*) FROM (SELECT e, u FROM now_assignment GROUP BY e, u HAVING count(DISTINCT g) > 1)",
    ),
    snapshots_without_user: await one(
      `SELECT sum(end_n - first_n) - (SELECT count(*) FROM now_tag) FROM (${snapshots(platform)})`,
    ),
    cancelled_orders: await one("SELECT count(*) FROM purchase WHERE cancelled IS NOT NULL"),
    corrections: Object.fromEntries(corrections.map((row) => [String(row.kind), Number(row.n)])),
  };
}

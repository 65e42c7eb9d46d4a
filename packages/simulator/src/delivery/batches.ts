import { chance } from "../catalog/catalog.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../period.ts";
import type { Platform } from "../platform.ts";

/** Bits of the column `dirt`: what went wrong with a delivered row. */
export const DIRT = {
  late: 1,
  very_late: 2,
  out_of_order: 4,
  clock_skew: 8,
  empty_day: 16,
  duplicate: 32,
  redelivery: 64,
  doubled_day: 128,
  tie: 256,
  /** Of an order, in all tables that it concerns at once. */
  order_correction: 512,
  retry: 1024,
  /** Of one row alone. */
  row_correction: 2048,
} as const;
export type DirtBit = keyof typeof DIRT;

/** Days on which nothing arrives (it comes right after), and days whose batches arrive once more; numbered from 0. */
export interface OddDays {
  readonly empty: readonly number[];
  readonly doubled: readonly number[];
}

export function oddDays(platform: Platform, seed: number): OddDays {
  const { dirt, period } = platform;
  const first = (period.bootstrapAt - period.start) / DAY + 2;
  const room = period.days - first - 3;
  const chosen = new Set<number>();
  const draw = (kind: string, n: number) => {
    const days: number[] = [];
    for (let i = 0; days.length < n && i < 50 * n && room > 0; i++) {
      const day = first + Math.floor(chance(seed, kind, i) * room);
      // Not next to another odd day: a day's rows come right after it, and no two days' rows mix.
      if ([day - 1, day, day + 1].some((d) => chosen.has(d))) continue;
      chosen.add(day);
      days.push(day);
    }
    return days.sort((a, b) => a - b);
  };
  return { empty: draw("empty day", dirt.empty_days), doubled: draw("doubled day", dirt.doubled_days) };
}

export interface Stream {
  /** Of the table delivered: `sent_<name>`. */
  readonly name: string;
  /**
   * Query of the versions: key (BIGINT; draws and versions go by it), seq (0, 1, ... in time order), known (us: when the
   * platform knows it), dirt (bits already there), and the row's columns.
   */
  readonly versions: string;
  /** Tables follow each other within a batch. */
  readonly seconds: number;
  /** Share of keys that come hours to a day after their companions; 0 where order does not matter. */
  readonly outOfOrder?: boolean;
  /** Which versions may carry a time that is still ahead when they arrive; always a key's first version. */
  readonly clockSkew?: string;
  /** A column and an expression for another value of it: in ties, two versions of a key that arrive at once. */
  readonly tie?: { readonly column: string; readonly other: string };
}

/**
 * Table `sent_<name>`: the versions as they arrive: their columns, ing (us, when they arrived) and dirt.
 *
 * A batch closes every few minutes and carries what happened until then. What a key's versions suffer (lateness) all of
 * them do, so that they arrive in order of seq. What arrives up to the bootstrap arrives there, as it then stands.
 */
export async function send(platform: Platform, odd: OddDays, stream: Stream): Promise<void> {
  const { draw, dirt, period } = platform;
  const { name } = stream;
  // One draw decides on which of the kinds, if any, a key suffers.
  const bound = (rate: number) => {
    reached += rate;
    return reached;
  };
  let reached = 0;
  const kind = draw.uniform("key", `${name} lag kind`);
  const lagged = `CASE
      -- What concerns several tables arrives in all of them together, long after the rows that it corrects.
      WHEN dirt & ${DIRT.order_correction} != 0 THEN 0
      WHEN ${kind} >= ${dirt.very_late_rate + dirt.late_rate + dirt.out_of_order_rate + dirt.clock_skew_rate} THEN 0
      WHEN ${kind} < ${bound(dirt.very_late_rate)} THEN ${DIRT.very_late}
      WHEN ${kind} < ${bound(dirt.late_rate)} THEN ${DIRT.late}
      WHEN ${kind} < ${bound(dirt.out_of_order_rate)} THEN ${stream.outOfOrder ? DIRT.out_of_order : 0}
      WHEN known > ${period.bootstrapAt + DAY} AND (${stream.clockSkew ?? "FALSE"}) THEN ${DIRT.clock_skew}
      ELSE 0 END`;
  const lag = (from: number, length: number, unit: number) =>
    `floor((${from} + ${length} * ${draw.uniform("key", `${name} lag`)}) * ${unit})::BIGINT`;
  const batch = platform.parameters.delivery.every_minutes * MINUTE;
  const day = `((ing - ${period.start}) // ${DAY})`;
  const isEmpty = odd.empty.length === 0 ? "FALSE" : `${day} IN (${odd.empty.join(", ")})`;
  // A day's rows in order within a few seconds after its end, before the next day's first batch.
  const after = `${period.start} + (${day} + 1) * ${DAY} + (ing - ${period.start} - ${day} * ${DAY}) // 10000 + seq`;
  await platform.sql(`CREATE TABLE sent_${name} AS
WITH lagging AS (
  SELECT
    *,
    ${lagged} AS lagged
  FROM (${stream.versions})
),
stamped AS (
  SELECT
    * EXCLUDE (lagged) REPLACE (dirt + lagged AS dirt),
    CASE WHEN lagged = ${DIRT.clock_skew} THEN known - ${lag(5, 200, MINUTE)}
    ELSE
      ${period.start} + ((known - ${period.start} + CASE lagged
        WHEN ${DIRT.very_late} THEN ${lag(4, 5, DAY)}
        WHEN ${DIRT.late} THEN ${lag(0.5, 1.3, DAY)}
        WHEN ${DIRT.out_of_order} THEN ${lag(2, 20, HOUR)}
        ELSE 0 END + ${batch - 1}) // ${batch}) * ${batch} + ${stream.seconds * SECOND} + seq * 1000
    END AS ing
  FROM lagging
)
SELECT
  * EXCLUDE (known) REPLACE (
    CASE WHEN ${isEmpty} THEN dirt + ${DIRT.empty_day} ELSE dirt END AS dirt,
    CASE WHEN ${isEmpty} THEN ${after} ELSE ing END AS ing)
FROM stamped
WHERE CASE WHEN ${isEmpty} THEN ${after} ELSE ing END < ${period.end}`);
  await bootstrap(platform, name);
  await repeat(platform, odd, stream);
}

/** What arrived up to the bootstrap: one version a key, the latest, stamped with it. */
async function bootstrap(platform: Platform, name: string): Promise<void> {
  const { bootstrapAt } = platform.period;
  const found = await platform.connection.runAndReadAll(
    `SELECT 1 FROM sent_${name} WHERE ing <= ${bootstrapAt} LIMIT 1`,
  );
  if (found.getRows().length === 0) return;
  await platform.sql(`CREATE TABLE history AS
SELECT * REPLACE (0 AS dirt, ${bootstrapAt} AS ing)
FROM sent_${name}
WHERE ing <= ${bootstrapAt}
QUALIFY row_number() OVER (PARTITION BY key ORDER BY ing DESC) = 1`);
  await platform.sql(`DELETE FROM sent_${name} WHERE ing <= ${bootstrapAt}`);
  await platform.sql(`INSERT INTO sent_${name} FROM history`);
  await platform.sql("DROP TABLE history");
}

/** Rows that arrive again: at once, later while nothing newer of the key has arrived, or with their whole day. */
async function repeat(platform: Platform, odd: OddDays, stream: Stream): Promise<void> {
  const { draw, dirt, period } = platform;
  const { name, tie } = stream;
  if (dirt.duplicate_rate + dirt.redelivery_rate + dirt.tie_rate + odd.doubled.length === 0) return;
  const kind = draw.uniform("(key * 8 + seq)", `${name} again`);
  const day = `((ing - ${period.start}) // ${DAY})`;
  const isDoubled = odd.doubled.length === 0 ? "FALSE" : `${day} IN (${odd.doubled.join(", ")})`;
  const redelivered = dirt.duplicate_rate + dirt.redelivery_rate;
  await platform.sql(`CREATE TABLE again AS
SELECT * REPLACE (dirt | again AS dirt), CASE again
  WHEN ${DIRT.redelivery} THEN ing + floor((0.1 + 2 * ${draw.uniform("(key * 8 + seq)", `${name} redelivered`)}) * ${DAY})::BIGINT
  WHEN ${DIRT.doubled_day} THEN ${period.start} + (${day} + 1) * ${DAY} + ${6 * HOUR} + (ing - ${period.start} - ${day} * ${DAY}) // 10000 + seq
  ELSE ing END AS again_ing
FROM (
  SELECT *, CASE
    WHEN ${kind} < ${dirt.duplicate_rate} THEN ${DIRT.duplicate}
    WHEN ${kind} < ${redelivered} THEN ${DIRT.redelivery}
    WHEN ${kind} < ${redelivered + (tie ? dirt.tie_rate : 0)} THEN ${DIRT.tie}
    WHEN ${isDoubled} THEN ${DIRT.doubled_day}
    ELSE 0 END AS again
  FROM sent_${name}
  WHERE ing > ${period.bootstrapAt} AND (${isDoubled} OR ${kind} < ${redelivered + dirt.tie_rate})
)
WHERE again > 0`);
  // Nor does anything come again on a day on which nothing arrives.
  if (odd.empty.length > 0)
    await platform.sql(`UPDATE again SET again_ing = again_ing + ${DAY}
WHERE again_ing != ing AND (again_ing - ${period.start}) // ${DAY} IN (${odd.empty.join(", ")})`);
  // What comes again later must not come after something newer of its key: it would undo it.
  await platform.sql(`CREATE TABLE later AS
SELECT key, seq, ing FROM sent_${name} SEMI JOIN (FROM again WHERE again_ing != ing) AS again USING (key) WHERE seq > 0`);
  await platform.sql(`INSERT INTO sent_${name}
SELECT * EXCLUDE (again, again_ing) REPLACE (again_ing AS ing${tie ? `, CASE WHEN again = ${DIRT.tie} THEN ${tie.other} ELSE ${tie.column} END AS ${tie.column}` : ""})
FROM again
WHERE again_ing < ${period.end} AND (again_ing = ing OR NOT EXISTS (
  SELECT 1 FROM later WHERE later.key = again.key AND later.seq > again.seq AND later.ing <= again.again_ing))`);
  await platform.sql("DROP TABLE again");
  await platform.sql("DROP TABLE later");
}

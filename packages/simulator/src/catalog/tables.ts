import { stages } from "../parameters/types.ts";
import { DAY } from "../period.ts";
import type { Platform } from "../platform.ts";
import { createTable } from "../sql.ts";
import type { Catalog } from "./catalog.ts";

/** The catalog as tables for the set-wise steps; everything by number, amounts in cents, times in microseconds. */
export async function createCatalog(platform: Platform, catalog: Catalog): Promise<void> {
  const { parameters, period } = platform;
  const crowdIndex = new Map(parameters.crowds.map((crowd, i) => [crowd.code, i]));
  const sceneIndex = new Map(parameters.scenes.map((scene, i) => [scene.code, i]));
  const day = (instant: number) => Math.round((instant - period.start) / DAY);

  await createTable(
    platform,
    "template",
    {
      t: "INTEGER",
      is_coupon: "BOOLEAN",
      type: "VARCHAR",
      threshold: "BIGINT",
      face: "BIGINT",
      rate: "DOUBLE",
      max_discount: "BIGINT",
      share: "INTEGER",
      valid_days: "BIGINT",
      window_from: "BIGINT",
      window_to: "BIGINT",
      starts_tomorrow: "BOOLEAN",
      is_seller: "BOOLEAN",
      redeem: "DOUBLE",
      changes_at: "BIGINT",
      face_after: "BIGINT",
      part_1: "DOUBLE",
      part_2: "DOUBLE",
      part_3: "DOUBLE",
    },
    catalog.templates.map((t) => [
      t.t,
      t.isCoupon,
      t.type,
      t.threshold,
      t.face,
      t.rate,
      t.maxDiscount,
      t.platformShare,
      t.validDays,
      t.window?.from ?? null,
      t.window?.to ?? null,
      t.startsTomorrow,
      t.isSeller,
      t.redeem,
      t.changes?.at ?? null,
      t.changes?.face ?? null,
      t.parts[0] ?? 0,
      t.parts[1] ?? 0,
      t.parts[2] ?? 0,
    ]),
  );

  await createTable(
    platform,
    "version",
    { v: "INTEGER", strategy: "VARCHAR", version: "INTEGER", claim: "DOUBLE", lift: "DOUBLE" },
    catalog.versions.map((v) => [v.v, v.strategy, v.version, v.claim, v.lift]),
  );
  await createTable(
    platform,
    "version_benefit",
    { v: "INTEGER", seq: "INTEGER", t: "INTEGER", planned: "BIGINT" },
    catalog.versions.flatMap((v) => v.benefits.map((b) => [v.v, b.seq, b.t, b.planned])),
  );

  await createTable(
    platform,
    "version_scene",
    { v: "INTEGER", scene: "INTEGER" },
    catalog.versions.flatMap((v) => v.scenes.map((scene) => [v.v, sceneIndex.get(scene) as number])),
  );

  // Which versions run on a day, for a crowd, in a scene; as often in the list as the strategy's weight says.
  await createTable(
    platform,
    "running",
    {
      v: "INTEGER",
      crowd: "INTEGER",
      scene: "INTEGER",
      weight: "INTEGER",
      day_from: "INTEGER",
      day_to: "INTEGER",
    },
    catalog.versions.flatMap((v) =>
      v.scenes.flatMap((scene) =>
        outside({ from: v.from, to: v.to }, v.tested).map((range) => [
          v.v,
          v.crowd === null ? null : (crowdIndex.get(v.crowd) as number),
          sceneIndex.get(scene) as number,
          v.weight,
          day(range.from),
          day(range.to),
        ]),
      ),
    ),
  );
  await platform.sql(`CREATE TABLE eligible AS
WITH bound AS (
  SELECT day_from AS d FROM running UNION SELECT day_to FROM running
),
span AS (
  SELECT d AS day_from, lead(d) OVER (ORDER BY d) AS day_to FROM bound
),
constant AS (
  SELECT span.day_from, span.day_to, crowds.crowd::INTEGER AS crowd, scene, list(v ORDER BY v, copy) AS vs
  FROM span
  JOIN running ON running.day_from <= span.day_from AND span.day_from < running.day_to
  JOIN range(${parameters.crowds.length}) AS crowds(crowd) ON running.crowd IS NULL OR running.crowd = crowds.crowd
  JOIN range(100) AS copies(copy) ON copy < weight
  GROUP BY ALL
)
SELECT unnest(range(day_from, day_to))::INTEGER AS d, crowd, scene, vs
FROM constant`);

  await createTable(
    platform,
    "experiment",
    {
      e: "INTEGER",
      type: "VARCHAR",
      from_us: "BIGINT",
      to_us: "BIGINT",
      bucket_from: "DOUBLE",
      bucket_to: "DOUBLE",
      trigger_share: "DOUBLE",
      forward_days: "INTEGER",
    },
    catalog.experiments.map((x) => {
      const of = parameters.experiments[x.e];
      return [
        x.e,
        of?.type ?? "",
        x.from,
        x.to,
        x.bucketFrom,
        x.bucketTo,
        of?.triggered ?? 0,
        of?.forward_days ?? null,
      ];
    }),
  );
  // version NULL: nothing is delivered; -1: whatever strategy triggers.
  await createTable(
    platform,
    "experiment_group",
    {
      e: "INTEGER",
      g: "INTEGER",
      share_from: "DOUBLE",
      share_to: "DOUBLE",
      v: "INTEGER",
      logged_v: "INTEGER",
      ...Object.fromEntries(stages.map((stage) => [`lift_${stage}`, "DOUBLE" as const])),
    },
    parameters.experiments.flatMap((x, e) => {
      let reached = 0;
      const number = (version: number) =>
        catalog.versions.find((v) => v.strategy === x.strategy && v.version === version)?.v ?? null;
      const treated = x.groups.find((g) => typeof g.version === "number")?.version;
      return x.groups.map((group, g) => {
        const from = reached;
        reached += group.actual ?? group.share;
        const v = group.version === "any" ? -1 : group.version === undefined ? null : number(group.version);
        const logged = v ?? (typeof treated === "number" ? number(treated) : -1);
        return [e, g, from, reached, v, logged, ...stages.map((stage) => group.lift?.[stage] ?? 0)];
      });
    }),
  );

  await createTable(
    platform,
    "promotion",
    {
      p: "INTEGER",
      type: "VARCHAR",
      share: "INTEGER",
      threshold: "BIGINT",
      amount: "BIGINT",
      rate: "DOUBLE",
      start_us: "BIGINT",
      end_us: "BIGINT",
    },
    catalog.promotions.map((p) => [
      p.p,
      p.of.type,
      Math.round(p.of.platform_share * 1000),
      p.of.threshold === undefined ? null : Math.round(p.of.threshold * 100),
      p.of.amount === undefined ? null : Math.round(p.of.amount * 100),
      p.of.rate ?? null,
      p.start,
      p.end,
    ]),
  );
  await createTable(
    platform,
    "promotion_target",
    { p: "INTEGER", target: "VARCHAR", n: "INTEGER", day_from: "INTEGER", day_to: "INTEGER" },
    catalog.promotions
      .filter((p) => p.of.id !== "GIFT")
      .flatMap((p) =>
        p.targets.map((target) => [
          p.p,
          target.type,
          target.n,
          Math.floor((p.start - period.start) / DAY),
          Math.floor((p.end - period.start) / DAY),
        ]),
      ),
  );
  // Promotions that apply to a target on a day.
  await platform.sql(`CREATE TABLE promotion_day AS
SELECT target, n, d::INTEGER AS d, list(p ORDER BY p) AS ps
FROM promotion_target
JOIN range(${period.days}) AS days(d) ON day_from <= d AND d <= day_to
GROUP BY ALL`);
}

/** The parts of a range that another one leaves. */
function outside(
  range: { from: number; to: number },
  gap: { from: number; to: number } | null,
): { from: number; to: number }[] {
  const parts = gap
    ? [
        { from: range.from, to: Math.min(range.to, gap.from) },
        { from: Math.max(range.from, gap.to), to: range.to },
      ]
    : [range];
  return parts.filter((part) => part.from < part.to);
}

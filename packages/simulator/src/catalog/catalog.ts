import { createHash } from "node:crypto";
import type { Parameters, Promotion } from "../parameters/types.ts";
import { DAY, dayAt, HOUR, type Period, SECOND } from "../period.ts";
import { cents } from "../sql.ts";

/** The platform's small tables: what is configured, numbered for the set-wise steps. Amounts in cents, times instants. */
export interface Catalog {
  readonly templates: readonly Template[];
  readonly versions: readonly Version[];
  readonly experiments: readonly ExperimentRun[];
  readonly promotions: readonly PromotionRun[];
}

export interface Template {
  /** Its number; coupons first. */
  readonly t: number;
  readonly id: string;
  readonly isCoupon: boolean;
  readonly type: "threshold_off" | "percent_off" | "direct_off" | "allowance";
  readonly threshold: number | null;
  readonly face: number | null;
  readonly rate: number | null;
  readonly maxDiscount: number | null;
  /** Platform's share of a discount, in thousandths. */
  readonly platformShare: number;
  readonly validDays: number | null;
  readonly window: { readonly from: number; readonly to: number } | null;
  readonly startsTomorrow: boolean;
  readonly isSeller: boolean;
  readonly redeem: number;
  readonly changes: { readonly at: number; readonly face: number } | null;
  readonly parts: readonly number[];
}

export interface Version {
  readonly v: number;
  readonly strategy: string;
  readonly version: number;
  readonly crowd: string | null;
  readonly scenes: readonly string[];
  readonly weight: number;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly budget: number | null;
  readonly claim: number;
  readonly lift: number;
  readonly benefits: readonly { readonly seq: number; readonly t: number; readonly planned: number | null }[];
  /** While an experiment tests the strategy, nobody outside the experiment gets it. */
  readonly tested: { readonly from: number; readonly to: number } | null;
}

export interface ExperimentRun {
  readonly e: number;
  readonly id: string;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** Share of the users, as bounds of a number drawn for each. */
  readonly bucketFrom: number;
  readonly bucketTo: number;
}

export interface PromotionRun {
  readonly p: number;
  readonly id: string;
  readonly of: Promotion;
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
  readonly targets: readonly { readonly type: "goods" | "seller" | "category" | "all"; readonly n: number }[];
}

/** The free gift on some orders: takes the whole price of its line off. */
export const giftPromotion: Promotion = {
  id: "GIFT",
  name: "满赠",
  type: "multi_buy",
  rate: 1,
  platform_share: 0,
  every_days: 100_000,
  lasts_days: 100_000,
  targets: { all: true },
};

export function catalogOf(parameters: Parameters, period: Period, seed: number): Catalog {
  const templates = templatesOf(parameters, period);
  const experiments: ExperimentRun[] = [];
  let bucket = 0;
  for (const [e, x] of parameters.experiments.entries()) {
    experiments.push({
      e,
      id: x.id,
      from: dayAt(period, x.from),
      to: dayAt(period, x.to),
      bucketFrom: bucket,
      bucketTo: bucket + x.traffic,
    });
    bucket += x.traffic;
  }
  return {
    templates,
    experiments,
    versions: versionsOf(parameters, period, templates, experiments),
    promotions: promotionsOf(parameters, period, seed),
  };
}

function templatesOf(parameters: Parameters, period: Period): Template[] {
  const amount = (value: number | undefined) => (value === undefined ? null : cents(value));
  const coupons = parameters.coupon_templates.map((c) => ({
    id: c.id,
    isCoupon: true,
    type: c.type,
    threshold: amount(c.threshold),
    face: amount(c.face),
    rate: c.rate ?? null,
    maxDiscount: amount(c.max_discount),
    platformShare: Math.round(c.platform_share * 1000),
    validDays: c.valid_days ?? null,
    window: c.window ? { from: dayAt(period, c.window.from), to: dayAt(period, c.window.to) - SECOND } : null,
    startsTomorrow: c.starts_tomorrow ?? false,
    isSeller: c.slot === "seller",
    redeem: c.redeem,
    changes: c.changes ? { at: dayAt(period, c.changes.at) + 10 * HOUR, face: cents(c.changes.face) } : null,
    parts: [],
  }));
  const allowances = parameters.allowance_templates.map((a) => ({
    id: a.id,
    isCoupon: false,
    type: "allowance" as const,
    threshold: cents(a.min_order),
    face: cents(a.face),
    rate: null,
    maxDiscount: null,
    platformShare: Math.round(a.platform_share * 1000),
    validDays: a.valid_days,
    window: null,
    startsTomorrow: false,
    isSeller: false,
    redeem: a.redeem,
    changes: null,
    parts: a.parts,
  }));
  return [...coupons, ...allowances].map((template, t) => ({ t, ...template }));
}

function versionsOf(
  parameters: Parameters,
  period: Period,
  templates: readonly Template[],
  experiments: readonly ExperimentRun[],
): Version[] {
  const byId = new Map(templates.map((template) => [template.id, template]));
  const tested = new Map(
    parameters.experiments.flatMap((x, e) => {
      const run = experiments[e];
      return x.strategy && run ? [[x.strategy, { from: run.from, to: run.to }] as const] : [];
    }),
  );
  return parameters.strategies
    .flatMap((s) =>
      s.versions.map((version, i) => ({
        strategy: s.id,
        version: i + 1,
        crowd: s.crowd ?? null,
        scenes: s.scenes,
        weight: s.weight,
        from: dayAt(period, version.from),
        to: dayAt(period, version.to),
        budget: version.budget === undefined ? null : cents(version.budget),
        claim: version.claim,
        lift: version.lift,
        benefits: version.benefits.map((id, b) => {
          const template = byId.get(id) as Template;
          return { seq: b + 1, t: template.t, planned: template.face ?? template.maxDiscount };
        }),
        tested: tested.get(s.id) ?? null,
      })),
    )
    .map((version, v) => ({ v, ...version }));
}

function promotionsOf(parameters: Parameters, period: Period, seed: number): PromotionRun[] {
  const runs: PromotionRun[] = [];
  for (const promotion of [giftPromotion, ...parameters.promotions]) {
    for (let n = 0; n * promotion.every_days < period.days; n++) {
      const first = period.start + n * promotion.every_days * DAY;
      const hours = promotion.hours ?? { from: 0, to: 24 };
      const id = `${promotion.id}-${String(n + 1).padStart(3, "0")}`;
      const some = (what: string, size: number, of: number) =>
        new Set(Array.from({ length: size }, (_, i) => Math.floor(chance(seed, id, what, i) * of)));
      runs.push({
        p: runs.length,
        id,
        of: promotion,
        start: first + hours.from * HOUR,
        end: first + (promotion.lasts_days - 1) * DAY + hours.to * HOUR - SECOND,
        targets: [
          ...[...some("goods", promotion.targets.goods ?? 0, parameters.orders.goods)].map(
            (g) => ({ type: "goods", n: g }) as const,
          ),
          ...[...some("seller", promotion.targets.sellers ?? 0, parameters.orders.sellers)].map(
            (s) => ({ type: "seller", n: s }) as const,
          ),
          ...[...some("category", promotion.targets.categories ?? 0, parameters.orders.categories)].map(
            (c) => ({ type: "category", n: c }) as const,
          ),
          ...(promotion.targets.all ? [{ type: "all", n: 0 } as const] : []),
        ],
      });
    }
  }
  return runs;
}

/** A number from 0 to below 1 that the seed and the parts decide: for the few things drawn outside SQL. */
export function chance(seed: number, ...parts: readonly (string | number)[]): number {
  return (
    createHash("sha256")
      .update([seed, ...parts].join("\0"))
      .digest()
      .readUIntBE(0, 6) /
    2 ** 48
  );
}

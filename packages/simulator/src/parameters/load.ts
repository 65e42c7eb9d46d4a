import { readFileSync } from "node:fs";
import { parse } from "yaml";
import {
  count,
  day,
  flag,
  label,
  list,
  map,
  monthDay,
  number,
  object,
  oneOf,
  positive,
  rate,
  type Shape,
  text,
  whole,
} from "./shape.ts";
import { type Dirt, dirtCounts, dirtRates, type Parameters, stages } from "./types.ts";

/** A parameter file that does not say a possible platform; `problems` says all that is wrong, each with its path. */
export class ParameterError extends Error {
  override readonly name = "ParameterError";
  readonly problems: readonly string[];

  constructor(file: string, problems: readonly string[]) {
    super(`${file} does not describe a platform:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}

/** `parameters` with every entry checked; throws a ParameterError with all problems found. */
export function checkParameters(parameters: unknown, file: string): Parameters {
  const problems: string[] = [];
  shape(parameters, "parameters", problems);
  if (problems.length === 0) problems.push(...dangling(parameters as Parameters));
  if (problems.length > 0) throw new ParameterError(file, problems);
  return parameters as Parameters;
}

/** A set of dirt with the kinds that it leaves out at 0. */
export function completeDirt(dirt: Readonly<Partial<Dirt>>): Dirt {
  return Object.fromEntries([...dirtRates, ...dirtCounts].map((kind) => [kind, dirt[kind] ?? 0])) as Dirt;
}

/** Reads and checks a parameter file. */
export function readParameters(file: string): Parameters {
  return checkParameters(parse(readFileSync(file, "utf8")), file);
}

const weighted = list(object({ code: label, weight: positive }));
const delay = object({ median_days: positive, shape: positive });
const lifts = object(Object.fromEntries(stages.map((stage) => [stage, rate])));
const dirt = object({
  ...Object.fromEntries(dirtRates.map((kind) => [`${kind}?`, rate])),
  ...Object.fromEntries(dirtCounts.map((kind) => [`${kind}?`, whole])),
});
const either =
  (a: Shape, b: Shape): Shape =>
  (value, path, problems) => {
    const mine: string[] = [];
    a(value, path, mine);
    if (mine.length > 0) b(value, path, problems);
  };

const shape = object({
  presets: map(object({ users: count, from: day, to: day, seed: whole, dirt: text, bootstrap_days: whole })),
  delivery: object({ every_minutes: count, tags_every_days: count, tags_until_days: count }),
  calendar: object({
    weekday: list(positive, 7),
    month: list(positive, 12),
    hour: list(positive, 24),
    sales: list(object({ name: text, from: monthDay, to: monthDay, weight: positive })),
  }),
  users: object({
    registered_before_share: rate,
    before_days: count,
    moved_rate: rate,
    genders: weighted,
    ages: weighted,
    cities: weighted,
    levels: weighted,
    live: weighted,
  }),
  crowds: list(object({ code: text, name: text, weight: positive })),
  purchase: object({
    ever_share: rate,
    first_gap: delay,
    gap: delay,
    repeat: object({ first: rate, limit: rate, pace: positive }),
    rate_sigma: number,
    max_orders: count,
  }),
  orders: object({
    lines: weighted,
    quantities: weighted,
    channels: weighted,
    goods: count,
    sellers: count,
    categories: count,
    price: object({ median: positive, sigma: number }),
    level_price: list(positive, 5),
    cancelled_rate: rate,
    split_payment_rate: rate,
    split_never_rate: rate,
    slow_payment_rate: rate,
    gift_rate: rate,
    synthetic_coupon_rate: rate,
  }),
  refunds: object({
    whole_order_rate: rate,
    one_line_rate: rate,
    part_rate: rate,
    rejected_rate: rate,
    two_step_rate: rate,
    benefit_return_rate: rate,
    coupon_part_return_rate: rate,
    delay,
  }),
  triggers: object({ per_user_day: number, rate_sigma: number, faithful_days: count, later_share: rate }),
  scenes: list(object({ code: text, name: text, group: text, weight: positive, claim: number })),
  claims: object({
    at_once_share: rate,
    delay: object({ median_hours: positive, shape: positive }),
    without_seq_rate: rate,
    centre_per_user_day: number,
    centre_templates: list(text),
    gift_allowances_per_user_day: number,
    gift_allowance_templates: list(text),
    voided_rate: rate,
    expired_status_rate: rate,
    revoked_rate: rate,
  }),
  redemptions: object({ delay, allowances_per_order: count, reuse_rate: rate, synthetic_template: text }),
  coupon_templates: list(
    object({
      id: text,
      name: text,
      type: oneOf("threshold_off", "percent_off", "direct_off"),
      "threshold?": positive,
      "face?": positive,
      "rate?": rate,
      "max_discount?": positive,
      platform_share: rate,
      "valid_days?": count,
      "window?": object({ from: rate, to: rate }),
      redeem: rate,
      "budget?": positive,
      "issue_limit?": count,
      slot: oneOf("platform", "seller"),
      "starts_tomorrow?": flag,
      "changes?": object({ at: rate, face: positive }),
    }),
  ),
  allowance_templates: list(
    object({
      id: text,
      name: text,
      face: positive,
      min_order: number,
      platform_share: rate,
      valid_days: count,
      redeem: rate,
      "budget?": positive,
      parts: list(rate),
    }),
  ),
  promotions: list(
    object({
      id: text,
      name: text,
      type: oneOf("direct_off", "threshold_off", "percent_off", "multi_buy", "flash_sale"),
      "threshold?": positive,
      "amount?": positive,
      "rate?": rate,
      platform_share: rate,
      every_days: count,
      lasts_days: count,
      "hours?": object({ from: whole, to: whole }),
      targets: object({ "goods?": count, "sellers?": count, "categories?": count, "all?": flag }),
    }),
  ),
  strategies: list(
    object({
      id: text,
      name: text,
      "crowd?": text,
      owner: text,
      weight: count,
      scenes: list(text),
      versions: list(
        object({ from: rate, to: rate, "budget?": positive, claim: rate, lift: rate, benefits: list(text) }),
      ),
    }),
  ),
  experiments: list(
    object({
      id: text,
      name: text,
      type: oneOf("ab", "reverse", "holdout"),
      "strategy?": text,
      from: rate,
      to: rate,
      traffic: rate,
      triggered: rate,
      primary_metric: text,
      "forward_days?": count,
      groups: list(
        object({
          code: text,
          share: rate,
          "actual?": rate,
          "baseline?": flag,
          "version?": either(count, oneOf("any")),
          "lift?": lifts,
        }),
      ),
    }),
  ),
  dirt: map(dirt),
});

/** Names that nothing defines, and numbers that do not fit together. */
function dangling(p: Parameters): string[] {
  const problems: string[] = [];
  const known = (what: string, name: string, names: readonly string[], path: string) => {
    if (!names.includes(name)) problems.push(`${path} names ${what} ${name}, which is not defined`);
  };
  const coupons = p.coupon_templates.map((t) => t.id);
  const allowances = p.allowance_templates.map((t) => t.id);
  const scenes = p.scenes.map((s) => s.code);
  const crowds = p.crowds.map((c) => c.code);
  const strategies = p.strategies.map((s) => s.id);
  for (const name of Object.keys(p.presets))
    known("dirt", p.presets[name]?.dirt ?? "", Object.keys(p.dirt), `presets.${name}.dirt`);
  for (const s of p.strategies) {
    if (s.crowd) known("crowd", s.crowd, crowds, `strategies.${s.id}.crowd`);
    for (const scene of s.scenes) known("scene", scene, scenes, `strategies.${s.id}.scenes`);
    for (const version of s.versions)
      for (const template of version.benefits)
        known("template", template, [...coupons, ...allowances], `strategies.${s.id}.versions`);
  }
  for (const template of p.claims.centre_templates)
    known("coupon template", template, coupons, "claims.centre_templates");
  for (const template of p.claims.gift_allowance_templates)
    known("allowance template", template, allowances, "claims.gift_allowance_templates");
  known("coupon template", p.redemptions.synthetic_template, coupons, "redemptions.synthetic_template");
  for (const x of p.experiments) {
    const path = `experiments.${x.id}`;
    if (x.strategy) known("strategy", x.strategy, strategies, path);
    else if (x.type !== "holdout") problems.push(`${path} is no holdout and names no strategy`);
    const sums = { share: x.groups.map((g) => g.share), actual: x.groups.map((g) => g.actual ?? g.share) };
    for (const [name, shares] of Object.entries(sums))
      if (Math.abs(shares.reduce((a, b) => a + b, 0) - 1) > 1e-9)
        problems.push(`${path}: the groups' ${name} does not add up to 1`);
    const versions = p.strategies.find((s) => s.id === x.strategy)?.versions.length ?? 0;
    for (const g of x.groups)
      if (typeof g.version === "number" && g.version > versions)
        problems.push(`${path}.${g.code} gets version ${g.version}, which ${x.strategy} does not have`);
  }
  const traffic = p.experiments.reduce((sum, x) => sum + x.traffic, 0);
  if (traffic > 1 + 1e-9) problems.push(`experiments take ${traffic} of the users: expected at most 1`);
  for (const t of p.coupon_templates) {
    const path = `coupon_templates.${t.id}`;
    const isPercent = t.type === "percent_off";
    if (isPercent !== (t.rate !== undefined) || isPercent !== (t.face === undefined))
      problems.push(`${path}: percent_off says a rate and no face, the other types a face and no rate`);
    if ((t.valid_days === undefined) === (t.window === undefined))
      problems.push(`${path} says either valid_days or a window`);
  }
  if (1440 % p.delivery.every_minutes !== 0)
    problems.push(`delivery.every_minutes is ${p.delivery.every_minutes}: expected a divisor of 1440`);
  return problems;
}

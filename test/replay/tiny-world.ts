/**
 * Tiny worlds in which everything collides: a few keys a source, versions that contradict each other, events and arrivals
 * around midnight in both time zones, at the edges of windows, late, early and never. A world is a list of versions, so
 * that it shrinks by leaving versions out; amounts and keys are small on purpose.
 */
import fc from "fast-check";
import type { RawSources } from "../../packages/simulator/src/judge/rows.ts";
import { sources } from "../../packages/simulator/src/judge/rows.ts";
import { addDays } from "../../packages/simulator/src/judge/time.ts";
import { OFFSET } from "../support/time.ts";

/** Day 0 of every world. */
export const FIRST_DAY = "2024-06-01";
/** The last day on which versions still arrive; one arrives the day after. */
export const LAST_DAY = 4;

/** A day, counted from day 0, and a time of that day. */
interface At {
  readonly day: number;
  readonly time: string;
}

const near = fc.integer({ min: 0, max: LAST_DAY });
/** Around the window of claims after a trigger, and the far ends of the wide tables' windows. */
const far = fc.constantFrom(-1, 5, -26, -28, -29, -30, -31, -32, -495, -496, -499, -595, -596, -599);
const at = fc.record({
  day: fc.oneof({ weight: 9, arbitrary: near }, { weight: 2, arbitrary: far }),
  // Noon is when an unfinished day is run; 08:00 in Shanghai is midnight in UTC.
  time: fc.constantFrom("10:00:00", "12:00:00", "00:00:00", "08:00:00", "23:59:59", "07:59:59"),
});
/** Of triggers: mostly before the claims. */
const early = fc.record({
  day: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(0, 1) },
    { weight: 2, arbitrary: near },
    { weight: 1, arbitrary: far },
  ),
  time: fc.constantFrom("10:00:00", "12:00:00", "00:00:00", "08:00:00", "23:59:59"),
});
const arrival = fc.record({
  day: fc.oneof({ weight: 20, arbitrary: near }, { weight: 1, arbitrary: fc.constant(LAST_DAY + 1) }),
  time: fc.constantFrom("11:00:00", "12:00:00", "00:00:00", "23:59:59.999999", "07:59:59"),
});
const seldom = (arbitrary: fc.Arbitrary<boolean>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary });
const often = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 5, arbitrary }, { weight: 1, arbitrary: fc.constant(null) });
const few = (n: number) => fc.integer({ min: 0, max: n - 1 });
const cents = fc.constantFrom(500, 1000, 333, 667, 1, 2999, 0);
const positive = fc.constantFrom(500, 1000, 333, 667, 1, 2999);
const share = fc.constantFrom(100, 0, 50, 33);
const end = fc.record({
  day: fc.constantFrom(2, 3, 4, 30, 1, 5, -1, 503, 700),
  time: fc.constantFrom("23:59:59", "00:00:00", "12:00:00"),
});
/** Of the three benefits of an execution the second is an allowance, mostly. */
const seq = (usual: readonly number[]) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(1, 2, 3) },
  );

/** The events of a world with so many order lines, two an order. */
const eventsWith = (lines: number) => ({
  trigger: fc.record({
    kind: fc.constant("trigger" as const),
    log: few(4),
    execution: few(2),
    user: few(2),
    at: early,
    scene: few(2),
    version: fc.integer({ min: 1, max: 2 }),
    group: fc.oneof(
      { weight: 4, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom("treatment", "control") },
    ),
    benefits: fc.array(
      fc.record({
        seq: fc.constantFrom(1, 2, 3),
        odd: seldom(fc.boolean()),
        template: few(2),
        planned: often(cents),
      }),
      { maxLength: 5 },
    ),
    arrival,
  }),
  coupon: fc.record({
    kind: fc.constant("coupon" as const),
    coupon: few(2),
    template: few(2),
    user: few(2),
    at,
    execution: often(few(2)),
    seq: often(seq([1, 3])),
    face: often(cents),
    validTo: end,
    status: fc.constantFrom("claimed", "claimed", "used", "expired", "voided"),
    synthetic: fc.boolean(),
    arrival,
  }),
  grant: fc.record({
    kind: fc.constant("grant" as const),
    allowance: few(2),
    template: few(2),
    user: few(2),
    at,
    execution: often(few(2)),
    seq: often(seq([2])),
    amount: positive,
    validTo: often(end),
    arrival,
  }),
  flow: fc.record({
    kind: fc.constant("flow" as const),
    flow: few(4),
    allowance: few(2),
    type: fc.constantFrom("use", "return", "expire", "revoke"),
    line: few(lines),
    // Few instants, so that flows meet at one.
    at: fc.record({ day: near, time: fc.constantFrom("12:00:00", "10:00:00") }),
    amount: fc.constantFrom(500, 1, 333, 1000, 167),
    arrival,
  }),
  line: fc.record({
    kind: fc.constant("line" as const),
    line: few(lines),
    goods: few(2),
    seller: few(2),
    category: few(2),
    list: fc.constantFrom(10000, 5000, 3333, 1),
    pay: fc.constantFrom(1000, 500, 0, 7001),
    created: at,
    paid: often(at),
    arrival,
  }),
  record: fc.record({
    kind: fc.constant("record" as const),
    record: few(7),
    line: few(lines),
    benefit: fc.constantFrom("coupon", "allowance", "promotion"),
    id: few(2),
    discount: cents,
    negative: seldom(fc.boolean()),
    platform: share,
    returned: fc.option(at, { freq: 2 }),
    arrival,
  }),
  refund: fc.record({
    kind: fc.constant("refund" as const),
    refund: few(3),
    line: few(lines),
    amount: cents,
    status: fc.constantFrom("succeeded", "succeeded", "applied", "rejected"),
    at,
    arrival,
  }),
  target: fc.record({
    kind: fc.constant("target" as const),
    promotion: few(2),
    target: fc.constantFrom("goods", "seller", "category", "all"),
    id: few(2),
    type: fc.constantFrom("direct_off", "multi_buy"),
    platform: share,
    start: at,
    arrival,
  }),
  template: fc.record({
    kind: fc.constant("template" as const),
    template: few(2),
    type: fc.constantFrom("direct_off", "percent_off"),
    threshold: often(cents),
    most: often(cents),
    platform: share,
    arrival,
  }),
  scene: fc.record({ kind: fc.constant("scene" as const), scene: few(2), group: often(few(2)), arrival }),
  tag: fc.record({
    kind: fc.constant("tag" as const),
    user: few(2),
    day: fc.oneof(near, fc.constantFrom(-1, -6, -7, -8)),
    level: often(few(2)),
    crowd: often(few(2)),
    live: often(few(2)),
    arrival,
  }),
  strategy: fc.record({
    kind: fc.constant("strategy" as const),
    strategy: few(2),
    version: fc.integer({ min: 1, max: 2 }),
    budget: often(fc.constantFrom(100000, 1000, 0)),
    from: often(at),
    to: often(end),
    arrival,
  }),
  registration: fc.record({
    kind: fc.constant("registration" as const),
    user: few(3),
    at: often(at),
    arrival,
  }),
});
type Events = ReturnType<typeof eventsWith>;
type Event = { [Kind in keyof Events]: Events[Kind] extends fc.Arbitrary<infer T> ? T : never }[keyof Events];
export type TinyWorld = readonly Event[];

/** Worlds of a few dozen versions; of more order lines than three, the users have several orders each. */
export function worldsWith(lines: number): fc.Arbitrary<TinyWorld> {
  const events = eventsWith(lines);
  return fc.array(
    fc.oneof(
      { weight: 4, arbitrary: events.trigger },
      { weight: 4, arbitrary: events.coupon },
      { weight: 3, arbitrary: events.grant },
      { weight: 6, arbitrary: events.flow },
      { weight: 2 * lines, arbitrary: events.line },
      { weight: 10, arbitrary: events.record },
      { weight: lines, arbitrary: events.refund },
      { weight: 3, arbitrary: events.target },
      { weight: 3, arbitrary: events.template },
      { weight: 2, arbitrary: events.registration },
      { weight: 1, arbitrary: events.scene },
      { weight: 3, arbitrary: events.tag },
      { weight: 2, arbitrary: events.strategy },
    ) as fc.Arbitrary<Event>,
    { maxLength: 60, size: "max" },
  );
}

/** Worlds in which few lines meet many discounts. */
export const tinyWorld = worldsWith(3);

export interface Placing {
  /** Stands before every id, so that many worlds can share a warehouse. */
  readonly prefix?: string;
  /**
   * Moves triggers, claims, payments and starts of promotions of days -1..5 this many days into the past, not what
   * follows them (returns, refunds, ends of validity) and not arrivals: the world lies in partitions of its own.
   */
  readonly late?: number;
}

/** The world's versions by source table. */
export function versionsOf(world: TinyWorld, { prefix = "", late = 0 }: Placing = {}): RawSources {
  const rows: Record<string, object[]> = {};
  const moved = ({ day, time }: At) => moment({ day: day >= -1 ? day - late : day, time });
  const id = (letter: string, n: number | null) => (n === null ? null : `${prefix}${letter}${n}`);
  for (const event of world) {
    const [source, row] = version(event, id, moved);
    const { table } = sources[source];
    rows[table] ??= [];
    rows[table].push({ ...row, ingested_at: moment(event.arrival) });
  }
  return rows;
}

/** The instant of a day and time of the business time zone. */
export function moment({ day, time }: At): string {
  return new Date(`${addDays(FIRST_DAY, day)}T${time.slice(0, 8)}${OFFSET}`)
    .toISOString()
    .replace(".000Z", `${time.slice(8) || ".000"}Z`);
}

type Named = (letter: string, n: number | null) => string | null;

function version(event: Event, id: Named, on: (at: At) => string): [keyof typeof sources, object] {
  const ordered = (line: number) => ({ order_line_id: id("L", line), order_id: id("O", line >> 1) });
  const owner = (line: number) => id("u", (line >> 1) & 1);
  const type = ({ seq, odd }: { seq: number; odd: boolean }) =>
    (seq === 2) === odd ? "coupon" : "allowance";
  const template = (type: string, n: number) => id(type === "coupon" ? "T" : "A", n);
  switch (event.kind) {
    case "trigger":
      return [
        "triggerLog",
        {
          log_id: id("G", event.log),
          execution_id: id("E", event.execution),
          user_id: id("u", event.user),
          strategy_id: id("S", event.execution),
          strategy_version: event.version,
          scene_code: `scene${event.scene}`,
          triggered_at: on(event.at),
          experiment_id: event.group === null ? null : id("X", 0),
          experiment_group: event.group,
          benefits: event.benefits.map((benefit) => ({
            benefit_seq: benefit.seq,
            benefit_type: type(benefit),
            template_id: template(type(benefit), benefit.template),
            planned_amt: amount(benefit.planned),
          })),
        },
      ];
    case "coupon":
      return [
        "coupon",
        {
          coupon_id: id("K", event.coupon),
          coupon_template_id: template("coupon", event.template),
          user_id: id("u", event.user),
          claim_at: on(event.at),
          claim_scene_code: "scene0",
          execution_id: id("E", event.execution),
          benefit_seq: event.execution === null ? null : event.seq,
          face_amt: amount(event.face),
          valid_from: on(event.at),
          valid_to: moment(event.validTo),
          coupon_status: event.status,
          is_synthetic: event.synthetic,
        },
      ];
    case "grant":
      return [
        "ledger",
        {
          flow_id: id("W", event.allowance)?.concat("-grant"),
          allowance_id: id("W", event.allowance),
          allowance_template_id: template("allowance", event.template),
          user_id: id("u", event.user),
          flow_type: "grant",
          amt: amount(event.amount),
          order_line_id: null,
          occurred_at: on(event.at),
          valid_to: event.validTo === null ? null : moment(event.validTo),
          execution_id: id("E", event.execution),
          benefit_seq: event.execution === null ? null : event.seq,
        },
      ];
    case "flow":
      return [
        "ledger",
        {
          flow_id: id("F", event.flow),
          allowance_id: id("W", event.allowance),
          allowance_template_id: template("allowance", 0),
          user_id: id("u", 0),
          flow_type: event.type,
          amt: amount(event.amount),
          order_line_id: event.type === "use" || event.type === "return" ? id("L", event.line) : null,
          occurred_at: moment(event.at),
          valid_to: null,
          execution_id: null,
          benefit_seq: null,
        },
      ];
    case "line":
      return [
        "orderLine",
        {
          ...ordered(event.line),
          user_id: owner(event.line),
          seller_id: `seller${event.seller}`,
          goods_id: `goods${event.goods}`,
          category_id: `category${event.category}`,
          qty: 1,
          list_amt: amount(event.list),
          pay_amt: amount(event.pay),
          order_status: event.paid === null ? "created" : "paid",
          created_at: on(event.created),
          paid_at: event.paid === null ? null : on(event.paid),
          channel_code: "mall",
        },
      ];
    case "record": {
      const discount = event.negative ? -event.discount : event.discount;
      const platform = Math.trunc((discount * event.platform) / 100);
      const letter = { coupon: "K", allowance: "W", promotion: "P" }[event.benefit] ?? "?";
      return [
        "orderBenefit",
        {
          order_benefit_id: id("R", event.record),
          ...ordered(event.line),
          benefit_type: event.benefit,
          benefit_id: id(letter, event.id),
          discount_amt: amount(discount),
          platform_amt: amount(platform),
          merchant_amt: amount(discount - platform),
          used_at: on(event.arrival),
          returned_at: event.returned === null ? null : moment(event.returned),
        },
      ];
    }
    case "refund":
      return [
        "refund",
        {
          refund_id: id("B", event.refund),
          ...ordered(event.line),
          refund_amt: amount(event.amount),
          refund_status: event.status,
          refunded_at: moment(event.at),
          is_benefit_returned: false,
        },
      ];
    case "target":
      return [
        "promotionTarget",
        {
          promotion_id: id("P", event.promotion),
          promotion_name: "a promotion",
          promotion_type: event.type,
          target_type: event.target,
          target_id: event.target === "all" ? "all" : `${event.target}${event.id}`,
          threshold_amt: null,
          discount_amt: null,
          discount_rate: null,
          platform_share: String(event.platform / 100),
          start_at: on(event.start),
          end_at: null,
          promotion_status: "online",
        },
      ];
    case "template":
      return [
        "couponTemplate",
        {
          coupon_template_id: id("T", event.template),
          template_name: "a template",
          coupon_type: event.type,
          threshold_amt: amount(event.threshold),
          face_amt: null,
          discount_rate: null,
          max_discount_amt: amount(event.most),
          scope_type: null,
          platform_share: String(event.platform / 100),
          issue_limit_cnt: null,
          budget_amt: null,
          valid_from: null,
          valid_to: null,
          valid_days: null,
        },
      ];
    case "scene":
      return [
        "scene",
        {
          scene_code: `scene${event.scene}`,
          scene_name: "a scene",
          scene_group: event.group === null ? null : `group${event.group}`,
        },
      ];
    case "tag":
      return [
        "userTag",
        {
          ds: addDays(FIRST_DAY, event.day),
          user_id: id("u", event.user),
          consumption_level: event.level === null ? null : `L${event.level + 1}`,
          crowd_code: event.crowd === null ? null : `crowd${event.crowd}`,
          live_activity_level: event.live === null ? null : ["none", "high"][event.live],
        },
      ];
    case "strategy":
      return [
        "strategy",
        {
          strategy_id: id("S", event.strategy),
          strategy_version: event.version,
          strategy_name: "a strategy",
          crowd_code: null,
          scene_codes: [],
          budget_amt: amount(event.budget),
          valid_from: event.from === null ? null : on(event.from),
          valid_to: event.to === null ? null : moment(event.to),
          owner: null,
          strategy_status: "online",
        },
      ];
    case "registration":
      return [
        "user",
        {
          user_id: id("u", event.user),
          registered_at: event.at === null ? null : on(event.at),
          gender_code: null,
          age_band: null,
          city_tier: null,
        },
      ];
  }
}

function amount(value: number | null): string | null {
  return value === null ? null : (value / 100).toFixed(2);
}

import fc from "fast-check";

/**
 * A small world's script: what happens, in no particular order of time. Every reference to something is a number that is
 * taken modulo what there is, so that a script with any event left out is still a script: failing worlds shrink.
 */
export interface Script {
  readonly days: number;
  readonly users: number;
  readonly events: readonly Event[];
}

/** When something happens, and how what it changes is delivered. */
export interface Moment {
  /** Day from 0, taken modulo the days. */
  readonly day: number;
  readonly second: number;
  /** Of the rows that the event writes, one after the other: how each arrives; the list is gone through again and again. */
  readonly deliveries: readonly Delivery[];
}
export interface Delivery {
  /** Minutes from the event (or from what the row follows) to the arrival; negative: the event's clock is ahead. */
  readonly lag: number;
  /** Minutes after which the same row comes again; 0: at once, twice. */
  readonly again: number | null;
  /** Another version of the row arrives at the same instant. */
  readonly tie: boolean;
}
export interface OrderLine {
  readonly goods: number;
  readonly qty: number;
  readonly cents: number;
  /** Which promotions take what off, in percent of the list price. */
  readonly promotions: readonly { readonly promotion: number; readonly percent: number }[];
  /** Minutes from the order's payment to the line's; null: never paid. */
  readonly later: number | null;
}
export type Event =
  | (Moment & {
      readonly kind: "trigger";
      readonly user: number;
      readonly strategy: number;
      readonly scene: number;
      /** Templates by number; two may have the same seq. */
      readonly benefits: readonly { readonly template: number; readonly seq: number }[];
      readonly group: "treatment" | "control" | null;
      /** Seconds to the same execution under another log_id. */
      readonly retry: number | null;
    })
  | (Moment & {
      readonly kind: "claim";
      /** Execution, or none: a coupon or allowance that no strategy issued. */
      readonly execution: number | null;
      readonly benefit: number;
      readonly user: number;
      readonly hasSeq: boolean;
      readonly validHours: number;
      readonly synthetic: boolean;
    })
  | (Moment & {
      readonly kind: "order";
      readonly user: number;
      readonly lines: readonly OrderLine[];
      readonly coupons: readonly number[];
      readonly allowances: readonly { readonly allowance: number; readonly percent: number }[];
      /** Minutes to the payment; null: never paid. */
      readonly paid: number | null;
    })
  | (Moment & {
      readonly kind: "refund";
      readonly line: number;
      readonly percent: number;
      readonly status: "applied" | "succeeded" | "rejected";
      readonly returns: boolean;
    })
  | (Moment & { readonly kind: "return"; readonly line: number; readonly percent: number })
  | (Moment & { readonly kind: "lose"; readonly claim: number; readonly how: "expire" | "revoke" })
  | (Moment & { readonly kind: "tag"; readonly user: number; readonly level: number; readonly crowd: number })
  | (Moment & { readonly kind: "assign"; readonly user: number; readonly group: number })
  | (Moment & {
      readonly kind: "correct";
      readonly row: number;
      readonly change: number;
      readonly size: number;
    });

const small = fc.nat({ max: 12 });

/** A second of the day, as often as not within a few of a midnight: here, or in UTC. */
const second = fc.oneof(
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 86_399 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 28_799, 28_800, 28_801, 86_398, 86_399) },
);

const delivery: fc.Arbitrary<Delivery> = fc.record({
  lag: fc.oneof(
    { weight: 5, arbitrary: fc.constant(1) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 1440 }) },
    { weight: 2, arbitrary: fc.integer({ min: 1440, max: 7 * 1440 }) },
    { weight: 1, arbitrary: fc.integer({ min: -1440, max: -1 }) },
  ),
  again: fc.option(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3 * 1440 })), { freq: 8 }),
  tie: fc.oneof({ weight: 15, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

const moment = {
  day: small,
  second,
  deliveries: fc.array(delivery, { minLength: 1, maxLength: 3 }),
};

const line: fc.Arbitrary<OrderLine> = fc.record({
  goods: small,
  qty: fc.oneof(fc.constant(1), fc.integer({ min: 0, max: 3 })),
  cents: fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.constantFrom(0, 1, 2, 100, 9_999)),
  promotions: fc.array(fc.record({ promotion: small, percent: fc.integer({ min: 0, max: 50 }) }), {
    maxLength: 2,
  }),
  later: fc.oneof(
    { weight: 8, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 * 1440 }) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
});

const event = (kind: string, fields: Record<string, fc.Arbitrary<unknown>>, weight: number) => ({
  weight,
  arbitrary: fc.record({ kind: fc.constant(kind), ...moment, ...fields }) as unknown as fc.Arbitrary<Event>,
});

const events = fc.oneof(
  event(
    "trigger",
    {
      user: small,
      strategy: small,
      scene: small,
      benefits: fc.array(fc.record({ template: small, seq: fc.integer({ min: 1, max: 3 }) }), {
        maxLength: 3,
      }),
      group: fc.oneof(
        { weight: 3, arbitrary: fc.constant(null) },
        { weight: 2, arbitrary: fc.constantFrom("treatment", "control") },
      ),
      retry: fc.option(fc.constantFrom(0, 1, 60, 43_200), { freq: 5 }),
    },
    5,
  ),
  event(
    "claim",
    {
      execution: fc.option(small, { freq: 4 }),
      benefit: small,
      user: small,
      hasSeq: fc.oneof(
        { weight: 5, arbitrary: fc.constant(true) },
        { weight: 1, arbitrary: fc.constant(false) },
      ),
      validHours: fc.oneof(fc.constant(240), fc.integer({ min: 0, max: 96 })),
      synthetic: fc.oneof(
        { weight: 8, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
    },
    5,
  ),
  event(
    "order",
    {
      user: small,
      lines: fc.array(line, { minLength: 1, maxLength: 3 }),
      coupons: fc.array(small, { maxLength: 2 }),
      allowances: fc.array(fc.record({ allowance: small, percent: fc.integer({ min: 1, max: 100 }) }), {
        maxLength: 2,
      }),
      paid: fc.oneof(
        { weight: 6, arbitrary: fc.constant(3) },
        { weight: 2, arbitrary: fc.integer({ min: 0, max: 2 * 1440 }) },
        { weight: 1, arbitrary: fc.constant(null) },
      ),
    },
    6,
  ),
  event(
    "refund",
    {
      line: small,
      percent: fc.oneof(fc.constant(100), fc.integer({ min: 0, max: 100 })),
      status: fc.oneof(
        { weight: 5, arbitrary: fc.constant("succeeded") },
        { weight: 1, arbitrary: fc.constantFrom("applied", "rejected") },
      ),
      returns: fc.boolean(),
    },
    4,
  ),
  event("return", { line: small, percent: fc.oneof(fc.constant(100), fc.integer({ min: 1, max: 100 })) }, 2),
  event("lose", { claim: small, how: fc.constantFrom("expire", "revoke") }, 1),
  event("tag", { user: small, level: small, crowd: small }, 2),
  event("assign", { user: small, group: small }, 1),
  event(
    "correct",
    {
      row: fc.oneof(fc.nat({ max: 12 }), fc.nat({ max: 200 })),
      change: fc.nat({ max: 20 }),
      size: fc.integer({ min: 1, max: 5 }),
    },
    6,
  ),
);

/** Scripts of at most so many days, users and events. */
export function scripts(most: { readonly days: number; readonly users: number; readonly events: number }) {
  return fc.record({
    days: fc.integer({ min: 1, max: most.days }),
    users: fc.integer({ min: 1, max: most.users }),
    events: fc.array(events, { minLength: 1, maxLength: most.events, size: "max" }),
  }) satisfies fc.Arbitrary<Script>;
}

import { after, type Day, daysBetween, type Moment } from "./time.ts";
import { allowance, coupon, type Discount, promotion, World } from "./world.ts";

const MINUTES_A_DAY = 24 * 60;
const USERS = 12;
const GOODS = 4;
const CATEGORIES = 3;

/**
 * A platform on which everything happens at once: triggers delivered twice and late, claims, orders paid on several days
 * or never, refunds, returns, corrections, re-keyed records. The same seed tells the same world.
 */
export function randomWorld(options: { seed: number; from: Day; to: Day; eventsPerDay: number }): World {
  const world = new World();
  const random = generator(options.seed);
  const days = daysBetween(options.from, options.to);
  const int = (below: number) => Math.floor(random() * below);
  const chance = (probability: number) => random() < probability;
  const pick = <T>(list: readonly T[]): T => {
    const one = list[int(list.length)];
    if (one === undefined) throw new Error("Nothing to pick from.");
    return one;
  };
  const money = (from: number, to: number) => from + int((to - from) * 100) / 100;
  const momentOf = (day: Day): Moment => after(`${day} 00:00`, int(MINUTES_A_DAY));
  /** Most versions arrive at once, some a day or two late, and some carry a time that is still ahead. */
  const arrival = (at: Moment): Moment => {
    const luck = random();
    if (luck < 0.7) return after(at, 1);
    if (luck < 0.95) return after(at, int(2 * MINUTES_A_DAY));
    return after(at, -int(MINUTES_A_DAY));
  };

  const executions: { id: string; user: string; at: Moment; coupon: string; allowance: string }[] = [];
  const coupons: { id: string; user: string }[] = [];
  const allowances: { id: string; user: string }[] = [];
  const orders: { id: string; lines: string[]; used: string[] }[] = [];
  const start = `${days[0]} 00:00`;
  for (const template of ["C1", "C2"]) world.couponTemplate({ template, face: 10, known: start });
  world.allowanceTemplate({ template: "W1", face: 20, known: start });
  world.strategy({ strategy: "S1", from: start });
  const targets = ["goods:G1", "category:C1", "seller:V1", "all:all"] as const;
  for (const id of ["P1", "P2", "P3"]) {
    const startDay = pick(days);
    const known = arrival(`${startDay} 00:00`);
    world.promotion({
      promotion: id,
      targets: targets.filter(() => chance(0.6)),
      start: `${startDay} 00:00`,
      end: "2025-01-01 00:00",
      known,
    });
  }

  let serial = 0;
  const next = (prefix: string) => `${prefix}${++serial}`;
  const events: Record<string, (day: Day) => void> = {
    trigger(day) {
      const at = momentOf(day);
      const execution = {
        id: next("E"),
        user: `u${int(USERS)}`,
        at,
        coupon: pick(["C1", "C2"]),
        allowance: "W1",
      };
      executions.push(execution);
      deliver(execution);
    },
    retry: () => executions.length > 0 && deliver(pick(executions)),
    claim(day) {
      const execution = executions.length > 0 && chance(0.7) ? pick(executions) : undefined;
      const user = execution?.user ?? `u${int(USERS)}`;
      const at = execution && chance(0.8) ? after(execution.at, int(MINUTES_A_DAY)) : momentOf(day);
      const from = execution ? { execution: execution.id, ...(chance(0.8) ? { seq: 1 + int(2) } : {}) } : {};
      const validTo = after(at, int(4 * MINUTES_A_DAY));
      const grant = { user, at, validTo, ingested: arrival(at), ...from };
      if (chance(0.6)) {
        const id = next("K");
        coupons.push({ id, user });
        world.claimCoupon({ ...grant, coupon: id, template: pick(["C1", "C2"]), face: 10 });
      } else {
        const id = next("W");
        allowances.push({ id, user });
        world.grantAllowance({ ...grant, allowance: id, template: "W1", amount: 20 });
      }
    },
    order(day) {
      const id = next("O");
      const created = momentOf(day);
      const own = pick(coupons.length > 0 ? coupons : [{ id: "", user: "u0" }]);
      const used = [
        ...(own.id === "" ? [] : [own.id]),
        ...allowances.filter((a) => a.user === own.user && chance(0.5)).map((a) => a.id),
        pick(["P1", "P2", "P3"]),
      ];
      const lines = Array.from({ length: 1 + int(3) }, (_, n) => ({
        line: `${id}/${n}`,
        list: money(20, 100),
        goods: `G${1 + int(GOODS)}`,
        category: `C${1 + int(CATEGORIES)}`,
        seller: `V${1 + int(2)}`,
        off: used.filter(() => chance(0.7)).map((benefit) => discountOf(benefit)),
        ...(chance(0.2) ? { paid: after(created, int(MINUTES_A_DAY)) } : {}),
      }));
      const paid = after(created, int(60));
      const unpaid = chance(0.15);
      world.order({
        order: id,
        user: own.user,
        created,
        lines,
        ...(unpaid ? {} : { paid, ingested: arrival(paid) }),
      });
      if (!unpaid)
        orders.push({
          id,
          lines: lines.map((line) => line.line),
          used: [...new Set(lines.flatMap((line) => line.off.map((off) => off.id)))],
        });
    },
    refund(day) {
      if (orders.length === 0) return;
      const at = momentOf(day);
      const status = pick(["applied", "succeeded", "succeeded", "rejected"] as const);
      const part = chance(0.5) ? { amount: money(1, 15) } : {};
      world.refund({
        line: pick(pick(orders).lines),
        refund: `F${int(8)}`,
        at,
        status,
        ingested: arrival(at),
        ...part,
      });
    },
    returned(day) {
      const order = orders.length > 0 ? pick(orders) : undefined;
      if (!order || order.used.length === 0) return;
      const at = momentOf(day);
      const benefit = order.used.splice(int(order.used.length), 1)[0] as string;
      const amount = benefit.startsWith("W") && chance(0.5) ? { amount: 0.5 } : {};
      world.returnBenefit({ benefit, order: order.id, at, ingested: arrival(at), ...amount });
    },
    corrected(day) {
      if (orders.length === 0) return;
      const paid = chance(0.3) ? null : momentOf(day);
      world.correctLine(pick(pick(orders).lines), { paid }, arrival(momentOf(day)));
    },
    lost(day) {
      if (allowances.length === 0) return;
      const how = pick(["expire", "revoke"] as const);
      world.loseAllowance({ allowance: pick(allowances).id, how, amount: 1, at: momentOf(day) });
    },
    voided: (day) => coupons.length > 0 && chance(0.3) && world.voidCoupon(pick(coupons).id, momentOf(day)),
    rekeyed(day) {
      if (coupons.length < 2) return;
      const record = world.records().find((r) => r.benefit_type === "coupon" && chance(0.3));
      if (!record) return;
      const key = { order_benefit_id: record.order_benefit_id };
      world.amend("orderBenefit", key, { benefit_id: pick(coupons).id }, momentOf(day));
    },
  };
  const wheel = [
    "trigger",
    "trigger",
    "retry",
    "claim",
    "claim",
    "claim",
    "order",
    "order",
    "order",
    "refund",
    "returned",
  ];
  const rare = ["corrected", "lost", "voided", "rekeyed", "retry"];
  for (const day of days) {
    for (let n = 0; n < options.eventsPerDay; n++) events[pick(chance(0.2) ? rare : wheel)]?.(day);
  }
  return world;

  function deliver(execution: (typeof executions)[number]): void {
    world.trigger({
      execution: execution.id,
      log: `${execution.id}-${int(3)}`,
      user: execution.user,
      at: after(execution.at, int(3) * 30),
      scene: pick(["home", "search"]),
      benefits: [
        { seq: 1, coupon: execution.coupon, planned: money(5, 10) },
        { seq: 2, allowance: execution.allowance, planned: 20 },
        ...(chance(0.3) ? [{ seq: 3, coupon: "C2", planned: 5 }] : []),
      ],
      ingested: arrival(execution.at),
      ...(execution.id.endsWith("7") ? { experiment: "X1", group: "control" as const } : {}),
    });
  }

  function discountOf(benefit: string): Discount {
    const amount = money(0, 6);
    const funding = { platform: Math.round(amount * pick([0, 33, 50, 100])) / 100 };
    if (benefit.startsWith("P")) return promotion(benefit, amount, funding);
    return benefit.startsWith("W") ? allowance(benefit, amount, funding) : coupon(benefit, amount, funding);
  }
}

/** Mulberry32: small, and the same everywhere. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

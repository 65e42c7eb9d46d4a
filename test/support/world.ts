import type { SourceName, SourceRows } from "./source-rows.ts";
import { after, daysAfter, fullDay, instant, type Moment } from "./time.ts";

/** A version of a source row, as the platform's log holds it. */
export type Version<Row> = Row & { ingested_at: string };

/** What a benefit took off an order line. */
export interface Discount {
  type: "coupon" | "allowance" | "promotion";
  id: string;
  amount: number;
  /** The platform-funded part; the merchant funds the rest. */
  platform: number;
  /** order_benefit_id; the line's and the benefit's ids joined unless a story needs its own. */
  record?: string;
}
interface Funding {
  platform?: number;
  record?: string;
}
const discount =
  (type: Discount["type"]) =>
  (id: string, amount: number, funding: Funding = {}): Discount => ({
    type,
    id,
    amount,
    platform: amount,
    ...funding,
  });
/** Discounts are platform-funded unless told otherwise: `coupon("B", 7, byMerchant)`. */
export const coupon = discount("coupon");
export const allowance = discount("allowance");
export const promotion = discount("promotion");
export const byMerchant: Funding = { platform: 0 };

/** An order line of a story; `paid` only where it differs from its order's. */
export interface Line {
  line: string;
  list: number;
  off?: Discount[];
  goods?: string;
  category?: string;
  seller?: string;
  qty?: number;
  channel?: string;
  paid?: Moment;
}
export interface Order {
  order: string;
  user: string;
  created: Moment;
  /** Left out: never paid. */
  paid?: Moment;
  lines: Line[];
  /** When the paid version arrives; a minute after the payment unless told otherwise. */
  ingested?: Moment;
}
/** A benefit that a strategy plans: a coupon or an allowance of a template. */
export type Planned = { seq: number; planned: number } & ({ coupon: string } | { allowance: string });

const keys: { [Name in SourceName]: (keyof SourceRows[Name])[] } = {
  triggerLog: ["log_id"],
  strategy: ["strategy_id", "strategy_version"],
  scene: ["scene_code"],
  couponTemplate: ["coupon_template_id"],
  allowanceTemplate: ["allowance_template_id"],
  promotionTarget: ["promotion_id", "target_type", "target_id"],
  coupon: ["coupon_id"],
  allowanceFlow: ["flow_id"],
  orderLine: ["order_line_id"],
  orderBenefit: ["order_benefit_id"],
  refund: ["refund_id"],
  user: ["user_id"],
  userTag: ["ds", "user_id"],
  experiment: ["experiment_id"],
  assignment: ["experiment_id", "user_id", "group_code"],
};

const FUNDED_BY_PLATFORM = "1";
/** How long after an event the platform's log has it, unless a story says otherwise. */
const DELAY_MINUTES = 1;
const DEFAULT_VALID_DAYS = 30;

/**
 * The platform of a story: every call appends full-row versions to the sources' logs, as the platform would, a minute
 * after the event. Orders keep the sources' invariants: list - discounts = pay, ledger uses = discounts.
 */
export class World {
  readonly #versions = new Map<SourceName, Version<object>[]>();
  readonly #latest = new Map<string, object>();

  /** All versions of a source, in the order they were told. */
  versions(source: SourceName): readonly Version<object>[] {
    return this.#versions.get(source) ?? [];
  }

  /** Appends a version of a row as it is: for what has no method of its own. */
  put<Name extends SourceName>(source: Name, row: SourceRows[Name], ingested: Moment): void {
    this.#latest.set(this.#key(source, row), row);
    const versions = this.#versions.get(source) ?? [];
    versions.push({ ...row, ingested_at: instant(ingested) });
    this.#versions.set(source, versions);
  }

  /** Appends a version that differs from the latest one told in some columns. */
  amend<Name extends SourceName>(
    source: Name,
    key: Partial<SourceRows[Name]>,
    change: Partial<SourceRows[Name]>,
    ingested: Moment,
  ): void {
    this.put(source, { ...this.#find(source, key), ...change }, ingested);
  }

  /** The order benefit records as told last. */
  records(): readonly SourceRows["orderBenefit"][] {
    return this.#all("orderBenefit");
  }

  trigger(t: {
    execution: string;
    user: string;
    at: Moment;
    benefits: Planned[];
    log?: string;
    strategy?: string;
    version?: number;
    scene?: string;
    experiment?: string;
    group?: "treatment" | "control";
    ingested?: Moment;
  }): void {
    this.put(
      "triggerLog",
      {
        log_id: t.log ?? `log-${t.execution}`,
        execution_id: t.execution,
        user_id: t.user,
        strategy_id: t.strategy ?? "S1",
        strategy_version: t.version ?? 1,
        scene_code: t.scene ?? "home",
        triggered_at: instant(t.at),
        experiment_id: t.experiment ?? null,
        experiment_group: t.group ?? null,
        benefits: t.benefits.map((b) => ({
          benefit_seq: b.seq,
          benefit_type: "coupon" in b ? ("coupon" as const) : ("allowance" as const),
          template_id: "coupon" in b ? b.coupon : b.allowance,
          planned_amt: money(b.planned),
        })),
      },
      t.ingested ?? after(t.at, DELAY_MINUTES),
    );
  }

  strategy(s: {
    strategy: string;
    version?: number;
    name?: string;
    from: Moment;
    to?: Moment;
    budget?: number;
  }): void {
    this.put(
      "strategy",
      {
        strategy_id: s.strategy,
        strategy_version: s.version ?? 1,
        strategy_name: s.name ?? `strategy ${s.strategy}`,
        crowd_code: "crowd-1",
        scene_codes: ["home"],
        budget_amt: s.budget === undefined ? null : money(s.budget),
        valid_from: instant(s.from),
        valid_to: s.to === undefined ? null : instant(s.to),
        owner: "growth",
        strategy_status: "online",
      },
      s.from,
    );
  }

  scene(s: { scene: string; group: string; known: Moment }): void {
    this.put("scene", { scene_code: s.scene, scene_name: `scene ${s.scene}`, scene_group: s.group }, s.known);
  }

  couponTemplate(t: {
    template: string;
    known: Moment;
    face?: number;
    type?: SourceRows["couponTemplate"]["coupon_type"];
    threshold?: number;
    platformShare?: number;
  }): void {
    this.put(
      "couponTemplate",
      {
        coupon_template_id: t.template,
        template_name: `coupon template ${t.template}`,
        coupon_type: t.type ?? "direct_off",
        threshold_amt: t.threshold === undefined ? null : money(t.threshold),
        face_amt: t.face === undefined ? null : money(t.face),
        discount_rate: null,
        max_discount_amt: null,
        scope_type: "all",
        platform_share: t.platformShare === undefined ? FUNDED_BY_PLATFORM : String(t.platformShare),
        issue_limit_cnt: null,
        budget_amt: null,
        valid_from: instant(t.known),
        valid_to: null,
        valid_days: DEFAULT_VALID_DAYS,
      },
      t.known,
    );
  }

  allowanceTemplate(t: { template: string; known: Moment; face: number; platformShare?: number }): void {
    this.put(
      "allowanceTemplate",
      {
        allowance_template_id: t.template,
        template_name: `allowance template ${t.template}`,
        face_amt: money(t.face),
        min_order_amt: null,
        platform_share: t.platformShare === undefined ? FUNDED_BY_PLATFORM : String(t.platformShare),
        budget_amt: null,
        valid_days: DEFAULT_VALID_DAYS,
        template_status: "online",
      },
      t.known,
    );
  }

  /** A promotion with its targets, each written as "goods:G1", "seller:V1", "category:C9" or "all:all". */
  promotion(p: {
    promotion: string;
    targets: `${SourceRows["promotionTarget"]["target_type"]}:${string}`[];
    start: Moment;
    end: Moment;
    type?: SourceRows["promotionTarget"]["promotion_type"];
    platformShare?: number;
    known?: Moment;
  }): void {
    for (const target of p.targets) {
      const [targetType, targetId] = target.split(":") as [
        SourceRows["promotionTarget"]["target_type"],
        string,
      ];
      this.put(
        "promotionTarget",
        {
          promotion_id: p.promotion,
          target_type: targetType,
          target_id: targetId,
          promotion_name: `promotion ${p.promotion}`,
          promotion_type: p.type ?? "direct_off",
          threshold_amt: null,
          discount_amt: null,
          discount_rate: null,
          platform_share: p.platformShare === undefined ? FUNDED_BY_PLATFORM : String(p.platformShare),
          start_at: instant(p.start),
          end_at: instant(p.end),
          promotion_status: "online",
        },
        p.known ?? p.start,
      );
    }
  }

  claimCoupon(c: {
    coupon: string;
    template: string;
    user: string;
    at: Moment;
    face: number;
    validTo?: Moment;
    execution?: string;
    seq?: number;
    scene?: string;
    synthetic?: boolean;
    ingested?: Moment;
  }): void {
    this.put(
      "coupon",
      {
        coupon_id: c.coupon,
        coupon_template_id: c.template,
        user_id: c.user,
        claim_at: instant(c.at),
        claim_scene_code: c.scene ?? "home",
        execution_id: c.execution ?? null,
        benefit_seq: c.seq ?? null,
        face_amt: money(c.face),
        valid_from: instant(c.at),
        valid_to: instant(c.validTo ?? daysAfter(c.at, DEFAULT_VALID_DAYS)),
        coupon_status: "claimed",
        is_synthetic: c.synthetic ?? false,
      },
      c.ingested ?? after(c.at, DELAY_MINUTES),
    );
  }

  voidCoupon(couponId: string, at: Moment): void {
    this.amend("coupon", { coupon_id: couponId }, { coupon_status: "voided" }, after(at, DELAY_MINUTES));
  }

  grantAllowance(g: {
    allowance: string;
    template: string;
    user: string;
    at: Moment;
    amount: number;
    validTo?: Moment;
    execution?: string;
    seq?: number;
    ingested?: Moment;
  }): void {
    this.put(
      "allowanceFlow",
      {
        flow_id: `${g.allowance}-grant`,
        allowance_id: g.allowance,
        allowance_template_id: g.template,
        user_id: g.user,
        flow_type: "grant",
        amt: money(g.amount),
        order_line_id: null,
        occurred_at: instant(g.at),
        valid_to: instant(g.validTo ?? daysAfter(g.at, DEFAULT_VALID_DAYS)),
        execution_id: g.execution ?? null,
        benefit_seq: g.seq ?? null,
      },
      g.ingested ?? after(g.at, DELAY_MINUTES),
    );
  }

  /** What is left of an allowance, or a part, is lost: it expired, or the platform took it back. */
  loseAllowance(l: { allowance: string; how: "expire" | "revoke"; amount: number; at: Moment }): void {
    this.#flow(l.allowance, l.how, l.amount, null, l.at, after(l.at, DELAY_MINUTES));
  }

  /** A checkout: its lines and discounts as created and, when paid, as paid, with what that does to the benefits. */
  order(o: Order): void {
    for (const line of o.lines) this.#createLine(o, line);
    for (const line of o.lines) {
      const paid = line.paid ?? o.paid;
      if (paid !== undefined) this.#payLine(line, paid, o.ingested ?? after(paid, DELAY_MINUTES));
    }
  }

  /** A later version of an order line says something else about it, such as another time of payment or none. */
  correctLine(line: string, change: { paid: Moment | null }, ingested: Moment): void {
    const paidAt = change.paid === null ? null : instant(change.paid);
    const status = change.paid === null ? "cancelled" : "paid";
    this.amend("orderLine", { order_line_id: line }, { paid_at: paidAt, order_status: status }, ingested);
  }

  /** A refund of an order line; all of what was paid for it unless an amount is given. */
  refund(r: {
    line: string;
    at: Moment;
    amount?: number;
    refund?: string;
    status?: SourceRows["refund"]["refund_status"];
    ingested?: Moment;
    withBenefits?: boolean;
  }): void {
    const line = this.#find("orderLine", { order_line_id: r.line });
    this.put(
      "refund",
      {
        refund_id: r.refund ?? `refund-${r.line}`,
        order_line_id: r.line,
        order_id: line.order_id,
        refund_amt: r.amount === undefined ? line.pay_amt : money(r.amount),
        refund_status: r.status ?? "succeeded",
        refunded_at: instant(r.at),
        is_benefit_returned: r.withBenefits ?? false,
      },
      r.ingested ?? after(r.at, DELAY_MINUTES),
    );
  }

  /**
   * A benefit comes back from an order, or from some of its lines: a coupon's or promotion's discount records get
   * their returned_at and the coupon can be used again; an allowance's ledger gets `return` rows, of the whole
   * discount unless an amount (of one line) is given.
   */
  returnBenefit(r: {
    benefit: string;
    order: string;
    at: Moment;
    lines?: string[];
    amount?: number;
    ingested?: Moment;
  }): void {
    const ingested = r.ingested ?? after(r.at, DELAY_MINUTES);
    const records = this.#all("orderBenefit").filter(
      (b) =>
        b.benefit_id === r.benefit &&
        b.order_id === r.order &&
        b.returned_at === null &&
        (!r.lines || r.lines.includes(b.order_line_id)),
    );
    if (records.length === 0)
      throw new Error(`${r.benefit} took nothing off order ${r.order} that could come back.`);
    for (const record of records) {
      if (record.benefit_type === "allowance") {
        this.#flow(
          r.benefit,
          "return",
          r.amount ?? Number(record.discount_amt),
          record.order_line_id,
          r.at,
          ingested,
        );
      } else {
        this.put("orderBenefit", { ...record, returned_at: instant(r.at) }, ingested);
      }
    }
    const still = this.#all("orderBenefit").some((b) => b.benefit_id === r.benefit && b.returned_at === null);
    if (records[0]?.benefit_type === "coupon" && !still) {
      this.amend("coupon", { coupon_id: r.benefit }, { coupon_status: "claimed" }, ingested);
    }
  }

  user(u: { user: string; registered: Moment }): void {
    this.put(
      "user",
      {
        user_id: u.user,
        registered_at: instant(u.registered),
        gender_code: null,
        age_band: null,
        city_tier: null,
      },
      u.registered,
    );
  }

  userTag(t: {
    ds: string;
    user: string;
    level?: string;
    crowd?: string;
    live?: string;
    ingested: Moment;
  }): void {
    this.put(
      "userTag",
      {
        ds: fullDay(t.ds),
        user_id: t.user,
        consumption_level: t.level ?? null,
        crowd_code: t.crowd ?? null,
        live_activity_level: t.live ?? null,
      },
      t.ingested,
    );
  }

  #createLine(o: Order, line: Line): void {
    const off = line.off ?? [];
    const ingested = after(o.created, DELAY_MINUTES);
    this.put(
      "orderLine",
      {
        order_line_id: line.line,
        order_id: o.order,
        user_id: o.user,
        seller_id: line.seller ?? "V1",
        goods_id: line.goods ?? "G1",
        category_id: line.category ?? "C1",
        qty: line.qty ?? 1,
        list_amt: money(line.list),
        pay_amt: money(off.reduce((left, d) => left - d.amount, line.list)),
        order_status: "created",
        created_at: instant(o.created),
        paid_at: null,
        channel_code: line.channel ?? "mall",
      },
      ingested,
    );
    for (const d of off) {
      this.put(
        "orderBenefit",
        {
          order_benefit_id: d.record ?? `${line.line}-${d.id}`,
          order_line_id: line.line,
          order_id: o.order,
          benefit_type: d.type,
          benefit_id: d.id,
          discount_amt: money(d.amount),
          platform_amt: money(d.platform),
          merchant_amt: money(d.amount - d.platform),
          used_at: instant(o.created),
          returned_at: null,
        },
        ingested,
      );
    }
  }

  #payLine(line: Line, paid: Moment, ingested: Moment): void {
    const change = { paid_at: instant(paid), order_status: "paid" };
    this.amend("orderLine", { order_line_id: line.line }, change, ingested);
    for (const d of line.off ?? []) {
      if (d.type === "coupon") this.amend("coupon", { coupon_id: d.id }, { coupon_status: "used" }, ingested);
      if (d.type === "allowance" && d.amount > 0)
        this.#flow(d.id, "use", d.amount, line.line, paid, ingested);
    }
  }

  #flow(
    allowanceId: string,
    type: "use" | "return" | "expire" | "revoke",
    amount: number,
    line: string | null,
    at: Moment,
    ingested: Moment,
  ): void {
    const grant = this.#find("allowanceFlow", { flow_id: `${allowanceId}-grant` });
    const sameKind = this.#all("allowanceFlow").filter(
      (f) => f.allowance_id === allowanceId && f.flow_type === type,
    );
    this.put(
      "allowanceFlow",
      {
        ...grant,
        flow_id: `${allowanceId}-${type}-${sameKind.length + 1}`,
        flow_type: type,
        amt: money(amount),
        order_line_id: line,
        occurred_at: instant(at),
        valid_to: null,
        execution_id: null,
        benefit_seq: null,
      },
      ingested,
    );
  }

  #key<Name extends SourceName>(source: Name, row: Partial<SourceRows[Name]>): string {
    return [source, ...keys[source].map((column) => row[column])].join("|");
  }

  #find<Name extends SourceName>(source: Name, key: Partial<SourceRows[Name]>): SourceRows[Name] {
    const row = this.#latest.get(this.#key(source, key));
    if (!row) throw new Error(`The story has no ${source} ${JSON.stringify(key)} yet.`);
    return row as SourceRows[Name];
  }

  #all<Name extends SourceName>(source: Name): SourceRows[Name][] {
    return [...this.#latest]
      .filter(([key]) => key.startsWith(`${source}|`))
      .map(([, row]) => row as SourceRows[Name]);
  }
}

/** Currency units as a decimal string with two places; the sum of a few binary fractions rounds to its cent. */
function money(amount: number): string {
  return (Math.round(amount * 100) / 100).toFixed(2);
}

import { iso, MINUTE } from "../period.ts";
import { goods, promotions, templates } from "./catalog.ts";
import type { SourceRow } from "./rows.ts";
import type { OrderLine } from "./script.ts";
import { type EventOf, inCents, money, type Next, notBefore, nth, type Story } from "./story.ts";

/** A line being made: what is left to pay, in cents, as benefits take their parts. */
interface OpenLine {
  readonly id: string;
  readonly line: OrderLine;
  left: number;
}
type BenefitType = "promotion" | "coupon" | "allowance";
interface Taken {
  readonly line: string;
  readonly type: BenefitType;
  readonly benefit: string;
  readonly cents: number;
  readonly row: SourceRow;
}

/** An order: promotions, coupons and allowances take off its lines; lines are paid together, apart, or never. */
export function order(story: Story, event: EventOf<"order">, at: number, next: Next): void {
  const id = story.id("o");
  const user = story.user(event.user);
  const lines = event.lines.map((line, i) => ({ id: `${id}-${i + 1}`, line, left: line.cents }));
  const taken: Taken[] = [];
  /** Takes up to `wish` cents off a line; answers what it took. `share` of it is the platform's, in thousandths. */
  const take = (line: OpenLine, type: BenefitType, benefit: string, wish: number, share: number): number => {
    const cents = Math.min(wish, line.left);
    // A promotion may be recorded with nothing off.
    if (cents <= 0 && type !== "promotion") return 0;
    line.left -= cents;
    const platform = Math.floor((cents * share + 500) / 1000);
    const row = {
      order_benefit_id: story.id("b"),
      order_line_id: line.id,
      order_id: id,
      benefit_type: type,
      benefit_id: benefit,
      discount_amt: money(cents),
      platform_amt: money(platform),
      merchant_amt: money(cents - platform),
      used_at: iso(at),
      returned_at: null,
    };
    taken.push({ line: line.id, type, benefit, cents, row });
    return cents;
  };
  for (const line of lines)
    for (const { promotion, percent } of line.line.promotions)
      take(
        line,
        "promotion",
        nth(promotions, promotion) ?? "P1",
        Math.floor((line.line.cents * percent) / 100),
        500,
      );
  for (const { coupon, face, share } of couponsFor(story, event, user, at)) {
    let wish = face;
    for (const line of lines)
      wish -= take(line, "coupon", coupon, Math.min(wish, Math.ceil(line.left / 2)), share);
  }
  for (const { allowance, cents, share } of allowancesFor(story, event, user, at)) {
    let wish = cents;
    for (const line of lines) wish -= take(line, "allowance", allowance, wish, share);
  }
  const paidAt = event.paid === null ? null : at + event.paid * MINUTE;
  for (const line of lines) {
    const paid = paidAt === null || line.line.later === null ? null : paidAt + line.line.later * MINUTE;
    writeLine(story, { id, user, line, at, paid }, next);
    for (const discount of taken.filter((one) => one.line === line.id)) {
      story.log.write("discount", discount.row, at, next());
      if (paid !== null && discount.type === "allowance")
        story.flow(
          { type: "use", allowance: discount.benefit, cents: discount.cents, at: paid, line: line.id },
          next(),
        );
    }
  }
}

function writeLine(
  story: Story,
  of: { id: string; user: string; line: OpenLine; at: number; paid: number | null },
  next: Next,
): void {
  const { line, at, paid } = of;
  const product = nth(goods, line.line.goods) ?? goods[0];
  const row = {
    order_line_id: line.id,
    order_id: of.id,
    user_id: of.user,
    seller_id: product.seller,
    goods_id: product.id,
    category_id: product.category,
    qty: line.line.qty,
    list_amt: money(line.line.cents),
    pay_amt: money(line.left),
    order_status: "created",
    created_at: iso(at),
    paid_at: null,
    channel_code: "mall",
  };
  if (paid === null || paid > at + 10 * MINUTE) story.log.write("line", row, at, next());
  if (paid !== null)
    story.log.write("line", { ...row, order_status: "paid", paid_at: iso(paid) }, paid, next());
}

/** The user's coupons that the order asks for, of those that are valid and in no order. */
function couponsFor(story: Story, event: EventOf<"order">, user: string, at: number) {
  const held = story.log.all("discount").filter((discount) => discount.returned_at === null);
  const inUse = new Set(held.map((discount) => discount.benefit_id));
  const chosen: { coupon: string; face: number; share: number }[] = [];
  for (const wanted of event.coupons) {
    const usable = story.log
      .all("coupon")
      .filter(
        (coupon) =>
          coupon.user_id === user &&
          !inUse.has(coupon.coupon_id ?? null) &&
          coupon.coupon_status !== "voided" &&
          String(coupon.valid_from) <= iso(at) &&
          iso(at) <= String(coupon.valid_to),
      );
    const coupon = nth(usable, wanted);
    if (!coupon) continue;
    inUse.add(coupon.coupon_id ?? null);
    const template = templates.find((t) => t.id === coupon.coupon_template_id);
    chosen.push({
      coupon: String(coupon.coupon_id),
      face: template?.face ?? 500,
      share: template?.share ?? 1000,
    });
  }
  return chosen;
}

/** The user's allowances that the order asks for, and how much of what is left of each. */
function allowancesFor(story: Story, event: EventOf<"order">, user: string, at: number) {
  const chosen: { allowance: string; cents: number; share: number }[] = [];
  for (const { allowance, percent } of event.allowances) {
    const grants = story.log
      .all("flow")
      .filter(
        (flow) =>
          flow.flow_type === "grant" &&
          flow.user_id === user &&
          String(flow.occurred_at) <= iso(at) &&
          !chosen.some((other) => other.allowance === flow.allowance_id),
      );
    const grant = nth(grants, allowance);
    if (!grant) continue;
    const id = String(grant.allowance_id);
    const template = templates.find((t) => t.id === grant.allowance_template_id);
    const cents = Math.floor((Math.max(0, story.balance(id)) * percent) / 100);
    chosen.push({ allowance: id, cents, share: template?.share ?? 1000 });
  }
  return chosen;
}

/** Money of a paid line goes back, of what is left a share; perhaps what its benefits gave as well. */
export function refund(story: Story, event: EventOf<"refund">, at: number, next: Next): void {
  const line = story.paidLine(event.line);
  if (!line) return;
  const when = notBefore(at, line.paid_at, MINUTE);
  const refunded = story.log
    .all("refund")
    .filter((one) => one.order_line_id === line.order_line_id && one.refund_status === "succeeded")
    .reduce((sum, one) => sum + inCents(one.refund_amt), 0);
  const left = Math.max(0, inCents(line.pay_amt) - refunded);
  story.log.write(
    "refund",
    {
      refund_id: story.id("r"),
      order_line_id: line.order_line_id ?? null,
      order_id: line.order_id ?? null,
      refund_amt: money(Math.floor((left * event.percent) / 100)),
      refund_status: event.status,
      refunded_at: event.status === "succeeded" ? iso(when) : null,
      is_benefit_returned: event.returns,
    },
    when,
    next(),
  );
  if (event.returns && event.status === "succeeded") giveBack(story, event.line, event.percent, when, next);
}

/** What the benefits of a paid line gave comes back: coupons' and promotions' records whole, of allowances a share. */
export function giveBack(story: Story, n: number, percent: number, at: number, next: Next): void {
  const line = story.paidLine(n);
  if (!line) return;
  const when = notBefore(at, line.paid_at, MINUTE);
  for (const discount of story.log.all("discount")) {
    if (discount.order_line_id !== line.order_line_id || discount.returned_at !== null) continue;
    if (discount.benefit_type !== "allowance") {
      story.log.write("discount", { ...discount, returned_at: iso(when) }, when, next());
      continue;
    }
    const allowance = String(discount.benefit_id);
    const kept = story.log
      .all("flow")
      .filter((flow) => flow.allowance_id === allowance && flow.order_line_id === line.order_line_id)
      .reduce((sum, flow) => sum + (flow.flow_type === "use" ? 1 : -1) * inCents(flow.amt), 0);
    const cents = Math.floor((kept * percent) / 100);
    if (cents > 0)
      story.flow({ type: "return", allowance, cents, at: when, line: String(line.order_line_id) }, next());
  }
}

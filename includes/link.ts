// Which days belong together: on which days stand the refunds of the lines paid on a day, the uses of the coupons claimed on it.
//
// growth_state.day_link has a row (parent, child, from_ds, to_ds) if something of `child` on to_ds belongs to something of
// `parent` on from_ds. So a table that rebuilds a day reads the days that belong to it, not the history. A link may outlast
// what it was made for: it tells where to look, never what is there.
import { working } from "./working.ts";

/** From the touched partitions, or another variable of days, to the days of what belongs to them. */
export interface Link {
  readonly parent: Parent;
  readonly child: Child;
  /** The variables of days to start from; default touched_ds. */
  readonly from?: readonly string[];
}

export type Parent = "order_line" | "coupon" | "allowance" | "execution" | "promotion";
export type Child =
  | "order_benefit"
  | "refund"
  | "allowance_flow"
  | "order_line"
  | "coupon"
  | "allowance"
  | "execution"
  | "promotion";

/** Query of the days (ds) that a link leads to. */
export function linkedDays(ctx: ActionContext, { parent, child, from = ["touched_ds"] }: Link): string {
  const starts = from.map((days) => `from_ds IN UNNEST(${days})`).join(" OR ");
  return `SELECT DISTINCT to_ds AS ds FROM ${working(ctx, "day_link")}
  WHERE (${starts}) AND parent = '${parent}' AND child = '${child}'`;
}

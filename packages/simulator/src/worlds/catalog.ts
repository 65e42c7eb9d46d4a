import { DAY, dayOf, HOUR, iso } from "../period.ts";
import type { Log } from "./log.ts";
import type { SourceRow } from "./rows.ts";

const now = { lag: 0, again: null, tie: false } as const;

export const strategies = [
  { id: "S1", version: 1 },
  { id: "S1", version: 2 },
  { id: "S2", version: 1 },
] as const;
export const scenes = ["home", "cart", "live"] as const;
/** Templates of coupons, then of allowances; one has no row in its table. */
export const templates = [
  { id: "T1", type: "coupon", face: 1000, share: 1000 },
  { id: "T2", type: "coupon", face: null, share: 500 },
  { id: "T3", type: "coupon", face: 333, share: 0 },
  { id: "W1", type: "allowance", face: 2000, share: 1000 },
  { id: "W2", type: "allowance", face: 777, share: 300 },
] as const;
export const promotions = ["P1", "P2", "P3", "P4"] as const;
export const goods = [
  { id: "G1", seller: "V1", category: "K1" },
  { id: "G2", seller: "V1", category: "K2" },
  { id: "G3", seller: "V2", category: "K1" },
] as const;
export const groups = ["control", "treatment"] as const;
export const crowds = ["new_visitor", "loyal", "dormant"] as const;

/** The configuration of every small world, known when it begins; T3, P4 and scene "live" are in no table. */
export function configure(log: Log, start: number, days: number): void {
  const known = (source: Parameters<Log["write"]>[0], row: SourceRow) => log.write(source, row, start, now);
  for (const { id, version } of strategies)
    known("strategy", {
      strategy_id: id,
      strategy_version: version,
      strategy_name: `strategy ${id}`,
      crowd_code: null,
      scene_codes: [...scenes],
      budget_amt: id === "S1" ? "100.00" : null,
      valid_from: iso(start),
      valid_to: version === 1 && id === "S1" ? iso(start + 2 * DAY) : null,
      owner: null,
      strategy_status: "online",
    });
  for (const scene of scenes.slice(0, 2))
    known("scene", { scene_code: scene, scene_name: scene, scene_group: scene === "home" ? "home" : "shop" });
  for (const t of templates)
    if (t.type === "coupon" && t.id !== "T3")
      known("couponTemplate", {
        coupon_template_id: t.id,
        template_name: t.id,
        coupon_type: t.face === null ? "percent_off" : "direct_off",
        threshold_amt: null,
        face_amt: t.face === null ? null : (t.face / 100).toFixed(2),
        discount_rate: t.face === null ? 0.2 : null,
        max_discount_amt: t.face === null ? "15.00" : null,
        scope_type: null,
        platform_share: (t.share / 1000).toFixed(4),
        issue_limit_cnt: null,
        budget_amt: null,
        valid_from: iso(start),
        valid_to: null,
        valid_days: 10,
      });
    else if (t.type === "allowance")
      known("allowanceTemplate", {
        allowance_template_id: t.id,
        template_name: t.id,
        face_amt: (t.face / 100).toFixed(2),
        min_order_amt: null,
        platform_share: (t.share / 1000).toFixed(4),
        budget_amt: null,
        valid_days: 10,
        template_status: "online",
      });
  const targets = {
    P1: [
      ["goods", "G1"],
      ["category", "K1"],
      ["all", "all"],
    ],
    P2: [["seller", "V1"]],
    P3: [
      ["category", "K2"],
      ["goods", "G3"],
    ],
  } as const;
  for (const [i, [id, of]] of Object.entries(targets).entries())
    for (const [type, target] of of)
      known("promotion", {
        promotion_id: id,
        promotion_name: id,
        promotion_type: (["direct_off", "percent_off", "multi_buy"] as const)[i] ?? "direct_off",
        target_type: type,
        target_id: target,
        threshold_amt: null,
        discount_amt: null,
        discount_rate: null,
        platform_share: "0.5000",
        start_at: iso(start + i * DAY),
        end_at: iso(start + days * DAY + 12 * HOUR),
        promotion_status: "online",
      });
  known("experiment", {
    experiment_id: "X1",
    experiment_name: "X1",
    experiment_type: "ab",
    strategy_id: "S1",
    start_ds: dayOf(start),
    end_ds: null,
    groups: [
      { group_code: "control", expected_share: "0.5000", is_baseline: true },
      { group_code: "treatment", expected_share: "0.5000", is_baseline: false },
    ],
    primary_metric: "conversion",
  });
}

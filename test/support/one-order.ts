import { allowance, byMerchant, coupon, promotion, type World } from "./world.ts";

/** Example 1 of the cases worked by hand: one order with everything, refunded in steps, the coupon used again. */
export function tellOneOrder(world: World): void {
  world.claimCoupon({ coupon: "B", template: "TB", user: "u1", at: "05-30 12:00", face: 7 });
  world.trigger({
    execution: "E1",
    user: "u1",
    at: "06-01 10:00",
    benefits: [
      { seq: 1, coupon: "TA", planned: 20 },
      { seq: 2, allowance: "TW", planned: 30 },
      { seq: 3, coupon: "TC", planned: 5 },
    ],
  });
  const claim = { user: "u1", at: "06-01 10:05", execution: "E1" };
  world.claimCoupon({ ...claim, coupon: "A", template: "TA", face: 20, seq: 1 });
  world.grantAllowance({ ...claim, allowance: "W", template: "TW", amount: 30, seq: 2 });
  world.order({
    order: "O1",
    user: "u1",
    created: "06-01 23:58",
    paid: "06-02 00:03",
    lines: [
      {
        line: "L1",
        list: 100,
        off: [
          promotion("P", 10, byMerchant),
          coupon("A", 13.33),
          coupon("B", 7, byMerchant),
          allowance("W", 6),
        ],
      },
      {
        line: "L2",
        list: 50,
        off: [promotion("P", 5, byMerchant), coupon("A", 6.67), allowance("W", 3)],
      },
    ],
  });
  world.refund({ line: "L2", at: "06-05 15:00" });
  world.returnBenefit({ benefit: "W", order: "O1", lines: ["L2"], at: "06-05 15:01" });
  world.refund({ line: "L1", at: "06-08 11:00" });
  world.returnBenefit({ benefit: "W", order: "O1", lines: ["L1"], at: "06-08 11:01" });
  world.returnBenefit({ benefit: "A", order: "O1", at: "06-08 11:02" });
  world.order({
    order: "O2",
    user: "u1",
    created: "06-09 09:00",
    paid: "06-09 09:02",
    lines: [{ line: "L3", list: 80, off: [coupon("A", 20), allowance("W", 10)] }],
  });
}

/** Paid orders, one row per order_id; ds = pay day of the earliest paid line. */
import type { JudgedTable } from "../facts.ts";
import { amountText } from "../money.ts";
import { paidOrders } from "../paid-orders.ts";

export const order: JudgedTable = {
  table: "redcdm.dwd_ecm_trd_order_di",
  key: ["order_id"],
  rows: ({ lines }) =>
    paidOrders(lines).map((paid) => ({
      order_id: paid.orderId,
      user_id: paid.userId,
      line_cnt: paid.lineCount,
      dgmv_amt: amountText(paid.dgmv),
      net_dgmv_amt: amountText(paid.netDgmv),
      is_fully_refunded: paid.isFullyRefunded,
      paid_at: paid.paidAt,
      ds: paid.ds,
    })),
};

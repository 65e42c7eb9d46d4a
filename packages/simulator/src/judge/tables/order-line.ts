/** Paid order lines, one row per order_line_id; ds = pay day. */
import type { JudgedTable } from "../facts.ts";
import { amountText } from "../money.ts";

export const orderLine: JudgedTable = {
  table: "redcdm.dwd_ecm_trd_order_line_di",
  key: ["order_line_id"],
  rows: ({ lines }) =>
    lines.map((paid) => ({
      order_line_id: paid.line.order_line_id,
      order_id: paid.line.order_id,
      user_id: paid.line.user_id,
      seller_id: paid.line.seller_id,
      goods_id: paid.line.goods_id,
      category_id: paid.line.category_id,
      channel_code: paid.line.channel_code,
      qty: paid.line.qty,
      list_amt: paid.line.list_amt,
      pay_amt: paid.line.pay_amt,
      platform_subsidy_amt: amountText(paid.platform),
      merchant_subsidy_amt: amountText(paid.merchant),
      dgmv_amt: amountText(paid.dgmv),
      refund_amt: amountText(paid.refunded),
      net_dgmv_amt: amountText(paid.netDgmv),
      is_fully_refunded: paid.isFullyRefunded,
      paid_at: paid.paidAt,
      ds: paid.ds,
    })),
};

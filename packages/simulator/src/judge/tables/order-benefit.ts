/** Discount records on paid lines with their share of the line, one row per order_benefit_id; ds = pay day of the line. */
import type { JudgedTable } from "../facts.ts";
import { amountText } from "../money.ts";

export const orderBenefit: JudgedTable = {
  table: "redcdm.dwd_ecm_trd_order_benefit_di",
  key: ["order_benefit_id"],
  rows: ({ uses }) =>
    uses.map(({ record, on }) => ({
      order_benefit_id: record.row.order_benefit_id,
      order_line_id: record.row.order_line_id,
      order_id: record.row.order_id,
      benefit_id: record.row.benefit_id,
      user_id: on.line.user_id,
      seller_id: on.line.seller_id,
      goods_id: on.line.goods_id,
      category_id: on.line.category_id,
      benefit_type: record.row.benefit_type,
      discount_amt: amountText(record.discount),
      platform_subsidy_amt: amountText(record.platform),
      merchant_subsidy_amt: amountText(record.merchant),
      returned_discount_amt: amountText(record.returned),
      net_platform_subsidy_amt: amountText(record.netPlatform),
      net_merchant_subsidy_amt: amountText(record.netMerchant),
      alloc_dgmv_amt: amountText(record.dgmv),
      net_dgmv_amt: amountText(record.netDgmv),
      refund_amt: amountText(record.refunded),
      line_dgmv_amt: amountText(on.dgmv),
      line_refund_amt: amountText(on.refunded),
      paid_at: on.paidAt,
      ds: on.ds,
    })),
};

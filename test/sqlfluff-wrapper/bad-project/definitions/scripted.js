const statuses = ["paid", "void"];

for (const status of statuses) {
  publish(`orders_${status}`, {
    type: "view",
    description: `Orders that are ${status}. One row per order.`,
  }).query(
    (ctx) => `
      SELECT
        s.order_id,
        s.amount  AS amt
      FROM ${ctx.ref("raw", "orders")} AS s
      WHERE s.status = '${status}' and s.amount > 0
    `,
  );
}

assert("amount_is_not_negative").query(
  (ctx) => `SELECT q.order_id
FROM ${ctx.ref("raw", "orders")} AS q
WHERE q.amount < 0 OR q.amount is NULL`,
);

operate("cleaned", (ctx) => [`DELETE FROM ${ctx.ref("raw", "orders")} WHERE amount  IS NULL`]);

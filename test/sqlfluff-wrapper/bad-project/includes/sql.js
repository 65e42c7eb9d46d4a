const day = (column) => `DATE(${column}, 'Asia/Shanghai')`;

// Not linted: what a function writes is not the file's own.
const recent = (table) => `recent_order as (select order_id from ${table} where  TRUE)`;

const wrapped = (query) => `SELECT wrapped.order_id FROM (\n${query.trim()}\n) AS wrapped`;

module.exports = { day, recent, wrapped };

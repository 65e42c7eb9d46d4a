// Tables that builds keep for themselves, so that a day's build reads the day's change: appended to in the transactions of the
// tables that own them, and not compared with anything. docs/guide/incremental.md says how they are used.
const writers = {
  order: "order_line",
  allowance: "allowance_flow",
  execution: "strategy_execution_log",
  promotion: "promotion_target",
  promotion_use: "change",
};

const tags = ["state", "working"];
const dataset = "growth_state";
const described = (columns) =>
  Object.entries(columns).map(([name, description]) => ({ path: [name], description }));

for (const subject of place.subjects) {
  operate(place.indexOf(subject), {
    dataset,
    hasOutput: true,
    tags,
    description: `On which days rows of a key of ${subject} may stand: bucket and key_code are a hash of the key. One row per key and day, or more.`,
    columns: described({
      bucket: "Hash of the key that the index is partitioned by.",
      key_code: "More of the same hash; two keys may share both.",
      ds: "Day on which a row of the key stands, or stood.",
    }),
  }).queries((ctx) => place.create(ctx, subject, writers[subject] ?? subject));
}

operate("arrival", {
  dataset,
  hasOutput: true,
  tags,
  description:
    "What the builds of the state tables replaced, and instants of rows that were still ahead: where to look for what changes. One row per row of a state table, before and after, and instant.",
  columns: described({
    log_name: "State table of the row, without its dataset.",
    is_standing: "Whether the row stood after the build; FALSE: it was replaced.",
    ds: "Partition of the row in its state table.",
    order_line_id: "What the row belongs to; so, too, the columns that follow.",
    changed_at: "When the version arrived, or the instant of the row that was still ahead then.",
    change_ds: "Business day of changed_at.",
  }),
}).queries(
  (ctx) => `CREATE TABLE IF NOT EXISTS ${ctx.self()} (
  log_name STRING NOT NULL,
  is_standing BOOL NOT NULL,
  ds DATE NOT NULL,
  order_line_id STRING,
  order_id STRING,
  benefit_type STRING,
  benefit_id STRING,
  flow_type STRING,
  execution_id STRING,
  promotion_id STRING,
  changed_at TIMESTAMP NOT NULL,
  change_ds DATE NOT NULL
)
PARTITION BY change_ds
CLUSTER BY log_name`,
);

operate("day_link", {
  dataset,
  hasOutput: true,
  tags,
  description:
    "Which days belong together: something of child on to_ds belongs to something of parent on from_ds. One row per pair of days, parent and child.",
  columns: described({
    parent:
      "What stands on from_ds: order_line, coupon, allowance (its grant), execution, promotion (its start).",
    child: "What belongs to it and stands on to_ds: a state table, or one of the parents.",
    from_ds: "Day of the parent.",
    to_ds:
      "Day of the child. A link may outlast what it was made for: it says where to look, not what is there.",
  }),
}).queries(
  (ctx) => `CREATE TABLE IF NOT EXISTS ${ctx.self()} (
  parent STRING NOT NULL,
  child STRING NOT NULL,
  from_ds DATE NOT NULL,
  to_ds DATE NOT NULL
)
PARTITION BY from_ds
CLUSTER BY parent, child`,
);

operate("orphan", {
  dataset,
  hasOutput: true,
  tags,
  description:
    "What arrived before what it belongs to: a discount before its line, a claim before its trigger. Rows stay when the other end arrives. One row per record that waited, or more.",
  columns: described({
    parent: "Kind of the key that was not known.",
    parent_id: "The key.",
    child: "What belongs to it.",
    ds: "Day on which the child stands.",
  }),
}).queries(
  (ctx) => `CREATE TABLE IF NOT EXISTS ${ctx.self()} (
  parent STRING NOT NULL,
  parent_id STRING NOT NULL,
  child STRING NOT NULL,
  ds DATE NOT NULL
)
CLUSTER BY parent, parent_id`,
);

// Tables that builds keep for themselves, so that a day's build reads the day's change: written in the transactions of the tables
// that own them, and compared with nothing. One action makes them all.

/** Keys with an index of the days on which their rows may stand, and the table of growth_state that writes it. */
export const subjects = {
  order_line: "order_line",
  order: "order_line",
  order_benefit: "order_benefit",
  refund: "refund",
  allowance_flow: "allowance_flow",
  allowance: "allowance_flow",
  coupon: "coupon",
  strategy_execution_log: "strategy_execution_log",
  execution: "strategy_execution_log",
  promotion_target: "promotion_target",
  promotion: "promotion_target",
  promotion_use: "change",
} as const;

/** Buckets of an index; a job of BigQuery changes 4000 partitions at most. */
const bucketCnt = 2048;

/** growth_state.arrival: what the builds of the state tables replaced, and the instants of rows that were still ahead. */
const arrival = `(
  log_name STRING NOT NULL OPTIONS (description = 'State table of the row.'),
  is_standing BOOL NOT NULL OPTIONS (description = 'Whether the row stood after the build; FALSE: it was replaced.'),
  ds DATE NOT NULL OPTIONS (description = 'Partition of the row in its state table.'),
  order_line_id STRING,
  order_id STRING,
  benefit_type STRING,
  benefit_id STRING,
  flow_type STRING,
  execution_id STRING,
  promotion_id STRING,
  user_id STRING,
  due_column STRING OPTIONS (description = 'Column of the instant that was still ahead; NULL: the version itself arrived.'),
  changed_at TIMESTAMP NOT NULL OPTIONS (description = 'When the version arrived, or the instant that was still ahead.'),
  change_ds DATE NOT NULL OPTIONS (description = 'Business day of changed_at.')
)
PARTITION BY change_ds`;

/** growth_state.day_link: something of child on to_ds belongs to something of parent on from_ds. */
const dayLink = `(parent STRING NOT NULL, child STRING NOT NULL, from_ds DATE NOT NULL, to_ds DATE NOT NULL)
PARTITION BY from_ds`;

/** growth_state.orphan: what arrived before what it belongs to; rows stay when the other end arrives. */
const orphan = "(parent STRING NOT NULL, parent_id STRING NOT NULL, child STRING NOT NULL, ds DATE NOT NULL)";

/** growth_state.<subject>_day: on which days rows of a key may stand; bucket and key_code are a hash of the key. */
const index = `(bucket INT64 NOT NULL, key_code STRING NOT NULL, ds DATE NOT NULL)
PARTITION BY RANGE_BUCKET(bucket, GENERATE_ARRAY(0, ${bucketCnt}, 1))`;

/**
 * growth_state.user_line: every version of the order lines of a user (owner_id), and of the lines that left the user the version
 * that says so. A user's history is read from one partition, not from the log of all.
 */
const userLine = `(
  bucket INT64 NOT NULL OPTIONS (description = 'Of owner_id.'),
  owner_id STRING NOT NULL OPTIONS (description = 'User whose history the version belongs to.'),
  order_line_id STRING NOT NULL,
  order_id STRING,
  user_id STRING OPTIONS (description = 'User of the version.'),
  pay_amt NUMERIC,
  paid_at TIMESTAMP,
  ingested_at TIMESTAMP NOT NULL,
  tie_text STRING OPTIONS (description = 'Of versions of a line that arrived at one instant: the row as JSON.')
)
PARTITION BY RANGE_BUCKET(bucket, GENERATE_ARRAY(0, ${bucketCnt}, 1))`;

const tables: Readonly<Record<string, string>> = {
  arrival,
  day_link: dayLink,
  orphan,
  user_line: userLine,
  ...Object.fromEntries(Object.keys(subjects).map((subject) => [`${subject}_day`, index])),
};

const ACTION = "arrival";

function named(table: string, name: string): string {
  const at = table.lastIndexOf(ACTION);
  return table.slice(0, at) + name + table.slice(at + ACTION.length);
}

/** One of these tables, quoted. */
export function working(ctx: ActionContext, name: string): string {
  return named(ctx.ref("growth_state", ACTION), name);
}

/**
 * Script that makes the tables that are missing. Where one is, the tables that write them count as not built: their next
 * build, and that of all that is made of them, is a whole one.
 */
export function create(ctx: ActionContext): string {
  const self = ctx.self();
  const dataset = self.replaceAll("`", "").replace(`.${ACTION}`, "");
  const names = Object.keys(tables);
  const writers = [...new Set(Object.values(subjects))].map((writer) => `'${dataset}.${writer}'`);
  return `IF (
  SELECT COUNT(*) FROM \`${dataset}.INFORMATION_SCHEMA.TABLES\`
  WHERE table_name IN (${names.map((name) => `'${name}'`).join(", ")})) < ${names.length} THEN
${names.map((name) => `  CREATE TABLE IF NOT EXISTS ${named(self, name)} ${tables[name]};`).join("\n")}
  -- A table made before it had these columns.
  ALTER TABLE ${self} ADD COLUMN IF NOT EXISTS user_id STRING, ADD COLUMN IF NOT EXISTS due_column STRING;
  INSERT INTO ${ctx.ref("growth_state", "build_log")} (table_name, run_date, as_of_at, built_at, mode)
  SELECT writer, DATE '0001-01-01', NULL, CURRENT_TIMESTAMP(), 'index made' FROM UNNEST([${writers.join(", ")}]) AS writer;
END IF`;
}

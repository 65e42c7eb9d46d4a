// Users: the intervals of a user's life lie side by side.
const { rule } = require("./rules.js");

const cdm = (ctx, table) => ctx.ref("redcdm", table);
const tags = ["users"];

module.exports = [
  rule("lifecycle_intervals_lie_side_by_side", {
    tags,
    settles: false,
    description:
      "The stage intervals of a user do not overlap and leave no gap, each knows the one before, and the last one alone is open.",
    violations: (ctx) => `SELECT
  CONCAT(user_id, '|', CAST(start_ds AS STRING)) AS violation_key,
  start_ds AS event_ds,
  FORMAT('%s until %t; next: from %t, after %s', customer_stage, end_ds, next_start_ds, next_previous_stage) AS detail
FROM (
  SELECT
    user_id, start_ds, end_ds, customer_stage, previous_stage,
    LEAD(start_ds) OVER life AS next_start_ds,
    LEAD(previous_stage) OVER life AS next_previous_stage,
    ROW_NUMBER() OVER life AS place
  FROM ${cdm(ctx, "dim_ecm_user_lifecycle_df")}
  WINDOW life AS (PARTITION BY user_id ORDER BY start_ds)
)
WHERE end_ds IS DISTINCT FROM next_start_ds
  OR (next_start_ds IS NOT NULL AND next_previous_stage IS DISTINCT FROM customer_stage)
  OR (place = 1 AND previous_stage IS NOT NULL)`,
  }),
];

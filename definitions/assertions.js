// Loads every file of ../assertions; each gives the names of its views of violations (columns rule_name, violation_key,
// event_ds, detail, severity). Paths are written out: hosted Dataform has no folder to list.
const views = [
  require("assertions/contracts.js"),
  require("assertions/source.js"),
  require("assertions/reconciliation.js"),
  require("assertions/users.js"),
  require("assertions/funnels.js"),
  require("assertions/core.js"),
].flat();

const schema = dataform.projectConfig.assertionSchema;

publish("warnings", {
  type: "view",
  schema,
  tags: ["rule"],
  description:
    "What breaks a rule now without stopping anything: rules of severity warning, and events young enough to be mended by late records. " +
    "No row: nothing. One row per rule and violation.",
  columns: {
    rule_name:
      "Rule that is broken: assert_<rule_name> is the assertion that stops on what is not a warning.",
    violation_key: "Key of the row that breaks it; of a contract's rule, one of them.",
    event_ds: "Business day of the event; NULL where the rule is not about an event.",
    detail: "What was found.",
  },
}).query((ctx) =>
  [
    `SELECT
  '' AS rule_name,
  '' AS violation_key,
  DATE '1970-01-01' AS event_ds,
  '' AS detail
FROM UNNEST(ARRAY<INT64>[])`,
    ...views.map(
      (view) =>
        `SELECT
  rule_name,
  violation_key,
  event_ds,
  detail
FROM ${ctx.ref(schema, view)}
WHERE severity = 'warn'`,
    ),
  ].join("\nUNION ALL\n"),
);

// From each model's contract: its key is unique, and its rows keep the rules (not null, accepted values, bounds, row conditions).
// Sources are logs of versions: what is asked of them is asked of their latest versions, elsewhere.
const models = contracts.tables().filter((table) => contracts.versionedBy(table) === undefined);

// Rules of severity warning stop nothing: a view lists them, and growth_assertions.warnings all such views together.
const warnings = [];

for (const table of models) {
  const [schema, name] = table.split(".");
  const relation = (ctx) => ctx.ref({ schema, name });

  assert(`assert_${name}_key`, {
    tags: ["contract"],
    description: `${table} has one row per ${contracts.grain(table)}.`,
  }).query((ctx) => contracts.keyCheck(table, relation(ctx)));

  if (contracts.rulesCheck(table, "") !== undefined) {
    assert(`assert_${name}_rules`, {
      tags: ["contract"],
      description: `Every row of ${table} keeps the rules of its contract; one row per broken rule.`,
    }).query((ctx) => contracts.rulesCheck(table, relation(ctx)));
  }

  if (contracts.rulesCheck(table, "", "warning") !== undefined) {
    const rule = `${name}_rules`;
    publish(`rule_${rule}`, {
      type: "view",
      schema: dataform.projectConfig.assertionSchema,
      tags: ["contract"],
      description: `Rules of severity warning in the contract of ${table} that rows break now. One row per rule.`,
    }).query(
      (ctx) => `SELECT
  '${rule}' AS rule_name,
  example_key AS violation_key,
  CAST(NULL AS DATE) AS event_ds,
  FORMAT('%s: %s; rows that are not: %d', column_name, rule, failing_cnt) AS detail,
  'warn' AS severity
FROM (
${contracts.rulesCheck(table, relation(ctx), "warning")}
)`,
    );
    warnings.push(`rule_${rule}`);
  }
}

module.exports = warnings;

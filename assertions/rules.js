// Rules over tables. A rule is a query of violations: `violation_key`, `event_ds`, `detail`, one row per violation.
//
// A rule is a view growth_assertions.rule_<name> of every violation with its severity, and an assertion that fails on those of
// severity 'stop'. Events of the last late_days may still be completed by late records: theirs is 'warn', and is listed in
// growth_assertions.warnings.

const schema = "growth_assertions";

/**
 * Declares a rule.
 * @param name snake_case, unique
 * @param options.description what must hold, in one sentence
 * @param options.tags Dataform tags
 * @param options.settles false: a young event's violation stops as well (nothing late can mend it)
 * @param options.violations (ctx) => query of violation_key STRING, event_ds DATE, detail STRING
 */
function rule(name, { description, tags, settles = true, violations }) {
  publish(`rule_${name}`, { type: "view", schema, description, tags: ["rule", ...tags] }).query(
    (ctx) => `SELECT
  '${name}' AS rule_name,
  violation.violation_key,
  violation.event_ds,
  violation.detail,
  ${settles ? `IF(violation.event_ds < DATE_SUB(${params.runDateValue}, INTERVAL ${params.integer("late_days")} DAY), 'stop', 'warn')` : "'stop'"}
    AS severity
FROM (
${violations(ctx)}
) AS violation`,
  );
  assert(`assert_${name}`, { schema, description, tags: ["rule", ...tags] }).query(
    (ctx) =>
      `SELECT
  violation_key,
  event_ds,
  detail
FROM ${ctx.ref(schema, `rule_${name}`)}
WHERE severity = 'stop'`,
  );
  return `rule_${name}`;
}

module.exports = { rule, schema };

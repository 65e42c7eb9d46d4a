/** definitions/metrics.yaml: what would be a wrong number is an error of the build, with its line and what to write instead. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  formatProblem,
  generateMetrics,
  loadMetrics,
  metricsModule,
  readContracts,
  readMetrics,
  semanticModel,
} from "@growth/contracts";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { folderOf, root } from "./project.ts";

const file = "definitions/metrics.yaml";
const text = readFileSync(join(root, file), "utf8");
const { contracts } = readContracts(root);
const metrics = loadMetrics(root, contracts);

/** The problems of the project's metrics after a change of their text, as a reader sees them. */
function problemsAfter(from: string, to: string): string[] {
  expect(text).toContain(from);
  return readMetrics(folderOf({ [file]: text.replace(from, to) }), contracts).problems.map(formatProblem);
}
/** Line of a text in the file, from 1. */
const lineOf = (part: string) => text.slice(0, text.indexOf(part)).split("\n").length;

const cases: [sentence: string, from: string, to: string, problem: RegExp][] = [
  [
    "a column that is not there is told with the nearest one",
    "{ sum: alloc_dgmv_amt }",
    "{ sum: alloc_dgmv_atm }",
    /dwd_ecm_mkt_trigger_funnel_event_di has no column "alloc_dgmv_atm".*Did you mean "alloc_dgmv_amt"\?/,
  ],
  [
    "a ratio of ratios is refused, with what to divide instead",
    "{ numerator: net_dgmv_amt, denominator: net_platform_subsidy_amt }",
    "{ numerator: roi, denominator: net_platform_subsidy_amt }",
    /numerator: "roi" is a ratio, and a ratio of ratios is no average of anything: name its dgmv_amt or platform_subsidy_amt/,
  ],
  [
    "a sum of distinct counts is refused",
    "{ sum: refund_amt }",
    "{ sum: redeem_uv }",
    /sum: "redeem_uv" counts each user once, and one that is in two rows would count twice: use count_distinct/,
  ],
  [
    "a line's own amount summed over the benefits on it is refused",
    "{ sum: line_dgmv_amt, once_per: order_line }",
    "{ sum: line_dgmv_amt }",
    /sum: "line_dgmv_amt" is the whole order_line's and stands on each row that shares it: say once_per: order_line/,
  ],
  [
    "a line's own amount counted once per order is refused",
    "{ sum: line_refund_amt, once_per: order_line }",
    "{ sum: line_refund_amt, once_per: order }",
    /"line_refund_amt" is the whole order_line's/,
  ],
  [
    "an amount that is split already is not counted once per line",
    "{ sum: refund_amt }",
    "{ sum: refund_amt, once_per: order_line }",
    /once_per: "refund_amt" is not among the whole order_line's columns/,
  ],
  [
    "a count called additive is refused",
    "formula: { count_distinct: user, rows: claimed }\n    additivity: distinct",
    "formula: { count_distinct: user, rows: claimed }\n    additivity: additive",
    /additivity: a formula like this makes "claim_uv" distinct, not additive/,
  ],
  [
    "a metric that is not there is told with the nearest one",
    "{ numerator: claim_uv, denominator: trigger_uv }",
    "{ numerator: claim_vu, denominator: trigger_uv }",
    /there is no metric "claim_vu"\. Did you mean "claim_uv"\?/,
  ],
  [
    "rows that nobody defined are told",
    "{ count_rows: triggered }",
    "{ count_rows: trigered }",
    /there is no rows of the fact funnel_event "trigered"\. Did you mean "triggered"\?/,
  ],
  [
    "a dimension that is not of the grain is refused",
    "dimensions: [strategy_id, strategy_version]\n    levels",
    "dimensions: [strategy_id, strategy_versoin]\n    levels",
    /there is no dimension of grain trigger_cohort "strategy_versoin"\. Did you mean "strategy_version"\?/,
  ],
  [
    "a ratio without its parts in the table is refused",
    "metrics: [platform_subsidy_amt, net_platform_subsidy_amt]",
    "metrics: [platform_subsidy_amt, roi]",
    /"roi" needs "dgmv_amt", which the table does not have/,
  ],
  [
    "a misspelt property is told with the nearest one",
    "    meaning: Executions of",
    "    meening: Executions of",
    /"meening" means nothing here\. Did you mean "meaning"\?/,
  ],
  [
    "a metric twice at one grain is refused",
    "code: net_merchant_subsidy_amt",
    "code: net_platform_subsidy_amt",
    /code: metric "net_platform_subsidy_amt" is defined twice at grain strategy_day; keep one/,
  ],
  [
    "parts of another grain are refused",
    "{ numerator: redeem_dab, denominator: dab }",
    "{ numerator: redeem_dab, denominator: trigger_uv }",
    /denominator: "trigger_uv" is computed at grain trigger_cohort, "redeem_dab_share" at day/,
  ],
  [
    "an order's amount summed over the benefits redeemed in it is refused",
    "{ sum: platform_subsidy_amt, rows: growth_issued }\n    additivity: additive\n    unit: currency\n    grain: day\n    fact: discount",
    "{ sum: order_dgmv_amt, rows: growth_issued }\n    additivity: additive\n    unit: currency\n    grain: day\n    fact: redemption",
    /sum: "order_dgmv_amt" is the whole order's and stands on each row that shares it: say once_per: order/,
  ],
  [
    "a table of another grain cannot show a metric",
    "    metrics: [dab, redeem_dab,",
    "    metrics: [trigger_cnt, redeem_dab,",
    /"trigger_cnt" may be computed at grain trigger_cohort, not day/,
  ],
  [
    "a mean over days of no number is refused",
    "last_days: 7, per_day: true",
    "last_days: all, per_day: true",
    /per_day: a mean over days needs their number/,
  ],
  [
    "what is taken off has the ratio's grain, too",
    "less: cumulative_subsidy_amt",
    "less: trigger_uv",
    /less: "trigger_uv" is computed at grain trigger_cohort, "days_left" at strategy_day/,
  ],
  [
    "only of a ratio something is taken off",
    "{ sum: refund_amt }",
    "{ sum: refund_amt, less: redeem_uv }",
    /less: only a ratio's numerator can have something taken off/,
  ],
  ["a missing property is told", "    unit: execution\n", "", /metrics\[1\]: "unit" is missing/],
];

for (const [sentence, from, to, problem] of cases) {
  test(sentence, () => {
    const problems = problemsAfter(from, to);
    expect(
      problems.find((line) => problem.test(line)),
      problems.join("\n"),
    ).toMatch(problem);
    for (const line of problems) expect(line).toMatch(/^definitions\/metrics\.yaml:\d+:\d+ /);
  });
}

test("a problem stands at its line", () => {
  const [problem] = problemsAfter("{ sum: alloc_dgmv_amt }", "{ sum: alloc_dgmv_atm }");
  expect(problem).toMatch(new RegExp(`^definitions/metrics\\.yaml:${lineOf("{ sum: alloc_dgmv_amt }")}:`));
});

test("a model that asks for a metric or a table that is not there is told the nearest", () => {
  const module = metricsModule(metrics);
  expect(() => module.metric("redeem_rat")).toThrow(
    'There is no metric "redeem_rat" in definitions/metrics.yaml. Did you mean "redeem_rate"?',
  );
  expect(() => module.template("redcdm.dm_ecm_mkt_trigger_funnel_scen_1d_di")).toThrow(
    /has no template of .* Did you mean "redcdm\.dm_ecm_mkt_trigger_funnel_scene_1d_di"\?/,
  );
  expect(module.template("redcdm.dm_ecm_mkt_trigger_funnel_user_tag_1d_di").levels).toHaveLength(32);
});

test("every figure of the core and cost tables is a metric", () => {
  for (const { table, metrics: shown } of metrics.tables ?? []) {
    const figures =
      contracts
        .find((contract) => contract.table === table)
        ?.columns.filter(({ additivity }) => additivity) ?? [];
    expect(figures.length).toBeGreaterThan(10);
    expect(figures.map(({ name }) => name)).toEqual(shown);
  }
});

test("every metric is worded in Chinese and English, and the build writes them all for the models", () => {
  for (const { code, zh, en, meaning, pitfalls } of metrics.metrics) {
    expect(zh, code).toMatch(/\p{Script=Han}|ROI|GMV/u);
    expect([en, meaning, pitfalls].join(" "), code).not.toMatch(/TODO/);
  }
  const written = generateMetrics(metrics);
  expect(JSON.parse(written.slice(written.indexOf("{"), written.lastIndexOf("}") + 1))).toEqual(metrics);
});

test("the semantic model keeps the schema of Apache Ossie", () => {
  const schemaFile = join(root, ".tools/python/azem/spec/ossie-schema.json");
  const schema = JSON.parse(readFileSync(schemaFile, "utf8")) as object;
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema);
  const model = parse(semanticModel(metrics, contracts)) as { metrics: { name: string }[] };
  validate(model);
  expect(validate.errors ?? []).toEqual([]);
  const names = model.metrics.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  // The same code at two grains has two names; what is of the last days, or of a log, is no aggregate of its rows.
  expect(names).toEqual(
    expect.arrayContaining([
      "trigger_cohort_dgmv_amt",
      "day_dgmv_amt",
      "strategy_day_redeem_uv",
      "subsidy_rate",
    ]),
  );
  const leftOut = [
    "buyer_uv_30d",
    "repeat_buyer_uv_30d",
    "repurchase_rate",
    "cumulative_subsidy_amt",
    "budget_used_rate",
    "pace_amt",
    "budget_amt",
    "days_left",
  ];
  expect(names.filter((name) => leftOut.includes(name))).toEqual([]);
  expect(names.length).toBe(metrics.metrics.length - leftOut.length);
  expect(validate({ ...model, version: "9" })).toBe(false);
});

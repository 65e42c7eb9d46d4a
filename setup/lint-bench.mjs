// What linting costs: a project of 100 models in two layers (tables, incremental, views; 40 lines each), linted from nothing and again after
// a change of one file by the same linter, as --watch does. `npm run lint:bench`
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLinter } from "@growth/sqlfluff-wrapper";
import { ROOT } from "./state.mjs";

const MODELS = 100;

function model(n) {
  const source = n < MODELS / 2 ? '"raw", "events"' : `"layer_${n - MODELS / 2}"`;
  const type = ["table", "incremental", "view"][n % 3];
  const measures = Array.from(
    { length: 12 },
    (_, at) => `    SUM(IF(kind = 'k${at}', amt_${at}, 0)) AS amt_${at},`,
  );
  return `config {
  type: "${type}",
  schema: "shop",
  name: "layer_${n}",
  description: "Sums of events. One row per user_id and ds."
}

WITH event AS (
  SELECT
    *,
    DATE(happened_at, \${constants.timezone}) AS day
  FROM \${ref(${source})}
  WHERE happened_at IS NOT NULL${type === "incremental" ? ' AND ${when(incremental(), `ds >= DATE "2024-01-01"`, "TRUE")}' : ""}
),

summed AS (
  SELECT
    user_id,
    ds,
    happened_at,
    kind,
${measures.join("\n")}
    COUNT(*) AS event_cnt
  FROM event
  GROUP BY user_id, ds, happened_at, kind
)

SELECT
  summed.user_id,
  summed.ds,
  summed.happened_at,
  summed.kind,
${Array.from({ length: 12 }, (_, at) => `  summed.amt_${at},`).join("\n")}
  summed.event_cnt
FROM summed
`;
}

const project = mkdtempSync(join(tmpdir(), "lint-bench-"));
try {
  mkdirSync(join(project, "definitions"));
  mkdirSync(join(project, "includes"));
  const files = {
    "dataform.json":
      '{ "defaultSchema": "shop", "warehouse": "bigquery", "defaultDatabase": "p", "defaultLocation": "US" }',
    "package.json": JSON.stringify({ "sqlfluff-wrapper": { pythonPath: join(ROOT, ".tools/python") } }),
    "includes/constants.js": "module.exports = { timezone: \"'Asia/Shanghai'\" };\n",
    "definitions/raw.sqlx":
      'config { type: "declaration", schema: "raw", name: "events", description: "Events." }\n',
  };
  for (let n = 0; n < MODELS; n++) files[`definitions/layer_${n}.sqlx`] = model(n);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text);
  cpSync(join(ROOT, ".sqlfluff"), join(project, ".sqlfluff"));
  cpSync(join(ROOT, "node_modules/@dataform/core"), join(project, "node_modules/@dataform/core"), {
    recursive: true,
  });

  const linter = createLinter({ project });
  const timed = async (what) => {
    const started = performance.now();
    const { violations, files: linted, units } = await linter.lint();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(
      `${what}: ${seconds} s (${linted.length} files, ${units} units, ${violations.length} findings)`,
    );
  };
  await timed(`${MODELS} models from nothing`);
  await timed("again, unchanged");
  writeFileSync(
    join(project, "definitions/layer_7.sqlx"),
    model(7).replace("COUNT(*) AS event_cnt", "count(*) AS event_cnt"),
  );
  await timed("one file changed");
  linter.dispose();
} finally {
  rmSync(project, { recursive: true, force: true });
}

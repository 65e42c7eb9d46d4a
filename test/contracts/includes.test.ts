import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { contractsModule, generate, includesData, loadContracts, readContracts } from "@growth/contracts";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { contractText, folderOf, root, thingId } from "./project.ts";

const things = contractText(
  "things",
  `${thingId}
- name: kind
  businessName: 种类
  physicalType: STRING
  description: Kind of the thing.
  required: true
  enum: [{ value: big, label: 大 }, { value: "it's", label: 它 }]
- name: price_amt
  physicalType: NUMERIC
  description: Price.
  logicalTypeOptions: { minimum: 0 }
  quality: [{ metric: invalidValues, mustBe: 0, severity: warning }]
  customProperties: [{ property: unit, value: currency }, { property: additivity, value: additive }]
- name: parts
  physicalType: ARRAY<STRUCT<part_id STRING, weight FLOAT64>>
  description: Parts.
  items: { properties: [{ name: part_id, description: A part. }, { name: weight, description: Its weight. }] }`,
  "quality: [{ type: custom, engine: googlesql, name: big things cost, implementation: kind <> 'big' OR price_amt > 0 }]",
);
const files = { "definitions/dm/things.yaml": things };

describe("in SQLX, contracts", () => {
  const { contracts: list, problems } = readContracts(folderOf(files));
  const contracts = contractsModule(includesData(list));

  test("give a config block its columns, with Chinese name, unit and additivity", () => {
    expect(problems).toEqual([]);
    expect(contracts.columns("d.things")).toEqual({
      thing_id: "A thing.",
      kind: "Kind of the thing. Values: big 大, it's 它. [种类]",
      price_amt: "Price. [unit: currency; additive]",
      parts: { description: "Parts.", columns: { part_id: "A part.", weight: "Its weight." } },
    });
    expect(contracts.columnList("d.things", "thing")).toBe(
      "thing.thing_id,\n  thing.kind,\n  thing.price_amt,\n  thing.parts",
    );
    expect(contracts.columnList("d.things")).toMatch(/^thing_id,\n {2}kind,/);
    expect(contracts.description("d.things")).toBe("表. Things. One row per thing.");
    expect(contracts.description("d.things", "kind")).toMatch(/^Kind of the thing\./);
  });

  test("answer for key, required columns and accepted values", () => {
    expect(contracts.tables()).toEqual(["d.things"]);
    expect(contracts.tables("source")).toEqual([]);
    expect(contracts.key("d.things")).toEqual(["thing_id"]);
    expect(contracts.required("d.things")).toEqual(["thing_id", "kind"]);
    expect(contracts.accepted("d.things", "kind")).toEqual(["big", "it's"]);
  });

  test("name the file and the nearest name when a table or column is unknown", () => {
    expect(() => contracts.columns("d.thing")).toThrow(
      'No contract for "d.thing": write thing.yaml beside its model and run npm run build. Did you mean "d.things"?',
    );
    expect(() => contracts.description("d.things", "knd")).toThrow(
      'd.things has no column "knd" in definitions/dm/things.yaml. Did you mean "kind"?',
    );
    expect(() => contracts.accepted("d.things", "price_amt")).toThrow(
      'Column "price_amt" of d.things has no enum in definitions/dm/things.yaml.',
    );
  });

  test("put rules that stop and rules that warn in queries of their own", () => {
    const stop = contracts.rulesCheck("d.things", "t");
    expect(stop).toContain("`kind` NOT IN ('big', 'it\\'s')");
    expect(stop).toContain("NOT (kind <> 'big' OR price_amt > 0)");
    expect(stop).not.toContain("`price_amt` < 0");
    expect(contracts.rulesCheck("d.things", "t", "warning")).toContain("`price_amt` < 0");
  });
});

interface CompiledProject {
  declarations: {
    target: { schema: string; name: string };
    actionDescriptor: { columns: { path: string[] }[] };
  }[];
}

/** Compiles a project with the stock Dataform CLI, in a folder of its own. */
async function compile(project: string): Promise<CompiledProject> {
  // Dataform's compiler reads nothing outside the project: its core has to be in it.
  const core = dirname(createRequire(import.meta.url).resolve("@dataform/core/package.json"));
  cpSync(core, join(project, "node_modules/@dataform/core"), { recursive: true });
  await build({
    entryPoints: [join(root, "includes/contracts.ts")],
    outfile: join(project, "includes/contracts.js"),
    bundle: true,
    format: "cjs",
    external: ["includes/*"],
    logLevel: "error",
  });
  const cli = createRequire(import.meta.url).resolve("@dataform/cli/bundle.js");
  const output = execFileSync(process.execPath, [cli, "compile", project, "--json"], { encoding: "utf8" });
  return JSON.parse(output) as CompiledProject;
}

const settings = {
  "dataform.json": JSON.stringify({
    warehouse: "bigquery",
    defaultSchema: "d",
    assertionSchema: "growth_assertions",
    defaultDatabase: "local",
    defaultLocation: "US",
  }),
  "package.json": JSON.stringify({ dependencies: { "@dataform/core": "3.0.62" } }),
};

test("the stock Dataform CLI takes columns, descriptions and assertions from the generated include", async () => {
  const project = folderOf({
    ...settings,
    ...files,
    "definitions/dm/things.sqlx": `config {
  type: "table",
  schema: "d",
  description: contracts.description("d.things"),
  columns: contracts.columns("d.things")
}
SELECT 1`,
    "definitions/assertions.js": 'require("assertions/contracts.js");',
  });
  mkdirSync(join(project, "includes"));
  mkdirSync(join(project, "assertions"));
  cpSync(join(root, "assertions/contracts.js"), join(project, "assertions/contracts.js"));
  writeFileSync(join(project, "includes/contracts_data.js"), generate(readContracts(project).contracts));
  const compiled = await compile(project);
  expect(compiled).toMatchObject({
    graphErrors: {},
    tables: [
      { target: { schema: "growth_assertions", name: "rule_things_rules" }, enumType: "VIEW" },
      {
        target: { schema: "d", name: "things" },
        actionDescriptor: {
          description: "表. Things. One row per thing.",
          columns: expect.arrayContaining([
            { path: ["parts"], description: "Parts." },
            { path: ["parts", "part_id"], description: "A part." },
          ]),
        },
      },
    ],
    assertions: [
      { target: { schema: "growth_assertions", name: "assert_things_key" }, tags: ["contract"] },
      {
        target: { schema: "growth_assertions", name: "assert_things_rules" },
        tags: ["contract"],
        dependencyTargets: [{ schema: "d", name: "things" }],
      },
    ],
  });
});

test("the stock Dataform CLI declares every source table with its columns", async () => {
  const project = folderOf({
    ...settings,
    "includes/contracts_data.js": generate(loadContracts(root)),
  });
  const sources = loadContracts(root).filter((contract) => contract.layer === "source");
  for (const { name } of sources) {
    cpSync(join(root, `definitions/source/${name}.sqlx`), join(project, `definitions/source/${name}.sqlx`));
  }
  const compiled = await compile(project);
  const declared = compiled.declarations.map(({ target, actionDescriptor }) => [
    `${target.schema}.${target.name}`,
    actionDescriptor.columns.filter((column) => column.path.length === 1).map((column) => column.path[0]),
  ]);
  expect(Object.fromEntries(declared)).toEqual(
    Object.fromEntries(sources.map((source) => [source.table, source.columns.map((column) => column.name)])),
  );
});

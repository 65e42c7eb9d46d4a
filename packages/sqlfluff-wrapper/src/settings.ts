import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { EnvironmentProblem } from "./errors.ts";

/** The wrapper's own settings; `.sqlfluff` owns the rules of SQL. */
export interface Settings {
  /** Folders and files that are linted. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** The Python to run, and a folder of installed packages for it that holds the pinned sqlfluff. */
  readonly python?: string;
  readonly pythonPath?: string;
  /** Variables for the compiler, as --vars. */
  readonly vars: Readonly<Record<string, string>>;
  /** Codes of the wrapper's own rules (SW..) that are off. */
  readonly excludeRules: readonly string[];
  /** Names of assertions that show a table's key, with {name} and {schema} for the table's. */
  readonly keyAssertions: readonly string[];
}

const texts = { type: "array", items: { type: "string", minLength: 1 } };
const schema = {
  type: "object",
  additionalProperties: false,
  properties: {
    include: { ...texts, minItems: 1 },
    exclude: texts,
    python: { type: "string", minLength: 1 },
    pythonPath: { type: "string", minLength: 1 },
    vars: { type: "object", additionalProperties: { type: "string" } },
    excludeRules: { type: "array", items: { type: "string", pattern: "^SW[0-9]{2}$" } },
    keyAssertions: texts,
  },
};

const ownFile = ".sqlfluff-wrapper.json";
const packageField = "sqlfluff-wrapper";
const defaults: Settings = {
  include: ["definitions"],
  exclude: [],
  vars: {},
  excludeRules: [],
  keyAssertions: [],
};

/** From `.sqlfluff-wrapper.json`, else from the field "sqlfluff-wrapper" of package.json; both is refused. */
export function readSettings(root: string): Settings {
  const own = readJson(join(root, ownFile));
  const field = (readJson(join(root, "package.json")) as Record<string, unknown> | undefined)?.[packageField];
  if (own !== undefined && field !== undefined) {
    throw new EnvironmentProblem(
      `Settings stand in ${ownFile} and in package.json ("${packageField}"): keep one of the two.`,
    );
  }
  const given = own ?? field ?? {};
  const where = own === undefined ? `package.json, "${packageField}"` : ownFile;
  const validate = new Ajv({ allErrors: true, strict: true }).compile(schema);
  if (!validate(given)) {
    const problems = (validate.errors ?? []).map(({ instancePath, message, params }) => {
      const name = params.additionalProperty ? ` (${String(params.additionalProperty)})` : "";
      return `  ${instancePath || "/"} ${message ?? ""}${name}`;
    });
    throw new EnvironmentProblem(
      `${where} is not as expected:\n${problems.join("\n")}\nKnown: ${Object.keys(schema.properties).join(", ")}.`,
    );
  }
  return { ...defaults, ...(given as Partial<Settings>) };
}

function readJson(file: string): unknown {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new EnvironmentProblem(`${file} is no JSON: ${error instanceof Error ? error.message : error}`);
  }
}

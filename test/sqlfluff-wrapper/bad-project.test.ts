import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLinter, formatted, type LintResult } from "@growth/sqlfluff-wrapper";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Lines } from "../../packages/sqlfluff-wrapper/src/text.ts";
import { badProject, placeText, plantedPlaces } from "./planted.ts";
import { pythonPath, withPackages } from "./project.ts";

const linter = createLinter({ project: badProject, settings: { pythonPath } });
const copies: string[] = [];
let result: LintResult;

beforeAll(async () => {
  result = await linter.lint();
});
afterAll(() => {
  linter.dispose();
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
});

function copyOfProject(): string {
  const copy = mkdtempSync(join(tmpdir(), "bad-project-"));
  copies.push(copy);
  cpSync(badProject, copy, { recursive: true });
  withPackages(copy);
  return copy;
}

describe("a project that is bad on purpose", () => {
  test("has every planted violation found at its line and column, and no other", () => {
    const planted = plantedPlaces().map(placeText).sort();
    expect(planted.length).toBeGreaterThanOrEqual(40);
    expect(result.violations.map(placeText).sort()).toEqual(planted);
  });

  test("tells the unit and the variant in which a finding shows", () => {
    const unitsOf = (file: string) => [
      ...new Set(
        result.violations
          .filter((found) => found.file.endsWith(file))
          .map((found) => `${found.unit} ${found.variant}`),
      ),
    ];
    expect(unitsOf("daily.sqlx").sort()).toEqual([
      "body branch",
      "body full",
      "body incremental",
      "post_operations full",
      "pre_operations full",
    ]);
    expect(unitsOf("appended.sqlx")).toContain("incremental_where incremental");
    expect(unitsOf("orders_test.sqlx")).toEqual(["input full", "body full"]);
  });

  test("is linted again without asking sqlfluff about what has not changed", async () => {
    const again = await linter.lint(["definitions/daily.sqlx"]);
    expect(again.files).toEqual(["definitions/daily.sqlx"]);
    expect(again.violations).toEqual(
      result.violations.filter(({ file }) => file === "definitions/daily.sqlx"),
    );
  });

  test("refuses a path that names nothing", async () => {
    await expect(linter.lint(["definitions/nowhere.sqlx"])).rejects.toThrow("does not exist");
    await expect(linter.lint(["includes"])).rejects.toThrow("holds no .sqlx or .js file");
  });
});

describe("formats", () => {
  const lineOf = ({ file, line }: { file: string; line: number }) =>
    new Lines(readFileSync(join(badProject, file), "utf8").replaceAll("\r\n", "\n")).line(line);

  test("SARIF is valid against its schema, and its fingerprints are distinct and outlive lines that move", () => {
    const log = JSON.parse(formatted("sarif", result, lineOf));
    const schema = JSON.parse(readFileSync(new URL("sarif-2.1.0.json", import.meta.url), "utf8"));
    const ajv = new Ajv2020.default({ strict: false, allErrors: true });
    addFormats.default(ajv);
    const validate = ajv.compile(schema);
    expect(validate(log) || validate.errors).toBe(true);
    const prints = (text: string) =>
      JSON.parse(text).runs[0].results.map(
        (found: { partialFingerprints: Record<string, string> }) =>
          found.partialFingerprints["sqlfluffWrapper/v1"],
      );
    expect(new Set(prints(JSON.stringify(log))).size).toBe(result.violations.length);
    const moved = {
      ...result,
      violations: result.violations.map((found) => ({ ...found, line: found.line + 7 })),
    };
    expect(prints(formatted("sarif", moved, (found) => lineOf({ ...found, line: found.line - 7 })))).toEqual(
      prints(JSON.stringify(log)),
    );
  });

  test("GitHub's annotations and JUnit's cases are as many as the findings", () => {
    const annotations = formatted("github", result, lineOf)
      .split("\n")
      .filter((line) => line.startsWith("::error "));
    expect(annotations).toHaveLength(result.violations.length);
    expect(annotations).toContainEqual(expect.stringContaining("file=definitions/daily.sqlx,line=38,col=6,"));
    const xml = formatted("junit", result, lineOf);
    expect(xml.match(/<failure /g)).toHaveLength(result.violations.length);
    expect(xml).toContain('name="definitions/raw_orders.sqlx" tests="1" failures="0"');
  });
});

describe("fix", () => {
  test("mends what it may, keeps CRLF, and compiles to the same but for layout and case", async () => {
    const copy = copyOfProject();
    const fixing = createLinter({ project: copy, settings: { pythonPath } });
    const { changed, refused, after } = await fixing.fix();
    fixing.dispose();
    expect(refused).toEqual([]);
    expect([...changed.keys()].length).toBeGreaterThanOrEqual(8);
    const crlf = readFileSync(join(copy, "definitions/orders_crlf.sqlx"), "utf8");
    expect(crlf.match(/\r\n/g)).toHaveLength(crlf.split("\n").length - 1);
    expect(crlf).toContain(
      "  o.amount AS order_amt,\r\n  UPPER(o.status) AS order_status,\r\n  o.note AS order_note\r\nFROM",
    );
    const daily = readFileSync(join(copy, "definitions/daily.sqlx"), "utf8");
    expect(daily).toContain("`SUM(1) AS touched_cnt`");
    expect(daily).toContain("`amount > 0 AND status = 'paid'`");
    expect(daily).toContain(
      "    SELECT MAX(ds) FROM ${self()}\n  );\n  DELETE FROM ${self()}\n  WHERE ds = last_ds\n}",
    );
    // Config, what other rules found, and what only another rule may change.
    const left = after?.violations.map(({ code }) => code);
    expect(new Set(left)).toEqual(new Set(["SW10", "SW11", "SW12", "SW13", "AM05", "CV01", "CV10"]));
  });

  test("leaves a file alone whose mending would change what a function makes of it", async () => {
    const copy = copyOfProject();
    writeFileSync(
      join(copy, "includes/sql.js"),
      `${readFileSync(join(copy, "includes/sql.js"), "utf8")}\nmodule.exports.sized = (query) => \`\${query} LIMIT \${query.length}\`;\n`,
    );
    const text = 'config { type: "view", description: "x" }\n\n${sql.sized(`SELECT  1 AS one`)}\n';
    writeFileSync(join(copy, "definitions/sized.sqlx"), text);
    const fixing = createLinter({ project: copy, settings: { pythonPath } });
    const { changed } = await fixing.fix({ paths: ["definitions/sized.sqlx"] });
    fixing.dispose();
    expect(changed.size).toBe(0);
    expect(readFileSync(join(copy, "definitions/sized.sqlx"), "utf8")).toBe(text);
  });
});

describe("a project that does not compile", () => {
  test("is linted all the same: the error is told, the rest is labelled, nothing is skipped", async () => {
    const copy = copyOfProject();
    writeFileSync(
      join(copy, "definitions/broken.sqlx"),
      'config { type: "view", description: "x" }\n\nSELECT  b.order_id\nFROM ${missing.table("x")} AS b\n${when(incremental(), `WHERE b.order_id is NULL`)}\n',
    );
    const broken = createLinter({ project: copy, settings: { pythonPath } });
    const { violations, files } = await broken.lint();
    expect(files).toContain("definitions/broken.sqlx");
    const found = violations.filter(({ file }) => file === "definitions/broken.sqlx");
    expect(found.map(({ code, line, column, variant }) => [code, line, column, variant])).toEqual([
      ["SW01", 1, 1, "full"],
      ["SW02", 1, 1, "full"],
      ["LT01", 3, 7, "uncompiled"],
      ["CP01", 5, 41, "uncompiled"],
    ]);
    expect(found[0]?.message).toContain("missing is not defined");
    await expect(broken.fix()).rejects.toThrow("does not compile");
    broken.dispose();
  });
});

// Random SQLX, put together from fragments: a fix changes nothing but layout, case and AS, and a finding stands in literal SQL.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLinter } from "@growth/sqlfluff-wrapper";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compile } from "../../packages/sqlfluff-wrapper/src/compile/dataform.ts";
import { textsByKey } from "../../packages/sqlfluff-wrapper/src/lint/build.ts";
import { readSqlx } from "../../packages/sqlfluff-wrapper/src/sqlx/document.ts";
import { pythonPath, root, writeProject } from "./project.ts";

/** Files in a project: one compilation and one sqlfluff serve them all. */
const filesPerProject = 14;

const space = fc.constantFrom(" ", "  ", "\n", "\n    ", " /* 注 🎉 */ ", " -- don't ${stop}\n  ");
const word = (text: string) =>
  fc.constantFrom(text, text.toLowerCase(), text[0] + text.slice(1).toLowerCase());
const alias = fc
  .tuple(fc.constantFrom(" AS ", " as ", " ", "  As  "), fc.constantFrom("a1", "金额", "b_2"))
  .map(([as, name]) => `${as}${/[a-z]/.test(name) ? name : `\`${name}\``}`);
const scalar = fc.constantFrom(
  "t.x",
  "1",
  "'it''s ${1 + 1} --- {'",
  '"}"',
  "COUNT( *)",
  "if(t.x>1,2 ,3)",
  "${text.call(`max( t.x )`)}",
  "${when(incremental(), `t.x  + 1`, 't.x -1')}",
  "${incremental() ? `sum(t.x )` : when(true, `Min(t.x)`, `max(t.x )`)}",
  "/* c */ t.y",
  "r'\\d+'",
  "${/* } */ 'x' // trailing\n}",
);
const column = fc.tuple(scalar, alias).map(([value, name]) => `${value}${name}`);
const columns = fc
  .array(column, { minLength: 1, maxLength: 4 })
  .map((list) => list.map((text, place) => text.replace(/(a1|b_2|金额)(`?)$/, `$1_${place}$2`)));
const comma = fc.constantFrom(",", ", ", "\n  , ", ",\n  ");
const condition = fc.constantFrom(
  "t.x > 0",
  "t.x  is not NULL",
  "t.y IN (1,2)",
  "TRUE",
  "${text.call('t.x >  3')}",
);

const query = fc
  .tuple(
    word("SELECT"),
    space,
    columns,
    comma,
    space,
    word("FROM"),
    space,
    fc.option(fc.tuple(word("WHERE"), condition)),
  )
  .map(
    ([select, s1, list, between, s2, from, s3, where]) =>
      `${select}${s1}${list.join(between)}${s2}${from}${s3}\${ref("raw")} AS t${where ? `\n${where[0]} ${where[1]}` : ""}`,
  );

const file = fc
  .record({
    query,
    operation: fc.option(
      fc.constantFrom(
        "DELETE  from ${self()} WHERE x = 1",
        "update ${self()}\n  SET x=1 where TRUE\n  ---\n  SELECT  1",
      ),
    ),
    incremental: fc.boolean(),
    js: fc.option(fc.constantFrom("const note = `a  b`;", "// it's a comment {\n  const f = { g: '}' };")),
    crlf: fc.boolean(),
    end: fc.constantFrom("\n", "", "\n\n"),
  })
  .map(({ query: sql, operation, incremental, js, crlf, end }) => {
    const text = [
      `config {\n  type: "${incremental ? "incremental" : "table"}",\n  description: "x  y"\n}\n`,
      js ? `\njs {\n  ${js}\n}\n` : "",
      operation ? `\npre_operations {\n  ${operation}\n}\n` : "",
      `\n${sql}${end}`,
    ].join("");
    return crlf ? text.replaceAll("\n", "\r\n") : text;
  });

/** What a fix may change, taken away. */
function meaningOf(sql: string): string {
  return sql
    .replace(/\/\*[\s\S]*?\*\/|--.*/g, " ")
    .replace(/'(?:''|[^'])*'|"[^"]*"|\bas\b|\s+/gi, (found) => (/^['"]/.test(found) ? found : ""))
    .replace(/'(?:''|[^'])*'|"[^"]*"|[^'"]+/g, (part) => (/^['"]/.test(part) ? part : part.toLowerCase()));
}

test("a fix changes the compiled graph only as meant, and findings stand in literal SQL", async () => {
  // One project of many random files, the same on every run.
  const texts = fc.sample(file, { numRuns: filesPerProject, seed: 20240618 });
  const folder = mkdtempSync(join(tmpdir(), "sqlx-property-"));
  const paths = texts.map((_, place) => `definitions/m${place}.sqlx`);
  writeProject(folder, {
    "dataform.json": '{ "warehouse": "bigquery", "defaultSchema": "s", "defaultDatabase": "p" }',
    "package.json": "{}",
    ".sqlfluff": "[sqlfluff]\ndialect = bigquery\nrules = layout, capitalisation, AL01, AL02\n",
    "includes/text.js": "module.exports = { call: (sql) => `(${sql.trim()})` };\n",
    "definitions/raw.sqlx": 'config { type: "declaration", description: "x" }\n',
    ...Object.fromEntries(paths.map((path, place) => [path, texts[place] ?? ""])),
  });
  const settings = { pythonPath, excludeRules: ["SW11", "SW12"] };
  const linter = createLinter({ project: folder, settings });
  try {
    const before = await compile(folder, root, {});
    expect(before.errors).toEqual([]);
    const { violations } = await linter.lint();
    expect(violations.length).toBeGreaterThan(filesPerProject);
    for (const { file: path, line, column: at, code, unit } of violations) {
      const text = readFileSync(join(folder, path), "utf8").replaceAll("\r\n", "\n");
      const lines = text.split("\n");
      expect(lines.length).toBeGreaterThanOrEqual(line);
      expect(at).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
      const offset = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0) + at - 1;
      const { scripts } = readSqlx(text);
      const inScript = scripts.some(
        ({ start, end, kind }) => kind === "config" && offset > start && offset < end,
      );
      expect([path, code, inScript && unit !== "config"]).toEqual([path, code, false]);
    }
    const { changed, refused } = await linter.fix();
    expect(refused).toEqual([]);
    expect(changed.size).toBeGreaterThan(filesPerProject / 2);
    const after = await compile(folder, root, {});
    expect(after.errors).toEqual([]);
    const fixed = textsByKey(after);
    const original = textsByKey(before);
    expect([...fixed.keys()]).toEqual([...original.keys()]);
    for (const [key, { sql }] of original) expect(meaningOf(fixed.get(key)?.sql ?? "")).toBe(meaningOf(sql));
    for (const [place, text] of texts.entries()) {
      const now = readFileSync(join(folder, paths[place] ?? ""), "utf8");
      const ends = (all: string) => new Set(all.match(/\r?\n/g) ?? []);
      expect(ends(now)).toEqual(ends(text));
      expect(
        readSqlx(now.replaceAll("\r\n", "\n")).scripts.map(({ inner }) =>
          now.replaceAll("\r\n", "\n").slice(inner.start, inner.end),
        ),
      ).toEqual(
        readSqlx(text.replaceAll("\r\n", "\n")).scripts.map(({ inner }) =>
          text.replaceAll("\r\n", "\n").slice(inner.start, inner.end),
        ),
      );
    }
  } finally {
    linter.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
});

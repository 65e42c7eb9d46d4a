// What is wrong in bad-project/, on purpose: each entry is the text at which a finding has to begin, found here by looking
// for it, not by the linter.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const badProject = fileURLToPath(new URL("bad-project", import.meta.url));

/** file, text before the place (up to it), text at the place, code. The text before is only needed where `at` repeats. */
const planted: readonly (readonly [file: string, before: string, at: string, code: string])[] = [
  // config blocks
  ["raw_users.sqlx", "", "config", "SW10"],
  ["appended.sqlx", "", "config", "SW11"],
  ["appended.sqlx", "", "config", "SW12"],
  // a table, lines ending in CRLF
  ["orders_crlf.sqlx", "o.amount", "  AS order_amt", "LT01"],
  ["orders_crlf.sqlx", "", "upper(", "CP03"],
  ["orders_crlf.sqlx", "o.note ", "order_note", "AL02"],
  ["orders_crlf.sqlx", "", "from ${", "CP01"],
  ["orders_crlf.sqlx", "o.amount", "!=0", "CV01"],
  ["orders_crlf.sqlx", "o.amount", "!=0", "LT01"],
  ["orders_crlf.sqlx", "o.amount!=", "0", "LT01"],
  ["orders_crlf.sqlx", "o.note = ", '"${"a"}"', "CV10"],
  ["orders_crlf.sqlx", '"${"a"}"\n', "   AND", "LT02"],
  // characters beyond the first plane before the place
  ["users_unicode.sqlx", "'少') ", "As", "CP01"],
  ["users_unicode.sqlx", "u.name,", "u.city", "LT01"],
  ["users_unicode.sqlx", "'🥉🥈🥇')", "  AS", "LT01"],
  ["users_unicode.sqlx", "/* 🧾 */  ", "WHERE", "LT14"],
  // an incremental table: js block, operations, branches in three ways, a ternary
  ["daily.sqlx", "amount > 0 ", "and", "CP01"],
  ["daily.sqlx", "MAX(ds)", "  FROM", "LT01"],
  ["daily.sqlx", "  );\n  ", "  DELETE", "LT02"],
  ["daily.sqlx", "DELETE FROM ${self()} ", "WHERE", "LT14"],
  ["daily.sqlx", "MIN(", " created_at", "LT01"],
  ["daily.sqlx", "COUNT(*) ", "as", "CP01"],
  ["daily.sqlx", "created_at", "  > '2024", "LT01"],
  ["daily.sqlx", "'inc'", "  AS mode", "LT01"],
  ["daily.sqlx", "'full' ", "as mode", "CP01"],
  ["daily.sqlx", "", "sum(1)", "CP03"],
  ["daily.sqlx", "", "Count(2)", "CP03"],
  ["daily.sqlx", "", "max(3)", "CP03"],
  ["daily.sqlx", "TABLE ${self()}", "  SET", "LT01"],
  ["daily.sqlx", "DELETE ", "from", "CP01"],
  ["daily.sqlx", "DELETE from ${self()} ", "WHERE", "LT14"],
  // incremental_where
  ["appended.sqlx", "'2024-01-01'\n  ", "and", "CP01"],
  // a template in a placeholder, given to a function that trims it and puts it into other SQL
  ["nested.sqlx", "x.amount", "  AS amt", "LT01"],
  ["nested.sqlx", '.join(", ")}) ', "and", "CP01"],
  ["nested.sqlx", "", "JOIN", "AM05"],
  // operations, separated by ---
  ["operations.sqlx", "k.order_id,", " \n", "LT01"],
  ["operations.sqlx", "k.amount ", "as", "CP01"],
  ["operations.sqlx", "FROM ", "raw.orders", "SW13"],
  ["operations.sqlx", "WHERE amt", "  IS", "LT01"],
  // an assertion; --- and } in strings
  ["check.sqlx", "", "left", "CP01"],
  ["check.sqlx", "LIKE ", '"%}%"', "CV10"],
  // a unit test: its input and its output
  ["orders_test.sqlx", "{\n  ", "SELECT", "LT09"],
  ["orders_test.sqlx", "2 ", "as", "CP01"],
  ["orders_test.sqlx", "10", "  AS amount", "LT01"],
  ["orders_test.sqlx", "", "Date", "CP01"],
  // actions of a .js file
  ["scripted.js", "s.amount", "  AS amt", "LT01"],
  ["scripted.js", "'${status}' ", "and", "CP01"],
  ["scripted.js", "q.amount ", "is", "CP01"],
  ["scripted.js", '"orders")} ', "WHERE amount", "LT14"],
  ["scripted.js", "WHERE amount", "  IS", "LT01"],
  // a string given to a function
  ["generated_only.sqlx", "", "select", "CP01"],
  ["generated_only.sqlx", "select", "  order_id", "LT01"],
  ["generated_only.sqlx", "", "from raw_like", "CP01"],
  // the end of a file
  ["no_newline.sqlx", "e.amount > 0", "", "LT12"],
];

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly code: string;
}

export function plantedPlaces(): Place[] {
  return planted.map(([name, before, at, code]) => {
    const file = `definitions/${name}`;
    const text = readFileSync(join(badProject, file), "utf8").replaceAll("\r\n", "\n");
    const found = text.indexOf(before + at);
    if (found < 0) throw new Error(`${file} does not hold ${JSON.stringify(before + at)}.`);
    const offset = found + before.length;
    const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
    return { file, line: text.slice(0, offset).split("\n").length, column: offset - lineStart + 1, code };
  });
}

export function placeText({ file, line, column, code }: Place): string {
  return `${file}:${line}:${column} ${code}`;
}

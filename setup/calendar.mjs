// Writes the include that redcdm.dim_ecm_calendar is made of, from definitions/calendar.yaml: hosted Dataform reads no YAML.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const file = "definitions/calendar.yaml";
const day = /^\d{4}-\d\d-\d\d$/;
const yearly = /^\d\d-\d\d$/;

/**
 * What is wrong with a calendar, each with its remedy.
 * @param {any} calendar
 * @returns {string[]}
 */
export function problemsOf(calendar) {
  const problems = [];
  const isDay = (/** @type {string} */ text) =>
    day.test(text) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);
  for (const end of ["from", "to"])
    if (!isDay(String(calendar?.[end]))) problems.push(`"${end}" is a day such as 2015-01-01`);
  if (problems.length === 0 && calendar.from > calendar.to) problems.push(`"from" lies after "to"`);
  if (!Array.isArray(calendar?.sale_days)) return [...problems, `"sale_days" is a list`];
  for (const [at, sale] of calendar.sale_days.entries()) {
    const where = `sale_days entry ${at + 1}`;
    if (sale?.name === undefined || String(sale.name).trim() === "" || /['\\\n]/.test(String(sale.name)))
      problems.push(`${where} has a name without quotes, backslashes and line breaks`);
    for (const text of [sale?.day, sale?.to].filter((value) => value !== undefined))
      if (!(yearly.test(text) ? isDay(`2024-${text}`) : isDay(String(text))))
        problems.push(`${where}: "${text}" is no day; write MM-DD or YYYY-MM-DD`);
    if (sale?.day === undefined) problems.push(`${where} has a day`);
    if (sale?.to !== undefined && (String(sale.to).length !== String(sale.day).length || sale.to < sale.day))
      problems.push(`${where}: "to" is written like "day" and not before it`);
  }
  return problems;
}

/**
 * @param {string} root the project's folder
 * @returns {boolean} false when the calendar has problems (printed); the include is then as it was
 */
export function writeCalendar(root) {
  const calendar = parse(readFileSync(join(root, file), "utf8"));
  const problems = problemsOf(calendar);
  if (problems.length > 0) {
    console.error(problems.map((problem) => `${file}: ${problem}`).join("\n"));
    return false;
  }
  const { from, to, sale_days } = calendar;
  const sales = sale_days.map((/** @type {any} */ sale) => ({
    name: String(sale.name),
    from: sale.day,
    to: sale.to ?? sale.day,
  }));
  const target = join(root, "includes/calendar_data.js");
  const text = `// Written by the build from ${file}.\nmodule.exports = ${JSON.stringify({ from, to, sales }, null, 2)};\n`;
  if (existsSync(target) && readFileSync(target, "utf8") === text) return true;
  writeFileSync(`${target}.part`, text);
  renameSync(`${target}.part`, target);
  return true;
}

import type { LintResult } from "../lint/linter.ts";

/** JUnit's XML: a suite for each file, a failed case for each finding, one passed case for a clean file. */
export function junit(result: LintResult): string {
  const suites = result.files.map((file) => {
    const found = result.violations.filter((violation) => violation.file === file);
    const cases = found.map(
      ({ line, column, code, message, severity }) =>
        `    <testcase classname="${escaped(file)}" name="${code} ${line}:${column}">\n` +
        `      <failure type="${severity}" message="${escaped(message)}">${escaped(`${file}:${line}:${column} ${code} ${message}`)}</failure>\n` +
        "    </testcase>\n",
    );
    const clean = `    <testcase classname="${escaped(file)}" name="lint"/>\n`;
    return (
      `  <testsuite name="${escaped(file)}" tests="${Math.max(found.length, 1)}" failures="${found.length}">\n` +
      `${cases.join("") || clean}  </testsuite>\n`
    );
  });
  const elsewhere = result.violations.filter(({ file }) => !result.files.includes(file));
  const rest = elsewhere.map(
    ({ file, code, message }) =>
      `  <testsuite name="${escaped(file)}" tests="1" failures="1">\n    <testcase classname="${escaped(file)}" name="${code}">\n` +
      `      <failure message="${escaped(message)}"/>\n    </testcase>\n  </testsuite>\n`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="sqlfluff-wrapper" failures="${result.violations.length}">\n${suites.join("")}${rest.join("")}</testsuites>\n`;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replace(/[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replaceAll("\n", "&#10;");
}

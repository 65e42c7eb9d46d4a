import type { LintResult } from "../lint/linter.ts";

/** Workflow commands that GitHub shows on the line. It shows ten of a kind for a step; the closing lines tell them all. */
export function github(result: LintResult): string {
  const commands = result.violations.map(
    ({ severity, file, line, column, endLine, endColumn, code, name, message }) =>
      `::${severity} file=${property(file)},line=${line},col=${column},endLine=${endLine},endColumn=${endColumn},title=${property(`${code} ${name}`.trim())}::${data(message)}`,
  );
  const lines = result.violations.map(
    ({ file, line, column, code, message }) =>
      `${file}:${line}:${column} ${code} ${message.replaceAll("\n", " ")}`,
  );
  // Commands are swallowed by the log, and beyond the tenth by GitHub too; in a group every finding stays readable.
  const log = lines.length > 0 ? ["::group::All findings", ...lines, "::endgroup::"] : [];
  return [...commands, ...log].map((line) => `${line}\n`).join("");
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

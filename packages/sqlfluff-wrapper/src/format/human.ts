import pc from "picocolors";
import type { LintResult } from "../lint/linter.ts";
import type { Violation } from "../violation.ts";

/** For a terminal: findings by file, and a closing line. */
export function human(result: LintResult, colour: boolean): string {
  const colors = pc.createColors(colour);
  const blocks = [...byFile(result.violations)].map(([file, violations]) => {
    const lines = violations.map((violation) => {
      const where = `${violation.line}:${violation.column}`.padEnd(8);
      const code =
        violation.severity === "error" ? colors.red(violation.code) : colors.yellow(violation.code);
      return `  ${where} ${code}  ${violation.message} ${colors.dim(detail(violation))}`.trimEnd();
    });
    return `${colors.bold(file)}\n${lines.join("\n")}\n`;
  });
  return `${blocks.join("\n")}${blocks.length > 0 ? "\n" : ""}${summary(result)}\n`;
}

function byFile(violations: readonly Violation[]): Map<string, Violation[]> {
  const result = new Map<string, Violation[]>();
  for (const violation of violations)
    result.set(violation.file, [...(result.get(violation.file) ?? []), violation]);
  return result;
}

function detail({ name, unit, variant }: Violation): string {
  const where = unit === "body" || unit === "file" || unit === "config" ? "" : unit;
  return `(${[name, where, variant === "full" ? "" : variant].filter(Boolean).join(", ")})`;
}

export function summary({ violations, files }: LintResult): string {
  const errors = violations.filter(({ severity }) => severity === "error").length;
  const warnings = violations.length - errors;
  const fixable = violations.filter((violation) => violation.fixable).length;
  const found = [count(errors, "error"), count(warnings, "warning")].join(", ");
  const mend = fixable > 0 ? ` (sqlfluff could mend ${fixable})` : "";
  return violations.length === 0
    ? `${count(files.length, "file")}: clean.`
    : `${count(files.length, "file")}: ${found}${mend}.`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { LintResult } from "../lint/linter.ts";
import { Lines } from "../text.ts";
import type { Violation } from "../violation.ts";
import { github } from "./github.ts";
import { human } from "./human.ts";
import { junit } from "./junit.ts";
import { sarif } from "./sarif.ts";

export const formats = ["human", "json", "sarif", "github", "junit"] as const;
export type Format = (typeof formats)[number];

/** A result as text. `lineOf` gives the text of a finding's line, which SARIF's fingerprints are made of. */
export function formatted(
  format: Format,
  result: LintResult,
  lineOf: (violation: Violation) => string,
  colour = false,
): string {
  switch (format) {
    case "human":
      return human(result, colour);
    case "json":
      return `${JSON.stringify({ files: result.files.length, violations: result.violations }, undefined, 2)}\n`;
    case "sarif":
      return sarif(result, lineOf);
    case "github":
      return github(result);
    case "junit":
      return junit(result);
  }
}

/** The text of findings' lines; each file is read once. */
export function lineReader(project: string): (violation: Violation) => string {
  const files = new Map<string, Lines>();
  return ({ file, line }) => {
    let lines = files.get(file);
    if (!lines) {
      lines = new Lines(readFileSync(join(project, file), "utf8").replace(/\r\n?/g, "\n"));
      files.set(file, lines);
    }
    return lines.line(line);
  };
}

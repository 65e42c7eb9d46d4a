import type { DriverViolation, LintAnswer } from "../driver/protocol.ts";
import { Atlas, utf16 } from "../driver/request.ts";
import { ownRule } from "../rules/rules.ts";
import { sourceText } from "../unit/chunk.ts";
import type { Unit } from "../unit/unit.ts";
import type { Violation } from "../violation.ts";
import type { SourceFiles } from "./sources.ts";

/** sqlfluff's findings about a unit, at their places in the files. */
export function findingsOf(
  files: SourceFiles,
  unit: Unit,
  answer: LintAnswer,
  maxLineLength: number,
): Violation[] {
  const atlas = new Atlas(unit.chunks);
  const toUtf16 = utf16(sourceText(unit.chunks));
  return answer.violations.flatMap((found) => {
    const start = toUtf16(found.start);
    const place = atlas.at(start);
    if (!place) return [];
    const { file } = place.chunk;
    const lines = files.lines(file);
    const from = lines.at(place.offset);
    if (found.code === "LT02" && atlas.isBeforeNothing(start)) return [];
    if (!found.parse && !concerns(found, place.chunk, lines.line(from.line).length, maxLineLength)) return [];
    const last = found.end > found.start ? atlas.at(Math.max(start, toUtf16(found.end) - 1)) : undefined;
    const isStretch =
      last?.chunk.kind === "literal" && last.chunk.file === file && last.offset + 1 > place.offset;
    const to = isStretch ? lines.at(last.offset + 1) : from;
    const isWarning = found.warning || (found.parse && unit.variant === "uncompiled");
    return [
      {
        file,
        ...from,
        endLine: to.line,
        endColumn: to.column,
        code: found.code,
        name: found.name,
        message:
          found.code === "LT05"
            ? `Line is too long (${lines.line(from.line).length} > ${maxLineLength}).`
            : found.message,
        severity: isWarning ? "warning" : "error",
        unit: unit.name,
        variant: unit.variant,
        fixable: found.fixable,
      },
    ];
  });
}

/**
 * Whether a finding is about what stands in the file. In SQL that a function put together, indentation is the function's;
 * a line's length is that of the file's line.
 */
function concerns(
  { code }: DriverViolation,
  chunk: Unit["chunks"][number],
  lineLength: number,
  maxLineLength: number,
): boolean {
  if (chunk.kind !== "literal") return false;
  if (code === "LT02") return chunk.zone === "top";
  if (code === "LT12" || code === "LT13") return chunk.zone === "top";
  if (code === "LT05") return lineLength > maxLineLength;
  return true;
}

/** Tables of other actions that literal SQL names itself. */
export function referenceFindings(files: SourceFiles, unit: Unit, answer: LintAnswer): Violation[] {
  const atlas = new Atlas(unit.chunks);
  const toUtf16 = utf16(sourceText(unit.chunks));
  const rule = ownRule("SW13");
  return (answer.tables ?? []).flatMap(({ start, end, name }) => {
    const span = atlas.span(toUtf16(start), toUtf16(end));
    if (!span) return [];
    const lines = files.lines(span.file);
    const to = lines.at(span.end);
    return [
      {
        file: span.file,
        ...lines.at(span.start),
        endLine: to.line,
        endColumn: to.column,
        code: rule.code,
        name: rule.name,
        message: `${name} is named by its dataset. ${rule.remedy}`,
        severity: rule.severity,
        unit: unit.name,
        variant: unit.variant,
        fixable: false,
      },
    ];
  });
}

/** One finding for each place and rule, of the first rendering that shows it. */
export function withoutRepeats(violations: readonly Violation[]): Violation[] {
  const seen = new Set<string>();
  return violations.filter(({ file, line, column, code, variant, severity }) => {
    // What parses in the compiler's rendering may not in a branch that was only made to be seen.
    if (variant === "branch" && code === "PRS" && severity === "error") return false;
    const key = [file, line, column, code].join("\n");
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

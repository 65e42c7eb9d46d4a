export interface Place {
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** The place that a GoogleSQL message ends with: `... at [3:14]`, `... [at 3:14]` or `..., at 3:14`. */
export const placePattern = /(?:,? at \[|,? \[at |, at )(\d+):(\d+)\]?/;

export function placeIn(message: string): Place | undefined {
  const found = placePattern.exec(message);
  return found ? { line: Number(found[1]), column: Number(found[2]) } : undefined;
}

/** Characters below which a line alone does not tell where it is from. */
const shortLine = 8;

/**
 * Where a place of the compiled script stands in the .sqlx file it came from. Dataform keeps no map, so the line is
 * looked up: a line of the file matches a line of the script if they are equal up to what `${...}` became, and among
 * several the one whose neighbours match too is taken. Undefined when the line was generated.
 */
export function sourcePlace(script: string, place: Place, source: string): Place | undefined {
  const compiled = script.split("\n");
  const lines = source.split("\n");
  const text = compiled[place.line - 1];
  if (text === undefined || text.trim() === "") return undefined;
  const patterns = lines.map(patternOf);
  let best: { line: number; score: number } | undefined;
  for (const [index, pattern] of patterns.entries()) {
    if (!pattern || !matches(pattern, text)) continue;
    const near = neighbours(patterns, index, compiled, place.line - 1);
    // A short line, such as a bracket, says little by itself: a generated script may have it too.
    if (pattern.literal < shortLine && near < 1) continue;
    const score = weight(pattern) + near;
    if (!best || score > best.score) best = { line: index + 1, score };
  }
  if (!best) return undefined;
  const original = lines[best.line - 1] ?? "";
  return { line: best.line, column: columnIn(original, text, place.column) };
}

interface LinePattern {
  readonly expression: RegExp;
  /** Characters that are not a placeholder's. */
  readonly literal: number;
}

function patternOf(line: string): LinePattern | undefined {
  const parts = line.trim().split(/\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/);
  const literal = parts.join("").trim().length;
  if (literal === 0) return undefined;
  const body = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*");
  return { expression: new RegExp(`^${body}$`), literal };
}

/** The script's first line of a query has Dataform's `create or replace table ... as` before it: the end may match too. */
function matches(pattern: LinePattern, text: string): boolean {
  const trimmed = text.trim();
  if (pattern.expression.test(trimmed)) return true;
  const prefix = /^create or replace (?:table|view) .*? as /i.exec(trimmed)?.[0];
  return prefix !== undefined && pattern.expression.test(trimmed.slice(prefix.length).trim());
}

function weight(pattern: LinePattern): number {
  return Math.min(pattern.literal, 20) / 20;
}

function neighbours(
  patterns: readonly (LinePattern | undefined)[],
  index: number,
  compiled: readonly string[],
  at: number,
): number {
  let score = 0;
  for (const step of [-3, -2, -1, 1, 2, 3]) {
    const pattern = patterns[index + step];
    const text = compiled[at + step];
    if (pattern && text !== undefined && matches(pattern, text)) score += 1 / Math.abs(step);
  }
  return score;
}

/** The same column where nothing before it was replaced; else the start of the first replaced part. */
function columnIn(original: string, text: string, column: number): number {
  let same = 0;
  while (same < original.length && original[same] === text[same]) same++;
  if (same >= column || same >= original.length) return Math.min(column, original.length + 1);
  // Behind a placeholder: count from the line's end when the ends agree.
  const tail = text.length - column;
  const fromEnd = original.length - tail;
  if (fromEnd > same && original.slice(fromEnd) === text.slice(column)) return fromEnd;
  return same + 1;
}

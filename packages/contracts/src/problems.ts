/** What can be wrong with a contract or a data file; one code a kind, so that callers can tell them apart. */
export type ProblemCode =
  | "yaml" // not YAML, or not a mapping
  | "standard" // against the Open Data Contract Standard's schema
  | "house" // valid ODCS, but against this project's conventions
  | "type" // a type text that is not BigQuery's, or two that disagree
  | "inherit" // a column listed by name only, with no single description to inherit
  | "rule" // a quality rule that is not understood
  | "metric" // a metric that means nothing, or would be wrong
  | "duplicate";

export interface Problem {
  readonly code: ProblemCode;
  /** Path of the file, as the caller named its folder. */
  readonly file: string;
  /** Line and column in the file, from 1. */
  readonly line: number;
  readonly column: number;
  /** Where in the document, such as `schema[0].properties[3].enum`. */
  readonly path: string;
  /** What is wrong and what to do about it. */
  readonly message: string;
}

/** One line a problem: `file:line:column path: message`. */
export function formatProblem(problem: Problem): string {
  const where = problem.path ? ` ${problem.path}:` : "";
  return `${problem.file}:${problem.line}:${problem.column}${where} ${problem.message}`;
}

/** All problems of a set of contracts at once: whoever fixes them wants the whole list. */
export class ContractError extends Error {
  override readonly name = "ContractError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], what = "contracts") {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super([`The ${what} have ${count}:`, ...problems.map(formatProblem)].join("\n"));
    this.problems = problems;
  }
}

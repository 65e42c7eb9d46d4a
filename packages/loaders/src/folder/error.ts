import { type DataProblem, formatDataProblem } from "@growth/contracts";

/** The data is at fault: nothing was loaded. All problems at once, each with file, column and row. */
export class DataError extends Error {
  override readonly name = "DataError";
  readonly problems: readonly DataProblem[];

  constructor(folder: string, problems: readonly DataProblem[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super([`${folder} has ${count}, nothing was loaded:`, ...problems.map(formatDataProblem)].join("\n"));
    this.problems = problems;
  }
}

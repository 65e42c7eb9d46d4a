import type { DataProblem } from "@growth/contracts";
import type { Colors } from "../io.ts";
import { count, table } from "./table.ts";

const shown = 20;

/** Problems of data files as a table: where, what, and in how many rows. */
export async function problemTable(problems: readonly DataProblem[], colors: Colors): Promise<string> {
  const text = await table(
    [{ title: "file" }, { title: "column" }, { title: "row", align: "right" }, { title: "problem" }],
    problems
      .slice(0, shown)
      .map((problem) => [
        problem.file,
        problem.column ?? "",
        problem.row === undefined ? "" : count(problem.row),
        problem.message + many(problem),
      ]),
    colors,
  );
  const more = problems.length - shown;
  return more > 0 ? `${text}\n... and ${count(more)} more` : text;
}

export function problemText(problem: DataProblem): string {
  const where = [problem.file, problem.column, problem.row === undefined ? "" : `row ${count(problem.row)}`];
  return `${where.filter(Boolean).join(", ")}: ${problem.message}${many(problem)}`;
}

function many(problem: DataProblem): string {
  return problem.count > 1 ? ` (${count(problem.count)} rows)` : "";
}

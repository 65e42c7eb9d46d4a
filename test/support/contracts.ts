import { type Contract, loadContracts } from "@growth/contracts";
import { project } from "./dataform.ts";

let all: readonly Contract[] | undefined;

/** The project's contracts. */
export function projectContracts(): readonly Contract[] {
  all ??= loadContracts(project);
  return all;
}

/** The contract of a table, by `<dataset>.<table>`. */
export function contractOf(table: string): Contract {
  const contract = projectContracts().find((candidate) => candidate.table === table);
  if (!contract) throw new Error(`No contract of ${table}.`);
  return contract;
}

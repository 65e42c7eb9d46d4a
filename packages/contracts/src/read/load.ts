import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Contract } from "../contract.ts";
import { metricColumns } from "../metrics/columns.ts";
import { metricsSource } from "../metrics/read.ts";
import { ContractError, type Problem } from "../problems.ts";
import { readYaml, type YamlFile } from "./document.ts";
import { dictionary, layerRank } from "./inherit.ts";
import { interpret } from "./interpret.ts";
import { standardCheck } from "./standard.ts";

export interface LoadOptions {
  /** The standard's own schema.json. Without it files are checked against the project's conventions only. */
  readonly schemaFile?: string | undefined;
}

export interface LoadResult {
  /** In the order data flows (source, state, dim, dwd, dm), then by table. */
  readonly contracts: readonly Contract[];
  readonly problems: readonly Problem[];
}

/** Reads every contract below `<project>/definitions`; never throws for what stands in a file. */
export function readContracts(project: string, options: LoadOptions = {}): LoadResult {
  const problems: Problem[] = [];
  const read = (file: string): YamlFile => {
    const source = readYaml(join(project, file), file);
    problems.push(...source.problems);
    return source;
  };
  const sharedFile = "definitions/columns.yaml";
  const shared = existsSync(join(project, sharedFile)) ? read(sharedFile) : undefined;
  const files = readdirSync(join(project, "definitions"), { recursive: true, encoding: "utf8" })
    .map((file) => `definitions/${file.replaceAll("\\", "/")}`)
    .filter((file) => /\.ya?ml$/.test(file) && file !== sharedFile)
    .toSorted();
  const sources = files
    .map((file) => ({
      source: read(file),
      layer: file.split("/").length > 2 ? (file.split("/")[1] ?? "") : "",
    }))
    // Other YAML (a calendar's data, say) may stand beside models: a contract says that it is one.
    .filter(
      ({ source }) => "kind" in source.value || "apiVersion" in source.value || "schema" in source.value,
    );
  const columns = dictionary(shared, sources, metricColumns(metricsSource(project)));
  const check = options.schemaFile === undefined ? undefined : standardCheck(options.schemaFile);

  if (shared) problems.push(...sharedProblems(shared, columns, check));
  const contracts: Contract[] = [];
  for (const { source, layer } of sources) {
    const contract = interpret(source, layer, columns, problems);
    // The standard is asked about the effective document: a column listed by name only is complete there.
    if (check) problems.push(...check(contract?.document ?? source.value, source));
    const twin = contracts.find((other) => other.table === contract?.table);
    if (contract && twin) {
      const message = `${contract.table} already has a contract in ${twin.file}; a table has one`;
      problems.push(source.problem("duplicate", ["schema", 0, "physicalName"], message));
    } else if (contract) contracts.push(contract);
  }
  contracts.sort((a, b) => layerRank(a.layer) - layerRank(b.layer) || (a.table < b.table ? -1 : 1));
  return { contracts, problems };
}

function sharedProblems(
  shared: YamlFile,
  columns: ReturnType<typeof dictionary>,
  check: ReturnType<typeof standardCheck> | undefined,
): Problem[] {
  const problems: Problem[] = [];
  const name = "columns.columns";
  const first = Array.isArray(shared.value.schema)
    ? (shared.value.schema[0] as object | undefined)
    : undefined;
  // columns.yaml is a contract without a table: read it as one, and keep what concerns its columns.
  const asTable = { ...shared, value: { ...shared.value, schema: [{ ...first, physicalName: name }] } };
  const contract = interpret(asTable, "", columns, problems);
  const concerns = problems.filter((problem) => /properties\[/.test(problem.path));
  if (check) concerns.push(...check(contract?.document ?? shared.value, shared));
  return concerns;
}

/** The project's contracts, in the order data flows; throws a ContractError that lists every problem. */
export function loadContracts(project: string, options: LoadOptions = {}): readonly Contract[] {
  const { contracts, problems } = readContracts(project, options);
  if (problems.length) throw new ContractError(problems);
  return contracts;
}

import { existsSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Contract } from "../contract.ts";
import { didYouMean } from "../names.ts";
import { ContractError, type Problem } from "../problems.ts";
import { type JsonPath, readYaml, type YamlFile } from "../read/document.ts";
import { metricProblems } from "./check.ts";
import { metricsSchema } from "./schema.ts";
import { type MetricsFile, noMetrics } from "./types.ts";

/** Where the project defines its metrics. */
export const metricsFile = "definitions/metrics.yaml";

export interface Metrics {
  readonly file: MetricsFile;
  readonly problems: readonly Problem[];
}

/** Reads a project's metrics and checks them against its contracts; never throws for what stands in the file. */
export function readMetrics(project: string, contracts: readonly Contract[]): Metrics {
  const source = metricsSource(project);
  if (!source) return { file: noMetrics, problems: [] };
  const problems = [...source.problems, ...shapeProblems(source)];
  if (problems.length > 0) return { file: noMetrics, problems };
  const file = source.value as unknown as MetricsFile;
  return { file, problems: metricProblems(file, source, contracts) };
}

/** The project's metrics; throws a ContractError that lists every problem. */
export function loadMetrics(project: string, contracts: readonly Contract[]): MetricsFile {
  const { file, problems } = readMetrics(project, contracts);
  if (problems.length > 0) throw new ContractError(problems, "metrics");
  return file;
}

export function metricsSource(project: string): YamlFile | undefined {
  const absolute = join(project, metricsFile);
  return existsSync(absolute) ? readYaml(absolute, metricsFile) : undefined;
}

const validate = new Ajv2020({ allErrors: true, verbose: true }).compile(metricsSchema);

function shapeProblems(source: YamlFile): Problem[] {
  if (source.problems.length > 0 || validate(source.value)) return [];
  return (validate.errors ?? [])
    .filter(({ keyword }) => keyword !== "oneOf")
    .map((error) => {
      const path: JsonPath = error.instancePath
        .split("/")
        .slice(1)
        .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
      const { additionalProperty: unknown, missingProperty: missing, allowedValues } = error.params;
      if (typeof unknown === "string") {
        const known = Object.keys(
          (error.parentSchema as { properties?: object } | undefined)?.properties ?? {},
        );
        return source.problem(
          "metric",
          [...path, unknown],
          `"${unknown}" means nothing here.${didYouMean(unknown, known)}`,
        );
      }
      if (typeof missing === "string") return source.problem("metric", path, `"${missing}" is missing`);
      const list = Array.isArray(allowedValues) ? `: ${allowedValues.join(", ")}` : "";
      return source.problem("metric", path, `${error.message ?? "is not valid"}${list}`);
    });
}

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Dataset, readDataset } from "@growth/loaders";
import type { SimulationOptions } from "@growth/simulator";
import { wrongUse } from "../errors.ts";
import { home } from "../home.ts";
import type { StepView } from "../progress/progress.ts";
import { readJson, remove, writeJson } from "../state/files.ts";

/** What a command line says of a simulation; what it leaves out, the preset says. */
export type SimulationChoice = Pick<
  SimulationOptions,
  "preset" | "seed" | "users" | "dirt" | "from" | "to" | "bootstrap_days"
>;

/** As in a command line: "--seed 7 --users 500"; "" where nothing was chosen. */
export function choiceText(choice: SimulationChoice): string {
  return Object.entries(choice)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `--${name === "bootstrap_days" ? "history" : name} ${value}`)
    .join(" ");
}

/** simulation.json, beside the files: what they were made by. */
interface Made {
  readonly key: string;
}

/** Simulates into `folder`, unless it holds exactly this simulation already. */
export async function prepareSimulated(
  folder: string,
  choice: SimulationChoice,
  view: StepView,
): Promise<Dataset> {
  const { simulate, simulationOf } = await import("@growth/simulator");
  const package_ = join(home(), "packages/simulator");
  const options = { ...choice, parameters: join(package_, "parameters.yaml") };
  const simulation = await refusing(async () => simulationOf(options));
  // The same options give the same files, as long as the simulator itself is the same.
  const key = createHash("sha256")
    .update(JSON.stringify(simulation))
    .update(readFileSync(join(package_, "dist/index.js")))
    .digest("hex");
  const record = join(folder, "simulation.json");
  const dataset = readDataset(folder);
  if (dataset && readJson<Made>(record)?.key === key) return dataset;

  remove(folder);
  const made = await refusing(() =>
    simulate({
      ...options,
      out: folder,
      progress: ({ step, done, steps }) => view.status(`simulating, ${done + 1} of ${steps}: ${step}`),
    }),
  );
  writeJson(record, { key } satisfies Made);
  return made.dataset;
}

/** An unknown preset, an odd number of users or a period without a day is wrong usage. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw wrongUse(`No such simulation: ${error instanceof Error ? error.message : error}`);
  }
}

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a data folder is and from which day on it can be asked; stands in the folder as dataset.json. */
export interface Dataset {
  name: string;
  /** IANA name of the zone that decides which day an event belongs to. */
  timezone: string;
  /** ISO instant: everything in the folder was known by then. */
  bootstrap_at: string;
  /** The last full local day of the data, YYYY-MM-DD. */
  run_date: string;
  fingerprint: string;
}

export const DATASET_FILE = "dataset.json";

/** Files of a data folder that describe it instead of being a table: what it is, how it was made, what was planted in it. */
export const DESCRIPTIONS: readonly string[] = [DATASET_FILE, "simulation.json", "truth.json"];

/** The folder's dataset.json; undefined when it has none, as folders of a user's own tables. */
export function readDataset(folder: string): Dataset | undefined {
  const file = join(folder, DATASET_FILE);
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Dataset;
  } catch {
    throw new Error(`${file} is not JSON: correct it or remove it.`);
  }
}

import { existsSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { wrongUse } from "../errors.ts";
import { nearest } from "../format/nearest.ts";
import { choiceText, type SimulationChoice } from "./simulated.ts";

/** What --data names. */
export type DataSource = {
  /** Of a data set: its name and what was chosen of it; of a folder: its absolute path. */
  readonly name: string;
  readonly shown: string;
} & (
  | { readonly kind: "simulated"; readonly choice: SimulationChoice }
  | { readonly kind: "complete-journey" | "folder" }
);

const sets = ["simulated", "complete-journey"] as const;

/** The source a --data option means, checked as far as its name goes; `choice`: what was said of the simulation. */
export function dataSource(
  cwd: string,
  option: string | undefined,
  choice: SimulationChoice = {},
): DataSource {
  const wanted = option ?? sets[0];
  const chosen = choiceText(choice);
  if (wanted === "simulated") {
    const name = chosen ? `simulated, ${chosen}` : "simulated";
    return { kind: "simulated", name, shown: `simulated data${chosen && ` (${chosen})`}`, choice };
  }
  if (chosen) throw wrongUse(`${chosen}: only simulated data takes this, not --data ${wanted}.`);
  if (wanted === "complete-journey") return { kind: wanted, name: wanted, shown: wanted };
  const folder = resolve(cwd, wanted);
  if (existsSync(folder) && statSync(folder).isDirectory())
    return { kind: "folder", name: folder, shown: basename(folder) };
  const close = nearest(wanted, sets);
  throw wrongUse(
    `--data ${wanted} is neither a data set nor a folder.`,
    close
      ? `Did you mean --data ${close}?`
      : `There is --data ${sets.join(", --data ")}, or a folder with one <dataset>.<table>.parquet or .csv file per source table.`,
  );
}

import { existsSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { wrongUse } from "../errors.ts";
import { nearest } from "../format/nearest.ts";

/** What --data names. */
export interface DataSource {
  readonly kind: "complete-journey" | "folder";
  /** Complete Journey: its name; a folder: its absolute path. */
  readonly name: string;
  readonly shown: string;
}

const bundled = "complete-journey";

/** The source a --data option means; checked as far as its name goes. */
export function dataSource(cwd: string, option: string | undefined): DataSource {
  const wanted = option ?? bundled;
  if (wanted === bundled) return { kind: bundled, name: bundled, shown: bundled };
  const folder = resolve(cwd, wanted);
  if (existsSync(folder) && statSync(folder).isDirectory())
    return { kind: "folder", name: folder, shown: basename(folder) };
  const close = nearest(wanted, [bundled]);
  throw wrongUse(
    `--data ${wanted} is neither a data set nor a folder.`,
    close
      ? `Did you mean --data ${close}?`
      : `There is --data ${bundled}, or a folder with one <dataset>.<table>.parquet or .csv file per source table.`,
  );
}

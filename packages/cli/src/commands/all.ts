import { assert } from "./assert.ts";
import { backfill } from "./backfill.ts";
import { bench } from "./bench.ts";
import { bigquery } from "./bigquery.ts";
import type { Command } from "./command.ts";
import { doctor } from "./doctor.ts";
import { lint } from "./lint.ts";
import { load } from "./load.ts";
import { query } from "./query.ts";
import { replay } from "./replay.ts";
import { run } from "./run.ts";
import { start } from "./start.ts";

/** In the order in which --help lists them. */
export const commands: readonly Command[] = [
  start,
  load,
  run,
  assert,
  backfill,
  replay,
  bench,
  query,
  bigquery,
  lint,
  doctor,
];

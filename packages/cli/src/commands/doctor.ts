import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { inspect as inspectSetUp } from "../../../../setup/doctor.d.mts";
import { exitCode } from "../errors.ts";
import { count } from "../format/table.ts";
import { displayWidth } from "../format/width.ts";
import { home } from "../home.ts";
import { colorsFor, write } from "../io.ts";
import { State } from "../state/state.ts";
import { liveServer } from "../warehouse/session.ts";
import { type Command, stateOption } from "./command.ts";

interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
  readonly remedy?: string;
}

export const doctor: Command = {
  name: "doctor",
  summary: "what this machine has, what is missing, and how to get it",
  description:
    "Looks at the machine, the set-up and the local warehouse, and changes nothing. Exit code 2 if something is missing.",
  options: [stateOption],
  examples: [["growth doctor", "check everything"]],
  async run(io, options) {
    const { inspect } = (await import(pathToFileURL(join(home(), "setup/doctor.mjs")).href)) as {
      inspect: typeof inspectSetUp;
    };
    const setUp: Finding[] = inspect({ root: home(), env: io.env });
    const findings = [...setUp, ...warehouseFindings(new State(io.cwd, options.state))];
    const colors = colorsFor(io.stdout, io.env);
    const width = Math.max(...findings.map((finding) => displayWidth(finding.name)));
    for (const { name, ok, found, remedy } of findings) {
      const mark = ok ? colors.green("✔") : colors.red("✖");
      const padded = name + " ".repeat(width - displayWidth(name));
      await write(io.stdout, `${mark} ${padded}  ${colors.dim(found)}\n`);
      if (remedy) await write(io.stdout, `  ${" ".repeat(width)}  ${remedy}\n`);
    }
    const missing = findings.filter((finding) => !finding.ok).length;
    await write(io.stdout, missing === 0 ? "\nEverything is there.\n" : `\n${missing} missing.\n`);
    return missing === 0 ? exitCode.ok : exitCode.wrongUse;
  },
};

/** The local warehouse is a product, not a need: an empty one is no fault. */
function warehouseFindings(state: State): Finding[] {
  const live = liveServer(state);
  const load = state.load;
  const { run, assert } = state.build;
  const rows = load?.tables.reduce((sum, table) => sum + table.rows, 0) ?? 0;
  return [
    {
      name: "Local warehouse",
      ok: true,
      found: existsSync(state.warehouse) ? state.shown : `none yet in ${state.shown}`,
    },
    {
      name: "  data",
      ok: true,
      found: load ? `${load.data}, ${count(rows)} rows in ${load.tables.length} tables` : "not loaded",
    },
    {
      name: "  models",
      ok: true,
      found: run ? `${run.tables.length} built as of ${run.run_date || "today"}` : "not built",
    },
    { name: "  assertions", ok: true, found: assert ? `${assert.passed} passed` : "not run" },
    { name: "  server", ok: true, found: live ? `${live.url}, process ${live.pid}` : "not running" },
  ];
}

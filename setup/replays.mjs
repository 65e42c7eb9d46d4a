// The long proof that incremental equals full: 120 days of three worlds with everything that can go wrong. Minutes, not seconds.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./state.mjs";

for (const seed of ["1", "2", "3"]) {
  const period = ["--from", "2025-08-01", "--to", "2025-11-28"];
  const args = [
    join(ROOT, "packages/cli/bin/growth.js"),
    "replay",
    ...period,
    "--dirt",
    "all",
    "--seed",
    seed,
  ];
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

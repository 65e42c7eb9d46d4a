import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { SetupError } from "./error.mjs";
import { ensureSetUp } from "./setup.mjs";
import { ROOT } from "./state.mjs";

const COMMANDS = {
  setup: () => undefined,
  start: (root, args) => [join(root, "packages/cli/bin/growth.js"), "start", ...args],
  test: (root, args) => [join(root, "node_modules/vitest/vitest.mjs"), "run", ...args],
};

/** Sets up what is missing, then runs the named command; sets the exit code: 2 when the environment is at fault. */
export async function run(name, args) {
  const command = Object.hasOwn(COMMANDS, name ?? "") ? COMMANDS[name] : undefined;
  if (!command) {
    console.error(`Unknown command ${name ?? ""}: use one of ${Object.keys(COMMANDS).join(", ")}.`);
    process.exitCode = 2;
    return;
  }
  try {
    await ensureSetUp({ root: ROOT, log: (line) => console.error(line) });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = error.exitCode;
    return;
  }
  const argv = command(ROOT, args);
  if (argv) process.exitCode = await foreground(process.execPath, argv);
}

/** Runs a child on this terminal and gives its exit code; signals sent to this process alone reach it too. */
function foreground(file, args) {
  const child = spawn(file, args, { cwd: ROOT, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

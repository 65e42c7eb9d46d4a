import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { followChild, outliveOrphan } from "./child.mjs";
import { SetupError } from "./error.mjs";
import { withLock } from "./lock.mjs";
import { nodeProblem } from "./node-version.mjs";
import { findPython } from "./python.mjs";
import { clearStamp, npmAlreadyInstalled, PARTS, stampOf, stateOf, writeStamp } from "./state.mjs";

/** In the order in which they need each other. */
const STEPS = [
  ["npm", installNpmPackages],
  ["python", installPythonFiles],
  ["descriptors", exportDescriptors],
  ["build", buildSources],
];

/**
 * Makes every part that is missing or out of date, and nothing else; safe to kill and to run again, alone or twice at
 * once. `log` gets a line per step. Throws SetupError with a sentence that says what to do.
 */
export async function ensureSetUp({ root, env = process.env, log = () => {} }) {
  const problem = nodeProblem(process.versions.node);
  if (problem) throw new SetupError(problem);
  const due = () => STEPS.filter(([name]) => stateOf(PARTS[name], root) !== "current");
  if (due().length === 0) return;
  await withLock(
    join(root, ".tools/setup.lock"),
    async () => {
      await outliveOrphan(root, log);
      const steps = due();
      const python = steps.some(([name]) => name === "python" || name === "descriptors")
        ? requirePython(env)
        : undefined;
      sweep(root);
      for (const [index, [name, step]] of steps.entries()) {
        const part = PARTS[name];
        const label = `Set-up ${index + 1}/${steps.length}: ${part.title}`;
        const started = performance.now();
        log(`${label} ...`);
        const how = await step({ root, env, python, part });
        log(`${label} ${how} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
      }
    },
    (owner) => log(`Another set-up is running (process ${owner}); waiting for it to end.`),
  );
}

function requirePython(env) {
  const { python, problem } = findPython(env);
  if (problem) throw new SetupError(problem);
  return python;
}

async function installNpmPackages({ root, env, part }) {
  if (npmAlreadyInstalled(root)) {
    writeStamp(part, root);
    return "found as the lock asks";
  }
  // npm ci deletes node_modules, and with it the stamp, before it installs.
  clearStamp(part, root);
  const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  // Under `npm start`, npm names its own script; Node's spawn cannot start Windows' npm.cmd without a shell.
  const [file, argv, options] = env.npm_execpath?.endsWith(".js")
    ? [process.execPath, [env.npm_execpath, ...args], {}]
    : ["npm", args, { shell: process.platform === "win32" }];
  await run(root, file, argv, { cwd: root, env, ...options }, "npm ci failed", NETWORK);
  writeStamp(part, root);
  return "installed";
}

async function installPythonFiles({ root, env, python, part }) {
  const tools = join(root, ".tools");
  mkdirSync(tools, { recursive: true });
  const work = mkdtempSync(join(tools, "tmp-"));
  const target = join(work, "python");
  const pip = python.pip
    ? python.command
    : await pipFromVenv({ root, python, env, folder: join(work, "venv") });
  // A user's pip settings stay in force (mirror, proxy, certificates), but not those that contradict --target.
  const pipEnv = { ...env, PIP_USER: "0", PIP_REQUIRE_VIRTUALENV: "0", PIP_ROOT_USER_ACTION: "ignore" };
  const args = [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--no-input",
    "--disable-pip-version-check",
    "--no-compile",
  ];
  // Files are taken, no code is run: which Python a package is meant for says nothing.
  args.push("--ignore-requires-python");
  args.push("--no-deps", "--require-hashes", "--only-binary", ":all:", "--target", target);
  args.push("-r", join(root, "setup/requirements.txt"));
  await run(
    root,
    pip[0],
    [...pip.slice(1), ...args],
    { cwd: work, env: pipEnv },
    "pip install failed",
    NETWORK,
  );
  writeFileSync(join(target, ".growth-stamp"), stampOf(part, root));
  replaceFolder(target, join(tools, "python"), join(work, "old"));
  rmSync(work, { recursive: true, force: true });
  return "installed";
}

/** Debian's Python may come without pip but with the venv module, which brings one. */
async function pipFromVenv({ root, python, env, folder }) {
  const args = [...python.command.slice(1), "-m", "venv", folder];
  const remedy = "Install Python's pip and venv modules (on Debian and Ubuntu: apt install python3-venv).";
  await run(root, python.command[0], args, { env }, "Python could not make a virtual environment", remedy);
  return [join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python")];
}

async function exportDescriptors({ root, env, python, part }) {
  const file = join(root, ".tools/zetasql.binpb");
  const written = `${file}.tmp-${process.pid}`;
  const args = ["-I", "-B", join(root, "setup/descriptors.py"), join(root, ".tools/python"), written];
  clearStamp(part, root);
  await run(
    root,
    python.command[0],
    [...python.command.slice(1), ...args],
    { cwd: root, env },
    "Exporting the GoogleSQL descriptors failed",
    "Delete the folder .tools and run the command again.",
  );
  renameSync(written, file);
  writeStamp(part, root);
  return "exported";
}

async function buildSources({ root, env, part }) {
  clearStamp(part, root);
  await run(
    root,
    process.execPath,
    [join(root, "setup/build.mjs")],
    { cwd: root, env },
    "The build failed",
    "",
    1,
  );
  writeStamp(part, root);
  return "done";
}

const NETWORK =
  "If this machine has no way to the package registry, set a mirror or proxy for it, then run the command again: it resumes here.";

/** The folder is replaced by two renames: whoever looks sees the old one, none, or the new one, and each is whole. */
function replaceFolder(from, to, aside) {
  if (existsSync(to)) renameSync(to, aside);
  renameSync(from, to);
}

/** Removes what killed set-ups left behind. The caller holds the lock. */
function sweep(root) {
  const tools = join(root, ".tools");
  for (const name of readdirSync(tools))
    if (name.startsWith("tmp-") || name.includes(".tmp-"))
      rmSync(join(tools, name), { recursive: true, force: true, maxRetries: 5 });
}

/** What went wrong stands at the top or at the bottom, never in the middle. */
function excerpt(lines) {
  return lines.length <= 24 ? lines : [...lines.slice(0, 12), "...", ...lines.slice(-12)];
}

/** Runs a quiet child to its end; on failure throws what failed, what it printed, and the remedy. */
function run(root, file, args, options, failure, remedy, exitCode = 2) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    followChild(root, child);
    let output = "";
    const keep = (chunk) => {
      if (output.length < 1_000_000) output += chunk;
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) =>
      reject(
        new SetupError(
          `${failure}: ${file} could not be started (${error.code}). ${remedy}`.trim(),
          exitCode,
        ),
      ),
    );
    child.on("close", (code, signal) => {
      if (code === 0) return resolve();
      const lines = excerpt(output.trimEnd().split("\n")).map((line) => `  ${line}`);
      const how = signal ? `stopped by ${signal}` : `exit code ${code}`;
      reject(new SetupError([`${failure} (${how}):`, ...lines, remedy].filter(Boolean).join("\n"), exitCode));
    });
  });
}

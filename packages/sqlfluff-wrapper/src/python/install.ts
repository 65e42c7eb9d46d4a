import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { EnvironmentProblem } from "../errors.ts";
import { pinnedVersion } from "./find.ts";
import { packageFile } from "./package.ts";

/** Where the pinned sqlfluff is kept for a Python, in the user's cache. */
export function cachedFolder(python: string, env: NodeJS.ProcessEnv): string {
  const script = "import sys; print(f'{sys.implementation.cache_tag}-{sys.platform}')";
  const tag = spawnSync(python, ["-c", script], { env, encoding: "utf8" }).stdout.trim();
  const cache = join(env.XDG_CACHE_HOME ?? join(env.HOME ?? homedir(), ".cache"), "sqlfluff-wrapper");
  return join(cache, `${pinnedVersion()}-${tag}`);
}

/**
 * Installs the pinned sqlfluff, every file by its hash, into a folder of the user's cache, once per version of Python.
 * A folder is there whole or not at all, so that several processes may install at once.
 */
export function installCached(python: string, env: NodeJS.ProcessEnv): string {
  const folder = cachedFolder(python, env);
  if (existsSync(folder)) return folder;
  const cache = dirname(folder);
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "tmp-"));
  const args = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps"];
  args.push("--require-hashes", "--only-binary", ":all:", "--target", join(work, "site"));
  args.push("-r", packageFile("python/requirements.txt"));
  const made = spawnSync(python, args, {
    env: { ...env, PIP_USER: "0", PIP_REQUIRE_VIRTUALENV: "0" },
    encoding: "utf8",
  });
  try {
    if (made.status !== 0) {
      const said = `${made.stdout ?? ""}${made.stderr ?? ""}`.trim().split("\n").slice(-6).join("\n");
      throw new EnvironmentProblem(
        `sqlfluff could not be installed with ${python}:\n${said}\nInstall sqlfluff==${pinnedVersion()} where the settings' "pythonPath" says, or set a mirror or proxy for pip.`,
      );
    }
    try {
      renameSync(join(work, "site"), folder);
    } catch (error) {
      // Another process was faster.
      if (!existsSync(folder)) throw error;
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

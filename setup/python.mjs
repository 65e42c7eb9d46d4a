import { spawnSync } from "node:child_process";

export const PYTHON_MINIMUM = [3, 10];
const HOW =
  "install Python 3.10 or later from your system's packages or https://www.python.org, or name one in $PYTHON";

const PROBE = `import importlib.util, json, sys
print(json.dumps({"version": list(sys.version_info[:3]), "path": sys.executable,
  "pip": importlib.util.find_spec("pip") is not None,
  "venv": importlib.util.find_spec("venv") is not None and importlib.util.find_spec("ensurepip") is not None}))`;

/**
 * The first Python of $PYTHON, python3, python, py and the versioned names that is new enough and can install packages.
 * @returns {{ python?: { command: string[], version: string, path: string, pip: boolean }, problem?: string }}
 */
export function findPython(env = process.env) {
  const old = [];
  const bare = [];
  for (const command of candidates(env)) {
    const found = probe(command, env);
    if (!found) {
      if (env.PYTHON && command[0] === env.PYTHON)
        return {
          problem: `$PYTHON names ${env.PYTHON}, which is not a working Python: correct it or unset it.`,
        };
      continue;
    }
    const version = found.version.join(".");
    if (compare(found.version, PYTHON_MINIMUM) < 0) old.push(`${found.path} (${version})`);
    else if (!found.pip && !found.venv) bare.push({ ...found, version });
    else return { python: { command, version, path: found.path, pip: found.pip } };
  }
  if (bare[0])
    return {
      problem:
        `Python ${bare[0].version} at ${bare[0].path} has neither pip nor the venv module, so it cannot install packages: ` +
        "install them (on Debian and Ubuntu: apt install python3-venv) and run the command again.",
    };
  const seen = old.length ? `only ${[...new Set(old)].join(", ")} was found` : "none was found";
  return { problem: `Python 3.10 or later is needed and ${seen}: ${HOW}, and run the command again.` };
}

function candidates(env) {
  if (env.PYTHON) return [[env.PYTHON]];
  const versioned = [14, 13, 12, 11, 10].map((minor) => [`python3.${minor}`]);
  const launcher = process.platform === "win32" ? [["py", "-3"]] : [];
  return [["python3"], ["python"], ...launcher, ...versioned];
}

function probe([file, ...args], env) {
  if (!env.PATH && !env.Path && !file.includes("/") && !file.includes("\\")) return undefined;
  const result = spawnSync(file, [...args, "-c", PROBE], { env, encoding: "utf8", timeout: 20_000 });
  if (result.status !== 0) return undefined;
  try {
    return JSON.parse(result.stdout);
  } catch {
    return undefined;
  }
}

function compare(a, b) {
  return a[0] - b[0] || a[1] - b[1];
}

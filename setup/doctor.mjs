// What a machine and a clone need, what of it is there, and how to get the rest. Read by `growth doctor`.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { NODE_MINIMUM, nodeProblem } from "./node-version.mjs";
import { findPython } from "./python.mjs";
import { npmAlreadyInstalled, PARTS, REQUIREMENTS, stateOf } from "./state.mjs";

/**
 * Looks, changes nothing.
 * @param {{ root: string, env?: Record<string, string | undefined>, nodeVersion?: string }} where
 * @returns {{ name: string, ok: boolean, found: string, remedy?: string }[]}
 */
export function inspect({ root, env = process.env, nodeVersion = process.versions.node }) {
  const wrongNode = nodeProblem(nodeVersion);
  const { python, problem: wrongPython } = findPython(env);
  return [
    item(`Node ${NODE_MINIMUM} or later`, !wrongNode, nodeVersion, wrongNode),
    item(
      "Python 3.10 or later",
      !wrongPython,
      python ? `${python.version} at ${python.path}` : "not found",
      wrongPython,
    ),
    ...Object.entries(PARTS).map(([name, part]) => {
      const state = name === "npm" && npmAlreadyInstalled(root) ? "current" : stateOf(part, root);
      return item(part.title, state === "current", FOUND[state], REMEDY);
    }),
    ...pinnedPackages(root),
  ];
}

const FOUND = { current: "there, as pinned", stale: "out of date", missing: "missing or incomplete" };
const REMEDY = "Run `npm start` or `npm test`: either sets up what is missing.";

function item(name, ok, found, remedy) {
  return ok ? { name, ok, found } : { name, ok, found, remedy };
}

/** The pinned Python packages by name and version, so that a bug report shows them. */
function pinnedPackages(root) {
  if (stateOf(PARTS.python, root) !== "current") return [];
  const texts = REQUIREMENTS.map((file) => join(root, file)).filter((file) => existsSync(file));
  const pins = texts.flatMap((file) => [...readFileSync(file, "utf8").matchAll(/^([\w-]+)==(\S+)/gm)]);
  return pins.map(([, name, version]) => item(`  ${name}`, true, version));
}

// What set-up makes, and how it recognises that a part is there, whole and current. Every part has a stamp, written last:
// the hash of all it was made from and the names of what was made. A part without its stamp, or with another one, is
// made again.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's own folder, for code that runs from it unbundled. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The pinned Python packages; the first file names the others. */
export const REQUIREMENTS = ["setup/requirements.txt", "packages/sqlfluff-wrapper/python/requirements.txt"];

export const PARTS = {
  npm: {
    title: "npm packages",
    stamp: "node_modules/.growth-stamp",
    outputs: () => ["node_modules"],
    wanted: (root) => hash([process.platform, process.arch, read(join(root, "package-lock.json"))]),
  },
  python: {
    title: "Python files",
    stamp: ".tools/python/.growth-stamp",
    outputs: () => [".tools/python"],
    wanted: (root) => hash(REQUIREMENTS.map((file) => read(join(root, file)))),
  },
  descriptors: {
    title: "GoogleSQL descriptors",
    stamp: ".tools/zetasql.stamp",
    outputs: () => [".tools/zetasql.binpb"],
    wanted: (root) =>
      hash([read(join(root, "setup/requirements.txt")), read(join(root, "setup/descriptors.py"))]),
  },
  build: {
    title: "build",
    stamp: ".tools/build.stamp",
    outputs: buildOutputs,
    wanted: (root) => hash(buildSources(root).flatMap((file) => [file, read(join(root, file))])),
  },
};

/** @returns {"current" | "missing" | "stale"} */
export function stateOf(part, root) {
  const stamp = join(root, part.stamp);
  if (!existsSync(stamp)) return "missing";
  const [madeFrom, ...outputs] = readFileSync(stamp, "utf8").trim().split("\n");
  if (!outputs.every((path) => existsSync(join(root, path)))) return "missing";
  return madeFrom === part.wanted(root) ? "current" : "stale";
}

export function clearStamp(part, root) {
  rmSync(join(root, part.stamp), { force: true });
}

/** A stamp's text: what the part was made from, and what was made. */
export function stampOf(part, root) {
  return `${[part.wanted(root), ...part.outputs(root)].join("\n")}\n`;
}

export function writeStamp(part, root) {
  writeFileSync(join(root, part.stamp), stampOf(part, root));
}

/** The files whose change makes the build stale: sources, contracts (code is generated from them) and the build itself. */
function buildSources(root) {
  const packages = list(join(root, "packages"));
  return [
    "package-lock.json",
    ...list(join(root, "setup"))
      .filter((name) => name.endsWith(".mjs"))
      .map((name) => `setup/${name}`),
    ...packages.flatMap((name) => walk(root, `packages/${name}/src`)),
    ...packages.map((name) => `packages/${name}/package.json`),
    ...walk(root, "includes").filter((path) => path.endsWith(".ts")),
    ...walk(root, "definitions").filter((path) => path.endsWith(".yaml")),
  ].filter((path) => existsSync(join(root, path)));
}

/** What a finished build left: the bundles, and the includes that Dataform loads. */
function buildOutputs(root) {
  const folders = [...list(join(root, "packages")).map((name) => `packages/${name}/dist`), "includes"];
  return folders.flatMap((folder) =>
    list(join(root, folder))
      .filter((name) => name.endsWith(".js"))
      .map((name) => `${folder}/${name}`),
  );
}

/**
 * Whether `npm ci` or `npm install`, run by hand, already left what the lock asks for. npm writes the list it compares
 * with (its hidden lock) last, so an interrupted installation has none.
 */
export function npmAlreadyInstalled(root) {
  const installed = readJson(join(root, "node_modules/.package-lock.json"))?.packages;
  const locked = readJson(join(root, "package-lock.json"))?.packages;
  if (!installed || !locked) return false;
  return Object.entries(locked).every(([path, wanted]) => {
    if (path === "" || !path.includes("node_modules/") || wanted.link) return true;
    const found = installed[path];
    if (!found) return wanted.optional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

function walk(root, folder) {
  return list(join(root, folder)).flatMap((name) => {
    const path = `${folder}/${name}`;
    return statSync(join(root, path)).isDirectory() ? walk(root, path) : [path];
  });
}

function list(folder) {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

function read(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error.code === "ENOENT") return "";
    throw error;
  }
}

/** What a JSON file holds; undefined where it is not there, or not whole. */
export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function hash(parts) {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(String(part.length)).update("\0").update(part);
  return digest.digest("hex");
}

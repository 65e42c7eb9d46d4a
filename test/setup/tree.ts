import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SETUP = fileURLToPath(new URL("../../setup", import.meta.url));

/** A small project that the real set-up code sets up without a network: an empty lock, one tiny wheel, its own build. */
export interface Tree {
  root: string;
  env: NodeJS.ProcessEnv;
  path: (relative: string) => string;
}

export function makeTree(): Tree {
  const root = mkdtempSync(join(tmpdir(), "growth-setup-"));
  const path = (relative: string) => join(root, relative);
  for (const folder of ["setup", "wheels", "packages/cli/src"]) mkdirSync(path(folder), { recursive: true });
  for (const name of readdirSync(SETUP).filter((name) => name.endsWith(".mjs") && name !== "build.mjs"))
    copyFileSync(join(SETUP, name), path(`setup/${name}`));
  const manifest = { name: "tree", version: "1.0.0", private: true, workspaces: ["packages/*"] };
  writeFileSync(path("package.json"), JSON.stringify(manifest));
  writeFileSync(path("packages/cli/package.json"), JSON.stringify({ name: "cli", version: "1.0.0" }));
  const packages = {
    "": manifest,
    "node_modules/cli": { resolved: "packages/cli", link: true },
    "packages/cli": { version: "1.0.0" },
  };
  const lock = { ...manifest, lockfileVersion: 3, requires: true, packages };
  writeFileSync(path("package-lock.json"), JSON.stringify(lock));
  writeFileSync(path("packages/cli/src/index.ts"), "export const built = 1;\n");
  writeFileSync(path("setup/build.mjs"), BUILD);
  writeFileSync(path("setup/descriptors.py"), DESCRIPTORS);
  const digest = spawnSync("python3", ["-c", WHEEL, path("wheels")], { encoding: "utf8" }).stdout.trim();
  writeFileSync(path("setup/requirements.txt"), `tiny==1.0 --hash=sha256:${digest}\n`);
  const env = {
    ...process.env,
    PIP_NO_INDEX: "1",
    PIP_FIND_LINKS: path("wheels"),
    npm_config_offline: "true",
  };
  return { root, env, path };
}

/** What set-up made, as text, so that two set-ups can be compared. */
export function madeBy(tree: Tree): Record<string, string> {
  const files = [
    "node_modules/.growth-stamp",
    ".tools/python/.growth-stamp",
    ".tools/python/tiny/__init__.py",
    ".tools/zetasql.binpb",
    ".tools/zetasql.stamp",
    ".tools/build.stamp",
    "packages/cli/dist/index.js",
  ];
  const read = (file: string) =>
    existsSync(tree.path(file)) ? readFileSync(tree.path(file), "utf8") : "none";
  return Object.fromEntries([
    ...files.map((file) => [file, read(file)]),
    [
      "left over",
      readdirSync(tree.path(".tools"))
        .filter((name) => /tmp|lock|child/.test(name))
        .join(),
    ],
  ]);
}

export interface Run {
  child: ChildProcess;
  /** Resolves when the line is printed; rejects when the run ends without it. */
  said: (text: string) => Promise<void>;
  ended: Promise<{ code: number | null; output: string }>;
}

/** Starts `node setup/run.mjs COMMAND` in the tree. */
export function start(tree: Tree, command: string, env: NodeJS.ProcessEnv = {}, node: string[] = []): Run {
  const child = spawn(process.execPath, [...node, tree.path("setup/run.mjs"), command], {
    cwd: tree.root,
    env: { ...tree.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const watchers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      output += chunk;
      for (const watch of watchers) watch();
    });
  const ended = new Promise<{ code: number | null; output: string }>((resolve) =>
    child.on("exit", (code) => setTimeout(() => resolve({ code, output }), 20)),
  );
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const watch = () => output.includes(text) && resolve();
      watchers.add(watch);
      watch();
      ended.then(() => reject(new Error(`ended without saying ${text}: ${output}`)));
    });
  return { child, said, ended };
}

// `hold` lets a test stop a step in the middle: it stays there until the file is gone.
const BUILD = `import { existsSync, mkdirSync, writeFileSync } from "node:fs";
const root = new URL("..", import.meta.url);
mkdirSync(new URL("packages/cli/dist", root), { recursive: true });
writeFileSync(new URL("packages/cli/dist/index.js", root), "half");
while (existsSync(new URL("hold-build", root))) await new Promise((resolve) => setTimeout(resolve, 20));
writeFileSync(new URL("packages/cli/dist/index.js", root), "whole");
`;

const DESCRIPTORS = `import os, pathlib, sys, time
sys.path.insert(0, sys.argv[1])
import tiny
out = pathlib.Path(sys.argv[2])
out.write_text("half")
while os.path.exists("hold-descriptors"): time.sleep(0.02)
out.write_text("whole " + tiny.NAME)
`;

const WHEEL = `import hashlib, pathlib, sys, zipfile
file = pathlib.Path(sys.argv[1]) / "tiny-1.0-py3-none-any.whl"
info = "tiny-1.0.dist-info/"
with zipfile.ZipFile(file, "w") as wheel:
    wheel.writestr("tiny/__init__.py", "NAME = 'tiny'")
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "tiny/__init__.py,,\\n" + info + "METADATA,,\\n" + info + "WHEEL,,\\n" + info + "RECORD,,\\n")
print(hashlib.sha256(file.read_bytes()).hexdigest())
`;

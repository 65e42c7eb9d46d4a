import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { madeBy, makeTree, start, type Tree } from "./tree.ts";

const trees: Tree[] = [];
function tree(): Tree {
  const made = makeTree();
  trees.push(made);
  return made;
}
afterAll(() => {
  for (const { root } of trees) rmSync(root, { recursive: true, force: true });
});

const WHOLE = {
  "packages/cli/dist/index.js": "whole",
  ".tools/zetasql.binpb": "whole tiny",
  ".tools/python/tiny/__init__.py": "NAME = 'tiny'",
  "left over": "",
};

describe("set-up", () => {
  test("makes every part once, says so step by step, and then does nothing at all", async () => {
    const project = tree();
    const first = await start(project, "setup").ended;
    expect(first.output).toMatch(
      /1\/4: npm packages \.\.\.[\s\S]*2\/4: Python files[\s\S]*3\/4: GoogleSQL[\s\S]*4\/4: build done in/,
    );
    expect(first.code).toBe(0);
    expect(madeBy(project)).toMatchObject(WHOLE);
    expect(await start(project, "setup").ended).toEqual({ code: 0, output: "" });
  });

  test("makes again only what a change makes stale, or what was deleted", async () => {
    const project = tree();
    await start(project, "setup").ended;
    writeFileSync(project.path("packages/cli/src/index.ts"), "export const built = 2;\n");
    const { output } = await start(project, "setup").ended;
    expect(output).toContain("1/1: build done");
    rmSync(project.path("packages/cli/dist/index.js"));
    expect((await start(project, "setup").ended).output).toContain("1/1: build done");
  });

  test.each([
    ["npm packages", "hold-nothing"],
    ["Python files", "hold-nothing"],
    ["GoogleSQL descriptors", "hold-descriptors"],
    ["build", "hold-build"],
  ])("killed during '%s' leaves nothing half-used, and the next one finishes it", async (title, hold) => {
    const project = tree();
    writeFileSync(project.path(hold), "");
    const killed = start(project, "setup");
    await killed.said(`${title} ...`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    killed.child.kill("SIGKILL");
    await killed.ended;
    rmSync(project.path(hold), { force: true });
    const again = await start(project, "setup").ended;
    expect(again.output).toContain(`${title} ...`);
    expect(again.code).toBe(0);
    expect(madeBy(project)).toMatchObject(WHOLE);
  });

  test("started twice at once, the second waits for the first", async () => {
    const project = tree();
    writeFileSync(project.path("hold-descriptors"), "");
    const first = start(project, "setup");
    await first.said("GoogleSQL descriptors ...");
    const second = start(project, "setup");
    await second.said(`Another set-up is running (process ${first.child.pid})`);
    rmSync(project.path("hold-descriptors"));
    const [one, two] = await Promise.all([first.ended, second.ended]);
    expect([one.code, two.code]).toEqual([0, 0]);
    expect(two.output).not.toContain("...");
    expect(madeBy(project)).toMatchObject(WHOLE);
  });

  test("a wheel with another hash is refused, and the message says what pip said", async () => {
    const project = tree();
    const requirements = readFileSync(project.path("setup/requirements.txt"), "utf8");
    writeFileSync(
      project.path("setup/requirements.txt"),
      requirements.replace(/sha256:\w+/, `sha256:${"0".repeat(64)}`),
    );
    const { code, output } = await start(project, "setup").ended;
    expect(code).toBe(2);
    expect(output).toMatch(/pip install failed \(exit code 1\):[\s\S]*DO NOT MATCH THE HASHES/i);
  });
});

describe("an environment that cannot work gets one sentence and exit code 2", () => {
  test("no Python", async () => {
    const project = tree();
    mkdirSync(project.path("bin"));
    const { code, output } = await start(project, "test", { PATH: project.path("bin"), PYTHON: "" }).ended;
    expect(code).toBe(2);
    expect(output).toBe(
      "Python 3.10 or later is needed and none was found: install Python 3.10 or later from your system's packages " +
        "or https://www.python.org, or name one in $PYTHON, and run the command again.\n",
    );
  });

  test("an old Python", async () => {
    const project = tree();
    const { code, output } = await start(project, "test", fakePython(project, [3, 9, 2], true)).ended;
    expect(code).toBe(2);
    expect(output).toMatch(
      /^Python 3\.10 or later is needed and only \/usr\/bin\/python3 \(3\.9\.2\) was found: /,
    );
    expect(output.trim().split("\n")).toHaveLength(1);
  });

  test("a Python with neither pip nor the venv module, as Debian's", async () => {
    const project = tree();
    const { code, output } = await start(project, "start", fakePython(project, [3, 11, 2], false)).ended;
    expect(code).toBe(2);
    expect(output).toBe(
      "Python 3.11.2 at /usr/bin/python3 has neither pip nor the venv module, so it cannot install packages: " +
        "install them (on Debian and Ubuntu: apt install python3-venv) and run the command again.\n",
    );
  });

  test("a $PYTHON that is no Python", async () => {
    const project = tree();
    const { code, output } = await start(project, "test", { PYTHON: "/nowhere/python" }).ended;
    expect(code).toBe(2);
    expect(output).toBe(
      "$PYTHON names /nowhere/python, which is not a working Python: correct it or unset it.\n",
    );
  });

  test("an old Node", async () => {
    const pretend = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"18.19.0"})';
    const { code, output } = await start(tree(), "test", {}, ["--import", pretend]).ended;
    expect(code).toBe(2);
    expect(output).toBe(
      "This is Node 18.19.0, but Node 20 or later is needed: install one from https://nodejs.org and run the command again.\n",
    );
  });

  test("an unknown command", async () => {
    const { code, output } = await start(tree(), "tset").ended;
    expect(code).toBe(2);
    expect(output).toBe("Unknown command tset: use one of setup, start, test.\n");
  });
});

test("a Python without pip but with the venv module is enough", async () => {
  const project = tree();
  mkdirSync(project.path("bin"));
  // The real interpreter behind a script that only denies having pip.
  const real = spawnSync("python3", ["-c", "import sys; print(sys.executable)"], {
    encoding: "utf8",
  }).stdout.trim();
  const probed = '{"version": [3, 11, 2], "path": "/usr/bin/python3", "pip": false, "venv": true}';
  const script = `#!/bin/sh\ncase "$1" in -c) echo '${probed}' ;; *) exec ${real} "$@" ;; esac\n`;
  writeFileSync(project.path("bin/python3"), script, { mode: 0o755 });
  const env = { PATH: `${project.path("bin")}:${process.env.PATH}`, PYTHON: "" };
  const { code, output } = await start(project, "setup", env).ended;
  expect(output).toContain("build done");
  expect(code).toBe(0);
  expect(madeBy(project)).toMatchObject(WHOLE);
});

/** A PATH whose only program answers the version probe as such a Python would. */
function fakePython(project: Tree, version: number[], modules: boolean): NodeJS.ProcessEnv {
  mkdirSync(project.path("bin"));
  const answer = JSON.stringify({ version, path: "/usr/bin/python3", pip: modules, venv: modules });
  writeFileSync(project.path("bin/python3"), `#!/bin/sh\necho '${answer}'\n`, { mode: 0o755 });
  return { PATH: project.path("bin"), PYTHON: "" };
}

// A killed set-up (kill -9) leaves its installer running on its own, writing where the next set-up would write too. So
// the installer's process id is kept in a file, and the next set-up waits until that process has ended.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning } from "./lock.mjs";

// By then the id belongs to another process: no step takes as long.
const GIVE_UP_MS = 5 * 60_000;

const file = (root) => join(root, ".tools/setup.child");

/** @param {string} root @param {import("node:child_process").ChildProcess} child */
export function followChild(root, child) {
  if (child.pid === undefined) return;
  writeFileSync(file(root), String(child.pid));
  child.on("close", () => rmSync(file(root), { force: true }));
}

export async function outliveOrphan(root, log) {
  const pid = readPid(file(root));
  const started = Date.now();
  if (pid && isRunning(pid))
    log(`A step of an interrupted set-up still runs (process ${pid}); waiting for it to end.`);
  while (pid && isRunning(pid) && Date.now() - started < GIVE_UP_MS) await sleep(100);
  rmSync(file(root), { force: true });
}

function readPid(path) {
  try {
    return Number(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

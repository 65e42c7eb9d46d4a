// Two set-ups at once would write the same folders, so one waits for the other. The owner touches the lock while it
// lives; a lock left by a killed process is recognised by its age, or at once when its process is gone.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const TOUCH_MS = 2_000;
const DEAD_AFTER_MS = 20_000;

/** Runs `work` while holding the lock file; calls `waiting(owner)` once if another process holds it. */
export async function withLock(file, work, waiting) {
  mkdirSync(dirname(file), { recursive: true });
  const me = `${hostname()} ${process.pid} ${Date.now()}`;
  let told = false;
  while (!take(file, me)) {
    const owner = readOwner(file);
    if (owner && isDead(file, owner)) {
      discard(file, owner);
      continue;
    }
    if (owner && !told) {
      waiting(owner.split(" ")[1]);
      told = true;
    }
    await sleep(200);
  }
  const touch = setInterval(() => touchQuietly(file), TOUCH_MS);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    if (readOwner(file) === me) rmSync(file, { force: true });
  }
}

function take(file, me) {
  try {
    writeFileSync(file, me, { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function readOwner(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function isDead(file, owner) {
  const [host, pid] = owner.split(" ");
  if (host === hostname() && pid && !isRunning(Number(pid))) return true;
  try {
    return Date.now() - statSync(file).mtimeMs > DEAD_AFTER_MS;
  } catch {
    return false;
  }
}

/** Whether a process with this id exists. */
export function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Only one of several waiting processes gets the dead lock's file by renaming it; what it got may be a newer, live lock. */
function discard(file, owner) {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (readOwner(aside) === owner) rmSync(aside, { force: true });
  else renameSync(aside, file);
}

function touchQuietly(file) {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // The lock was taken away, for instance by a hand that deletes .tools: the work goes on, its stamps decide.
  }
}

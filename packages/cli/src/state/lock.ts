import { linkSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { wrongUse } from "../errors.ts";
import { readJson } from "./files.ts";
import { isAlive, markOf, type ProcessMark } from "./process.ts";
import type { State } from "./state.ts";

interface LockRecord extends ProcessMark {
  readonly command: string;
  readonly at: string;
  /** The child at work, so that it can be stopped when its parent was killed. */
  readonly child?: ProcessMark;
}

export interface Lock {
  /** Tells who works for this command now; a later command stops that process if it finds it without its parent. */
  workedBy(childPid: number | undefined): void;
}

/** Runs `work` as the only command that changes this state. A second one is refused, not queued. */
export async function withLock<T>(
  state: State,
  command: string,
  work: (lock: Lock) => Promise<T>,
): Promise<T> {
  const file = state.file("lock.json");
  const own: LockRecord = { ...markOf(process.pid), command, at: new Date().toISOString() };
  await acquire(file, own, state);
  const release = () => {
    const current = readJson<LockRecord>(file);
    if (current?.pid === own.pid && current.started === own.started) rmSync(file, { force: true });
  };
  try {
    return await work({
      workedBy: (childPid) =>
        replace(file, childPid === undefined ? own : { ...own, child: markOf(childPid) }),
    });
  } finally {
    release();
  }
}

async function acquire(file: string, own: LockRecord, state: State): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  for (let attempt = 0; ; attempt++) {
    if (createWhole(file, own)) return;
    const holder = readJson<LockRecord>(file);
    if (holder && isAlive(holder)) {
      throw wrongUse(
        `growth ${holder.command} is at work in ${state.shown} (process ${holder.pid}, since ${holder.at}).`,
        "Wait until it has finished, or give this one a folder of its own with --state DIR.",
      );
    }
    takeOver(file, own);
    if (attempt > 50)
      throw wrongUse(`The lock ${file} can not be taken. Remove it if no growth command runs.`);
    await sleep(20);
  }
}

/** Link, not open: the lock appears with its content, and only if there is none. */
function createWhole(file: string, record: LockRecord): boolean {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(record));
  try {
    linkSync(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function replace(file: string, record: LockRecord): void {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(record));
  renameSync(temporary, file);
}

/** Removes a dead holder's lock. A guard folder lets one process at a time look and remove, so that nobody removes a fresh lock. */
function takeOver(file: string, own: LockRecord): void {
  const guard = `${file}.takeover`;
  try {
    mkdirSync(guard);
  } catch {
    if (Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 10_000) {
      rmSync(guard, { recursive: true, force: true });
    }
    return;
  }
  try {
    const holder = readJson<LockRecord>(file);
    if (holder && isAlive(holder)) return;
    if (holder?.child && holder.child.pid !== own.pid && isAlive(holder.child)) {
      process.kill(holder.child.pid, "SIGKILL");
    }
    rmSync(file, { force: true });
  } finally {
    rmSync(guard, { recursive: true, force: true });
  }
}

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { withLock } from "../../packages/cli/src/state/lock.ts";
import { isAlive, markOf } from "../../packages/cli/src/state/process.ts";
import { State } from "../../packages/cli/src/state/state.ts";
import { temporaryFolder } from "./growth.ts";

function newState(): State {
  return new State(temporaryFolder(), ".growth");
}

function abandon(state: State, record: object): void {
  mkdirSync(state.folder, { recursive: true });
  writeFileSync(
    state.file("lock.json"),
    JSON.stringify({ command: "run", at: "2024-06-18T00:00:00Z", ...record }),
  );
}

test("while one command holds the state, a second one is refused and says who is at work", async () => {
  const state = newState();
  await withLock(state, "run", async () => {
    const second = withLock(state, "load", async () => "never");
    await expect(second).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining("growth run is at work"),
    });
  });
  expect(await withLock(state, "load", async () => "now")).toBe("now");
});

test("the lock is gone after a command that failed", async () => {
  const state = newState();
  await expect(withLock(state, "run", () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(existsSync(state.file("lock.json"))).toBe(false);
});

test("a dead process's lock is taken over", async () => {
  const state = newState();
  const dead = spawn(process.execPath, ["-e", ""]);
  const mark = markOf(dead.pid ?? 0);
  await new Promise((resolve) => dead.on("close", resolve));
  abandon(state, mark);
  expect(await withLock(state, "run", async () => "taken")).toBe("taken");
});

test("a process that only got a dead one's number does not keep the lock", async () => {
  const state = newState();
  abandon(state, { pid: process.pid, started: "long ago" });
  expect(await withLock(state, "run", async () => "taken")).toBe("taken");
});

test("what a killed command left at work is stopped before the lock is taken over", async () => {
  const state = newState();
  const orphan = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const mark = markOf(orphan.pid ?? 0);
  abandon(state, { pid: process.pid, started: "long ago", child: mark });
  await withLock(state, "run", async () => {
    for (let wait = 0; isAlive(mark) && wait < 100; wait++) await sleep(20);
    expect(isAlive(mark)).toBe(false);
  });
});

test("of many processes that find a stale lock at once, one gets it", async () => {
  const state = newState();
  abandon(state, { pid: process.pid, started: "long ago" });
  let inside = 0;
  let most = 0;
  const attempts = Array.from({ length: 8 }, () =>
    withLock(state, "run", async () => {
      most = Math.max(most, ++inside);
      await sleep(30);
      inside--;
    }).then(
      () => "ran",
      () => "refused",
    ),
  );
  expect((await Promise.all(attempts)).filter((outcome) => outcome === "ran")).toHaveLength(1);
  expect(most).toBe(1);
});

test("the lock names the child at work", async () => {
  const state = newState();
  await withLock(state, "run", async (lock) => {
    lock.workedBy(process.ppid);
    expect(JSON.parse(readFileSync(state.file("lock.json"), "utf8")).child.pid).toBe(process.ppid);
  });
});

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A process as a record on disk names it. The start mark tells it from a later process with the same number. */
export interface ProcessMark {
  readonly pid: number;
  readonly started: string;
}

export function markOf(pid: number): ProcessMark {
  return { pid, started: startOf(pid) };
}

export function isAlive(mark: ProcessMark): boolean {
  try {
    process.kill(mark.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const started = startOf(mark.pid);
  return started === "" || mark.started === "" || started === mark.started;
}

/** When the process started, in whatever form the system tells it; "" where it does not. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field, the name in parentheses, may hold anything; the start time is the 20th field after it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "zombie" : (fields[19] ?? "");
  } catch {
    // No /proc: macOS and others.
  }
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}

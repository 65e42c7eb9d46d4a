import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { EnvironmentProblem } from "../errors.ts";
import { type Python, pythonEnvironment } from "../python/find.ts";
import { packageFile } from "../python/package.ts";
import type { DriverSettings, LintAnswer, LintRequest, Started } from "./protocol.ts";

interface Waiting {
  resolve(answer: never): void;
  reject(error: Error): void;
}

/** A unit that sqlfluff could not be asked about: its message is for the finding that takes the place of the findings. */
export class DriverFailure extends Error {}

/** The one sqlfluff process of a linter. It starts with the first request and ends with `dispose`. */
export class Driver {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #said = "";

  constructor(python: Python, root: string, env: NodeJS.ProcessEnv) {
    this.#child = spawn(python.command, ["-B", packageFile("python/driver.py")], {
      cwd: root,
      env: { ...pythonEnvironment(python, env), PYTHONIOENCODING: "utf-8" },
    });
    createInterface({ input: this.#child.stdout }).on("line", (line) => this.#take(line));
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#said = (this.#said + text).slice(-4000);
    });
    // A request to a process that has ended is rejected by the end itself.
    this.#child.stdin.on("error", () => {});
    this.#child.on("error", (error) => this.#end(error.message));
    this.#child.on("close", (code) =>
      this.#end(`sqlfluff ended with exit code ${code ?? "none"}.\n${this.#said}`),
    );
    process.on("exit", this.dispose);
  }

  async start(path: string, settings: DriverSettings): Promise<Started> {
    const workers = availableParallelism();
    try {
      return await this.#ask<Started>({ op: "start", path, settings, workers });
    } catch (error) {
      throw new EnvironmentProblem(
        `sqlfluff does not start: ${error instanceof Error ? error.message : error}`,
      );
    }
  }

  lint(request: LintRequest): Promise<LintAnswer> {
    return this.#ask<LintAnswer>(request);
  }

  readonly dispose = (): void => {
    process.off("exit", this.dispose);
    this.#child.kill("SIGTERM");
  };

  #ask<Answer>(request: object): Promise<Answer> {
    const id = this.#next++;
    return new Promise<Answer>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (answer: never) => void, reject });
      this.#child.stdin.write(`${JSON.stringify({ id, ...request })}\n`);
      if (this.#child.exitCode !== null) this.#end(`sqlfluff has ended.\n${this.#said}`);
    });
  }

  #take(line: string): void {
    const answer = JSON.parse(line) as { id: number; error?: string };
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.error === undefined) waiting?.resolve(answer as never);
    else waiting?.reject(new DriverFailure(answer.error));
  }

  #end(message: string): void {
    for (const { reject } of this.#waiting.values()) reject(new EnvironmentProblem(message.trim()));
    this.#waiting.clear();
  }
}

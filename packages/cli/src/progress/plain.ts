import { seconds } from "../format/table.ts";
import { colorsFor, type Io } from "../io.ts";
import type { ItemState, Step } from "./progress.ts";

const marks: Record<Exclude<ItemState, "running">, string> = { done: "✔", failed: "✖", skipped: "○" };

/** Steps as lines, for logs. */
export async function plainSteps(io: Io, steps: readonly Step[]): Promise<void> {
  const colors = colorsFor(io.stdout, io.env);
  const say = (line: string) => void io.stdout.write(`${line}\n`);
  for (const step of steps) {
    const started = performance.now();
    const took = () => colors.dim(seconds((performance.now() - started) / 1000));
    let last = "";
    say(`${colors.dim("→")} ${step.title}`);
    try {
      await step.run({
        status: (text) => {
          last = text;
        },
        item: (name, state, note = "") => {
          if (state !== "running") say(`  ${marks[state]} ${name}${note && colors.dim(`  ${note}`)}`);
        },
      });
    } catch (error) {
      say(`${colors.red("✖")} ${step.title}  ${took()}`);
      throw error;
    }
    say(`${colors.green("✔")} ${step.title}${last && `: ${last}`}  ${took()}`);
  }
}

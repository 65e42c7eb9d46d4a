import { seconds } from "../format/table.ts";
import { type Colors, colorsFor, type Io } from "../io.ts";
import type { ItemState, Step, StepView } from "./progress.ts";

interface Item {
  readonly state: ItemState;
  readonly note: string;
}

/** Lines of items that a step shows below its title; the rest of the screen stays the user's. */
const leastItems = 5;

/** Steps on a terminal: all of them from the start, the running one with its items, redrawn in place. */
export async function terminalSteps(io: Io, steps: readonly Step[]): Promise<void> {
  const { Listr, ListrLogger, ProcessOutput } = await import("listr2");
  const colors = colorsFor(io.stdout, io.env);
  const list = new Listr(
    steps.map((step) => ({
      title: step.title,
      task: async (_: unknown, task: { title: string }) => {
        const drawing = new Drawing(io, colors, step.title, (text) => {
          task.title = text;
        });
        try {
          await step.run(drawing);
          drawing.end("done");
        } catch (error) {
          drawing.end("failed");
          throw error;
        }
      },
    })),
    {
      renderer: "default",
      rendererOptions: {
        formatOutput: "truncate",
        collapseErrors: false,
        showErrorMessage: false,
        logger: new ListrLogger({
          useIcons: true,
          processOutput: new ProcessOutput(io.stdout as NodeJS.WriteStream, io.stderr as NodeJS.WriteStream),
        }),
      },
      registerSignalListeners: false,
    },
  );
  await list.run();
}

class Drawing implements StepView {
  readonly #items = new Map<string, Item>();
  readonly #started = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #io: Io;
  readonly #colors: Colors;
  readonly #title: string;
  readonly #show: (text: string) => void;
  #status = "";

  constructor(io: Io, colors: Colors, title: string, show: (text: string) => void) {
    this.#io = io;
    this.#colors = colors;
    this.#title = title;
    this.#show = show;
    this.#timer = setInterval(() => this.#draw(), 1000);
  }

  status(text: string): void {
    this.#status = text;
    this.#draw();
  }

  item(name: string, state: ItemState, note = ""): void {
    // A finished item moves behind the ones that finished before it.
    if (state !== "running") this.#items.delete(name);
    this.#items.set(name, { state, note });
    this.#draw();
  }

  end(state: "done" | "failed"): void {
    clearInterval(this.#timer);
    const took = seconds((performance.now() - this.#started) / 1000);
    const failed = [...this.#items].filter(([, item]) => item.state === "failed");
    this.#show(
      [this.#heading(took), ...(state === "failed" ? failed.map((entry) => this.#line(entry)) : [])].join(
        "\n",
      ),
    );
  }

  #draw(): void {
    const elapsed = Math.floor((performance.now() - this.#started) / 1000);
    const room = Math.max(leastItems, (this.#io.stdout.rows ?? 24) - 10);
    const entries = [...this.#items];
    const ended = entries.filter(([, item]) => item.state !== "running");
    const running = entries.filter(([, item]) => item.state === "running").slice(0, room);
    const shown = [...ended.slice(ended.length - Math.max(0, room - running.length)), ...running];
    this.#show(
      [this.#heading(elapsed > 1 ? `${elapsed} s` : ""), ...shown.map((entry) => this.#line(entry))].join(
        "\n",
      ),
    );
  }

  #heading(took: string): string {
    const note = [this.#status, took].filter(Boolean).join(" · ");
    return note === "" ? this.#title : `${this.#title}  ${this.#colors.dim(note)}`;
  }

  #line([name, item]: [string, Item]): string {
    const { green, red, yellow, dim } = this.#colors;
    const mark = { done: green("✔"), failed: red("✖"), skipped: yellow("○"), running: dim("·") }[item.state];
    return `  ${mark} ${item.state === "running" ? dim(name) : name}${item.note && dim(`  ${item.note}`)}`;
  }
}

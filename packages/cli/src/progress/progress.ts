import { type Io, isInteractive } from "../io.ts";
import { plainSteps } from "./plain.ts";
import { terminalSteps } from "./terminal.ts";

export type ItemState = "running" | "done" | "failed" | "skipped";

/** What a step tells about itself while it runs. */
export interface StepView {
  /** What it does now, or how far it is; the last text stays on the step's line once it has ended. */
  status(text: string): void;
  /** One of the things it works through: a table, a model. */
  item(name: string, state: ItemState, note?: string): void;
}

export interface Step {
  readonly title: string;
  run(view: StepView): Promise<void>;
}

/** Runs steps one after another and shows them: redrawn in place on a terminal, one line an event elsewhere. */
export function runSteps(io: Io, steps: readonly Step[]): Promise<void> {
  return isInteractive(io) ? terminalSteps(io, steps) : plainSteps(io, steps);
}

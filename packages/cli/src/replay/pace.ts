import { seconds } from "../format/table.ts";

/** How far work of many alike steps is, and how long the rest will take at the pace so far. */
export class Pace {
  readonly #steps: number;
  readonly #began = performance.now();
  #done = 0;

  constructor(steps: number) {
    this.#steps = steps;
  }

  get done(): number {
    return this.#done;
  }

  step(): void {
    this.#done++;
  }

  /** Seconds that a step took so far. */
  perStep(): number {
    return this.#done === 0 ? 0 : (performance.now() - this.#began) / 1000 / this.#done;
  }

  text(): string {
    const left = this.perStep() * (this.#steps - this.#done);
    return `${this.#done} of ${this.#steps}${this.#done > 0 ? `, ${seconds(left)} left` : ""}`;
  }
}

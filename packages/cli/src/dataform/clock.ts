import { type CompiledAction, shortName } from "./graph.ts";

/** Dataform tells only ends. What runs follows from the graph: whatever has all its dependencies behind it. */
export class Clock {
  readonly #started = new Map<string, number>();
  readonly #ended = new Set<string>();
  readonly #waitsFor: ReadonlyMap<string, readonly string[]>;

  constructor(actions: readonly CompiledAction[]) {
    const names = new Set(actions.map((action) => shortName(action.target)));
    this.#waitsFor = new Map(
      actions.map((action) => [
        shortName(action.target),
        (action.dependencyTargets ?? []).map(shortName).filter((name) => names.has(name)),
      ]),
    );
  }

  /** What can run since the last end. */
  begin(): string[] {
    const ready = [...this.#waitsFor]
      .filter(
        ([name, dependencies]) =>
          !this.#started.has(name) && dependencies.every((other) => this.#ended.has(other)),
      )
      .map(([name]) => name);
    for (const name of ready) this.#started.set(name, performance.now());
    return ready;
  }

  /** Seconds since the action could run. */
  end(name: string): number {
    this.#ended.add(name);
    const started = this.#started.get(name);
    return started === undefined ? 0 : (performance.now() - started) / 1000;
  }
}

import { Worker } from "node:worker_threads";
import { type AnyMessage, answerOf, brokenDown, type MessageInit, type Service } from "./engine.ts";
import type { Outcome } from "./host.mjs";

/** Of a call that names what was registered with an instance of the module that is gone: register again and repeat. */
export class StaleCall extends Error {}

interface Reply {
  readonly number: number;
  readonly outcome: Outcome | { readonly stale: true };
  readonly generation: number;
}

interface Waiting {
  resolve(bytes: Uint8Array): void;
  reject(error: unknown): void;
}

/** The analyzer's module in a thread of its own: calls are answered in their order, and nobody else waits for them. */
export class Lane {
  /** Changes when what was registered is gone. */
  generation = 0;
  readonly #service: Service;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #calls = 0;
  /** Generations of the workers before this one. */
  #before = 0;

  constructor(service: Service) {
    this.#service = service;
  }

  async call(method: string, requestType: string, responseType: string | undefined, init: MessageInit) {
    const bytes = await this.send(method, this.#service.encode(requestType, init));
    return (responseType ? this.#service.decode(responseType, bytes) : {}) as AnyMessage;
  }

  /** Ends the thread; what still waits for it is told so. */
  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  /** A call in bytes; with a generation it is made only while what was registered in that one is there. */
  send(method: string, request: Uint8Array, generation?: number): Promise<Uint8Array> {
    const worker = this.#started();
    this.#calls += 1;
    const number = this.#calls;
    return new Promise((resolve, reject) => {
      if (generation !== undefined && generation < this.#before) return reject(new StaleCall());
      this.#waiting.set(number, { resolve, reject });
      worker.ref();
      const own = generation === undefined ? undefined : generation - this.#before;
      worker.postMessage({ number, method, request, generation: own });
    });
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL("./worker.mjs", import.meta.url), {
      // Node calls WASI experimental, once in every thread.
      execArgv: ["--no-warnings"],
      workerData: { module: this.#service.module, zoneinfo: this.#service.zoneinfo },
    });
    worker.on("message", (reply: Reply) => this.#answer(worker, reply));
    worker.on("error", (error) => this.#lost(worker, error.message));
    worker.on("exit", () => this.#lost(worker, "its thread ended"));
    this.#worker = worker;
    return worker;
  }

  #answer(worker: Worker, { number, outcome, generation }: Reply): void {
    this.generation = this.#before + generation;
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    // An idle thread does not keep the process alive.
    if (this.#waiting.size === 0) worker.unref();
    try {
      if ("stale" in outcome) throw new StaleCall();
      waiting?.resolve(answerOf(outcome));
    } catch (error) {
      waiting?.reject(error);
    }
  }

  #lost(worker: Worker, why: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#before = this.generation + 1;
    this.generation = this.#before;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(brokenDown(why));
  }
}

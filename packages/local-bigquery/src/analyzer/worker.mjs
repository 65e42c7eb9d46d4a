// The thread that analyses: it answers calls in the order they come, so that the thread that serves never waits for one.
import { parentPort, workerData } from "node:worker_threads";
import { Host } from "./host.mjs";

const host = new Host(workerData.module, workerData.zoneinfo);

parentPort?.on("message", ({ number, method, request, generation }) => {
  // What the call names was registered with an instance that is gone.
  const isStale = generation !== undefined && generation !== host.generation;
  const outcome = isStale ? { stale: true } : host.call(method, request);
  const transfer = "bytes" in outcome ? [outcome.bytes.buffer] : [];
  parentPort?.postMessage({ number, outcome, generation: host.generation }, transfer);
});

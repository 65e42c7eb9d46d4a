// Loaded before the stock Dataform CLI and, because a forked process inherits it, before its worker. The worker of 3.0.69 listens for
// its one request twice: it compiles, and compiles again before the answer is through the pipe. A listener that is there already is
// not added again; everything else is the CLI's own.
if (process.send && /worker_bundle\.js$/.test(process.argv[1] ?? "")) {
  const listening = new Set();
  const { on } = process;
  process.on = function once(event, listener) {
    const text = event === "message" ? String(listener) : undefined;
    if (text !== undefined && listening.has(text)) return this;
    if (text !== undefined) listening.add(text);
    return on.call(this, event, listener);
  };
}

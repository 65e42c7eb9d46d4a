// ZetaSQL's local service in WebAssembly: protobuf bytes in, protobuf bytes out. Plain JavaScript, because it also runs
// in a worker thread, which Node starts from a file as it is; its types are in host.d.mts.
import { WASI } from "node:wasi";

/** The heap of a module never shrinks: start afresh past this size, between two calls. */
const MEMORY_LIMIT = 1 << 30;

export class Host {
  generation = 0;
  #module;
  #zoneinfo;
  #exports;

  constructor(module, zoneinfo) {
    this.#module = module;
    this.#zoneinfo = zoneinfo;
  }

  call(method, request) {
    const exports = this.#instance();
    let outcome;
    try {
      outcome = invoke(exports, method, request);
    } catch (error) {
      // A trap leaves the heap undefined, so the next call runs in a new instance.
      this.#drop();
      const trap = error instanceof Error ? error.message : String(error);
      return { trap, isTooDeep: error instanceof RangeError };
    }
    if (exports.memory.buffer.byteLength > MEMORY_LIMIT) this.#drop();
    return outcome;
  }

  #drop() {
    this.#exports = undefined;
    this.generation++;
  }

  #instance() {
    if (this.#exports) return this.#exports;
    const wasi = new WASI({ version: "preview1", preopens: { "/usr/share/zoneinfo": this.#zoneinfo } });
    const instance = new WebAssembly.Instance(this.#module, wasi.getImportObject());
    wasi.initialize(instance);
    this.#exports = instance.exports;
    return this.#exports;
  }
}

function invoke(exports, method, request) {
  const pointer = exports.wasm_malloc(request.length || 1);
  const sizePointer = exports.wasm_malloc(4);
  new Uint8Array(exports.memory.buffer).set(request, pointer);
  const answer = exports[`ZetaSqlLocalService_${method}`](pointer, request.length, sizePointer);
  let bytes;
  if (answer !== 0) {
    const size = new DataView(exports.memory.buffer).getUint32(sizePointer, true);
    bytes = new Uint8Array(exports.memory.buffer, answer, size).slice();
    exports.wasm_free(answer);
  }
  exports.wasm_free(pointer);
  exports.wasm_free(sizePointer);
  if (bytes) return { bytes };
  const start = exports.wasm_get_last_error();
  const text = new Uint8Array(exports.memory.buffer, start, exports.wasm_get_last_error_size()).slice();
  return { error: new TextDecoder().decode(text) };
}

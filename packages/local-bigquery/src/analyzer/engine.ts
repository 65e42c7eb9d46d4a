import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
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
import { Host, type Outcome } from "./host.mjs";
import { withoutPoolCheck } from "./wasm.ts";

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

/** What is used of the global WebAssembly, which the types of Node leave out without the DOM's. */
const wasmApi = (globalThis as Record<string, unknown>).WebAssembly as {
  compile(bytes: Uint8Array): Promise<object>;
};

const SERVICE = "zetasql.local_service";
/** The compiled module and the messages it speaks. */
export class Service {
  readonly registry: FileRegistry;
  /** Hash of the wasm file and its descriptors. */
  readonly identity: string;
  readonly module: object;
  readonly zoneinfo: string;

  private constructor(module: object, registry: FileRegistry, identity: string, zoneinfo: string) {
    this.module = module;
    this.registry = registry;
    this.identity = identity;
    this.zoneinfo = zoneinfo;
  }

  static async load(files: AnalyzerFiles): Promise<Service> {
    const [wasm, descriptors] = await Promise.all([readFile(files.wasmFile), readFile(files.descriptorFile)]);
    const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptors));
    const identity = createHash("sha256").update(wasm).update(descriptors).digest("hex");
    const module = await wasmApi.compile(withoutPoolCheck(wasm));
    return new Service(module, registry, identity, files.zoneinfo);
  }

  /** The bytes of a message; names are relative to the local service's package unless they have a dot. */
  encode(type: string, init: MessageInit): Uint8Array {
    const schema = this.#schema(type);
    return toBinary(schema, create(schema, init));
  }

  decode(type: string, bytes: Uint8Array): AnyMessage {
    return fromBinary(this.#schema(type), bytes) as AnyMessage;
  }

  #schema(name: string) {
    const full = name.includes(".") ? name : `${SERVICE}.${name}`;
    const schema = this.registry.getMessage(full);
    if (!schema) throw new Error(`The analyzer's descriptors have no message ${full}; run the set-up again.`);
    return schema;
  }
}

/** The service in this very thread, for calls that cannot wait. It is instantiated at the first one. */
export class Engine {
  readonly service: Service;
  readonly #host: Host;

  constructor(service: Service) {
    this.service = service;
    this.#host = new Host(service.module, service.zoneinfo);
  }

  /** Changes when what was registered is gone. */
  get generation(): number {
    return this.#host.generation;
  }

  call(method: string, requestType: string, responseType: string | undefined, init: MessageInit): AnyMessage {
    const answer = answerOf(this.#host.call(method, this.service.encode(requestType, init)));
    return (responseType ? this.service.decode(responseType, answer) : {}) as AnyMessage;
  }
}

/** The bytes of an outcome; throws BigQueryError where there are none. */
export function answerOf(outcome: Outcome): Uint8Array {
  if ("bytes" in outcome) return outcome.bytes;
  if ("error" in outcome) throw analyzerError(outcome.error);
  throw brokenDown(outcome.trap, outcome.isTooDeep);
}

/** Of a call in which the module, or the thread it runs in, came to its end. */
export function brokenDown(why: string, isTooDeep = false): BigQueryError {
  return new BigQueryError(
    isTooDeep ? "resourcesExceeded" : "internalError",
    `The analyzer gave up on this statement (${why}) and was restarted; simplify the statement and try again.`,
  );
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

/** What a call gave: the answer's bytes, or the service's own error, or why the module broke down. */
export type Outcome =
  | { readonly bytes: Uint8Array }
  | { readonly error: string }
  | { readonly trap: string; readonly isTooDeep: boolean };

/** One instance of the service's module at a time. */
export class Host {
  /** Changes when an instance is gone, and with it what was registered. */
  readonly generation: number;
  /** `module`: the compiled wasm file; `zoneinfo`: a folder of zone files, all of the machine that it may see. */
  constructor(module: object, zoneinfo: string);
  /** Calls `ZetaSqlLocalService_<method>`. */
  call(method: string, request: Uint8Array): Outcome;
}

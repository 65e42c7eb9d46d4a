import { createHash } from "node:crypto";

/** A function of the wasm file, known by its code, and what it does. */
interface Check {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * `IdStringPool::CheckPoolIdAlive`: the wheel's file is built with assertions on, and this one takes a global lock and
 * looks into a hash set at each comparison of two identifiers, which is half of the time of an analysis. It returns
 * nothing and changes nothing but to abort where an identifier outlived its pool, which would be a fault of ZetaSQL's.
 */
const POOL_IS_ALIVE: Check = {
  bytes: 338,
  sha256: "59e9918e7e41cedadeb9350b32cbbdb6cf5728f2e4d3b41d36befc2837783ac5",
};

const HEADER_BYTES = 8;
const CODE_SECTION = 10;
const NO_LOCALS = 0x00;
const NOP = 0x01;
const END = 0x0b;

/**
 * The wasm file without that check: its code replaced by as many bytes that do nothing, in place. Of a file that does
 * not have it, as another version's may not, the same bytes come back.
 */
export function withoutPoolCheck(wasm: Uint8Array): Uint8Array {
  const body = codeOf(wasm, POOL_IS_ALIVE);
  if (!body) return wasm;
  const patched = new Uint8Array(wasm);
  patched.fill(NOP, body.start, body.end);
  patched[body.start] = NO_LOCALS;
  patched[body.end - 1] = END;
  return patched;
}

function codeOf(wasm: Uint8Array, check: Check): { start: number; end: number } | undefined {
  let at = HEADER_BYTES;
  while (at < wasm.length) {
    const section = wasm[at];
    const [size, content] = unsigned(wasm, at + 1);
    if (section === CODE_SECTION) {
      const [count, first] = unsigned(wasm, content);
      let next = first;
      for (let index = 0; index < count; index++) {
        const [length, start] = unsigned(wasm, next);
        next = start + length;
        if (length !== check.bytes) continue;
        const hash = createHash("sha256").update(wasm.subarray(start, next)).digest("hex");
        if (hash === check.sha256) return { start, end: next };
      }
    }
    at = content + size;
  }
  return undefined;
}

/** An unsigned LEB128 number and the place after it. */
function unsigned(bytes: Uint8Array, start: number): [value: number, next: number] {
  let value = 0;
  let scale = 1;
  let at = start;
  for (;;) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 0x7f) * scale;
    scale *= 0x80;
    if (byte < 0x80) return [value, at];
  }
}

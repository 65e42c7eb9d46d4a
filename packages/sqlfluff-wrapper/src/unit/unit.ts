import type { RenderedAs, UnitName } from "../violation.ts";
import type { Chunk } from "./chunk.ts";

/** A piece of SQL that is linted on its own, in one of its renderings. */
export interface Unit {
  readonly file: string;
  readonly name: UnitName;
  readonly variant: RenderedAs;
  readonly chunks: readonly Chunk[];
}

import type { Day } from "../../packages/cli/src/dataform/scripts.ts";

/** A run of the tests: its day, and the instant up to which things are known. */
export type Run = Required<Day>;

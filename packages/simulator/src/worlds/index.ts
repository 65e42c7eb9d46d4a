import type fc from "fast-check";
import { scripts } from "./script.ts";
import { type SmallWorld, tell } from "./tell.ts";

export type { Cell, SourceName, SourceRow, SourceVersion } from "./rows.ts";
export { sourceTables } from "./rows.ts";
export type { Delivery, Event, Moment, OrderLine, Script } from "./script.ts";
export { type SmallWorld, tell } from "./tell.ts";

/**
 * Small worlds for property tests: a few users and days on which everything happens at once and arrives late, twice,
 * too early, changed or in the wrong order. Keys and types are sound; not every invariant of a sound source is kept.
 * A failing world shrinks to fewer events.
 */
export function hostileWorld(
  most: { readonly days?: number; readonly users?: number; readonly events?: number } = {},
): fc.Arbitrary<SmallWorld> {
  return scripts({ days: 6, users: 3, events: 60, ...most }).map(tell);
}

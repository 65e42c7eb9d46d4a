import { createHash } from "node:crypto";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Dirt, Parameters, Weighted } from "./parameters/types.ts";
import type { Period } from "./period.ts";
import { literal } from "./sql.ts";

/** What every step of a simulation works with: the database of its tables, and what is to be simulated. */
export interface Platform {
  readonly connection: DuckDBConnection;
  readonly parameters: Parameters;
  readonly dirt: Dirt;
  readonly users: number;
  readonly period: Period;
  readonly draw: Draw;
  sql(statement: string): Promise<void>;
}

/** Pseudo-random SQL expressions: a function of the seed, a name and a key, never of the order of evaluation. */
export interface Draw {
  /** A uniform number above 0 and below 1; the same for the same key and name. `key`: a BIGINT expression. */
  uniform(key: string, name: string): string;
  /** True for `share` of the keys. */
  chance(key: string, name: string, share: number | string): string;
  /** A whole number from 0 to below `n`, an expression. */
  below(key: string, name: string, n: number | string): string;
  /** Median 1, skewed to the right without bound: half the draws are below 1. The smaller the shape, the longer the tail. */
  longTail(key: string, name: string, shape: number): string;
  /** Median 1; `sigma` the spread of its logarithm. */
  spread(key: string, name: string, sigma: number): string;
  /** One of the codes, by weight. */
  pick(key: string, name: string, choices: readonly Weighted[]): string;
  /** The index of one of the choices, from 0, by weight. */
  index(key: string, name: string, weights: readonly number[]): string;
}

/**
 * Macro that every Draw relies on; created once per database. One hash over key and salt together: DuckDB's hash of two
 * values is the exclusive or of their hashes, which would tie a key's draws under different names to each other.
 */
export const drawMacro =
  "CREATE MACRO draw(k, salt) AS ((hash(xor(k, salt)) >> 11)::DOUBLE + 0.5) / 9007199254740992.0";

export function drawing(seed: number): Draw {
  const salt = (name: string) =>
    (createHash("sha256").update(`${seed}\0${name}`).digest().readBigUInt64BE() >> 2n).toString();
  const uniform = (key: string, name: string) => `draw(${key}, ${salt(name)})`;
  const odds = (key: string, name: string) => `(${uniform(key, name)} / (1 - ${uniform(key, name)}))`;
  // Whole weights: a list with each value as often as its weight says, which costs one draw however many choices.
  const choose = (key: string, name: string, weights: readonly number[], values: readonly string[]) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (weights.every(Number.isInteger) && total <= 1000) {
      const slots = weights.flatMap((weight, i) => Array.from({ length: weight }, () => values[i]));
      return `[${slots.join(", ")}][1 + floor(${uniform(key, name)} * ${total})::INTEGER]`;
    }
    let reached = 0;
    const cases = weights.slice(0, -1).map((weight, i) => {
      reached += weight / total;
      return `WHEN ${uniform(key, name)} < ${reached} THEN ${values[i]}`;
    });
    return `CASE ${cases.join(" ")} ELSE ${values.at(-1)} END`;
  };
  return {
    uniform,
    chance: (key, name, share) =>
      share === 0 || share === "0" ? "FALSE" : `(${uniform(key, name)} < ${share})`,
    below: (key, name, n) => `floor(${uniform(key, name)} * ${n})::INTEGER`,
    longTail: (key, name, shape) => `pow(${odds(key, name)}, ${1 / shape})`,
    spread: (key, name, sigma) => `pow(${odds(key, name)}, ${sigma / 1.7})`,
    pick: (key, name, choices) =>
      choose(
        key,
        name,
        choices.map((choice) => choice.weight),
        choices.map((choice) => literal(choice.code)),
      ),
    index: (key, name, weights) =>
      choose(
        key,
        name,
        weights,
        weights.map((_, i) => `${i}`),
      ),
  };
}

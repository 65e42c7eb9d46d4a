import type { Column, SqlType } from "../../../packages/local-bigquery/src/types/types.ts";
import type { TestEngine } from "../../support/engine.ts";
import type { Call } from "./signatures.ts";
import { sameValue, shown } from "./values.ts";

/** Calls that share a statement, and the rows an operand list is thinned to. */
const TOGETHER = 16;
const ROWS = 24;
/** Moments and sums are added in another order. */
const AGGREGATED = 1e-12;

export interface Comparison {
  readonly cases: number;
  /** "ABS(a) with a = -1: 2 against 1" */
  readonly differing: readonly string[];
  /** Functions that the reference implementation does not have. */
  readonly beyond: readonly string[];
}

/** Holds calls against the reference implementation, over combinations of their operands' values. */
export async function compared(engine: TestEngine, calls: readonly Call[]): Promise<Comparison> {
  const parts: Comparison[] = [];
  const groups = grouped(calls, (call) => `${call.mode} ${source(call)}`);
  for (const group of groups.values()) {
    for (let from = 0; from < group.length; from += TOGETHER) {
      parts.push(await comparedTogether(engine, group.slice(from, from + TOGETHER)));
    }
  }
  return joined(parts);
}

function joined(parts: readonly Comparison[]): Comparison {
  return {
    cases: parts.reduce((sum, { cases }) => sum + cases, 0),
    differing: parts.flatMap(({ differing }) => differing),
    beyond: parts.flatMap(({ beyond }) => beyond),
  };
}

/** A statement of which one side fails is tried call by call. */
async function apart(
  engine: TestEngine,
  calls: readonly Call[],
  how: (call: Call) => Comparison,
): Promise<Comparison> {
  const [first, ...others] = calls as [Call];
  if (others.length === 0) return how(first);
  const parts: Comparison[] = [];
  for (const call of calls) parts.push(await comparedTogether(engine, [call]));
  return joined(parts);
}

/** Items by key, in the order of their first. */
export function grouped<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

async function comparedTogether(engine: TestEngine, calls: readonly Call[]): Promise<Comparison> {
  const [first] = calls as [Call];
  const differing: string[] = [];
  let cases = 0;
  for (const tail of first.mode === "scalar" ? [""] : ["", " WHERE FALSE"]) {
    const sql = statement(calls, tail);
    const theirs = await engine.oracle(sql).catch(() => undefined);
    if (!theirs) return apart(engine, calls, ({ name }) => ({ cases: 0, differing: [], beyond: [name] }));
    const ours = await engine.query(sql).catch((error) => error as Error);
    if (ours instanceof Error) {
      const failed = ({ sql }: Call) => ({ cases: 1, differing: [`${sql}: ${ours.message}`], beyond: [] });
      return apart(engine, calls, failed);
    }
    const tolerance = first.mode === "scalar" ? undefined : AGGREGATED;
    for (const [row, cells] of theirs.rows.entries()) {
      for (const [place, call] of calls.entries()) {
        cases += 1;
        const type: SqlType = (theirs.columns[place] as Column).type;
        const [mine, wanted] = [ours.rows[row]?.[place], cells[place]];
        if (sameValue(mine, wanted, type, tolerance) || (tolerance && cancelled(mine, wanted))) continue;
        differing.push(
          `${call.sql} with ${values(call, row)}${tail}: ${shown(mine)} against ${shown(wanted)}`,
        );
      }
    }
  }
  return { cases, differing, beyond: [] };
}

/** What is left of sums that cancel. */
function cancelled(a: unknown, b: unknown): boolean {
  return typeof a === "number" && typeof b === "number" && Math.abs(a - b) < AGGREGATED;
}

/** An error is NULL, a value a struct of it; aggregates and analytic functions must not fail. */
function statement(calls: readonly Call[], tail: string): string {
  const [first] = calls as [Call];
  const items = calls.map(({ sql, mode }) =>
    mode === "scalar" ? `IFERROR(STRUCT(${sql} AS v), NULL)` : over(sql, mode),
  );
  const order = first.mode === "aggregate" ? "" : ` ORDER BY ${offsets(first)}`;
  return `SELECT ${items.join(", ")} FROM ${source(first)}${tail}${order}`;
}

export function over(sql: string, mode: Call["mode"]): string {
  return mode === "analytic" ? `${sql} OVER (ORDER BY o_a)` : sql;
}

function operandsOf(call: Call): [string, readonly string[]][] {
  const entries = Object.entries(call.operands);
  const each = Math.max(2, Math.floor(ROWS ** (1 / Math.max(1, entries.length))));
  return entries.map(([name, list]) => [name, list.length > each ? spread(list, each) : list]);
}

/** The last value, mostly NULL, and others evenly from the rest. */
function spread(list: readonly string[], count: number): string[] {
  const step = (list.length - 1) / (count - 1);
  return [
    ...Array.from({ length: count - 1 }, (_, i) => list[Math.floor(i * step)] as string),
    list.at(-1) as string,
  ];
}

/** FROM clause of all combinations; a call without operands has one row. */
export function source(call: Call): string {
  const lists = operandsOf(call).map(([name, list]) => `${unnested(name, list)} WITH OFFSET AS o_${name}`);
  return lists.join(", ") || "UNNEST([1]) AS a WITH OFFSET AS o_a";
}

/** An array of arrays is not one, so each stands in a struct. */
function unnested(name: string, list: readonly string[]): string {
  if (!list.some((value) => /^(\[|CAST\(\[\] AS ARRAY)/.test(value)))
    return `UNNEST([${list.join(", ")}]) AS ${name}`;
  return `UNNEST([${list.map((value) => `STRUCT(${value} AS ${name})`).join(", ")}])`;
}

function offsets(call: Call): string {
  const names = Object.keys(call.operands).map((name) => `o_${name}`);
  return names.join(", ") || "o_a";
}

function values(call: Call, row: number): string {
  if (call.mode !== "scalar") return "all values";
  let rest = row;
  const chosen = operandsOf(call)
    .reverse()
    .map(([name, list]) => {
      const value = list[rest % list.length];
      rest = Math.floor(rest / list.length);
      return `${name} = ${value}`;
    });
  return chosen.reverse().join(", ");
}

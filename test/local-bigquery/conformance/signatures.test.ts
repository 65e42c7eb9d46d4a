import { beforeAll, describe, expect, test } from "vitest";
import type { AnyMessage } from "../../../packages/local-bigquery/src/analyzer/engine.ts";
import { type TestEngine, testEngine } from "../../support/engine.ts";
import { compared, grouped, over, source } from "./batch.ts";
import { type Call, callsOf } from "./signatures.ts";
import { type Signature, supportText } from "./support.ts";

/** How many ways each signature is called in; CONFORMANCE_ROUNDS=100 tries all types and keywords. */
const ROUNDS = Number(process.env.CONFORMANCE_ROUNDS ?? 2);
/** Refusals and misfits of types that are taken before a signature is given up. */
const PATIENCE = 6 * ROUNDS;
/** Translated although the reference implementation of this file lacks them or some of their types; tested in by-hand.test.ts. */
const BEYOND =
  "approx_count_distinct approx_quantiles approx_top_count approx_top_sum bit_and bit_or bit_xor format from_base32 hll_count.extract hll_count.init hll_count.merge hll_count.merge_partial normalize to_base32".split(
    " ",
  );
const LIST = "../../../packages/local-bigquery/SUPPORT.md";

let engine: TestEngine;
const states = new Map<string, Signature[]>();
const unheard: string[] = [];
const translated: Call[] = [];

describe("built-in functions", () => {
  beforeAll(async () => {
    engine = await testEngine();
    for (const fn of (await engine.analyzer.builtinFunctions()).sort(byName)) {
      const signatures = await statesOf(fn);
      if (signatures.length > 0) states.set(nameOf(fn), signatures);
      else unheard.push(nameOf(fn));
    }
  });

  test("give what the reference implementation gives", async () => {
    const { cases, differing, beyond } = await compared(engine, translated);
    expect(differing).toEqual([]);
    expect(beyond.filter((name) => !BEYOND.includes(name))).toEqual([]);
    expect(cases).toBeGreaterThan(5_000);
  });

  test("are listed in SUPPORT.md as they are", async () => {
    await expect(supportText(states, unheard)).toMatchFileSnapshot(LIST);
  });
});

const nameOf = (fn: AnyMessage): string => fn.namePath.join(".");
const byName = (a: AnyMessage, b: AnyMessage) => (nameOf(a) < nameOf(b) ? -1 : 1);

async function statesOf(fn: AnyMessage): Promise<Signature[]> {
  const found: Signature[] = [];
  for (const [types, calls] of grouped(callsOf(fn), (call) => call.signature)) {
    const state = await probe(calls);
    if (state) found.push({ types, state });
  }
  return found;
}

/** Tries calls of a signature evenly from all there are; undefined where the analyzer accepts none. */
async function probe(calls: readonly Call[]): Promise<Signature["state"] | undefined> {
  let [accepted, refused, misfits] = [0, 0, 0];
  for (const call of evenly(calls)) {
    if (accepted >= ROUNDS || refused + misfits >= PATIENCE) break;
    try {
      await engine.translated(`SELECT ${over(call.sql, call.mode)} FROM ${source(call)}`);
      translated.push(call);
      accepted += 1;
    } catch (error) {
      if (/^Unsupported/.test((error as Error).message)) refused += 1;
      else misfits += 1;
    }
  }
  if (accepted > 0) return refused > 0 ? "partly" : "translated";
  return refused > 0 ? "refused" : undefined;
}

/** Each item once, in steps of about the golden section, so that the first few lie far apart. */
function evenly<T>(items: readonly T[]): T[] {
  const place = (i: number) => (i * 0.6180339887) % 1;
  return items
    .map((item, i) => ({ item, at: place(i) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

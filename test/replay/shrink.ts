import { checkWorlds, type Difference, type Plan, type TestedWarehouse } from "./check-worlds.ts";
import { type TinyWorld, tinyWorld } from "./tiny-world.ts";

/** Worlds that one run of the warehouse tries at once. */
const AT_ONCE = 60;

export interface Smallest {
  readonly world: TinyWorld;
  readonly differences: readonly Difference[];
  readonly runs: number;
}

/**
 * Shrinks a failing world: first versions are left out, in ever smaller pieces, then the values of what is left are
 * shrunk as fast-check would. Dozens of candidates share a run of the warehouse. Answers the smallest that still
 * fails after at most `maxRuns` runs, or undefined where the world does not fail.
 */
export async function smallest(
  warehouse: TestedWarehouse,
  world: TinyWorld,
  plan: Plan,
  maxRuns = 15,
): Promise<Smallest | undefined> {
  let runs = 0;
  const firstFailing = async (candidates: readonly TinyWorld[]) => {
    runs++;
    const found = await checkWorlds(warehouse, candidates, plan);
    const at = Math.min(...found.map((difference) => difference.world));
    const own = found.filter((difference) => difference.world === at);
    return own.length === 0 ? undefined : { at, differences: own };
  };
  const first = await firstFailing([world]);
  if (!first) return undefined;
  let best = { world, differences: first.differences };

  while (runs < maxRuns) {
    const candidates = pieces(best.world).slice(0, AT_ONCE);
    const failing = candidates.length === 0 ? undefined : await firstFailing(candidates);
    if (!failing) break;
    best = { world: candidates[failing.at] as TinyWorld, differences: failing.differences };
  }
  let context: unknown;
  while (runs < maxRuns) {
    const candidates = [...tinyWorld.shrink(best.world as never, context).take(AT_ONCE)];
    const failing =
      candidates.length === 0 ? undefined : await firstFailing(candidates.map((c) => c.value as TinyWorld));
    const chosen = failing && candidates[failing.at];
    if (!failing || !chosen) break;
    best = { world: chosen.value as TinyWorld, differences: failing.differences };
    context = chosen.context;
  }
  return { ...best, runs };
}

/** The world without a half of it, then without a quarter, ... and at last without single versions. */
function pieces(world: TinyWorld): TinyWorld[] {
  const candidates: TinyWorld[] = [];
  for (let size = Math.ceil(world.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let from = 0; from < world.length; from += size)
      candidates.push([...world.slice(0, from), ...world.slice(from + size)]);
  return candidates;
}

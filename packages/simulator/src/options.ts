import { fileURLToPath } from "node:url";
import { checkParameters, completeDirt, readParameters } from "./parameters/load.ts";
import type { Dirt, Parameters } from "./parameters/types.ts";

/** A simulation, everything decided. */
export interface Simulation {
  readonly seed: number;
  readonly users: number;
  /** First and last day, both inclusive, YYYY-MM-DD in the platform's time zone. */
  readonly from: string;
  readonly to: string;
  /** The history of this many days arrives at once, as it then stands. */
  readonly bootstrap_days: number;
  readonly parameters: Parameters;
  readonly dirt: Dirt;
  /** Of DuckDB; default all cores. Does not change the data. */
  readonly threads?: number;
}

/** What a caller may say; the rest comes from the preset. */
export interface SimulationOptions {
  /** Name of a preset of the parameters; default "default". */
  readonly preset?: string;
  readonly seed?: number;
  readonly users?: number;
  readonly from?: string;
  readonly to?: string;
  readonly bootstrap_days?: number;
  /** Parameters, or a file of them; default the package's own parameters.yaml. */
  readonly parameters?: Parameters | string;
  /** Name of a set of dirt, or rates and counts by kind (kinds left out: none). */
  readonly dirt?: string | Partial<Dirt>;
  readonly threads?: number;
}

const ownParameters = fileURLToPath(new URL("../parameters.yaml", import.meta.url));

/** The package's own parameters, read and checked. */
export function defaultParameters(): Parameters {
  return readParameters(ownParameters);
}

/** Completes options with their preset; an unknown name is refused with the known ones. */
export function simulationOf(options: SimulationOptions = {}): Simulation {
  const parameters =
    typeof options.parameters === "object"
      ? checkParameters(options.parameters, "The given parameters")
      : readParameters(options.parameters ?? ownParameters);
  const preset = named("preset", options.preset ?? "default", parameters.presets);
  const dirt = options.dirt ?? preset.dirt;
  // A period of one's own begins with nothing, unless the caller says otherwise.
  const history = options.preset === undefined && options.from !== undefined ? { bootstrap_days: 0 } : {};
  const { users, seed, bootstrap_days } = { ...preset, ...history, ...defined(options) };
  if (!Number.isSafeInteger(users) || users < 1 || users >= 2 ** 24)
    throw new Error(`users is ${users}: expected a whole number from 1 to 16 million.`);
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new Error(`seed is ${seed}: expected a whole number from 0 on.`);
  return {
    seed,
    users,
    from: options.from ?? preset.from,
    to: options.to ?? preset.to,
    bootstrap_days,
    parameters,
    dirt: completeDirt(typeof dirt === "string" ? named("dirt", dirt, parameters.dirt) : dirt),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  };
}

function defined(options: SimulationOptions) {
  const { users, seed, bootstrap_days } = options;
  return Object.fromEntries(
    Object.entries({ users, seed, bootstrap_days }).filter(([, value]) => value !== undefined),
  ) as Partial<{ users: number; seed: number; bootstrap_days: number }>;
}

function named<T>(what: string, name: string, known: Readonly<Record<string, T>>): T {
  const value = known[name];
  if (value === undefined)
    throw new Error(`There is no ${what} "${name}": expected one of ${Object.keys(known).join(", ")}.`);
  return value;
}
